"""Whoever needs a home tonight."""

from matching.domain import (
    HomeKind,
    SiblingPlan,
    Skill,
    StatedNeed,
)
from matching.domain.words import Sex
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering, siblings
from tests.stories.story import LAST_WEEK, TONIGHT, Story


def friday_evening() -> Story:
    family = [
        a_child("oldest", 11, sibling_group="family", own_words="Please keep us together.", **TONIGHT),
        a_child("middle", 7, sibling_group="family", sex=Sex.MALE, **TONIGHT),
        a_child("youngest", 3, sibling_group="family", **TONIGHT),
    ]
    homes = [
        a_home("ash", oldest=10, short_notice=True, confirmed_on=TODAY),
        a_home("beech", places_free=2, short_notice=True, confirmed_on=TODAY),
        a_home("cedar", places_free=1, confirmed_on=LAST_WEEK),
    ]
    together = siblings("family", SiblingPlan.TOGETHER_PREFERRED)
    return Story(
        "friday-evening-siblings",
        "Friday, 16:50: two sisters and a brother",
        "Police protection has just been used. Three siblings need a home tonight. Ash has room for all three but is approved up "
        "to 10, and the oldest is 11; Beech has two places and Cedar one. Together is preferred, not required. No plan may go outside "
        "the terms of approval; the list for tonight may, for six working days.",
        a_caseload(*family, *homes, relationships=(together,)),
        fostering(),
        {"oldest": "cedar", "middle": "ash", "youngest": "ash"},
        tonight=("oldest", "middle", "youngest"),
        split="oldest",
    )


def arrival_at_night() -> Story:
    boy = a_child(
        "arrival",
        16,
        sex=Sex.MALE,
        uasc=True,
        home_place=None,
        languages=frozenset({"Tigrinya"}),
        stated_needs=frozenset({StatedNeed.LANGUAGE}),
        helpful_skills=frozenset({Skill.SEPARATED_CHILDREN}),
        school_year=None,
        **TONIGHT,
    )
    homes = [
        a_home(
            "yarrow",
            languages=frozenset({"English", "Tigrinya"}),
            skills=frozenset({Skill.SEPARATED_CHILDREN}),
            short_notice=True,
            confirmed_on=TODAY,
        ),
        a_home("zinnia", short_notice=True, confirmed_on=TODAY),
        a_home("acorn-lodge", kind=HomeKind.SUPPORTED_ACCOMMODATION, registered=False, short_notice=True),
    ]
    return Story(
        "arrival-at-night",
        "A separated boy, brought to the civic centre at night",
        "He says that he is 16 and speaks Tigrinya. There is no family home to be near. Yarrow speaks his language and has cared for separated "
        "children before; Acorn Lodge is not registered and may not be used at all.",
        a_caseload(boy, *homes),
        fostering(),
        {"arrival": "yarrow"},
        tonight=("arrival",),
        why_not=(("arrival", "acorn-lodge"), ("arrival", "zinnia")),
    )
