"""For one child or sibling group: the homes to ring, in order, with reasons, questions and near misses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matching.candidates import Candidates, Standing, candidates_of, standing_of
from matching.candidates.blocks import chosen_sets
from matching.candidates.lots import lots
from matching.describe import blockers_of, near_miss, nearest, placement_of
from matching.domain import SiblingGroup
from matching.errors import UnknownReference
from matching.newcomer import homes_left
from matching.pairs import Register
from matching.plan import NearMiss, Placement, Reason
from matching.policy import Policy
from matching.working_days import EMERGENCY_WORKING_DAYS, after_working_days

EMERGENCY_TERMS = ("approved-ages", "approved-sex", "approved-care-type", "approved-number")
ASKED_LATER = ("own-bedroom", "smoke-free")  # in an emergency these are settled after the first night
OFFICER_CHOSE = ("sibling-plan",)  # the officer says which brothers and sisters go together
MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Option:
    """A home that could take all the children asked for; what is said for each child is worded when it is looked at.

    `age_of_confirmation` is in days on the caseload's date; `None` when nobody has confirmed the vacancy.
    In an emergency: `only_in_emergency` names the rules that do not stop a child going there tonight, `to_settle`
    says what must be settled for each, and `terms_until` is the last day outside the terms of approval.
    """

    home: str
    found: Candidates = field(repr=False)
    age_of_confirmation: int | None
    short_notice: bool | None
    only_in_emergency: tuple[str, ...] = ()
    terms_until: date | None = None

    @cached_property
    def children(self) -> tuple[Placement, ...]:
        """What is said for each child."""
        return tuple(
            placement_of(self.found, ref, self.home, self.found.groups[0].children)
            for ref in self.found.groups[0].children
        )

    @cached_property
    def to_settle(self) -> tuple[Reason, ...]:
        """What must be settled after an emergency."""
        column = self.found.register.home_index[self.home]
        return blockers_of(self.found, self.found.groups[0].children, column) if self.only_in_emergency else ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Option) and _told(self) == _told(other)


def _told(option: Option) -> tuple[object, ...]:
    return (
        *(option.home, option.age_of_confirmation, option.short_notice),
        *(option.only_in_emergency, option.terms_until, option.children, option.to_settle),
    )


@dataclass(frozen=True, kw_only=True)
class Shortlist:
    """Homes to ring in order, how many exist in all, the near misses, and why the others are not here.

    `next_best` is the best of the possible homes that are not shown. `ruled_out` counts homes by the code of each rule
    that stands in their way (a home counts under each); `standing` has every rule's verdict on every home, and
    `in_the_way` words those on one.
    """

    children: tuple[str, ...]
    options: tuple[Option, ...]
    possible: int
    ruled_out: tuple[tuple[str, int], ...]
    homes_looked_at: int
    next_best: str | None = None
    found: Candidates = field(repr=False, compare=False)
    standing: Standing = field(repr=False, compare=False)
    nearest: tuple[str, ...] = ()

    @cached_property
    def near_misses(self) -> tuple[NearMiss, ...]:
        """The nearest of the homes that are not possible, and what each needs."""
        return tuple(
            near_miss(self.found, self.children, self.found.register.home_index[home]) for home in self.nearest
        )

    def codes(self, home: str) -> tuple[str, ...]:
        """Codes of every rule in the way of a home."""
        self.found.register.caseload.home(home)
        return self.standing.codes(self.found.register.home_index[home])

    def in_the_way(self, home: str) -> tuple[Reason, ...]:
        """Everything that stands in the way of a home, in words; empty where the home is possible."""
        self.found.register.caseload.home(home)
        return blockers_of(self.found, self.children, self.found.register.home_index[home])


def shortlist(
    register: Register,
    policy: Policy,
    children: Sequence[str],
    *,
    emergency: bool = False,
    most: int = MOST_SHOWN,
    beside: Mapping[str, str] | None = None,
) -> Shortlist:
    """The homes that could take these brothers and sisters together, best first.

    `beside` is a plan, home by child: then only homes that are left beside it are options. In an emergency, homes whose
    terms of approval do not fit follow the others: an approved carer may take a child outside the terms for up to 6
    working days (2010 Regulations, regulation 23). A bedroom of one's own and smoke are asked about after the first
    night. Nothing else gives way.
    """
    found = candidates_of(register, policy, _one_group(register, children))
    group, homes = found.groups[0].children, found.register.homes.items
    standing = standing_of(found, group, without=OFFICER_CHOSE)
    open_ = standing.possible if beside is None else homes_left(found, standing.possible, beside)
    possible = np.flatnonzero(open_)
    ordered = _best_first(found, possible)
    options = [_option(found, int(column)) for column in ordered[:most]]
    if emergency and len(options) < most:
        options += _tonight(found, standing, most - len(options), beside)
    others = standing.could_open
    others[[register.home_index[option.home] for option in options]] = False
    return Shortlist(
        children=group,
        options=tuple(options),
        possible=int(possible.size),
        ruled_out=standing.tally(),
        homes_looked_at=len(homes),
        next_best=homes[int(ordered[most])].home.ref if ordered.size > most else None,
        found=found,
        standing=standing,
        nearest=tuple(homes[column].home.ref for column in nearest(found, group, standing, others)),
    )


def points_of(register: Register, policy: Policy, children: Sequence[str]) -> npt.NDArray[np.int64]:
    """Points of every home under each criterion, over these children together; (criteria, homes)."""
    found = candidates_of(register, policy, _one_group(register, children))
    return np.asarray(found.judged.points.sum(axis=1, dtype=np.int64))


def _one_group(register: Register, children: Sequence[str]) -> SiblingGroup:
    """The children asked for, as one group to be kept whole."""
    caseload = register.caseload
    refs = tuple(sorted(dict.fromkeys(children)))
    for ref in refs:
        caseload.child(ref)
        if ref not in caseload.group_of:
            raise UnknownReference(
                f"Child {ref!r} lives in a home and no move is asked for. Maybe another child was meant."
            )
    groups = {caseload.group_of[ref].ref for ref in refs}
    if len(groups) > 1:
        raise UnknownReference(
            f"{', '.join(refs)} are not brothers and sisters. Ask for each sibling group on its own."
        )
    if len({caseload.child_by_ref[ref].nights for ref in refs}) > 1:
        raise UnknownReference(f"{', '.join(refs)} need different nights. Ask for each of them on their own.")
    whole = caseload.group_of[refs[0]]
    return replace(whole, children=refs)


def _best_first(found: Candidates, columns: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Homes by points, most first; equal homes stand in the order of the lot."""
    if not columns.size:
        return columns
    lot = lots(found, chosen_sets(found.sets, columns))
    return columns[np.lexsort((lot, -found.judged.total.sum(axis=0)[columns]))]


def _option(found: Candidates, column: int, only_in_emergency: tuple[str, ...] = ()) -> Option:
    day = found.register.caseload.as_of
    outside = any(code in EMERGENCY_TERMS for code in only_in_emergency)
    home = found.register.homes.items[column].home
    since = home.confirmed_on
    return Option(
        home=home.ref,
        found=found,
        age_of_confirmation=None if since is None else (day - since).days,
        short_notice=home.short_notice,
        only_in_emergency=only_in_emergency,
        terms_until=after_working_days(day, EMERGENCY_WORKING_DAYS) if outside else None,
    )


def _tonight(found: Candidates, standing: Standing, most: int, beside: Mapping[str, str] | None = None) -> list[Option]:
    """Homes that fit but for what an emergency lets wait, best first."""
    open_ = standing.only((*EMERGENCY_TERMS, *ASKED_LATER))
    if beside is not None:
        open_ = homes_left(found, open_, beside)
    fits = _best_first(found, np.flatnonzero(open_))[:most]
    return [_option(found, int(column), standing.codes(int(column))) for column in fits]
