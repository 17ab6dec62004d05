"""How the searches of one week are settled: in turn by the shortlists, or, now and then, by one plan for the queue."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.sufficiency.choices import MOST_SIBLINGS, NO_HOME, NOT_ASKED, Choices
from matching.sufficiency.coming import ADOPTION, AGENCY, IN_HOUSE, WAITING
from matching.sufficiency.queue_plan import contested, plan_of_queue
from matching.sufficiency.supply import Supply

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Searches:
    """What became of each search: `homes` (searches, MOST_SIBLINGS) of its children, `product` (WAITING: none found), `parted`."""

    homes: npt.NDArray[np.int16]
    product: npt.NDArray[np.int8]
    parted: npt.NDArray[np.bool_]


def settle(
    choices: Choices,
    rank: npt.NDArray[np.int16],
    supply: Supply,
    usable: npt.NDArray[np.bool_],
    free: npt.NDArray[np.int16],
    rows: Rows,
    kind: npt.NDArray[np.int16],
    old: npt.NDArray[np.int16],
    seeks: npt.NDArray[np.bool_],
    may_part: npt.NDArray[np.bool_],
    siblings_first: bool,
    together: bool,
) -> Searches:
    """Searches of all runs (`rows`), in the order given, each of a `kind`, from an `old` home; `free` is used up.

    Each takes the first home of its list with room for all; children for adoption who find no adopters a foster home;
    brothers and sisters who `may_part` do where no home has room for all. With `together`, runs in which several want the same
    home place their queue by one plan instead.
    """
    room = np.where(usable, free, 0).astype(np.int16)
    before = room.copy()
    found = Searches(
        np.full((len(rows), MOST_SIBLINGS), NO_HOME, np.int16),
        np.full(len(rows), WAITING, np.int8),
        np.zeros(len(rows), bool),
    )
    at = np.flatnonzero(seeks)
    if siblings_first:
        at = at[np.lexsort((at, -choices.size[kind[at]], rows[at]))]
    if together:
        _plan(choices, rank, supply, room, rows, kind, old, at, found)
        at = at[found.homes[at, 0] == NO_HOME]
    turn = np.arange(len(at)) - np.searchsorted(rows[at], rows[at])
    for number in range(int(turn.max(initial=-1)) + 1):
        _in_turn(choices, rank, room, rows, kind, old, may_part, at[turn == number], found)
    taken = found.homes[:, 0] != NO_HOME
    home = found.homes[taken, 0]
    kept = np.where(supply.own[home], IN_HOUSE, AGENCY)
    found.product[taken] = np.where(supply.adoptive[home], ADOPTION, kept)
    free -= before - room
    return found


def _in_turn(
    choices: Choices,
    rank: npt.NDArray[np.int16],
    room: npt.NDArray[np.int16],
    rows: Rows,
    kind: npt.NDArray[np.int16],
    old: npt.NDArray[np.int16],
    may_part: npt.NDArray[np.bool_],
    at: Rows,
    found: Searches,
) -> None:
    """One search of each of some runs."""
    chosen = first_with_room(rank, room, rows[at], kind[at], choices.size[kind[at]], old[at])
    waiting = choices.adoption[kind[at]] & (chosen == NO_HOME) & (old[at] == NO_HOME)
    if waiting.any():
        instead = choices.meanwhile[kind[at[waiting]]]
        chosen[waiting] = first_with_room(
            rank, room, rows[at[waiting]], instead, choices.size[instead], old[at[waiting]]
        )
    got = chosen != NO_HOME
    _take(room, rows[at[got]], chosen[got], choices.size[kind[at[got]]], at[got], found)
    _part(choices, rank, room, rows, kind, at[~got & may_part[at]], found)


def first_with_room(
    rank: npt.NDArray[np.int16],
    room: npt.NDArray[np.int16],
    rows: Rows,
    kind: npt.NDArray[np.int16],
    size: npt.NDArray[np.int8],
    old: npt.NDArray[np.int16],
) -> npt.NDArray[np.int16]:
    """The first home on each list that has room for all and is not the one they leave; NO_HOME where there is none."""
    listed = np.where(room[rows] >= size[:, None], rank[kind], NOT_ASKED)
    moving = np.flatnonzero(old != NO_HOME)
    listed[moving, old[moving]] = NOT_ASKED
    best = listed.argmin(axis=1)
    return np.where(listed[np.arange(len(rows)), best] != NOT_ASKED, best, NO_HOME).astype(np.int16)


def _take(
    room: npt.NDArray[np.int16],
    rows: Rows,
    homes: npt.NDArray[np.int16],
    size: npt.NDArray[np.int8],
    at: Rows,
    found: Searches,
) -> None:
    np.subtract.at(room, (rows, homes), size)
    found.homes[at] = np.where(np.arange(MOST_SIBLINGS) < size[:, None], homes[:, None], NO_HOME)


def _part(
    choices: Choices,
    rank: npt.NDArray[np.int16],
    room: npt.NDArray[np.int16],
    rows: Rows,
    kind: npt.NDArray[np.int16],
    at: Rows,
    found: Searches,
) -> None:
    """Brothers and sisters in several homes, each child's best that has room; none of them where one finds none.

    A child for whom no home of the register could ever do is left out: they live elsewhere, by need.
    """
    if not len(at):
        return
    members, one = choices.members[kind[at]], np.ones(len(at), np.int8)
    homes, nowhere = np.full(members.shape, NO_HOME, np.int16), np.zeros(len(at), bool)
    for slot in range(MOST_SIBLINGS):
        go = np.flatnonzero((members[:, slot] != NO_HOME) & choices.foster[members[:, slot]] & ~nowhere)
        if not len(go):
            continue
        none = np.full(len(go), NO_HOME, np.int16)
        got = first_with_room(rank, room, rows[at[go]], members[go, slot], one[go], none)
        homes[go, slot], nowhere[go] = got, got == NO_HOME
        np.subtract.at(room, (rows[at[go]][got != NO_HOME], got[got != NO_HOME]), 1)
    back, slots = np.nonzero(nowhere[:, None] & (homes != NO_HOME))
    np.add.at(room, (rows[at[back]], homes[back, slots]), 1)
    # the first home tells what kind of place it is
    homes = np.take_along_axis(homes, np.argsort(homes == NO_HOME, axis=1, kind="stable"), axis=1)
    got_one = ~nowhere & (homes[:, 0] != NO_HOME)
    found.homes[at[got_one]] = homes[got_one]
    found.parted[at[got_one]] = True


def _plan(
    choices: Choices,
    rank: npt.NDArray[np.int16],
    supply: Supply,
    room: npt.NDArray[np.int16],
    rows: Rows,
    kind: npt.NDArray[np.int16],
    old: npt.NDArray[np.int16],
    at: Rows,
    found: Searches,
) -> None:
    """The queues of runs in which several want the same home, each by one plan."""
    if not len(at):
        return
    size = choices.size[kind[at]]
    wished = first_with_room(rank, room, rows[at], kind[at], size, old[at])
    starts = np.flatnonzero(np.diff(rows[at], prepend=-1))
    for first, last in zip(starts, [*starts[1:], len(at)], strict=True):
        queue, row = at[first:last], int(rows[at[first]])
        best, listed = wished[first:last], wished[first:last] != NO_HOME
        if not contested(best.astype(np.intp), listed, size[first:last], room[row]):
            continue
        open_ = np.flatnonzero(room[row] > 0)
        ranks = rank[kind[queue]][:, open_]
        ranks[old[queue][:, None] == open_] = NOT_ASKED
        points = choices.points[kind[queue]][:, supply.copy_of[open_]]
        chosen = plan_of_queue(ranks, points, size[first:last], room[row, open_])
        got = chosen != NO_HOME
        _take(
            room, np.full(got.sum(), row), open_[chosen[got]].astype(np.int16), size[first:last][got], queue[got], found
        )
