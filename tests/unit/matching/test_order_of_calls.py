"""The order of calls: as likely as any that all are placed in time; no bed promised twice; a no is a fact."""

import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random

import pytest

from matching.again import Base, base_of
from matching.checker import check_plan, read_pair
from matching.domain import Caseload, Contact, Provider, Refusal, RefusalReason, RefusedBy, Verdict
from matching.errors import InconsistentCaseload, WrongChance
from matching.order_of_calls import Chance, OrderOfCalls, ToRing, in_order, order_of_calls
from matching.planning import prepare, propose_plan
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering
from tests.lib.random_caseloads import random_caseload
from tests.unit.matching.test_command_line import placements

POLICY = fostering()


def based(caseload: Caseload) -> Base:
    return base_of(prepare(caseload, POLICY))


def some_sets(seed: int) -> list[ToRing]:
    draw = Random(seed)
    sets = []
    for n in range(draw.randint(2, 4)):
        homes = tuple(f"H{n}{i}" for i in range(draw.randint(1, 3)))
        sets.append(
            ToRing(
                children=tuple(f"C{n}{i}" for i in range(draw.randint(1, 3))),
                homes=homes,
                calls_left=draw.choice([1, 2, 3, 5, None]),
                chances=tuple(draw.choice([0.2, 0.5, 0.9, 1.0]) for _ in homes),
            )
        )
    return sets


def best_that_any_caller_reaches(sets: list[ToRing]) -> float:
    """The greatest chance that all are placed in time, choosing anew after every answer."""

    @cache
    def best(made: int, at: tuple[int | None, ...]) -> float:
        open_ = [i for i, position in enumerate(at) if position is not None]
        if not open_:
            return 1.0
        chances = [0.0]
        for i in open_:
            position, one = at[i], sets[i]
            assert position is not None
            if position == len(one.homes) or (one.calls_left is not None and made + 1 > one.calls_left):
                return 0.0  # this set is lost, so not all can be placed in time
            yes = one.chances[position]
            after = lambda to, i=i: best(made + 1, (*at[:i], to, *at[i + 1 :]))  # noqa: E731
            chances.append(yes * after(None) + (1 - yes) * after(position + 1))
        return max(chances)

    return best(0, tuple(0 for _ in sets))


def played(found: OrderOfCalls, draw: Random) -> set[tuple[str, ...]]:
    """One run of the calls; the sets placed in time."""
    made, placed = 0, set()
    for one in found.sets:
        for chance in one.chances:
            if one.calls_left is not None and made >= one.calls_left:
                break
            made += 1
            if draw.random() < chance:
                placed.add(one.children)
                break
    return placed


def test_no_caller_makes_it_likelier_that_all_are_placed_in_time() -> None:
    for seed in range(150):
        sets = some_sets(seed)
        assert in_order(sets).all_in_time == pytest.approx(best_that_any_caller_reaches(sets)), f"seed {seed}"


def test_what_is_expected_is_what_comes_out_on_average() -> None:
    draw, runs = Random(7), 4_000
    for seed in range(8):
        found = in_order(some_sets(seed))
        outcomes = [played(found, draw) for _ in range(runs)]
        everybody = {one.children for one in found.sets}
        assert sum(done == everybody for done in outcomes) / runs == pytest.approx(found.all_in_time, abs=0.03)
        average = sum(len(children) for done in outcomes for children in done) / runs
        assert average == pytest.approx(found.expected, abs=0.1)
        for one in found.sets:
            assert sum(one.children in done for done in outcomes) / runs == pytest.approx(one.in_time, abs=0.03)


def test_no_bed_is_promised_twice() -> None:
    """Whoever says yes, all of them could: every mixture of first homes and fall-backs is a sound plan."""
    draw, with_fall_backs = Random(3), 0
    for seed in range(60):
        base = based(random_caseload(seed, children=5, homes=5, wild=0.04))
        found = order_of_calls(base, fall_backs=3)
        assert found.expected is None
        for _ in range(4):
            answers = [(one.children, draw.choice([*one.homes])) for one in found.sets]
            placed = [(child, home) for children, home in answers for child in children]
            rules = {b.rule for b in check_plan(base.ready.caseload, placed, POLICY.settings).breaches}
            assert rules <= {"sibling-plan"}, rules  # which brothers and sisters go together is as in the plan
        with_fall_backs += sum(len(one.homes) > 1 for one in found.sets)
        for one in found.sets:
            assert one.homes[0] == base.home_of[one.children[0]]
            assert len(set(one.homes)) == len(one.homes)
    assert with_fall_backs > 15


def test_likelier_fall_backs_come_sooner_and_the_plan_s_home_first() -> None:
    homes = [
        a_home("H1", provider=Provider.OWN, places_free=1),
        a_home("H2", provider=Provider.VOLUNTARY_AGENCY, places_free=1, family_time_minutes=None),
        a_home("H3", provider=Provider.INDEPENDENT_AGENCY, places_free=1, prefers_oldest=2),
    ]
    base = based(a_caseload(a_child("C1", needs_home_by=TODAY), *homes))
    rows = [Chance(provider=Provider.INDEPENDENT_AGENCY, chance=0.9), Chance(chance=0.3)]
    found = order_of_calls(base, rows, calls_a_day=2)
    assert found.sets[0].homes[0] == base.home_of["C1"]
    assert list(found.sets[0].chances[1:]) == sorted(found.sets[0].chances[1:], reverse=True)
    assert found.sets[0].calls_left == 2
    assert found.nominal == 1
    assert found.expected is not None
    assert found.expected < 1


