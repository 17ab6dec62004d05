"""Rules about the setting and the building: registration, age for supported settings, skills, smoke, animals."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date

from matching.domain import (
    Adaptation,
    Caseload,
    Child,
    Condition,
    Home,
    HomeKind,
    Household,
    Level,
    PetNeed,
    Severity,
    Skill,
)
from matching.pairs import Pairs, Truth, VerdictMatrix, any_of, verdicts
from matching.rules.base import Rule, Source
from matching.wording import Sentence, listed, spoken, written

READ = date(2026, 11, 23)
CARE_PLANNING = "Care Planning, Placement and Case Review (England) Regulations 2010"
UNDER_16 = Source(text=CARE_PLANNING, paragraph="regulation 27A", read_on=READ, since=date(2021, 9, 9))
REGISTERED = Source(
    text="Supported Accommodation (England) Regulations 2023 and Care Standards Act 2000",
    paragraph="registration",
    read_on=READ,
    since=date(2002, 4, 1),
)
STANDARD_15 = Source(text="Fostering National Minimum Standards 2011", paragraph="standard 15", read_on=READ)
SMOKING = Source(text="CoramBAAF practice note 68, as councils' policies follow it", paragraph="whole", read_on=READ)
STANDARD_10 = Source(text="Fostering National Minimum Standards 2011", paragraph="standard 10", read_on=READ)
SUPPORTED = (HomeKind.SUPPORTED_ACCOMMODATION, HomeKind.SUPPORTED_LODGINGS)
SUPPORTED_REGISTERED_FROM = date(2023, 10, 28)
TENDER = frozenset({Condition.ASTHMA, Condition.RESPIRATORY, Condition.HEART, Condition.GLUE_EAR})
OLD_ENOUGH, SMALL_CHILD = 16, 5
Bits = Callable[[Child], Iterable[Hashable] | None]
HomeBits = Callable[[Household], Iterable[Hashable] | None]


@dataclass(frozen=True)
class OldEnoughForSetting(Rule):
    """Nobody under 16 goes to supported accommodation or lodgings; while an age is disputed, nobody knows."""

    code = "sixteen-for-supported"
    title = "The child is 16 or over for a supported setting"
    purpose = "A child under 16 may not be placed in supported accommodation, whatever the need of the hour."
    source = UNDER_16
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        old_enough = Truth.told(pairs.of_children(_OldEnough(pairs.caseload.as_of)))
        return verdicts(~Truth.told(pairs.of_homes(_supported)) | old_enough, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        if household.home.kind is None:
            return Sentence.of("We do not know what sort of home {home} is.", home=household.home.ref)
        if child.age_on(caseload.as_of) is None:
            return Sentence.of(
                "We do not know the age of {child}; {home} is for 16 and over.",
                child=child.ref,
                home=household.home.ref,
            )
        if (child.age_on(caseload.as_of) or 0) >= OLD_ENOUGH:
            template = "{home} is for 16 and over, and the age of {child} is not settled. Ask for the age assessment."
            return Sentence.of(template, home=household.home.ref, child=child.ref)
        return Sentence.of("{home} is a supported setting, for 16 and over.", home=household.home.ref)


@dataclass(frozen=True)
class _OldEnough:
    """Column: a child under the age is not; one of that age is known to be where the age is settled."""

    day: date

    def __call__(self, child: Child) -> bool | None:
        age = child.age_on(self.day)
        if age is not None and age < OLD_ENOUGH:
            return False
        return True if age is not None and _age_settled(child) else None


def _age_settled(child: Child) -> bool:
    """Whether the recorded age stands: not disputed, and for an unaccompanied child said not to be."""
    return not (child.age_disputed or (child.uasc and child.age_disputed is None))


def _supported(household: Household) -> bool | None:
    return None if household.home.kind is None else household.home.kind in SUPPORTED


@dataclass(frozen=True)
class RegisteredSetting(Rule):
    """A setting that must be registered is registered."""

    code = "registered-setting"
    title = "The setting is registered where the law requires it"
    purpose = (
        "Children's homes and supported accommodation are registered with Ofsted; an unregistered one is not asked."
    )
    source = REGISTERED
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        needs, has = pairs.of_homes(_NeedsRegistration(pairs.caseload.as_of)), pairs.of_homes(_registered)
        return verdicts(~Truth.told(needs) | Truth.told(has), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        home = household.home
        if home.registered is False:
            return Sentence.of("{home} is not registered, and must be.", home=home.ref)
        return Sentence.of("We do not know whether {home} is registered. Look it up with Ofsted.", home=home.ref)


@dataclass(frozen=True)
class _NeedsRegistration:
    """Column: children's homes since 2002, supported accommodation and lodgings since October 2023."""

    day: date

    def __call__(self, household: Household) -> bool | None:
        kind = household.home.kind
        if kind is None:
            return None
        return kind is HomeKind.RESIDENTIAL or (kind in SUPPORTED and self.day >= SUPPORTED_REGISTERED_FROM)


