"""A shortlist that remembers earlier children says what a plan for everybody would say, verdict by verdict."""

import os
import random
from collections.abc import Iterator

import numpy as np
import pytest

from matching.candidates import candidates_of, find_candidates
from matching.domain import Caseload, SiblingGroup
from matching.pairs import Register
from matching.policy import Policy, read_policy
from matching.shortlist import Shortlist, shortlist
from tests.lib.builders import DATA, fostering
from tests.lib.random_caseloads import random_caseload

ADOPTION = read_policy(DATA / "policies" / "adoption.toml")
CASELOADS = 300 if os.environ.get("NIGHTLY") else 8


def caseloads() -> Iterator[tuple[int, Caseload, Policy]]:
    for seed in range(CASELOADS):
        caseload = random_caseload(seed, children=9, homes=10, wild=0.3 if seed % 2 else 0.12)
        yield seed, caseload, fostering() if seed % 3 else ADOPTION


def asked(caseload: Caseload, group: SiblingGroup) -> list[str]:
    """Those of the group who need the same nights as the first; others are asked for on their own."""
    nights = [caseload.child_by_ref[ref].nights for ref in group.children]
    return [ref for ref, needed in zip(group.children, nights, strict=True) if needed == nights[0]]


def test_verdicts_and_points_are_those_of_the_plan() -> None:
    looked_at = 0
    for seed, caseload, policy in caseloads():
        plan, register = find_candidates(Register(caseload), policy), Register(caseload)
        for group in random.Random(seed).choices(caseload.groups, k=2 * len(caseload.groups)):
            one = candidates_of(register, policy, group).judged
            rows = [plan.row_of_child[ref] for ref in group.children]
            for mine, theirs in (
                (one.verdicts, plan.judged.verdicts),
                (one.points, plan.judged.points),
                (one.unrated, plan.judged.unrated),
            ):
                np.testing.assert_array_equal(mine, theirs[:, rows])
                looked_at += mine.size
    assert looked_at > 30_000


@pytest.mark.parametrize("emergency", [False, True])
def test_a_shortlist_is_the_same_whoever_was_asked_about_before(emergency: bool) -> None:
    shown = 0
    for seed, caseload, policy in caseloads():
        shared = Register(caseload)
        for group in random.Random(seed).sample(caseload.groups, len(caseload.groups)):
            children = asked(caseload, group)
            alone = shortlist(Register(caseload), policy, children, emergency=emergency)
            found = shortlist(shared, policy, children, emergency=emergency)
            assert found == alone
            assert found.near_misses == alone.near_misses
            shown += len(found.options) + len(found.near_misses)
    assert shown > CASELOADS


def test_every_home_that_is_not_possible_has_its_reasons() -> None:
    with_reasons = 0
    for _, caseload, policy in caseloads():
        register = Register(caseload)
        for group in caseload.groups[:3]:
            found = shortlist(register, policy, asked(caseload, group))
            with_reasons += _every_home_is_explained(caseload, found)
    assert with_reasons > 5 * CASELOADS


def _every_home_is_explained(caseload: Caseload, found: Shortlist) -> int:
    explained, counted = 0, dict(found.ruled_out)
    for home in caseload.homes:
        told = {reason.code for reason in found.in_the_way(home.ref)} - {"sibling-plan"}
        assert told == set(found.codes(home.ref))
        explained += bool(told)
        for code in told:
            counted[code] -= 1
    assert not any(counted.values())
    return explained
