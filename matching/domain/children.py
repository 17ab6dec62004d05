"""A child, as matching needs to know them: what a referral asks (practice and law, section 7)."""

from dataclasses import dataclass
from datetime import date

from matching.domain.facts import fact, part, required
from matching.domain.household import Consideration
from matching.domain.places import Place
from matching.domain.stays import Stay
from matching.domain.words import (
    Adaptation,
    CarePlan,
    CareType,
    Communication,
    Condition,
    Deadline,
    LegalStatus,
    LivesWith,
    PetNeed,
    Severity,
    Sex,
    Skill,
    StatedNeed,
    Suitability,
    Support,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Risks:
    """Worries that are present (yes), not present (no) or not known (empty)."""

    self_harm: bool | None = fact("Risk to self: self-harm.")
    sexual_exploitation: bool | None = fact("Risk to self: sexual exploitation.")
    criminal_exploitation: bool | None = fact("Risk to self: criminal exploitation.")
    substance_use: bool | None = fact("Risk to self: substance use.")
    eating_disorder: bool | None = fact("Risk to self: eating disorder.")
    missing: bool | None = fact("Goes missing.")
    harm_physical: bool | None = fact("Risk to others: physical harm.")
    harm_sexual: bool | None = fact("Risk to others: harmful sexual behaviour; rules out sharing a bedroom.")
    fire_setting: bool | None = fact("Risk to others: fire-setting.")
    harm_to_animals: bool | None = fact("Risk to others: harm to animals.")
    exploits_others: bool | None = fact("Risk to others: criminal exploitation of others.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A looked-after child who needs a home or lives in one of the caseload's homes."""

    ref: str = required("Pseudonymous reference of the child; never a name.")
    date_of_birth: date | None = fact("Date of birth; ages are worked out on the caseload's date.")
    sex: Sex | None = fact("Sex as recorded.")
    authority: str | None = fact("Code of the authority that looks after the child, such as E06000045.")
    sibling_group: str | None = fact("Reference shared by brothers and sisters; empty: no sibling in the caseload.")

    needs_home_by: date | None = fact("Date by which a home is needed.")
    deadline: Deadline | None = fact("Why by that date: emergency, statutory or planned.")
    waiting_since: date | None = fact("Date since which the child has waited for this home.")
    move_requested: str | None = fact("For a child who lives in a home: why a move is asked for; empty: no move.")
    care_type: CareType | None = fact("Kind of care that is needed.")
    stays: tuple[Stay, ...] | None = fact("For short breaks and respite: the nights asked for; 'none' when none are.")
    care_plan: CarePlan | None = fact("Where the care plan leads.")
    likely_months: int | None = fact("Likely length of stay, in months.")
    legal_status: LegalStatus | None = fact("Legal status (SSDA903 code).")
    foster_care: Suitability | None = fact("How foster care suits the child.")
    residential_care: Suitability | None = fact("How a children's home suits the child.")
    supported_care: Suitability | None = fact("How supported accommodation suits the child.")
    agency_decision_on: date | None = fact("Date when the agency decided that the child should be placed for adoption.")
    adoption_consent: bool | None = fact("Whether the parents have consented to adoption (section 19).")
    pool: str | None = fact("Adoption pool or regional agency whose family finders look for this child.")
    with_parent: bool | None = fact(
        "Whether an adult parent comes along; they take a bedroom, small children in it with them, and no foster place."
    )
    brings_baby: bool | None = fact(
        "Whether a baby of the child's own, who is not looked after, comes along; they share the child's room."
    )
    consent_signed: bool | None = fact("Whether the consents are signed.")
    early_permanence_home: str | None = fact("Home approved for this child under regulation 25A, if any.")

    home_place: Place | None = fact("Postcode of the family home (kept as its sector).")
    school_place: Place | None = fact("Postcode of the school or nursery (kept as its sector).")
    family_time_place: Place | None = fact("Postcode where family time happens (kept as its sector).")
    worship_place: Place | None = fact("Postcode of the place of worship (kept as its sector).")
    preferred_place: Place | None = fact("Postcode in the preferred area of search (kept as its sector).")
    places_to_avoid: tuple[Place, ...] | None = fact("Postcode sectors or districts where no home may lie.")
    family_time_weekly: float | None = fact("Family time visits in a week.")
    family_time_supervised: bool | None = fact("Whether family time is supervised.")

    school_year: int | None = fact("National Curriculum year, 0 for reception; 10 and 11 are key stage 4.")
    ehcp: bool | None = fact("Whether there is an education, health and care plan.")
    school_run_needed: bool | None = fact("Whether the carer must bring the child to school.")
    uasc: bool | None = fact("Whether the child is an unaccompanied asylum-seeking child.")
    age_disputed: bool | None = fact("Whether the age is disputed and an assessment is still to come.")
    immigration_status: str | None = fact("Immigration status, in the record's words.")
    disabled: bool | None = fact("Whether the child is disabled (Equality Act 2010).")
    ethnicity: str | None = fact("Ethnic group (SSDA903 code); for monitoring, not for matching.")
    religion: str | None = fact("Religion or belief, in the child's or family's words.")
    diet: str | None = fact("Diet, in the child's or family's words.")
    languages: frozenset[str] | None = fact("Languages the child speaks.")
    interpreter_needed: bool | None = fact("Whether an interpreter is needed.")
    communication: frozenset[Communication] | None = fact("Specific communication needs.")
    stated_needs: frozenset[StatedNeed] | None = fact("Identity needs that the child or the plan states.")
    cultural_needs: str | None = fact("Cultural needs, in the plan's words.")

    essential_skills: frozenset[Skill] | None = fact("Skills without which the child cannot be cared for.")
    helpful_skills: frozenset[Skill] | None = fact("Skills that would help beyond the essential.")
    adaptations: frozenset[Adaptation] | None = fact("Adaptations the home must have.")
    health: frozenset[Condition] | None = fact("Health conditions that bear on the home.")
    medication: str | None = fact("Medication, in plain words.")
    allergies: str | None = fact("Allergies other than to animals.")
    animal_allergy: Severity | None = fact("Allergy to animals.")
    pets: PetNeed | None = fact("Whether there may, should or may not be pets.")
    lives_with: LivesWith | None = fact("Who the child can live alongside.")
    considerations: frozenset[Consideration] | None = fact("Matching considerations towards unrelated children.")
    support: frozenset[Support] | None = fact("Extra support asked for.")
    adults_per_child: float | None = fact("Adult support ratio that is needed.")
    deprivation_of_liberty: bool | None = fact("Whether a deprivation of liberty order is in force.")
    court_conditions: str | None = fact("Bail, licence or court conditions, in plain words.")
    risks: Risks = part(Risks, "risk_")
    own_words: str | None = fact("What the child says, in their own words; printed on every proposal.")

    @property
    def by_nights(self) -> bool:
        """Whether the child lives elsewhere and asks for some nights only."""
        return self.care_type in (CareType.SHORT_BREAK, CareType.RESPITE)

    @property
    def nights(self) -> tuple[Stay, ...] | None:
        """The nights for which a home is asked for, in order; `None`: every night."""
        return tuple(sorted(self.stays or ())) if self.by_nights else None

    def age_on(self, day: date) -> int | None:
        """Age in completed years on a day, or `None` when the date of birth is not known."""
        if self.date_of_birth is None:
            return None
        born = self.date_of_birth
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
