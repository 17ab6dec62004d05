"""The rules that plan and the checker that reads share no code; on random caseloads they must say the same."""

from itertools import combinations

import numpy as np
import pytest

from matching.candidates import judge_pairs
from matching.checker import PAIR_CHECKS, SET_CHECKS, read_pair, read_set
from matching.describe import single_set
from matching.domain import Verdict
from matching.pairs import Register
from matching.rules import PAIR_RULES, SET_RULES, judged_by_night
from tests.lib.builders import fostering
from tests.lib.random_caseloads import random_caseload

POLICY = fostering()


def test_every_rule_has_a_check_and_every_check_a_rule() -> None:
    assert {rule.code for rule in PAIR_RULES} == set(PAIR_CHECKS)
    assert {rule.code for rule in SET_RULES} == set(SET_CHECKS)
    assert len(PAIR_RULES) > 8


@pytest.mark.parametrize("block", range(10))
def test_mask_equals_checker_on_every_pair(block: int) -> None:
    """Every rule, every child, every home, the verdict itself: met, not met or not known."""
    seen: set[tuple[str, Verdict]] = set()
    for seed in range(block * 20, block * 20 + 20):
        caseload = random_caseload(seed, children=5, homes=5, wild=0.25)
        judged = judge_pairs(Register(caseload).pairs(caseload.seeking), POLICY)
        for c, child in enumerate(judged.pairs.children.items):
            for h, household in enumerate(judged.pairs.homes.items):
                read = read_pair(caseload, POLICY.settings, child.ref, household.home.ref)
                for i, rule in enumerate(POLICY.rules):
                    mine = Verdict(judged.verdicts[i, c, h])
                    assert mine == read[rule.code], (seed, rule.code, child, household)
                    seen.add((rule.code, mine))
    assert len(seen) > 25, "too few verdicts were met to show anything"


@pytest.mark.parametrize("block", range(5))
def test_set_rules_equal_checker_on_every_set(block: int) -> None:
    """Every subset of every sibling group in every home that none of them would leave."""
    seen: set[tuple[str, Verdict]] = set()
    for seed in range(block * 20, block * 20 + 20):
        caseload = random_caseload(seed, children=5, homes=4, wild=0.25)
        register = Register(caseload)
        for g, group in enumerate(caseload.groups):
            subsets = [s for n in range(1, len(group.children) + 1) for s in combinations(group.children, n)]
            for children in subsets:
                if len({caseload.child(ref).nights for ref in children}) > 1:
                    continue  # no set: they ask for different nights
                for h, household in enumerate(register.homes.items):
                    if household.home.ref in {caseload.lives_in.get(ref) for ref in children}:
                        continue
                    one = single_set(register, caseload.groups, g, children, h)
                    read = read_set(caseload, POLICY.settings, household.home.ref, children)
                    for rule in POLICY.set_rules:
                        mine = Verdict(judged_by_night([rule], one)[0][0])
                        assert mine == read[rule.code], (seed, rule.code, children, household)
                        seen.add((rule.code, mine))
    assert len(seen) > 10


def test_a_list_of_pairs_gives_the_same_as_the_grid() -> None:
    """Rules and criteria are elementwise: chosen pairs in any order give the cells of the grid."""
    for seed in range(40):
        caseload = random_caseload(seed, children=6, homes=6)
        grid = Register(caseload).pairs(caseload.seeking)
        whole = judge_pairs(grid, POLICY)
        draw = np.random.default_rng(seed)
        children, homes = draw.integers(0, grid.shape[0], 20), draw.integers(0, grid.shape[1], 20)
        some = judge_pairs(grid.listed(children, homes), POLICY)
        assert (some.verdicts == whole.verdicts[:, children, homes]).all()
        assert (some.points == whole.points[:, children, homes]).all()
