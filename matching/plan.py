"""What a plan is: who would live where, who has no home and why, the goals with their proof, the manifest."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from matching.domain.verdict import Level, Verdict
from matching.wording import Sentence


class Status(StrEnum):
    """Whether every goal was proven, or the limit came first."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One finding about a child, a set of children or a home under one rule or criterion."""

    code: str
    verdict: Verdict
    sentence: Sentence
    level: Level | None = None
    may_be_lifted_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A proposal that a child live in a home; `points` is the suitability the plan counted for the pair.

    `before` are the approvals, consents and checks that come before it can be carried out.
    """

    child: str
    home: str
    points: int
    reasons: tuple[Reason, ...] = ()
    worries: tuple[Reason, ...] = ()
    not_known: tuple[Reason, ...] = ()
    before: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A home that would be possible for a child if everything in `needs` were changed, asked or decided."""

    home: str
    needs: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A child for whom the plan has no home: why, and what would make one possible.

    `stays_at` is where a child for whom a move is asked lives on meanwhile; `None` for one who waits for a home.
    `for_nights`: the child lives elsewhere and asks for some nights only.
    """

    child: str
    reasons: tuple[Reason, ...]
    near_misses: tuple[NearMiss, ...] = ()
    stays_at: str | None = None
    for_nights: bool = False

    @property
    def heading(self) -> Sentence:
        """What the plan means for the child."""
        if self.for_nights:
            return Sentence.of("{child} has no home for the nights away in this plan", child=self.child)
        if self.stays_at is None:
            return Sentence.of("{child} has no home in this plan", child=self.child)
        return Sentence.of("{child} stays at {home} for now", child=self.child, home=self.stays_at)


class Kept(StrEnum):
    """What a plan does with a sibling group."""

    TOGETHER = "together"
    SPLIT = "split"
    PARTLY_PLACED = "partly placed"
    NOT_PLACED = "not placed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiblingOutcome:
    """What the plan does with one sibling group of two or more, and whether that is as planned."""

    group: str
    plan: str
    outcome: Kept
    as_planned: bool
    homes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal in its order: what the plan achieves and the most that any plan could, proven."""

    code: str
    achieved: int
    bound: int

    @property
    def proven(self) -> bool:
        """Whether nothing better exists."""
        return self.achieved == self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule that a plan breaks, found by the checker."""

    rule: str
    sentence: Sentence
    child: str | None = None
    home: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The independent checker's verdict on a plan."""

    breaches: tuple[Breach, ...]
    rules: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether no breach was found."""
        return not self.breaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything needed to make the same plan again; times are kept apart and are in no hash."""

    caseload: str
    policy: str
    policy_name: str
    policy_version: str
    as_of: str
    lot: str
    software: str
    solver: str
    parameters: tuple[tuple[str, str], ...] = ()
    forbidden: tuple[tuple[str, str], ...] = ()
    promised: tuple[tuple[str, str], ...] = ()
    policy_signed: str = ""
    policy_dates: tuple[str, str | None] = ("", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A proposal for everybody, with its proof; a named person decides."""

    status: Status
    goals: tuple[Goal, ...]
    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    sibling_groups: tuple[SiblingOutcome, ...]
    checked: Checked | None
    manifest: Manifest
    seconds: tuple[tuple[str, float], ...] = ()

    @property
    def home_of(self) -> dict[str, str]:
        """Proposed home by child."""
        return {p.child: p.home for p in self.placements}

    @property
    def digest(self) -> str:
        """SHA-256 of who would live where under which manifest; times and wording play no part."""
        told = {"placements": sorted(self.home_of.items()), "goals": [(g.code, g.achieved) for g in self.goals]}
        told["manifest"] = [self.manifest.caseload, self.manifest.policy, self.manifest.as_of]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
