"""What the rules and criteria say of every kind of referral and every home, worked out once by the product's own code.

A simulated week then only asks which homes on a referral's list still have room. The choice equals the shortlist's first
line for homes without residents; who lives in a home already is not looked at (a limit of the forecast).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.candidates import Candidates, find_candidates, standing_of
from matching.candidates.lots import lots
from matching.candidates.standing import everywhere
from matching.describe import group_position
from matching.domain import (
    Bedroom,
    CareType,
    Caseload,
    Child,
    Deadline,
    Hold,
    Home,
    PlaceState,
    SiblingGroup,
    SiblingPlan,
    Tie,
)
from matching.geo import miles_between
from matching.pairs import Register
from matching.policy import Policy
from matching.sufficiency.areas import Areas, areas_of
from matching.sufficiency.like_ours import homes_like_ours

NOT_ASKED = 32_000
NO_HOME = -1
MOST_SIBLINGS = 6
AGE_NOT_KNOWN = 10.5
# which brothers and sisters go together is asked of the set that searches, as on the shortlist
OFFICER_CHOSE = ("sibling-plan",)
FAR_MILES = 20.0


@dataclass(frozen=True)
class Choices:
    """Kinds of referral: whole sibling groups first, then each of their children alone; and all homes, ready and empty.

    `refs` names the children of each kind among the referrals. Homes are those of the register (the first `register`), then some like ours of each profile and area, for campaigns.
    `rank` (kinds, homes) is the place of a home on a kind's list, 0 the best, NOT_ASKED where a rule stands in the way;
    `points` likewise what the criteria give. `size` children in each kind; `members` (kinds, MOST_SIBLINGS) the single
    kinds of a group. `age` in years at referral, of a group the mean; `ages` (kinds, MOST_SIBLINGS) of each child, NaN
    at the end. `miles` (kinds, homes) from the family home, NaN where not known; `outside` whether a home lies in
    another authority. `required` marks groups assessed as together required. `meanwhile` is the kind by whose list a child waits with foster carers for adopters: a single child's of
    like age. `area` of a kind and `home_area` are positions in `areas`.
    """

    homes: tuple[Home, ...]
    refs: tuple[tuple[str, ...], ...]
    register: int
    groups: int
    rank: npt.NDArray[np.int16]
    points: npt.NDArray[np.int32]
    size: npt.NDArray[np.int8]
    members: npt.NDArray[np.int16]
    age: npt.NDArray[np.float64]
    ages: npt.NDArray[np.float64]
    need: tuple[str, ...]
    foster: npt.NDArray[np.bool_]
    adoption: npt.NDArray[np.bool_]
    meanwhile: npt.NDArray[np.int16]
    emergency: npt.NDArray[np.bool_]
    required: npt.NDArray[np.bool_]
    places: npt.NDArray[np.int8]
    own: npt.NDArray[np.bool_]
    areas: Areas
    area: npt.NDArray[np.int8]
    home_area: npt.NDArray[np.int8]
    miles: npt.NDArray[np.float32]
    outside: npt.NDArray[np.bool_]


def choices_of(referrals: Caseload, homes: tuple[Home, ...], policy: Policy) -> Choices:
    """Judge every referral of a caseload with every home, all of them empty and ready."""
    seeking = {child.ref for child in referrals.seeking}
    children = tuple(child for child in referrals.children if child.ref in seeking)
    areas = areas_of(children)
    ours = tuple(sorted((emptied(home) for home in homes), key=lambda home: home.ref))
    # the register first: references of homes like ours sort after every other
    ready = (*ours, *homes_like_ours(ours, children, areas))
    bank = replace(
        referrals,
        children=children,
        homes=ready,
        placements=(),
        decisions=(),
        relationships=tuple(row for row in referrals.relationships if row.tie is Tie.SIBLING_PLAN),
    )
    register = Register(bank)
    order = [register.home_index[home.ref] for home in ready]
    groups = [group for group in bank.groups if len(group.children) <= MOST_SIBLINGS]
    alone = [(group, ref) for group in groups if len(group.children) > 1 for ref in group.children]
    found = find_candidates(register, policy, groups)
    sets = [*(group.children for group in groups), *((ref,) for _, ref in alone)]
    listed = [_listed(found, refs) for refs in sets]
    ages = np.stack([_ages(bank, refs) for refs in sets])
    first = [bank.child_by_ref[refs[0]] for refs in sets]
    adoption = np.array([child.care_type is CareType.ADOPTION for child in first])
    rank = np.stack([rank for rank, _ in listed])[:, order]
    return Choices(
        homes=ready,
        refs=tuple(tuple(refs) for refs in sets),
        register=len(ours),
        groups=len(groups),
        rank=rank,
        points=np.stack([points for _, points in listed])[:, order],
        size=np.array([len(refs) for refs in sets], dtype=np.int8),
        members=_members(groups, [ref for _, ref in alone]),
        age=np.nanmean(ages, axis=1),
        ages=ages,
        need=tuple(_need(bank, refs) for refs in sets),
        foster=(rank[:, : len(ours)] != NOT_ASKED).any(axis=1),
        adoption=adoption,
        meanwhile=_meanwhile(np.nanmean(ages, axis=1), sets, adoption),
        required=np.array([group.plan is SiblingPlan.TOGETHER_REQUIRED for group in groups] + [False] * len(alone)),
        emergency=np.array([child.deadline is Deadline.EMERGENCY for child in first]),
        places=np.array([home.places_free or 0 for home in ready], dtype=np.int8),
        own=np.array([home.provider is not None and home.provider.value == "own" for home in ready]),
        areas=areas,
        area=np.array([areas.of(child.home_place) for child in first], dtype=np.int8),
        home_area=np.array([areas.of(home.place) for home in ready], dtype=np.int8),
        miles=_miles(first, ready),
        outside=np.array([[child.authority != home.authority for home in ready] for child in first]),
    )


def _meanwhile(
    age: npt.NDArray[np.float64], sets: Sequence[tuple[str, ...]], adoption: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int16]:
    """For each kind the one of like size that is for foster care and nearest in age; itself where there is none."""
    size, found = np.array([len(refs) for refs in sets]), np.arange(len(sets))
    for at in np.flatnonzero(adoption):
        like = np.flatnonzero(~adoption & (size == size[at]))
        if len(like):
            found[at] = like[np.abs(age[like] - age[at]).argmin()]
    return found.astype(np.int16)


def _miles(children: Sequence[Child], homes: Sequence[Home]) -> npt.NDArray[np.float32]:
    """Straight-line miles from each family home to each home."""
    grid = [
        [(np.nan, np.nan) if place is None else (place.easting, place.northing) for place in places]
        for places in ([child.home_place for child in children], [home.place for home in homes])
    ]
    of, to = (np.array(points, dtype=np.float64) for points in grid)
    return miles_between(of[:, None, 0], of[:, None, 1], to[None, :, 0], to[None, :, 1]).astype(np.float32)


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


def _listed(found: Candidates, children: tuple[str, ...]) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int32]]:
    """Place of every home on the shortlist (points over all criteria, then the lot), and its points."""
    rows = [found.row_of_child[ref] for ref in children]
    standing = standing_of(found, children, without=OFFICER_CHOSE)
    possible = np.flatnonzero(standing.possible)
    points = found.judged.total[rows].sum(axis=0)
    lot = lots(found, everywhere(found.register, found.groups[group_position(found, children[0])], children))
    rank = np.full(len(points), NOT_ASKED, dtype=np.int16)
    rank[possible[np.lexsort((lot[possible], -points[possible]))]] = np.arange(len(possible))
    return rank, points.astype(np.int32)


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
