"""The checker's unit tests and the spec tables notice every condition of the checker that is turned round."""

import os

from matching.checker import plan_checks
from tests.lib.mutants import Mutant
from tests.mutants.noticing import CHECKER, every_case, noticed, survivors

EVERY, LEAST = (1, 1_000) if os.environ.get("NIGHTLY") else (60, 15)  # every so manieth mutant; how many there are


def test_every_condition_turned_round_is_noticed() -> None:
    tried, left = survivors(CHECKER, every_case(), EVERY)
    assert not left
    assert tried >= LEAST


def test_a_change_that_changes_nothing_is_not_noticed() -> None:
    """All pass as it is: so what is noticed is the change, not the process in which it is tried."""
    same = Mutant("check_plan", 0, "nothing", plan_checks.check_plan.__code__)
    assert noticed(plan_checks, same, every_case()) is None