def test_chances_are_of_kinds_of_calls_and_must_fit() -> None:
    base = based(a_caseload(a_child("C1", age=15), a_home("H1", provider=Provider.OWN)))
    young = Chance(oldest=10, chance=0.9)
    with pytest.raises(WrongChance, match="No row of the chances fits H1"):
        order_of_calls(base, [young])
    with pytest.raises(WrongChance, match=r"Row 2 of the chances says 1\.5"):
        order_of_calls(base, [young, Chance(chance=1.5)])
    assert order_of_calls(base, [young, Chance(children=1, youngest=11, chance=0.25)]).expected == pytest.approx(0.25)


def no(**facts: object) -> Refusal:
    told = {"child": "C1", "home": "H1", "by": RefusedBy.CARER, "on": TODAY, "reason": RefusalReason.TIMING, **facts}
    return Refusal(**told)  # type: ignore[arg-type]


def test_a_no_holds_from_its_day_until_its_last_and_both_readings_see_it() -> None:
    day = timedelta(days=1)
    for refusal, holds in [
        (no(), True),
        (no(on=TODAY + day), False),
        (no(until=TODAY), True),
        (no(on=TODAY - 2 * day, until=TODAY - day), False),
    ]:
        caseload = a_caseload(a_child("C1"), a_home("H1"), refusals=(refusal,))
        assert propose_plan(prepare(caseload, POLICY), POLICY).home_of == ({} if holds else {"C1": "H1"})
        read = read_pair(caseload, POLICY.settings, "C1", "H1")["carer-said-no"]
        assert read is (Verdict.NOT_MET if holds else Verdict.MET)
    with pytest.raises(InconsistentCaseload, match="There is no home H9"):
        a_caseload(a_child("C1"), a_home("H1"), refusals=(no(home="H9"),))


def test_who_said_no_is_told() -> None:
    rule = next(rule for rule in POLICY.rules if rule.code == "carer-said-no")
    for by, words in [
        (RefusedBy.CARER, "The carers at H1 have said no to C1."),
        (RefusedBy.CHILD, "C1 has said no to H1."),
        (RefusedBy.SOCIAL_WORKER, "C1's social worker has said no to H1."),
    ]:
        caseload = a_caseload(a_child("C1"), a_home("H1"), refusals=(no(by=by, contact=Contact.AFTER),))
        said = rule.because(caseload, caseload.child("C1"), caseload.households["H1"])
        assert str(said) == words


def test_a_no_is_recorded_in_one_step_and_the_next_plan_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city, plan, chances = tmp_path / "city", tmp_path / "plan.json", tmp_path / "chances.csv"
    chances.write_text("provider,children,chance\nown,1,0.6\n,,0.3\n")
    assert placements("sample", str(city), "--children", "12", "--homes", "60") == 0
    capsys.readouterr()
    assert placements("calls", str(city), "--chances", str(chances), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert 0 < told["expected"] < told["nominal"]
    assert 0 <= told["all_in_time"] <= 1
    child, home = told["sets"][0]["children"][0], told["sets"][0]["homes"][0]
    arguments = ["--child", child, "--home", home, "--by", "carer", "--reason", "no-room-now"]
    for _ in range(2):  # twice the same is once
        assert placements("refused", str(city), *arguments, "--contact", "before-contact") == 0
    assert len((city / "refusals.csv").read_text().splitlines()) == 2
    assert placements("propose", str(city), "--out", str(plan)) == 0
    assert {"child": child, "home": home} not in [
        {"child": p["child"], "home": p["home"]} for p in json.loads(plan.read_text())["placements"]
    ]
    capsys.readouterr()
    assert placements("calls", str(city)) == 0
    assert "Whom to ring, in order" in capsys.readouterr().out
    assert placements("refused", str(city), "--child", "C9999", *arguments[2:]) == 2


def test_a_no_and_the_next_plan_in_one_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city, plan, afresh = tmp_path / "city", tmp_path / "plan.json", tmp_path / "afresh.json"
    assert placements("sample", str(city), "--children", "12", "--homes", "60") == 0
    assert placements("propose", str(city), "--out", str(plan)) == 0
    first = {p["child"]: p["home"] for p in json.loads(plan.read_text())["placements"]}
    child, home = sorted(first.items())[0]
    no = [str(city), "--child", child, "--home", home, "--by", "carer", "--reason", "timing"]
    assert placements("refused", *no, "--plan", str(tmp_path / "nowhere.json")) == 2
    assert not (city / "refusals.csv").exists(), "nothing is recorded when the plan cannot be read"
    before = plan.read_text()
    capsys.readouterr()
    assert placements("refused", *no, "--plan", str(plan)) == 0
    told = capsys.readouterr().out
    then = json.loads(plan.read_text())
    assert f"instead of {home}" in told or f"{child} would have no home" in told
    assert "different caseloads" not in told
    assert {p["child"]: p["home"] for p in then["placements"]}.get(child) != home
    assert all(goal["achieved"] == goal["bound"] for goal in then["goals"])
    (tmp_path / "before.json").write_text(before)
    assert placements("propose", str(city), "--since", str(tmp_path / "before.json"), "--out", str(afresh)) == 0
    assert json.loads(afresh.read_text())["plan_hash"] == then["plan_hash"]
