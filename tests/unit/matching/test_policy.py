"""Policies: read whole or refused with every fault; any change is another policy."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matching.domain import HomeKind
from matching.errors import PolicyRefused
from matching.planning import propose_plan
from matching.policy import GOALS, policy_from, read_policy
from tests.lib.builders import DATA, a_caseload, a_child, a_home, policy_with
from tests.lib.command import placements

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
    assert set(policy.goals) | {"short-breaks"} == set(GOALS)


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


def test_the_check_names_what_nobody_may_lift(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[policy]\nname="Mine"\nversion="1"\nvalid_from=2026-04-01\n[rules.registered-setting]\non=false\n')
    assert placements("policy", "check", str(file), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["left_out_though_nobody_may_lift_them"] == ["registered-setting"]
    assert placements("policy", "check", str(file)) == 0
    assert "Nobody may lift registered-setting" in capsys.readouterr().out


def test_the_check_refuses_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[policy]\n")
    assert placements("policy", "check", str(file)) == 2
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


def mine(folder: Path, more: str = "") -> Path:
    file = folder / "mine.toml"
    file.write_text(
        f'[policy]\nname = "Mine"  # ours\nversion = "1"\nvalid_from = 2026-04-01\n{more}', encoding="utf-8"
    )
    return file


def test_a_signed_policy_says_who_when_and_until_it_is_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = mine(tmp_path, "[criteria.near-home]\nweight = 3\n")
    assert placements("policy", "check", str(file)) == 0
    assert "Nobody has signed it" in capsys.readouterr().out
    assert placements("policy", "sign", str(file), "--by", "Head of fostering", "--on", "2026-05-01") == 0
    assert placements("policy", "check", str(file), "--json") == 0
    told = json.loads("{" + capsys.readouterr().out.partition("{")[2])
    assert (told["signed"]["by"], told["signed"]["on"]) == ("Head of fostering", "2026-05-01")
    assert "# ours" in file.read_text(encoding="utf-8"), "comments are kept"
    for was, now in (("weight = 3", "weight = 4"), ("Head of", "Deputy head of"), ("2026-05-01", "2026-05-02")):
        kept = file.read_text(encoding="utf-8")
        file.write_text(kept.replace(was, now), encoding="utf-8")
        assert placements("policy", "check", str(file)) == 2
        assert "something was changed since" in capsys.readouterr().err
        file.write_text(kept, encoding="utf-8")
    assert placements("policy", "sign", str(file), "--by", "Director", "--on", "2026-06-01") == 0
    assert file.read_text(encoding="utf-8").count("[signed]") == 1


@pytest.mark.parametrize("name", ["fostering", "adoption", "example"])
def test_the_policies_that_come_along_are_signed(name: str) -> None:
    policy = read_policy(DATA / "policies" / f"{name}.toml")
    assert policy.signature
    assert str(policy.signature).startswith("signed by ")


def test_a_signature_is_whole_or_refused() -> None:
    assert "needs by, on and seal" in refused(signed={"by": "Director"})
    assert "something was changed since" in refused(signed={"by": "Director", "on": date(2026, 5, 1), "seal": "0" * 64})


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (["suitability", "placed"], "puts 'suitability' before 'placed'"),
        (["short-breaks", "placed"], "puts 'short-breaks' before 'placed'"),
        (["deadlines", "suitability"], "leaves out 'placed'"),
    ],
)
def test_an_order_in_which_a_child_goes_without_a_home_is_refused(order: list[str], said: str) -> None:
    assert said in refused(goals={"order": order})


def test_the_days_of_a_policy() -> None:
    about = {**ABOUT, "valid_until": date(2027, 3, 31)}
    policy = policy_from({"policy": about})
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2027, 3, 31), date(2027, 4, 1)]
    assert [policy.in_force_on(day) for day in days] == [False, True, True, False]
    assert policy_from({"policy": ABOUT}).in_force_on(date(2099, 1, 1))
    with pytest.raises(PolicyRefused, match="ends on 2026-03-01, before it begins"):
        policy_from({"policy": {**ABOUT, "valid_until": date(2026, 3, 1)}})


def test_the_same_people_are_planned_by_the_law_of_the_day() -> None:
    """Before 9 September 2021 a child of 15 could be placed in supported lodgings; from that day on never again."""
    home = a_home(kind=HomeKind.SUPPORTED_LODGINGS)
    for day, placed in ((date(2021, 9, 8), {"C1": "H1"}), (date(2021, 9, 9), {})):
        child = a_child(age=None, date_of_birth=date(2006, 3, 1), school_year=9)
        caseload = replace(a_caseload(child, home), as_of=day)
        plan = propose_plan(caseload, read_policy(DATA / "policies" / "fostering.toml"))
        assert plan.home_of == placed, day
        assert ("sixteen-for-supported" in (plan.checked.rules if plan.checked else ())) is (not placed)


def test_a_policy_s_own_dates_decide_a_plan() -> None:
    told = {"smoke-free": {"from": date(2026, 11, 24)}}
    policy = policy_from({"policy": ABOUT, "rules": told, "criteria": {"near-home": {"weight": 1}}})
    caseload = a_caseload(a_child(age=3), a_home(smokers=True))
    assert propose_plan(caseload, policy).home_of == {"C1": "H1"}
    assert propose_plan(replace(caseload, as_of=date(2026, 11, 24)), policy).home_of == {}


def test_a_limit_of_no_child_is_refused() -> None:
    with pytest.raises(PolicyRefused, match="limit is 0: no child could live anywhere. Write 1 or more."):
        policy_with(rules={"usual-fostering-limit": {"limit": 0}})
