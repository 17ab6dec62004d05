"""Policies: read whole or refused with every fault; any change is another policy."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matching.cli import main
from matching.errors import PolicyRefused
from matching.policy import policy_from, read_policy
from tests.lib.builders import DATA

ABOUT = {"name": "Trial", "version": "1", "valid_from": date(2026, 4, 1)}


def refused(**tables: Any) -> str:
    with pytest.raises(PolicyRefused) as found:
        policy_from({"policy": ABOUT, **tables})
    return str(found.value)


@pytest.mark.parametrize("name", ["fostering", "adoption", "example"])
def test_every_policy_that_comes_along_can_be_read(name: str) -> None:
    policy = read_policy(DATA / "policies" / f"{name}.toml")
    assert policy.rules
    assert policy.criteria
    assert set(policy.goals) == set(read_policy(DATA / "policies" / "fostering.toml").goals)


def test_distance_and_identity_do_not_count_for_adoption() -> None:
    weighed = {criterion.code for criterion, _ in read_policy(DATA / "policies" / "adoption.toml").criteria}
    assert not weighed & {"near-home", "near-school", "family-time", "in-area", "language"}


def test_every_fault_is_told_at_once_with_the_way_out() -> None:
    told = refused(
        rules={"smoke-fre": {"on": False}, "usual-fostering-limit": {"limit": "three"}},
        criteria={"near-home": {"weight": 500}, "near-school": {"weight": 4, "easy": 60, "too_far": 20}},
        goals={"order": ["placd"]},
        colour="blue",
    )
    assert len(told.splitlines()) == 6
    assert "'smoke-free' was meant" in told
    assert "Write a number" in told
    assert "from 0 to 100" in told
    assert "swapped" in told
    assert "placd" in told
    assert "colour" in told


@pytest.mark.parametrize("part", ["policy", "rules", "criteria", "goals"])
def test_a_part_that_is_no_table_is_refused(part: str) -> None:
    with pytest.raises(PolicyRefused):
        policy_from({"policy": ABOUT, part: 3})


@pytest.mark.parametrize(
    "change",
    [
        {"rules": {"animals": {"on": False}}},
        {"rules": {"usual-fostering-limit": {"limit": 2}}},
        {"criteria": {"near-home": {"weight": 1}}},
        {"goals": {"order": ["placed", "suitability"]}},
        {"policy": {**ABOUT, "lot": "another"}},
        {"policy": {**ABOUT, "version": "2"}},
    ],
)
def test_any_change_changes_the_fingerprint(change: dict[str, Any]) -> None:
    assert policy_from({"policy": ABOUT, **change}).fingerprint != policy_from({"policy": ABOUT}).fingerprint


def run(*arguments: str) -> int:
    before, sys.argv = sys.argv, ["placements", *arguments]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.argv = before
    return 0


def test_the_check_names_what_nobody_may_lift(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[policy]\nname="Mine"\nversion="1"\nvalid_from=2026-04-01\n[rules.registered-setting]\non=false\n')
    assert run("policy", "check", str(file), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["left_out_though_nobody_may_lift_them"] == ["registered-setting"]
    assert run("policy", "check", str(file)) == 0
    assert "Nobody may lift registered-setting" in capsys.readouterr().out


def test_the_check_refuses_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[policy]\n")
    assert run("policy", "check", str(file)) == 2
    assert "no name and no version and no valid_from" in capsys.readouterr().err


def test_a_plan_is_read_by_the_law_of_its_day() -> None:
    policy = read_policy(DATA / "policies" / "fostering.toml")
    codes = {
        day.year: {rule.code for rule in policy.on(day).every_rule} for day in (date(2021, 1, 1), date(2026, 1, 1))
    }
    assert codes[2026] - codes[2021] == {"sixteen-for-supported"}
    assert policy.on(date(2021, 1, 1)).dates_of(policy.rules[0])[0] == date(2011, 4, 1)


def test_a_policy_may_date_a_rule_itself() -> None:
    told = {"smoke-free": {"from": date(2026, 5, 1), "until": date(2026, 5, 31)}}
    policy = policy_from({"policy": ABOUT, "rules": told})
    days = [date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1)]
    assert ["smoke-free" in policy.on(day).settings for day in days] == [False, True, True, False]
    assert policy.fingerprint != policy_from({"policy": ABOUT}).fingerprint


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"from": "May"}, "Write a date"),
        ({"from": date(2026, 5, 2), "until": date(2026, 5, 1)}, "ends on 2026-05-01, before it begins"),
    ],
)
def test_days_that_make_no_sense_are_refused(dates: dict[str, Any], said: str) -> None:
    assert said in refused(rules={"smoke-free": dates})
