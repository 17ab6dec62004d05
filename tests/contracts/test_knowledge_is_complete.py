"""Each rule and criterion is whole: spec, check, words, handbook; the message names the missing piece."""

import inspect
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from matching.candidates import GOAL_TITLES
from matching.checker import PAIR_CHECKS, SET_CHECKS
from matching.criteria import CRITERIA
from matching.domain import Caseload, Child, Home, Level
from matching.domain.facts import facts_of
from matching.policy import GOALS, read_policy
from matching.rules import PAIR_RULES, SET_RULES
from matching.solver import HeldBack, Problem
from tests.lib.builders import DATA, fostering
from tests.lib.handbook import PAGES, PAGES_BY_NAME
from tests.lib.spec_tables import EVERYTHING, paragraphs, spec_file


@pytest.mark.parametrize("thing", EVERYTHING, ids=lambda thing: thing.code)
def test_it_has_a_spec_table_and_words(thing: Any) -> None:
    path = spec_file(thing)
    assert path.is_file(), f"Rule or criterion `{thing.code}` has no spec table. Add {path}."
    assert paragraphs(path), f"{path} has no table."
    assert thing.title
    assert thing.purpose.endswith(".")
    assert is_dataclass(thing)


def test_every_rule_has_its_independent_check_and_source() -> None:
    for rule in (*PAIR_RULES, *SET_RULES):
        checks = PAIR_CHECKS if rule in PAIR_RULES else SET_CHECKS
        assert rule.code in checks, f"Rule `{rule.code}` has no check. Add it to matching/checker."
        assert rule.source.text
        gated = rule.level is Level.NEEDS_DECISION
        assert bool(rule.lifted_by) == gated, f"Rule `{rule.code}`: who may lift it does not fit its level."


def test_codes_are_unique() -> None:
    codes = [thing.code for thing in EVERYTHING]
    assert len(codes) == len(set(codes)) > 20


@pytest.mark.parametrize("name", PAGES_BY_NAME)
def test_the_reference_is_current(name: str) -> None:
    written = (PAGES / name).read_text(encoding="utf-8")
    assert written == PAGES_BY_NAME[name](), f"docs/reference/{name} is out of date. Run `make docs`."


def test_the_policy_weighs_every_criterion_and_knows_every_goal() -> None:
    policy = fostering()
    weighed = {criterion.code for criterion, _ in policy.criteria}
    assert weighed == {criterion.code for criterion in CRITERIA} - {"cost", "own-pool-first"}, (
        "cost counts nothing as it comes"
    )
    adoption = read_policy(DATA / "policies" / "adoption.toml")
    assert "own-pool-first" in {criterion.code for criterion, _ in adoption.criteria}
    assert set(GOALS) == set(GOAL_TITLES)


def test_the_solver_sees_references_and_integers_only() -> None:
    kinds = {item.name: str(item.type) for item in fields(Problem)}
    assert set(kinds) == {
        *("children", "homes", "group_of_child", "block_group", "block_mask", "block_home"),
        *("row_index", "row_block", "row_use", "row_limit", "goals", "goal_values", "lot", "must_place"),
        "held_back",
    }
    # rows held back are asked for by positions and answered in whole numbers; who makes them is not looked into
    assert {item.name: str(item.type) for item in fields(HeldBack)} == {
        "make": "collections.abc.Callable[[numpy.ndarray[tuple[typing.Any, ...], numpy.dtype[numpy.int64]], int], "
        + "tuple["
        + ", ".join(["numpy.ndarray[tuple[typing.Any, ...], numpy.dtype[numpy.int64]]"] * 4)
        + "]]",
        "at": "numpy.ndarray[tuple[typing.Any, ...], numpy.dtype[numpy.int64]]",
    }
    source = inspect.getsource(Problem) + inspect.getsource(HeldBack)
    assert not any(word in source for word in ("Child]", "Home]", "Caseload"))


def test_every_fact_has_a_meaning_and_columns_are_unique() -> None:
    for kind in (Child, Home):
        columns = [fact.column for fact in facts_of(kind)]
        assert len(columns) == len(set(columns)) > 50
        assert all(fact.meaning.endswith((".", ".)")) for fact in facts_of(kind))
    assert is_dataclass(Caseload)
