"""A no as a fact: who said it, when, why, and whether they had heard of the child before."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matching.domain.facts import fact, required


class RefusedBy(StrEnum):
    """Who said no."""

    CARER = "carer"
    AGENCY = "agency"
    CHILD = "child"
    PARENT = "parent"
    SOCIAL_WORKER = "social-worker"


class RefusalReason(StrEnum):
    """Why; always about circumstances, never about what sort of person a child is."""

    NO_ROOM_NOW = "no-room-now"
    TIMING = "timing"
    CHILDREN_AT_HOME = "children-at-home"
    SKILLS_OR_TRAINING = "skills-or-training"
    HEALTH_OR_ALLERGY = "health-or-allergy"
    DISTANCE = "distance"
    FAMILY_TIME = "family-time"
    CARERS_OWN_LIFE = "carers-own-life"
    WISHES_AND_FEELINGS = "wishes-and-feelings"
    NOT_TOLD = "not-told"


class Contact(StrEnum):
    """Whether the no came before or after the carers and the child had met or spoken."""

    BEFORE = "before-contact"
    AFTER = "after-contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One no for one child and home; while it holds, no plan proposes the home for the child."""

    child: str = required("Reference of the child.")
    home: str = required("Reference of the home.")
    by: RefusedBy = required("Who said no.")
    on: date = required("Date when it was said.")
    reason: RefusalReason = required("Why, in one word of the list.")
    contact: Contact | None = fact("Whether it came before or after the carers and the child had met or spoken.")
    until: date | None = fact("Last day on which it holds, such as the end of a holiday; empty: until taken back.")
    said: str | None = fact("What was said, in plain words.")

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.on <= day and (self.until is None or day <= self.until)
