"""Invented children: families of brothers and sisters with needs, schools, wishes and words of their own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from matching.domain import (
    Adaptation,
    CarePlan,
    CareType,
    Child,
    Communication,
    Condition,
    Consideration,
    ConsiderationKind,
    Deadline,
    LegalStatus,
    LivesWith,
    PetNeed,
    Place,
    Risks,
    Severity,
    Sex,
    Skill,
    StatedNeed,
    Suitability,
    Support,
)
from matching.synthetic.area import Area, Spot
from matching.synthetic.figures import Chance, Figures

BANDS = {"under1": (0, 0), "1_4": (1, 4), "5_9": (5, 9), "10_15": (10, 15), "16_plus": (16, 17)}
LANGUAGES = ("Polish", "Arabic", "Punjabi", "Romanian", "Pashto", "Kurdish")
FAITHS = ("Christian", "Muslim", "Sikh", "none")
ETHNIC = {"white": "WBRI", "mixed": "MOTH", "asian": "AIND", "black": "BAFR", "other": "OOTH", "not_known": "NOBT"}
WORDS = (
    "I would like to stay at my school with my friends.",
    "I want to be where my brother is.",
    "I like football and I would like a garden.",
    "I do not like loud shouting.",
    "I would like to see my nan every week.",
    "I want my own room with a door that shuts.",
    "I like dogs.",
    "Please tell me before things change.",
)
KINDS = (
    Consideration(ConsiderationKind.NO_CHILD_UNDER, 5),
    Consideration(ConsiderationKind.YOUNGEST_IN_HOME),
    Consideration(ConsiderationKind.NO_OLDER_BOYS),
    Consideration(ConsiderationKind.NO_CHILD_OVER, 14),
)


class Families:
    """Draws families; every fact of a child comes from the family's or the child's own chance."""

    def __init__(self, area: Area, figures: Figures, seed: int, as_of: date) -> None:
        self.area, self.figures, self.seed, self.as_of = area, figures, seed, as_of

    def draw(self, number: int, stock: bool, size: int | None = None, ages: tuple[int, int] = (0, 17)) -> list[Child]:
        """A family of one or more children without references, ages within the range."""
        chance = Chance(self.seed, "settled family" if stock else "waiting family", number)
        uasc = (
            size is None
            and ages[1] >= 16
            and chance.happens(self.figures["stock_share_uasc" if stock else "entry_share_uasc"])
        )
        count = 1 if uasc else size or self._size(chance)
        home = self.area.family(chance)
        shared = self._shared(chance, home, uasc)
        first = 17 if uasc and chance.happens(0.6) else 16 if uasc else self._age(chance, stock, ages)
        found: list[int] = []
        for _ in range(count):
            found.append(first)
            first = min(ages[1], max(ages[0], first + chance.one([-3, -2, 2, 3, 1])))
        return [
            self._child(Chance(self.seed, f"child {stock} {number}", i), age, shared, uasc, home)
            for i, age in enumerate(sorted(found))
        ]

    def _size(self, chance: Chance) -> int:
        share = self.figures["share_of_children_in_care_with_sibling_in_care"]
        mean = self.figures["sibling_group_mean_size"]
        if not chance.happens(share / mean / (share / mean + 1.0 - share)):
            return 1
        names = ("2", "3", "4", "5_plus")
        return chance.one([2, 3, 4, 5], [self.figures[f"sibling_group_size_share_{name}"] for name in names])

    def _age(self, chance: Chance, stock: bool, ages: tuple[int, int]) -> int:
        kind = "stock" if stock else "entry"
        bands = [
            (max(low, ages[0]), min(high, ages[1]), name)
            for name, (low, high) in BANDS.items()
            if low <= ages[1] and high >= ages[0]
        ]
        low, high, _ = chance.one(bands, [self.figures[f"{kind}_share_age_{name}"] for *_, name in bands])
        return chance.whole(low, high)

    def _shared(self, chance: Chance, home: Spot, uasc: bool) -> Mapping[str, Any]:
        foreign = uasc or chance.happens(0.12)
        languages = frozenset({chance.one(LANGUAGES[1:] if uasc else LANGUAGES)} if foreign else {"English"})
        weights = [self.figures[f"stock_share_ethnicity_{name}"] for name in ETHNIC]
        return {
            "authority": self.area.authority,
            "home_place": None if uasc else home.place,
            "family_time_place": None if uasc or chance.happens(0.15) else self.area.close_to(home, chance).place,
            "languages": languages | ({"English"} if foreign and not uasc else set()),
            "religion": chance.one(FAITHS, [0.35, 0.3, 0.05, 0.3]),
            "ethnicity": ETHNIC[chance.one(list(ETHNIC), weights)],
            "stated_needs": frozenset({StatedNeed.LANGUAGE} if foreign and (uasc or chance.happens(0.4)) else set()),
            "legal_status": self._legal(chance, uasc),
        }

    def _legal(self, chance: Chance, uasc: bool) -> LegalStatus:
        options = {
            LegalStatus.SECTION_20: "s20",
            LegalStatus.INTERIM_CARE_ORDER: "interim_care_order",
            LegalStatus.POLICE_PROTECTION: "police_protection",
        }
        if uasc:
            return LegalStatus.SECTION_20
        return chance.one(list(options), [self.figures[f"entry_share_legal_{name}"] for name in options.values()])

    def _child(self, chance: Chance, age: int, shared: Mapping[str, Any], uasc: bool, home: Spot) -> Child:
        male = chance.happens(self.figures["uasc_share_male"] if uasc else 1 - self.figures["stock_share_female"])
        disabled = chance.happens(self.figures["fostered_children_disabled_share"])
        born = self.as_of - timedelta(days=365 * age + age // 4 + chance.whole(20, 340))
        child = Child(
            ref="",
            date_of_birth=born,
            sex=Sex.MALE if male else Sex.FEMALE,
            disabled=disabled,
            uasc=uasc,
            own_words=chance.one(WORDS) if age >= 4 and chance.happens(0.8) else None,
            **shared,
            **_school(chance, age, born, self.area.close_to(home, chance).place, uasc),
            **_care(chance, age, uasc),
            **_needs(chance, age, disabled, uasc),
            **_living(chance, age, self.figures),
        )
        return _forgetful(chance, child, self.figures["sample_share_unknown"])


def _school(chance: Chance, age: int, born: date, place: Place, uasc: bool) -> Mapping[str, Any]:
    year = (2026 - born.year) - (1 if (born.month, born.day) >= (9, 1) else 0) - 5
    attends = 3 <= age <= 16 and not uasc
    return {
        "school_place": place if attends else None,
        "school_year": max(0, min(13, year)) if attends and year >= 0 else None,
        "school_run_needed": attends and age < 12,
        "ehcp": chance.happens(0.2) if attends else False,
        "family_time_weekly": chance.one([0.5, 1.0, 2.0, 3.0]),
        "family_time_supervised": chance.happens(0.6),
    }


def _care(chance: Chance, age: int, uasc: bool) -> Mapping[str, Any]:
    plan = chance.one(
        [CarePlan.RETURN_HOME, CarePlan.LONG_TERM_FOSTERING, CarePlan.ADOPTION, CarePlan.BEING_DECIDED],
        [0.3, 0.35 if age >= 4 else 0.05, 0.3 if age < 4 else 0.0, 0.3],
    )
    kind = {CarePlan.LONG_TERM_FOSTERING: CareType.LONG_TERM, CarePlan.ADOPTION: CareType.SHORT_TERM}.get(
        plan, CareType.SHORT_TERM
    )
    return {
        "care_plan": CarePlan.INDEPENDENCE if uasc else plan,
        "care_type": kind,
        "likely_months": chance.one([3, 6, 12, 24, 60]),
        "foster_care": Suitability.PREFERRED,
        "residential_care": Suitability.UNSUITABLE if age < 12 else Suitability.SUITABLE,
        "supported_care": Suitability.SUITABLE if age >= 16 else Suitability.UNSUITABLE,
        "consent_signed": chance.happens(0.8),
        "deprivation_of_liberty": False,
        "immigration_status": "claim being decided" if uasc else None,
        "interpreter_needed": uasc,
    }


def _needs(chance: Chance, age: int, disabled: bool, uasc: bool) -> Mapping[str, Any]:
    helpful = set(chance.some([Skill.THERAPEUTIC, Skill.TRAUMA, Skill.AUTISM, Skill.PACE], 0.18))
    helpful |= {Skill.TEENAGERS} if age >= 11 and chance.happens(0.5) else set()
    helpful |= {Skill.SEPARATED_CHILDREN} if uasc else set()
    return {
        "helpful_skills": frozenset(helpful),
        "essential_skills": frozenset({Skill.DISABILITY} if disabled and chance.happens(0.5) else set()),
        "adaptations": frozenset({Adaptation.GROUND_FLOOR_BEDROOM} if disabled and chance.happens(0.3) else set()),
        "health": frozenset(chance.some([Condition.ASTHMA, Condition.GLUE_EAR], 0.08)),
        "communication": frozenset({Communication.ESOL} if uasc else set()),
        "animal_allergy": chance.one([Severity.NONE, Severity.MILD, Severity.SEVERE], [0.93, 0.05, 0.02]),
        "pets": chance.one([PetNeed.CAN, PetNeed.MUST, PetNeed.NO], [0.85, 0.05, 0.1]),
        "support": frozenset(chance.some([Support.THERAPY, Support.TAXI, Support.SUPERVISION], 0.1)),
    }


def _living(chance: Chance, age: int, figures: Figures) -> Mapping[str, Any]:
    asks = (
        frozenset({chance.one(KINDS)}) if age >= 3 and chance.happens(figures["sample_consideration"]) else frozenset()
    )
    wishes = [LivesWith.NO_PREFERENCE, LivesWith.WITH_OTHERS, LivesWith.ONLY_OLDER, LivesWith.SOLO]
    risks = {
        name: chance.one([False, True, None], [0.86, 0.08, 0.06])
        for name in ("self_harm", "missing", "substance_use", "harm_physical", "criminal_exploitation")
    }
    return {
        "considerations": asks,
        "lives_with": chance.one(wishes, [0.6, 0.32, 0.04, 0.04]),
        "places_to_avoid": (),
        "risks": Risks(
            **risks,
            harm_sexual=False,
            fire_setting=False,
            harm_to_animals=chance.happens(0.02),
            sexual_exploitation=False,
            eating_disorder=False,
            exploits_others=False,
        ),
    }


def _forgetful(chance: Chance, child: Child, share: float) -> Child:
    """A few facts that nobody has written down yet."""
    kinds = ["care_type", "considerations", "lives_with", "places_to_avoid", "helpful_skills", "languages"]
    gone: dict[str, Any] = dict.fromkeys(chance.some(kinds, share))
    return replace(child, **gone)


def waiting(child: Child, chance: Chance, figures: Figures, as_of: date) -> Child:
    """A child who needs a home: since when, by when, and why by then."""
    shares = (figures["sample_deadline_emergency"], figures["sample_deadline_statutory"])
    deadline = chance.one([Deadline.EMERGENCY, Deadline.STATUTORY, Deadline.PLANNED], [*shares, 1 - sum(shares)])
    days = {Deadline.EMERGENCY: (0, 1), Deadline.STATUTORY: (2, 10), Deadline.PLANNED: (7, 60)}[deadline]
    since = as_of - timedelta(days=0 if deadline is Deadline.EMERGENCY else chance.whole(1, 90))
    return replace(
        child, deadline=deadline, needs_home_by=as_of + timedelta(days=chance.whole(*days)), waiting_since=since
    )
