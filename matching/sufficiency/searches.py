"""How the searches of one week are settled: in turn by the shortlists, or, now and then, by one plan for the queue."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.sufficiency.choices import MOST_SIBLINGS, NO_HOME, NOT_ASKED, Choices
from matching.sufficiency.coming import ADOPTION, AGENCY, IN_HOUSE, WAITING
from matching.sufficiency.queue_plan import contested, plan_of_queue
from matching.sufficiency.supply import Listed, Supply, bits_of

Rows = npt.NDArray[np.intp]
Kinds = npt.NDArray[np.int16]
Ranks = npt.NDArray[np.int16]  # (kinds, homes): position of a home on the list of a kind, NOT_ASKED: not on it
Room = npt.NDArray[np.int16]  # (runs, homes): places that can be used


@dataclass(frozen=True)
class Searches:
    """What became of each search: `homes` (searches, MOST_SIBLINGS) of its children, `product` (WAITING: none found), `parted`."""

    homes: npt.NDArray[np.int16]
    product: npt.NDArray[np.int8]
    parted: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Wanted:
    """The searches of a week in all runs, in the order given: run, kind, the home they leave, who seeks, who may be
    parted, who stays where they are when nothing is found."""

    rows: Rows
    kind: Kinds
    old: npt.NDArray[np.int16]
    seeks: npt.NDArray[np.bool_]
    may_part: npt.NDArray[np.bool_]
    stays: npt.NDArray[np.bool_]


def settle(
    choices: Choices,
    supply: Supply,
    listed: Listed,
    room: Room,
    wanted: Wanted,
    *,
    siblings_first: bool,
    together: bool,
) -> Searches:
    """What becomes of the searches; `room`, the places that can be used (runs, homes), is used up.

    Each takes the first home of its list with room for all; children for adoption who find no adopters a foster home;
    brothers and sisters who may be parted are where no home has room for all. With `together`, runs in which several
    want the same home place their queue by one plan instead.
    """
    count = len(wanted.rows)
    found = Searches(
        np.full((count, MOST_SIBLINGS), NO_HOME, np.int16), np.full(count, WAITING, np.int8), np.zeros(count, bool)
    )
    open_ = bits_of(np.stack([room >= size for size in range(1, MOST_SIBLINGS + 1)]))
    week, rows = _Week(choices, supply, listed, room, open_, wanted, found), wanted.rows
    at = np.flatnonzero(wanted.seeks)
    at = at[week.hopeful(at)]
    if siblings_first:
        at = at[np.lexsort((at, -week.size(at), rows[at]))]
    if together:
        week.plan(at)
        at = at[found.homes[at, 0] == NO_HOME]
    turn = np.arange(len(at)) - np.searchsorted(rows[at], rows[at])
    for number in range(int(turn.max(initial=-1)) + 1):
        week.in_turn(at[turn == number])
    taken = found.homes[:, 0] != NO_HOME
    home = found.homes[taken, 0]
    kept = np.where(supply.own[home], IN_HOUSE, AGENCY)
    found.product[taken] = np.where(supply.adoptive[home], ADOPTION, kept)
    return found


def first_with_room(
    rank: Ranks, room: Room, rows: Rows, kind: Kinds, size: npt.NDArray[np.int8], old: npt.NDArray[np.int16]
) -> npt.NDArray[np.int16]:
    """The first home on each list that has room for all and is not the one they leave; NO_HOME where there is none."""
    full = np.less(room[rows], size[:, None])
    place = rank[kind]
    np.putmask(place, full, NOT_ASKED)
    moving = np.flatnonzero(old != NO_HOME)
    place[moving, old[moving]] = NOT_ASKED
    best = place.argmin(axis=1)
    return np.where(place[np.arange(len(rows)), best] != NOT_ASKED, best, NO_HOME).astype(np.int16)


@dataclass(frozen=True)
class _Week:
    """The lists, the room that is left, what is wanted, and what was found so far."""

    choices: Choices
    supply: Supply
    listed: Listed
    room: Room
    open_: npt.NDArray[np.uint64]  # (sizes, runs, words): homes that had room for so many when the week began
    wanted: Wanted
    found: Searches

    def hopeful(self, at: Rows) -> npt.NDArray[np.bool_]:
        """Whether a search can find anything at all: some home of its list has room, or one of each child's, if they may be parted."""
        rows, kind, choices = self.wanted.rows[at], self.wanted.kind[at], self.choices
        hope = self._may(rows, kind)
        meanwhile = choices.adoption[kind] & ~self.wanted.stays[at]
        hope |= meanwhile & self._may(rows, choices.meanwhile[kind])
        part = np.flatnonzero(self.wanted.may_part[at] & ~hope)
        if len(part):
            members = choices.members[kind[part]]
            asked = (members != NO_HOME) & choices.foster[members]
            each = self._may(np.repeat(rows[part], MOST_SIBLINGS), np.maximum(members, 0).ravel())
            hope[part] = (each.reshape(members.shape) | ~asked).all(axis=1)
        return hope

    def _may(self, rows: Rows, kind: Kinds) -> npt.NDArray[np.bool_]:
        """Whether some home of a kind's list had room when the week began."""
        bits = self.open_[self.choices.size[kind] - 1, rows]
        bits &= self.listed.bits[kind]
        return np.asarray(bits.any(axis=1))

    def size(self, at: Rows) -> npt.NDArray[np.int8]:
        """How many children each of these searches is for."""
        return self.choices.size[self.wanted.kind[at]]

    def in_turn(self, at: Rows) -> None:
        """One search of each of some runs."""
        kind, old, choices = self.wanted.kind[at], self.wanted.old[at], self.choices
        chosen = self._first(at, kind, old)
        waiting = choices.adoption[kind] & (chosen == NO_HOME) & ~self.wanted.stays[at]
        if waiting.any():
            chosen[waiting] = self._first(at[waiting], choices.meanwhile[kind[waiting]], old[waiting])
        got = chosen != NO_HOME
        self._take(at[got], chosen[got])
        self._part(at[~got & self.wanted.may_part[at]])

    def _first(self, at: Rows, kind: Kinds, old: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
        return self._first_of(self.wanted.rows[at], kind, old)

    def _first_of(self, rows: Rows, kind: Kinds, old: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
        found, may = np.full(len(rows), NO_HOME, np.int16), np.flatnonzero(self._may(rows, kind))
        size = self.choices.size[kind[may]]
        found[may] = first_with_room(self.listed.rank, self.room, rows[may], kind[may], size, old[may])
        return found

    def _take(self, at: Rows, homes: npt.NDArray[np.int16]) -> None:
        size = self.size(at)
        np.subtract.at(self.room, (self.wanted.rows[at], homes), size)
        self.found.homes[at] = np.where(np.arange(MOST_SIBLINGS) < size[:, None], homes[:, None], NO_HOME)

    def _part(self, at: Rows) -> None:
        """Brothers and sisters in several homes, each child's best that has room; none of them where one finds none.

        A child for whom no home of the register could ever do is left out: they live elsewhere, by need.
        """
        if not len(at):
            return
        rows, members = self.wanted.rows[at], self.choices.members[self.wanted.kind[at]]
        homes, nowhere = np.full(members.shape, NO_HOME, np.int16), np.zeros(len(at), bool)
        for slot in range(int((members != NO_HOME).sum(axis=1).max())):
            go = np.flatnonzero((members[:, slot] != NO_HOME) & self.choices.foster[members[:, slot]] & ~nowhere)
            if not len(go):
                continue
            got = self._first_of(rows[go], members[go, slot], np.full(len(go), NO_HOME, np.int16))
            homes[go, slot], nowhere[go] = got, got == NO_HOME
            np.subtract.at(self.room, (rows[go][got != NO_HOME], got[got != NO_HOME]), 1)
        back, slots = np.nonzero(nowhere[:, None] & (homes != NO_HOME))
        np.add.at(self.room, (rows[back], homes[back, slots]), 1)
        # the first home tells what kind of place it is
        homes = np.take_along_axis(homes, np.argsort(homes == NO_HOME, axis=1, kind="stable"), axis=1)
        got_one = ~nowhere & (homes[:, 0] != NO_HOME)
        self.found.homes[at[got_one]] = homes[got_one]
        self.found.parted[at[got_one]] = True

    def plan(self, at: Rows) -> None:
        """The queues of runs in which several want the same home, each by one plan."""
        if not len(at):
            return
        rows, size = self.wanted.rows[at], self.size(at)
        wished = self._first(at, self.wanted.kind[at], self.wanted.old[at])
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        for first, last in zip(starts, [*starts[1:], len(at)], strict=True):
            best, room = wished[first:last], self.room[rows[first]]
            if contested(best.astype(np.intp), best != NO_HOME, size[first:last], room):
                self._plan_queue(at[first:last], room)

    def _plan_queue(self, queue: Rows, room: npt.NDArray[np.int16]) -> None:
        """One run's queue, against the homes of that run that have room."""
        kind, open_ = self.wanted.kind[queue], np.flatnonzero(room > 0)
        ranks = self.listed.rank[kind][:, open_]
        ranks[self.wanted.old[queue][:, None] == open_] = NOT_ASKED
        points = self.choices.points[kind][:, self.supply.copy_of[open_]]
        chosen = plan_of_queue(ranks, points, self.size(queue), room[open_])
        got = chosen != NO_HOME
        self._take(queue[got], open_[chosen[got]].astype(np.int16))
