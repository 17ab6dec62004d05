"""The table of rules that practice knows, row by row: which rule keeps each row, and how firmly."""

import pytest

from matching.criteria import CRITERIA
from matching.domain import Level
from matching.rules import PAIR_RULES, SET_RULES
from matching.shortlist import ASKED_LATER, EMERGENCY_TERMS
from matching.steps import STEPS

NEVER, GATED = Level.NEVER, Level.NEEDS_DECISION
RULES = {rule.code: rule for rule in (*PAIR_RULES, *SET_RULES)}
# what practice asks, the codes that keep it, the level
TABLE = [
    ("carers are approved, and a temporary approval is for its child", ("approval-status",), NEVER),
    ("three foster children, one family or an exemption", ("usual-fostering-limit",), NEVER),
    (
        "within the terms: age, sex, number, kind, named children",
        ("approved-ages", "approved-sex", "approved-number", "approved-care-type", "approved-named-child"),
        GATED,
    ),
    ("nobody under 16 in supported settings", ("sixteen-for-supported",), NEVER),
    ("no setting that should be registered and is not", ("registered-setting",), NEVER),
    ("no person or place to stay away from", ("no-contact",), NEVER),
    ("nobody apart for safety in one home", ("kept-apart", "kept-apart-siblings"), NEVER),
    ("no bedroom shared where it may harm", ("no-unsafe-sharing",), NEVER),
    ("a bedroom of one's own", ("own-bedroom",), GATED),
    ("what a child's plan asks of others, both ways", ("considerations", "lives-with"), GATED),
    ("a usable bed at a home that may be asked", ("usable-place", "not-on-hold", "carer-said-no"), NEVER),
    ("essential skills and adaptations booked or possible", ("essentials-possible",), NEVER),
    ("essential skills and adaptations there now", ("essentials-in-place",), GATED),
    ("smoke", ("smoke-free",), GATED),
    ("animals", ("animals",), GATED),
    ("school in key stage 4", ("key-stage-4-school",), GATED),
    ("not beyond the adjoining authorities", ("not-distant",), GATED),
    ("siblings who must be together", ("sibling-plan",), GATED),
    ("adopters are reserved by a link, and take one family", ("not-reserved", "one-family"), NEVER),
    ("early permanence with dual or named approval", ("early-permanence-carers",), NEVER),
    ("a move leads somewhere else", ("another-home",), NEVER),
    ("the kind of home that the care needs", ("kind-of-home",), NEVER),
    ("care that was assessed as unsuitable", ("suits-as-assessed",), GATED),
    ("short breaks: nights, 17 days, 75 days", ("nights-asked", "short-break-length", "short-break-days"), NEVER),
    ("short breaks with the same carers", ("short-break-same-carers",), GATED),
]
WEIGHED = {
    *("kinship", "near-home", "near-school", "family-time", "in-area", "siblings-together", "disability", "skills"),
    *("language", "religion", "culture", "diet", "pets-wanted", "age-gap", "length-of-care", "carer-preference"),
    *("own-carers-first", "own-pool-first", "cost"),
}
BEFORE_MOVING_IN = ("out-of-area", "authority-to-place", "under-six-weeks", "provider-consents", "long-term-match")


@pytest.mark.parametrize(("asked", "codes", "level"), TABLE, ids=[row[0] for row in TABLE])
def test_each_row_is_kept(asked: str, codes: tuple[str, ...], level: Level) -> None:
    assert {RULES[code].level for code in codes} == {level}, asked


def test_no_rule_stands_outside_the_table() -> None:
    assert {code for _, codes, _ in TABLE for code in codes} == set(RULES)


def test_what_is_only_weighed_and_what_is_approved_on_the_way() -> None:
    assert {criterion.code for criterion in CRITERIA} == WEIGHED
    assert set(BEFORE_MOVING_IN) <= set(STEPS)


def test_an_emergency_lets_nothing_wait_that_nobody_may_lift() -> None:
    assert {RULES[code].level for code in (*EMERGENCY_TERMS, *ASKED_LATER)} == {GATED}
