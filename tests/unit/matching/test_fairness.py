"""The ledger counts what the plan does; the price of a floor is what plans with that floor reach."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from matching.again import Base, base_of
from matching.domain import Sex
from matching.fairness import KINDS, ledger, price_of_a_floor
from matching.planning import prepare
from tests.lib.builders import a_caseload, a_child, a_home, fostering
from tests.unit.matching.test_command_line import placements

POLICY = fostering()


def boys_and_girls(homes_for_boys: int) -> Base:
    """Twelve girls and twelve boys; girls may go anywhere, boys only to some; too few homes for all."""
    girls = [a_child(f"G{n:02}", sex=Sex.FEMALE) for n in range(12)]
    boys = [a_child(f"B{n:02}", sex=Sex.MALE, home_place=None) for n in range(12)]
    for_all = [a_home(f"H{n:02}", places_free=1) for n in range(12)]
    for_boys = [a_home(f"K{n:02}", places_free=1, sexes=frozenset({Sex.MALE})) for n in range(homes_for_boys)]
    return base_of(prepare(a_caseload(*girls, *boys, *for_all, *for_boys), POLICY))


def test_the_ledger_counts_every_child_once_in_each_kind() -> None:
    base = boys_and_girls(7)
    found = ledger(base, small=1)
    assert [kind for kind, _ in found.tables] == list(KINDS)
    for kind, rows in found.tables:
        known = [row.children for row in rows if row.children is not None]
        assert sum(known) == 24, kind
    sexes = {row.value: row for row in dict(found.tables)["sex"]}
    assert sexes["female"].with_home == sum(ref.startswith("G") for ref in base.home_of)
    assert sexes["male"].with_home == sum(ref.startswith("B") for ref in base.home_of)
    assert found.total.with_home == len(base.home_of)


def test_small_numbers_and_what_would_give_them_away_are_hidden() -> None:
    people = [a_child(f"C{n:02}", age=9, disabled=n < 3) for n in range(20)]
    base = base_of(prepare(a_caseload(*people, a_home("H1")), POLICY))
    rows = {row.value: row for row in dict(ledger(base).tables)["disabled"]}
    assert rows["yes"].children is None
    assert rows["no"].children is None, "twenty less the rest would tell it"
    assert ledger(base).total.with_home is None, "three children have a home"
    assert ledger(base).total.children is None or ledger(base).total.children == 20


def test_medians_need_ten_children() -> None:
    base = base_of(prepare(a_caseload(*[a_child(f"C{n}") for n in range(9)], a_home("H1")), POLICY))
    assert ledger(base, small=1).total.possible is None


def test_more_for_the_worst_off_costs_what_it_says() -> None:
    base = boys_and_girls(6)
    price = price_of_a_floor(base)
    assert price.kind == "sex"
    floors = [step.floor for step in price.steps]
    assert floors == sorted(set(floors))
    assert not any(lost for _, lost in price.steps[0].loses), "as it is, nothing is lost"
    losses = [tuple(lost for _, lost in step.loses) for step in price.steps]
    assert losses == sorted(losses), "a higher floor never costs less, goals taken in order"
    assert all(step.proven for step in price.steps)
    assert str(price.sentences[0]).startswith(f"The smallest share with a home: sex, {price.value}; {floors[0]} of 12")


def test_no_price_is_told_that_was_not_proven_in_the_time() -> None:
    base = boys_and_girls(6)
    price = price_of_a_floor(base, seconds=1e-6)
    assert price.ended
    assert [step.floor for step in price.steps] == [price_of_a_floor(base).steps[0].floor], "the plan as it is"
    assert str(price.sentences[-1]) == "The time ended before it was known what more of them would cost."


def test_against_a_plan_that_is_not_proven_no_price_is_told() -> None:
    base = boys_and_girls(6)
    cut = replace(base, solution=replace(base.solution, proven=False))
    price = price_of_a_floor(cut)
    assert price.steps == ()
    assert [str(s) for s in price.sentences] == [
        "The best plan is not proven, so what it would cost to do more cannot be told."
    ]


def test_no_group_is_named_that_is_too_small() -> None:
    base = base_of(prepare(a_caseload(a_child("C1"), a_home("H1")), POLICY))
    assert price_of_a_floor(base).kind is None
    assert [str(s) for s in price_of_a_floor(base).sentences] == ["No kind of child is large enough to be named here."]


def test_the_command_prints_and_writes_no_small_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = str(tmp_path / "city")
    assert placements("sample", city, "--children", "60", "--homes", "80", "--seed", "2") == 0
    capsys.readouterr()
    assert placements("fairness", city, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    for _, rows in told["ledger"]["tables"]:
        for row in rows:
            for name in ("children", "with_home", "split", "refused"):
                assert row[name] is None or row[name] == 0 or row[name] > 5
    assert placements("fairness", city) == 0
    assert "For monitoring only" in capsys.readouterr().out
