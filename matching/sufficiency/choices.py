"""What the rules and criteria say of every kind of referral and every home, worked out once by the product's own code.

A simulated week then only asks which homes on a referral's list still have room. The choice equals the shortlist's first
line for homes without residents; who lives in a home already is not looked at (a limit of the forecast).
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.candidates import Candidates, find_candidates, standing_of
from matching.candidates.lots import lots
from matching.candidates.standing import everywhere
from matching.domain import Bedroom, Caseload, Hold, Home, PlaceState, SiblingGroup, Tie
from matching.pairs import Register
from matching.policy import Policy

MOST_ASKED = 160
NO_HOME = -1
MOST_SIBLINGS = 6
AGE_NOT_KNOWN = 10.5


@dataclass(frozen=True)
class Choices:
    """Kinds of referral: whole sibling groups first, then each of their children alone.

    `asked` (kinds, MOST_ASKED) are home columns, best first, NO_HOME at the end. `size` children in each; `members`
    (kinds, MOST_SIBLINGS) the single kinds of a group. `age` in years at referral, of a group the mean; `ages` (kinds,
    MOST_SIBLINGS) of each child, NaN at the end.
    """

    homes: tuple[Home, ...]
    groups: int
    asked: npt.NDArray[np.int16]
    size: npt.NDArray[np.int8]
    members: npt.NDArray[np.int16]
    age: npt.NDArray[np.float64]
    ages: npt.NDArray[np.float64]
    need: tuple[str, ...]
    foster: npt.NDArray[np.bool_]
    places: npt.NDArray[np.int8]
    own: npt.NDArray[np.bool_]


def choices_of(referrals: Caseload, homes: tuple[Home, ...], policy: Policy) -> Choices:
    """Judge every referral of a caseload with every home, all of them empty and ready."""
    ready = tuple(sorted((emptied(home) for home in homes), key=lambda home: home.ref))
    seeking = {child.ref for child in referrals.seeking}
    bank = replace(
        referrals,
        children=tuple(child for child in referrals.children if child.ref in seeking),
        homes=ready,
        placements=(),
        decisions=(),
        relationships=tuple(row for row in referrals.relationships if row.tie is Tie.SIBLING_PLAN),
    )
    register = Register(bank)
    groups = [group for group in bank.groups if len(group.children) <= MOST_SIBLINGS]
    alone = [(group, ref) for group in groups if len(group.children) > 1 for ref in group.children]
    found = find_candidates(register, policy, groups)
    lists = [_asked(found, group.children) for group in groups] + [_asked(found, (ref,)) for _, ref in alone]
    ages = np.stack([_ages(bank, group.children) for group in groups] + [_ages(bank, (ref,)) for _, ref in alone])
    return Choices(
        homes=ready,
        groups=len(groups),
        asked=np.stack(lists),
        size=np.array([len(group.children) for group in groups] + [1] * len(alone), dtype=np.int8),
        members=_members(groups, [ref for _, ref in alone]),
        age=np.nanmean(ages, axis=1),
        ages=ages,
        need=tuple([_need(bank, group.children) for group in groups] + [_need(bank, (ref,)) for _, ref in alone]),
        foster=np.array([(row != NO_HOME).any() for row in lists]),
        places=np.array([home.places_free or 0 for home in ready], dtype=np.int8),
        own=np.array([home.provider is not None and home.provider.value == "own" for home in ready]),
    )


def emptied(home: Home, free: int | None = None) -> Home:
    """The home with nobody placed and `free` places ready (all that its terms allow, 3 at most, when not given)."""
    places = min(home.approval.most_children or 0, 3) if free is None else free
    return replace(
        home,
        places_free=places,
        place_state=PlaceState.VACANT if places else PlaceState.FILLED,
        hold=Hold.NONE,
        hold_until=None,
        bedrooms=tuple(Bedroom(1) for _ in range(places)),
    )


def _asked(found: Candidates, children: tuple[str, ...]) -> npt.NDArray[np.int16]:
    """Homes in the order of the shortlist: points over all criteria, then the lot."""
    rows = [found.row_of_child[ref] for ref in children]
    possible = np.flatnonzero(standing_of(found, children, without=("sibling-plan",) if len(rows) > 1 else ()).possible)
    points = found.judged.total[rows].sum(axis=0)[possible]
    lot = lots(found, everywhere(found, children))[possible]
    ordered = possible[np.lexsort((lot, -points))][:MOST_ASKED]
    return np.pad(ordered, (0, MOST_ASKED - len(ordered)), constant_values=NO_HOME).astype(np.int16)


def _members(groups: list[SiblingGroup], alone: list[str]) -> npt.NDArray[np.int16]:
    members = np.full((len(groups) + len(alone), MOST_SIBLINGS), NO_HOME, dtype=np.int16)
    place = {ref: len(groups) + number for number, ref in enumerate(alone)}
    for row, group in enumerate(groups):
        if len(group.children) > 1:
            members[row, : len(group.children)] = [place[ref] for ref in group.children]
    return members


def _ages(bank: Caseload, children: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """Ages in years and a half; the middle age where one is not known."""
    known = [bank.child_by_ref[ref].age_on(bank.as_of) for ref in children]
    ages = np.full(MOST_SIBLINGS, np.nan)
    ages[: len(known)] = [AGE_NOT_KNOWN if age is None else age + 0.5 for age in known]
    return ages


def _need(bank: Caseload, children: tuple[str, ...]) -> str:
    """The kind of need, in order of what narrows the choice most."""
    facts = [bank.child_by_ref[ref] for ref in children]
    if any(child.uasc for child in facts):
        return "unaccompanied"
    if len(children) > 1:
        return "brothers and sisters"
    if any(child.disabled for child in facts):
        return "disabled"
    return "teenager" if _ages(bank, children)[0] >= 11 else "younger child"
