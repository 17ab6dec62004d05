"""What connects children and homes: who lives where, sibling plans, who may not be together, travel, decisions."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matching.domain.facts import fact, required
from matching.domain.words import SiblingPlan


class Standing(StrEnum):
    """Whether a child lives in a home now, the move has been agreed, or an adoption link reserves the adopters."""

    CURRENT = "current"
    AGREED = "agreed"
    LINKED = "linked"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentPlacement:
    """A child lives in a home, or it has been agreed that they will."""

    child: str = required("Reference of the child.")
    home: str = required("Reference of the home.")
    standing: Standing = fact(
        "'current': lives there; 'agreed': agreed, not yet moved; 'linked': adopters reserved for the child.",
        default=Standing.CURRENT,
    )
    since: date | None = fact("Date since which the child has lived there, or when it was agreed.")
    expires_on: date | None = fact("For a link: the last day on which it reserves; empty: until withdrawn.")
    expected_end: date | None = fact("Date when the placement is planned to end.")
    weekly_cost: float | None = fact("Weekly cost in pounds.")
    education_kept: bool | None = fact("Whether the child kept their school.")
    location_as_preferred: bool | None = fact("Whether the home lies where it was hoped for.")


class Tie(StrEnum):
    """Kinds of relationship; the first is about a group, the others about two parties."""

    SIBLING_PLAN = "sibling-plan"
    APART = "apart"
    MAY_SHARE_ROOM = "may-share-room"
    NO_CONTACT = "no-contact"
    CONNECTED_PERSON = "connected-person"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """One statement about who belongs together, apart, or with whom there may be no contact."""

    tie: Tie = required(
        "sibling-plan (of: group); apart (of, to: children who must not live together); "
        "may-share-room (of, to: children); no-contact (of: child, to: home); "
        "connected-person (of: child, to: home of a relative or friend); refused (of: child, to: home that said no)."
    )
    of: str = required("Reference of the sibling group or child.")
    to: str | None = fact("Reference of the other child or the home.")
    plan: SiblingPlan | None = fact("For sibling-plan: the assessed plan.")
    subsets: tuple[str, ...] | None = fact("For named-subsets: children who stay together, such as 'C1+C2'.")
    reason: str | None = fact("Why, in plain words.")
    since: date | None = fact("Date from which it holds.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """Journey between a child's places and a home; replaces the estimate made from postcodes."""

    child: str = required("Reference of the child.")
    home: str = required("Reference of the home.")
    miles_to_home: float | None = fact("Straight-line miles from the family home.")
    minutes_to_home: float | None = fact("Minutes by road to the family home.")
    minutes_to_school: float | None = fact("Minutes by road to school or nursery.")
    minutes_to_family_time: float | None = fact("Minutes by road to family time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A recorded decision that opens one gated rule for exactly one child and home."""

    rule: str = required("Code of the rule that the decision opens.")
    child: str = required("Reference of the child.")
    home: str = required("Reference of the home.")
    role: str = required("Role of the person who decided.")
    reason: str = required("Why, in plain words.")
    decided_on: date = required("Date of the decision.")
    expires_on: date | None = fact("Last day on which it holds; empty: until withdrawn.")
