"""Rules about the area in which a home lies."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.domain import ApprovalStatus, Caseload, Child, HomeKind, Household, Level, Tie
from matching.pairs import Mask, Pairs, Truth, VerdictMatrix, verdicts
from matching.rules.base import Rule, Source
from matching.wording import Sentence


def _area(household: Household) -> str | None:
    return household.authority


def _approved_by(household: Household) -> str | None:
    return household.home.approved_by


def _authority(child: Child) -> str | None:
    return child.authority


@dataclass(frozen=True)
class NotDistant(Rule):
    """The home lies in the child's own authority or in one that adjoins it; decided by code, never by drawing.

    Connected persons are exempt, and foster carers approved by the child's own authority.
    """

    code = "not-distant"
    title = "The home is in the child's authority or next to it"
    purpose = "A home beyond the neighbouring authorities needs the Director of Children's Services to agree first."
    source = Source(
        text="Care Planning, Placement and Case Review (England) Regulations 2010",
        paragraph="regulation 11",
        read_on=date(2026, 11, 23),
    )
    level = Level.NEEDS_DECISION
    lifted_by = ("director-of-childrens-services",)

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        child, home = pairs.child_codes(_authority, "authority"), pairs.home_codes(_area, "authority")
        known = (child >= 0) & (home >= 0)
        near = Truth.of(child == home, known) | self._adjoining(pairs, known)
        approved = pairs.home_codes(_approved_by, "authority")
        foster = pairs.of_homes(_foster)
        ours = Truth.of(child == approved, (child >= 0) & (approved >= 0)) & Truth.of(foster == 1, ~np.isnan(foster))
        connected = Truth.of(pairs.tied(Tie.CONNECTED_PERSON))
        return verdicts(near | ours | connected, pairs.shape)

    def _adjoining(self, pairs: Pairs, known: Mask) -> Truth:
        """By the map of authorities; without one, nobody can say."""
        if pairs.caseload.adjoining is None:
            nowhere = np.zeros(pairs.shape, dtype=bool)
            return Truth(nowhere, nowhere)
        adjoining = pairs.caseload.adjoining
        children, homes = pairs.children.items, pairs.homes.items
        grid = np.zeros((len(children), len(homes)), dtype=bool)
        by_authority = [household.authority for household in homes]
        for asked in {child.authority for child in children}:
            rows = [i for i, child in enumerate(children) if child.authority == asked]
            grid[rows] = np.array([(asked, there) in adjoining for there in by_authority], dtype=bool)
        return Truth.of(grid if pairs.at is None else grid[pairs.at], known)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        told = {"child": child.ref, "home": household.home.ref}
        if child.authority is None:
            return Sentence.of("We do not know which authority looks after {child}.", **told)
        if household.authority is None:
            return Sentence.of("We do not know in which authority {home} lies.", **told)
        if caseload.adjoining is None:
            return Sentence.of("We do not know whether {home} lies in an authority next to {child}'s.", **told)
        if household.home.approved_by is None and household.home.kind is HomeKind.FOSTER:
            return Sentence.of("{home} lies further away; we do not know which authority approved it.", **told)
        return Sentence.of("{home} lies beyond the authorities next to {child}'s own.", **told)


def _foster(household: Household) -> bool | None:
    """Whether these are foster carers whose approval stands; other settings have no such exemption."""
    if household.home.kind is None or household.home.approval.status is None:
        return None
    return household.home.kind is HomeKind.FOSTER and household.home.approval.status is ApprovalStatus.APPROVED
