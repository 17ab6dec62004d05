"""What a near miss would bring is what comes of it: the decisions are recorded, the caseload is planned again."""

import os
from dataclasses import replace

from matching.describe import group_position, must_go_with
from matching.domain import Caseload, Decision, Level, Verdict
from matching.errors import PlanRefused
from matching.explain import CannotBeForced, Then, what_then
from matching.plan import NearMiss
from matching.planning import prepare, propose_plan
from matching.rules import PAIR_RULES
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering
from tests.lib.random_caseloads import random_caseload

POLICY = fostering()
NIGHTLY = "NIGHTLY" in os.environ
PAIR_CODES = {kind.code: kind for kind in PAIR_RULES}


def only_decisions(miss: NearMiss) -> bool:
    """Whether decisions alone would open the home, pair by pair."""
    return all(
        need.code == "used-elsewhere"
        or (need.code in PAIR_CODES and need.verdict is Verdict.NOT_MET and need.level is Level.NEEDS_DECISION)
        for need in miss.needs
    )


def decided(caseload: Caseload, children: tuple[str, ...], miss: NearMiss) -> Caseload:
    decisions = tuple(
        Decision(
            rule=need.code, child=ref, home=miss.home, role=need.may_be_lifted_by[0], reason="agreed", decided_on=TODAY
        )
        for need in miss.needs
        if need.code in PAIR_CODES
        for ref in children
    )
    return replace(caseload, decisions=(*caseload.decisions, *decisions))


def test_recording_the_decisions_brings_what_was_said() -> None:
    told = 0
    for seed in range(1_200 if NIGHTLY else 40):
        caseload = random_caseload(seed, children=5, homes=4, wild=0.06)
        ready = prepare(caseload, POLICY)
        plan = propose_plan(ready, POLICY)
        home_of = {placed.child: placed.home for placed in plan.placements}
        for unplaced in plan.unplaced:
            together = must_go_with(ready.found.groups[group_position(ready.found, unplaced.child)], unplaced.child)
            for miss in filter(only_decisions, unplaced.near_misses):
                found = what_then(ready, home_of, unplaced.child, miss.home)
                pins = dict.fromkeys(together, miss.home)
                try:
                    after = propose_plan(decided(caseload, together, miss), POLICY, pins=pins)
                except PlanRefused:
                    assert isinstance(found, CannotBeForced), (seed, unplaced.child, miss.home)
                    continue
                assert isinstance(found, Then)
                assert found.placed[1] <= len(after.placements), (seed, unplaced.child, miss.home)
                told += found.placed[1] == len(after.placements)
    assert told > (100 if NIGHTLY else 3), "too few near misses that decisions alone would open"


def test_a_place_that_is_used_names_who_would_lose_it() -> None:
    small, older = a_child("C1", 4), a_child("C2", 9)
    caseload = a_caseload(small, older, a_home("H1", smokers=True, places_free=1))
    plan = propose_plan(caseload, POLICY)
    assert [(placed.child, placed.home) for placed in plan.placements] == [("C2", "H1")]
    then = what_then(prepare(caseload, POLICY), {"C2": "H1"}, "C1", "H1")
    assert then == Then(placed=(1, 1), without=("C2",), moves=(("C2", None),), proven=True)


def test_a_home_without_room_cannot_be_forced() -> None:
    caseload = a_caseload(a_child("C1", 4), a_home("H1", smokers=True, place_state=None))
    assert isinstance(what_then(prepare(caseload, POLICY), {}, "C1", "H1"), CannotBeForced)
