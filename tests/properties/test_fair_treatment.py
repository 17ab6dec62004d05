"""What no stated need uses changes nothing; what is hidden cannot be worked out."""

import os
from dataclasses import replace
from itertools import product
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from matching.domain import Caseload, Child
from matching.pairs import Register
from matching.planning import prepare, propose_plan
from matching.shortlist import shortlist
from matching.suppression import SMALL, hidden_rows, hide_total
from tests.lib.builders import fostering
from tests.lib.random_caseloads import random_caseload

POLICY = fostering()
SWAPS = 1_000 if os.environ.get("NIGHTLY") else 50
OTHERWISE = {
    "ethnicity": ("WBRI", "BAFR", "AIND", "MOTH", None),
    "religion": ("none", "Christian", "Muslim", "Sikh", None),
    "immigration_status": ("claim being decided", "settled", None),
    "cultural_needs": ("keeps in touch with the language school", None),
    "diet": ("halal", "vegetarian", None),
}


def with_child(caseload: Caseload, child: Child) -> Caseload:
    return caseload.with_changes(children=tuple(child if c.ref == child.ref else c for c in caseload.children))


def test_a_protected_characteristic_that_no_stated_need_uses_changes_nothing() -> None:
    """One child's characteristic swapped: their shortlist, and the plan for everybody, stay as they were."""
    draw, swapped, seed, listed = Random(1), 0, 0, 0
    while swapped < SWAPS:
        seed += 1
        caseload = random_caseload(seed, children=5, homes=4, wild=0.05)
        children = [c for c in caseload.seeking if not c.stated_needs and c.stated_needs is not None]
        if not children:
            continue
        child, fact = draw.choice(children), draw.choice(list(OTHERWISE))
        first, second = draw.sample(OTHERWISE[fact], 2)
        both = [with_child(caseload, replace(child, **{fact: value})) for value in (first, second)]
        one, other = (shortlist(Register(c), POLICY, [child.ref], emergency=True) for c in both)
        assert one == other, f"seed {seed}: {fact} of {child.ref} from {first} to {second}"
        plans = [propose_plan(prepare(c, POLICY), POLICY) for c in both]
        assert plans[0].home_of == plans[1].home_of
        swapped += 1
        listed += bool(one.options)
    assert listed > SWAPS / 10, "the swap was tried where there was something to change"


TABLE = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=5)


@given(TABLE)
def test_no_hidden_number_can_be_worked_out(cells: list[tuple[int, int]]) -> None:
    """With all shown numbers and all sums known, each hidden small number could be another one too."""
    whole = {str(i): max(a, b) for i, (a, b) in enumerate(cells)}
    part = {str(i): min(a, b) for i, (a, b) in enumerate(cells)}
    rest = {row: whole[row] - part[row] for row in whole}
    columns = [whole, part, rest]
    hidden = hidden_rows(columns)
    for column in columns:
        for row, number in column.items():
            if 0 < number <= SMALL:
                assert row in hidden
        told = sum(column[row] for row in hidden)
        if hidden == set(whole) and hide_total(columns):
            continue
        assert told == 0 or len(hidden) >= 2
        if hidden and told and hidden != set(whole):
            assert told > SMALL
            tries = product(range(told + 1), repeat=min(len(hidden), 3) - 1)
            ways = sum(1 for some in tries if sum(some) <= told)
            assert ways > 1


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), min_size=1))
def test_large_numbers_and_nought_are_shown(column: dict[str, int]) -> None:
    if all(number == 0 or number > SMALL for number in column.values()):
        assert hidden_rows([column]) == frozenset()
    assert hide_total([column]) == (0 < sum(column.values()) <= SMALL)
