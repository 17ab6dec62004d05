"""Rules about school."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.domain import Caseload, Child, Household, Level, Place
from matching.pairs import Pairs, Truth, VerdictMatrix, verdicts
from matching.pairs.travel import minutes_between, school
from matching.rules.base import Rule, Source
from matching.wording import Sentence

KEY_STAGE_4 = (10, 11)
AGES = (14, 15)  # ages at which a child may be in those years


@dataclass(frozen=True)
class KeyStage4School(Rule):
    """A child in years 10 and 11 can stay at the same school."""

    code = "key-stage-4-school"
    title = "A child in year 10 or 11 can stay at the same school"
    purpose = (
        "A move that breaks off schooling before examinations needs a nominated officer, who asks the school first."
    )
    source = Source(
        text="Care Planning, Placement and Case Review (England) Regulations 2010",
        paragraph="regulation 10",
        read_on=date(2026, 11, 23),
    )
    level = Level.NEEDS_DECISION
    lifted_by = ("nominated-officer",)

    longest: int = 60  # minutes by road one way; an estimate settles this only where it is clear

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        in_those_years = _InKeyStage4(pairs.caseload.as_of)
        elsewhere = ~Truth.told(pairs.of_children(in_those_years))
        if elsewhere.yes.all():
            return verdicts(elsewhere, pairs.shape)
        least, most = minutes_between(pairs, _SchoolOfThese(in_those_years), school)
        return verdicts(elsewhere | Truth(most <= self.longest, least > self.longest), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        least, most = (side.item() for side in minutes_between(Pairs.one(caseload, child, household), school))
        if child.school_year is None:
            return Sentence.of("We do not know the school year of {child}.", child=child.ref)
        told: dict[str, str | int] = {"child": child.ref, "year": child.school_year, "home": household.home.ref}
        if np.isnan(least):
            return Sentence.of("{child} is in year {year}; we do not know how far {home} is from school.", **told)
        if least <= self.longest < most:
            template = (
                "{child} is in year {year}; look up whether school can be reached from {home} within {longest} minutes."
            )
            return Sentence.of(template, longest=self.longest, **told)
        template = "{child} is in year {year}, and {home} is more than {longest} minutes from school."
        return Sentence.of(template, longest=self.longest, **told)


@dataclass(frozen=True)
class _InKeyStage4:
    """By the year; where that is not known, a child of another age is certainly not."""

    day: date

    def __call__(self, child: Child) -> bool | None:
        if child.school_year is not None:
            return child.school_year in KEY_STAGE_4
        age = child.age_on(self.day)
        return None if age is None or age in AGES else False


@dataclass(frozen=True)
class _SchoolOfThese:
    """The school of a child who is, or may be, in those years; of nobody else does it matter here."""

    these: _InKeyStage4

    def __call__(self, child: Child) -> Place | None:
        return None if self.these(child) is False else school(child)
