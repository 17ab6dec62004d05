"""A home, as matching needs to know it: what a carer profile holds (practice and law, section 8)."""

from dataclasses import dataclass
from datetime import date

from matching.domain.facts import fact, part, required
from matching.domain.household import Bedroom, Person
from matching.domain.places import Place
from matching.domain.words import (
    Adaptation,
    ApprovalStatus,
    CareType,
    Hold,
    HomeKind,
    Pet,
    PlaceState,
    Provider,
    Sex,
    Skill,
    Support,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Standing and terms of approval.

    An axis on which no term is set has no limit (regulation 27 of the 2011 Regulations sets no duty to
    set terms): age 0 to 18, every sex, every kind of care, 99 children. `None` means that nobody here
    knows the term, which is a question to ask and not permission.
    """

    status: ApprovalStatus | None = fact("Standing of the approval.")
    approved_on: date | None = fact("Date of approval.")
    ends_on: date | None = fact("Last day of the approval; 9999-12-31 when it has no end.")
    review_due: date | None = fact("Date when the next review of approval is due; overdue warns, never blocks.")
    youngest: int | None = fact("Youngest age the terms allow, in years; 0 when not limited.")
    oldest: int | None = fact("Oldest age the terms allow, in years; 18 when not limited.")
    sexes: frozenset[Sex] | None = fact("Sexes the terms allow; all when not limited.")
    most_children: int | None = fact("Most foster children the terms allow; 99 when not limited.")
    care_types: frozenset[CareType] | None = fact("Kinds of care the terms allow; all when not limited.")
    named_children: tuple[str, ...] | None = fact("The only children the approval is for; 'none' when not limited.")
    exempted_children: tuple[str, ...] | None = fact("Children named in an exemption from the usual fostering limit.")
    exemption_ends: date | None = fact("Last day of the exemption; 9999-12-31 when it has no end.")
    exemption_conditions: str | None = fact("Conditions of the exemption, in plain words.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A household (or other setting) that may care for a child."""

    ref: str = required("Pseudonymous reference of the home; never a name.")
    kind: HomeKind | None = fact("What sort of home it is.")
    registered: bool | None = fact(
        "Whether a setting that must be registered with Ofsted is; fostering homes leave it empty."
    )
    carers: int | None = fact("How many carers are approved, 1 or 2.")
    provider: Provider | None = fact("Who runs or supervises the home.")
    agency: str | None = fact("Unique reference number of the agency, where there is one.")
    approved_by: str | None = fact("Code of the authority that approved the home, or on whose behalf.")
    place: Place | None = fact("Postcode of the home (kept as its sector).")
    authority: str | None = fact("Code of the authority where the home lies.")
    approval: Approval = part(Approval, "approval_")

    places_free: int | None = fact("Beds that the carer and the supervising worker say can be used now.")
    place_state: PlaceState | None = fact("State of those places: vacant, filled or not available.")
    hold: Hold | None = fact("Why the home may not be asked for now; 'none' when it may.")
    hold_until: date | None = fact("Last day of the hold, where one is known.")
    confirmed_on: date | None = fact("Date when the vacancy was last confirmed.")
    confirmed_by: str | None = fact("Role of the person who confirmed it.")
    short_notice: bool | None = fact("Whether the home takes children at short notice.")

    birth_children: tuple[Person, ...] | None = fact("Carers' own and other children at home who are not fostered.")
    other_adults: tuple[Person, ...] | None = fact("Other adults in the home: lodgers, Staying Put, relatives.")
    staying_put: int | None = fact("Young adults staying put; they use a bedroom, not a foster place.")
    visitors: tuple[Person, ...] | None = fact("Regular visitors.")
    checks_in_date: bool | None = fact("Whether the checks on all adults are in date.")
    bedrooms: tuple[Bedroom, ...] | None = fact("Bedrooms for children and who sleeps there.")
    adaptations: frozenset[Adaptation] | None = fact("Adaptations the home has.")
    could_adapt: bool | None = fact("Whether the building could be adapted.")
    pets: frozenset[Pet] | None = fact("Animals in the home.")
    pets_assessed: bool | None = fact("Whether the animals have been risk assessed.")
    smokers: bool | None = fact("Whether anybody in the home smokes.")
    vapers: bool | None = fact("Whether anybody in the home vapes.")

    languages: frozenset[str] | None = fact("Languages spoken in the home.")
    religion: str | None = fact("Religion or belief, in the carers' words.")
    ethnicity: str | None = fact("Carers' ethnic group; for monitoring, not for matching.")
    diet: str | None = fact("Diets the home keeps or can keep.")
    skills: frozenset[Skill] | None = fact("Skills and completed training.")
    skills_planned: frozenset[Skill] | None = fact("Training that is booked.")
    skills_planned_by: date | None = fact("Date by which the booked training is done.")
    support: frozenset[Support] | None = fact("Support already arranged around the home.")
    working_pattern: str | None = fact("Carers' work, in plain words.")
    car: bool | None = fact("Whether the carers have a car.")
    school_run_minutes: int | None = fact("Longest school run the carers can do, in minutes one way.")
    family_time_minutes: int | None = fact("Longest journey to family time the carers can do, in minutes one way.")

    prefers_youngest: int | None = fact("Youngest age the carers would rather care for.")
    prefers_oldest: int | None = fact("Oldest age the carers would rather care for.")
    prefers_sexes: frozenset[Sex] | None = fact("Sexes the carers would rather care for.")
    prefers_care_types: frozenset[CareType] | None = fact("Kinds of care the carers would rather give.")
    largest_sibling_group: int | None = fact("Largest sibling group the carers would take.")
    offers_months: int | None = fact("How long the carers plan to offer care, in months.")
    early_permanence: bool | None = fact("Whether the carers are also approved as adopters.")
    pool: str | None = fact("Adoption pool or regional agency to which the adopters belong.")
    weekly_cost: float | None = fact("Weekly cost of a place in pounds.")