def _registered(household: Household) -> bool | None:
    return household.home.registered


def covered(pairs: Pairs, needs: Bits, has: HomeBits, words: str) -> Truth:
    """Whether the home has all that the child needs; certainly so where nothing is needed."""
    need, there = pairs.child_bits(needs, words), pairs.home_bits(has, words)
    return Truth.of(need == 0, need >= 0) | Truth.of((need & ~there) == 0, (need >= 0) & (there >= 0))


def _skills_needed(child: Child) -> Iterable[Hashable] | None:
    return child.essential_skills


def _adaptations_needed(child: Child) -> Iterable[Hashable] | None:
    return child.adaptations


def _skills(household: Household) -> Iterable[Hashable] | None:
    return household.home.skills


def _skills_soon(household: Household) -> Iterable[Hashable] | None:
    """Skills held or booked; not known when either is not known."""
    home = household.home
    return None if home.skills is None or home.skills_planned is None else home.skills | home.skills_planned


def _adaptations(household: Household) -> Iterable[Hashable] | None:
    return household.home.adaptations


def _could_adapt(household: Household) -> bool | None:
    return household.home.could_adapt


@dataclass(frozen=True)
class EssentialsPossible(Rule):
    """What the child cannot do without is there, booked, or can be built."""

    code = "essentials-possible"
    title = "What the child cannot do without is there or on its way"
    purpose = (
        "Where an essential skill is neither held nor booked, or the building cannot be adapted, no decision helps."
    )
    source = STANDARD_15
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        skills = covered(pairs, _skills_needed, _skills, "skill") | covered(
            pairs, _skills_needed, _skills_soon, "skill"
        )
        built = covered(pairs, _adaptations_needed, _adaptations, "adaptation") | Truth.told(
            pairs.of_homes(_could_adapt)
        )
        return verdicts(skills & built, pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        return _essentials(child, household.home, household.home.skills_planned or frozenset(), "and nothing is booked")


@dataclass(frozen=True)
class EssentialsInPlace(Rule):
    """What the child cannot do without is there now."""

    code = "essentials-in-place"
    title = "What the child cannot do without is there now"
    purpose = (
        "Until training is done or the building adapted, two named people agree how the child is cared for meanwhile."
    )
    source = STANDARD_15
    level = Level.NEEDS_DECISION
    lifted_by = ("fostering-manager-and-health",)

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        skills = covered(pairs, _skills_needed, _skills, "skill")
        return verdicts(skills & covered(pairs, _adaptations_needed, _adaptations, "adaptation"), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        return _essentials(child, household.home, frozenset(), "now")


def _in_words(things: Iterable[Skill | Adaptation]) -> list[str]:
    return sorted(spoken(thing.value) for thing in things)


def _essentials(child: Child, home: Home, counted: frozenset[object], when: str) -> Sentence:
    if child.essential_skills is None or child.adaptations is None:
        return Sentence.of(
            "We do not know what {child} cannot do without. Ask the child's social worker.", child=child.ref
        )
    if home.skills is None or home.adaptations is None:
        return Sentence.of("We do not know which skills or adaptations {home} has. Ask the carers.", home=home.ref)
    skills = _in_words(child.essential_skills - home.skills - counted)
    built = _in_words(child.adaptations - home.adaptations)
    if built and not skills and when != "now":
        when = "and cannot be given"
    if not (skills or built):
        return Sentence.of("We do not know what is booked or could be built at {home}.", home=home.ref)
    booked = home.skills_planned or frozenset()
    if skills and not built and when == "now" and child.essential_skills - home.skills <= booked:
        when = "now; training is booked" + (
            f" until {written(home.skills_planned_by)}" if home.skills_planned_by else ""
        )
    what = listed([*([f"skills ({listed(skills)})"] if skills else []), *built])
    return Sentence.of(
        "{child} needs {what}, which {home} does not have {when}.", child=child.ref, what=what, home=home.ref, when=when
    )


@dataclass(frozen=True)
class SmokeFree(Rule):
    """Nobody smokes where smoke would harm the child."""

    code = "smoke-free"
    title = "No smoke where it would harm the child"
    purpose = "Small children, disabled children and those with lungs, heart or ears at risk live in smoke-free homes."
    source = SMOKING
    level = Level.NEEDS_DECISION
    lifted_by = ("nominated-officer",)

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        reasons = (_Small(pairs.caseload.as_of), _tender, _disabled)
        harmed = any_of(*(Truth.told(pairs.of_children(fact)) for fact in reasons))
        return verdicts(~(Truth.told(pairs.of_homes(_smokers)) & harmed), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        home = household.home.ref
        if household.home.smokers is None:
            return Sentence.of("We do not know whether anybody at {home} smokes. Ask the carers.", home=home)
        age = child.age_on(caseload.as_of)
        if (age is not None and age < SMALL_CHILD) or child.disabled or _tender(child):
            return Sentence.of("Somebody at {home} smokes, and smoke would harm {child}.", home=home, child=child.ref)
        return Sentence.of(
            "Somebody at {home} smokes, and we do not know whether that would harm {child}.", home=home, child=child.ref
        )


@dataclass(frozen=True)
class _Small:
    """Column: whether a child is small on a day."""

    day: date

    def __call__(self, child: Child) -> bool | None:
        age = child.age_on(self.day)
        return None if age is None else age < SMALL_CHILD


def _smokers(household: Household) -> bool | None:
    return household.home.smokers


def _disabled(child: Child) -> bool | None:
    return child.disabled


def _tender(child: Child) -> bool | None:
    return None if child.health is None else bool(child.health & TENDER)


@dataclass(frozen=True)
class SafeWithAnimals(Rule):
    """Animals in the home are safe for the child, and safe from the child."""

    code = "animals"
    title = "The animals and the child are safe with each other"
    purpose = (
        "A severe allergy, a wish for no animals, or harm done to animals before, asks for a risk assessment first."
    )
    source = STANDARD_10
    level = Level.NEEDS_DECISION
    lifted_by = ("supervising-social-worker",)

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        risky = any_of(*(Truth.told(pairs.of_children(fact)) for fact in ANIMAL_RISKS))
        return verdicts(~(Truth.told(pairs.of_homes(_animals)) & risky), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        home = household.home.ref
        if household.home.pets is None:
            return Sentence.of("We do not know which animals live at {home}. Ask the carers.", home=home)
        worry = next((words for fact, words in ANIMAL_RISKS.items() if fact(child)), None)
        if worry is not None:
            template = "There are animals at {home}, and {worry}; a risk assessment for {child} comes first."
            return Sentence.of(template, home=home, child=child.ref, worry=worry)
        return Sentence.of(
            "There are animals at {home}. Ask the social worker of {child} whether that is safe.",
            home=home,
            child=child.ref,
        )


def _animals(household: Household) -> bool | None:
    return None if household.home.pets is None else bool(household.home.pets)


def _severe_allergy(child: Child) -> bool | None:
    return None if child.animal_allergy is None else child.animal_allergy is Severity.SEVERE


def _no_animals(child: Child) -> bool | None:
    return None if child.pets is None else child.pets is PetNeed.NO


def _harms_animals(child: Child) -> bool | None:
    return child.risks.harm_to_animals


ANIMAL_RISKS = {
    _severe_allergy: "the allergy is severe",
    _no_animals: "there should be none",
    _harms_animals: "they might be hurt",
}
