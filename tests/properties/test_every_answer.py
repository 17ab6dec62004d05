"""Every child and home has one answer; all changes together make it possible, and none of them can be left out."""

import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from matching.again import Base, base_of, pinned
from matching.domain import Caseload, Decision, Verdict
from matching.errors import PlanRefused, UnknownReference
from matching.explain import CannotBeForced, NotKnown, Proposed, RuledOut, Then, UsedElsewhere
from matching.planning import prepare, propose_plan
from matching.what_it_takes import Change, Way, WhatItTakes, _together, applied, what_it_takes
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering
from tests.lib.random_caseloads import random_caseload
from tests.unit.matching.test_command_line import placements

POLICY = fostering()


@pytest.fixture(scope="module")
def every() -> list[tuple[Base, WhatItTakes]]:
    """Every child with every home of some caseloads; 5,400 pairs at night."""
    found = []
    for seed in range(450 if os.environ.get("NIGHTLY") else 30):
        base = base_of(prepare(random_caseload(seed, children=4, homes=3, wild=0.06), POLICY))
        for child in base.found.row_of_child:
            found += [(base, what_it_takes(base, child, home)) for home in base.problem.homes]
    return found


def test_every_pair_has_one_of_the_answers_and_all_occur(every: list[tuple[Base, WhatItTakes]]) -> None:
    kinds = Counter(type(found.answer) for _, found in every)
    assert {Proposed, RuledOut, NotKnown, UsedElsewhere} <= set(kinds)
    for base, found in every:
        if isinstance(found.answer, Proposed):
            assert base.home_of[found.child] == found.home
        if isinstance(found.answer, RuledOut | NotKnown):
            assert found.ways, "something would have to change, so it is said what"
        if isinstance(found.answer, UsedElsewhere) and found.answer.costs[0].proven:
            lost = [cost.loses for cost in found.answer.costs if cost.loses]
            assert not lost or lost[0] > 0


def test_all_changes_make_it_possible_and_without_any_one_it_is_not(every: list[tuple[Base, WhatItTakes]]) -> None:
    tried = 0
    for base, found in every:
        for way in found.ways:
            if way.then is None:
                continue
            tried += 1
            whole, _ = applied(base, way.children, found.home, way.changes)
            assert _together(whole, way.children, found.home)
            for left_out in range(len(way.changes)):
                some = (*way.changes[:left_out], *way.changes[left_out + 1 :])
                less, _ = applied(base, way.children, found.home, some)
                if way.changes[left_out].reason.code in {c.reason.code for c in some}:
                    continue  # one decision or answer opens a rule for all the children who go there
                assert not _together(less, way.children, found.home), way.changes[left_out]
    assert tried > 25


def recorded(caseload: Caseload, way: Way, home: str) -> Caseload:
    decisions = [
        Decision(rule=c.reason.code, child=ref, home=home, role=c.by[0], reason="agreed", decided_on=TODAY)
        for c in way.changes
        for ref in way.children
    ]
    return replace(caseload, decisions=(*caseload.decisions, *decisions))


def test_what_follows_is_what_comes_of_it(every: list[tuple[Base, WhatItTakes]]) -> None:
    """The decisions are recorded in the caseload and everybody is planned from nothing."""
    told = 0
    for base, found in every:
        for way in found.ways:
            if way.then is None or not all(change.decision for change in way.changes):
                continue
            told += 1
            ready = prepare(recorded(base.ready.caseload, way, found.home), POLICY)
            pins = dict.fromkeys(way.children, found.home)
            try:
                plan = propose_plan(ready, POLICY, pins=pins)
            except PlanRefused:
                assert isinstance(way.then, CannotBeForced)
                continue
            assert isinstance(way.then, Then)
            assert way.then.placed == (len(base.home_of), len(plan.home_of))
            assert way.then.without == tuple(sorted(set(base.home_of) - set(plan.home_of)))
            others = {**dict.fromkeys(base.home_of), **plan.home_of}
            moves = {c: h for c, h in others.items() if base.home_of.get(c) != h and c not in way.children}
            assert dict(way.then.moves) == moves
    assert told > 8


def test_no_way_asks_for_more_than_another(every: list[tuple[Base, WhatItTakes]]) -> None:
    for _, found in every:
        asked = [frozenset(change.reason for change in way.changes) for way in found.ways]
        assert not any(one < other for one in asked for other in asked)
        assert [way.lawful for way in found.ways] == sorted((way.lawful for way in found.ways), reverse=True)


def test_each_change_says_who_or_never() -> None:
    caseload = a_caseload(
        a_child("C1", age=3), a_home("H1", youngest=8), a_home("H2", smokers=None), a_home("H3", places_free=0)
    )
    base = base_of(prepare(caseload, POLICY))
    by_home = {home: what_it_takes(base, "C1", home) for home in ("H1", "H2", "H3")}
    decision, answer, never = (by_home[home].ways[0].changes[0] for home in ("H1", "H2", "H3"))
    assert decision.decision
    assert "fostering-manager" in decision.by
    assert answer.answer
    assert not answer.by
    assert never.never
    assert not by_home["H3"].ways[0].lawful
    assert by_home["H3"].ways[0].then is None
    assert isinstance(by_home["H2"].answer, NotKnown)
    assert str(by_home["H1"].ways[0].changes[0].reason.sentence) == "H1 is approved for ages 8 to 18. C1 is 3."
    assert by_home["H2"].ways[0].then == Then(placed=(0, 1), without=(), moves=(), proven=True)


def test_used_better_elsewhere_tells_what_it_costs_whom() -> None:
    caseload = a_caseload(
        a_child("C1", age=9), a_child("C2", age=3), a_home("H1", places_free=1), a_home("H2", youngest=8)
    )
    base = base_of(prepare(caseload, POLICY))
    answer = what_it_takes(base, "C1", "H1").answer
    assert isinstance(answer, UsedElsewhere)
    assert dict((cost.goal, cost.loses) for cost in answer.costs)["placed"] == 1
    assert answer.by == ("C2",)
    assert answer.moves == (("C2", None),)
    assert pinned(base, {"C1": "H1"}).home_of == {"C1": "H1"}


def test_strangers_are_refused() -> None:
    base = base_of(prepare(a_caseload(a_child("C1"), a_home("H1"), a_child("C2"), lives={"C2": "H1"}), POLICY))
    for child, home in (("C9", "H1"), ("C2", "H1"), ("C1", "H9")):
        with pytest.raises(UnknownReference):
            what_it_takes(base, child, home)


def test_a_verdict_is_a_change_of_exactly_one_kind(every: list[tuple[Base, WhatItTakes]]) -> None:
    for _, found in every:
        for way in found.ways:
            for change in way.changes:
                assert change.decision + change.answer + change.never == 1
                assert change.reason.verdict is not Verdict.MET
                assert isinstance(change, Change)


def test_the_command_answers_for_every_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = str(tmp_path / "city")
    assert placements("sample", city, "--children", "12", "--homes", "25", "--seed", "2") == 0
    kinds = set()
    for number in range(1, 26):
        capsys.readouterr()
        arguments = ["--child", "C0001", "--home", f"H{number:04d}"]
        assert placements("what-it-takes", city, *arguments, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        kinds.add(told["kind"])
        assert all(
            change["kind"] in ("decision", "answer", "never") for way in told["ways"] for change in way["changes"]
        )
        assert placements("what-it-takes", city, *arguments) == 0
    assert "ruled out" in kinds
