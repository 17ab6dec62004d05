"""What two plans do differently, in words: who would live elsewhere, and what each goal gains or loses."""

from dataclasses import dataclass

from matching.candidates import GOAL_TITLES
from matching.io.plan_json import ToldPlan
from matching.wording import Sentence

INSIDE = "suitability"  # its points say nothing to a reader; only more or less does


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A child whose home differs; `None`: no home, or for one who asks to move the home they live in (`stays`)."""

    child: str
    before: str | None
    after: str | None
    stays: str | None = None

    @property
    def sentence(self) -> Sentence:
        """The change in words."""
        if self.before is None and self.stays:
            template = "{child} would move to {after} instead of staying at {stays} for now."
            return Sentence.of(template, child=self.child, after=str(self.after), stays=self.stays)
        if self.after is None and self.stays:
            template = "{child} would stay at {stays} for now; before, it was {before}."
            return Sentence.of(template, child=self.child, before=str(self.before), stays=self.stays)
        if self.before is None:
            return Sentence.of("{child} would have a home: {after}.", child=self.child, after=str(self.after))
        if self.after is None:
            return Sentence.of(
                "{child} would have no home; before, it was {before}.", child=self.child, before=self.before
            )
        return Sentence.of(
            "{child} would live at {after} instead of {before}.", child=self.child, after=self.after, before=self.before
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Changes by child, goals as (code, before, after) where they differ, and whether the plans compare like with like."""

    changes: tuple[Change, ...]
    goals: tuple[tuple[str, int, int], ...]
    same_caseload: bool
    same_policy: bool

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The whole difference in words, goals first."""
        told = [] if self.same_caseload else [Sentence("The plans were made for different caseloads.")]
        told += [] if self.same_policy else [Sentence("The plans were made under different policies.")]
        told += [_goal(*goal) for goal in self.goals]
        told += [change.sentence for change in self.changes]
        return tuple(told) or (Sentence("The plans are the same."),)


def difference(before: ToldPlan, after: ToldPlan) -> Difference:
    """What `after` does otherwise than `before`; children in order of reference."""
    was, would = dict(before.placements), dict(after.placements)
    reached, reaches = dict(before.goals), dict(after.goals)
    children, stays = sorted({*was, *would}), dict((*before.staying, *after.staying))
    return Difference(
        changes=tuple(
            Change(child=ref, before=was.get(ref), after=would.get(ref), stays=stays.get(ref))
            for ref in children
            if was.get(ref) != would.get(ref)
        ),
        goals=tuple(
            (code, reached[code], value)
            for code, value in reaches.items()
            if code in reached and reached[code] != value
        ),
        same_caseload=before.caseload == after.caseload,
        same_policy=before.policy == after.policy,
    )


def _goal(code: str, before: int, after: int) -> Sentence:
    if code == INSIDE:
        return Sentence.of("Over all children, homes suit {word}.", word="better" if after > before else "less well")
    title = GOAL_TITLES.get(code, code)
    return Sentence.of("{title}: {after} instead of {before}.", title=title, after=after, before=before)
