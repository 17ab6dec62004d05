"""A plan made again: what the meeting asks is kept, what was promised stays unless a goal before it gains."""

import json
from pathlib import Path

import pytest

from matching.checker import check_plan
from matching.cli import main
from matching.errors import PlanRefused, UnknownReference
from matching.io.caseload_csv import write_caseload
from matching.plan import Plan
from matching.planning import prepare, propose_plan
from tests.lib.builders import a_caseload, a_child, a_home, fostering
from tests.lib.random_caseloads import random_caseload

POLICY = fostering()
BEFORE_PROMISES = POLICY.goals[: POLICY.goals.index("kept-as-agreed")]


def before_promises(plan: Plan) -> dict[str, int]:
    """What a plan achieves of the goals that come before promises; goals that nobody's caseload has are not in a plan."""
    return {goal.code: goal.achieved for goal in plan.goals if goal.code in BEFORE_PROMISES}


def test_what_was_promised_stays_and_no_goal_before_it_loses() -> None:
    """After a refusal the plan keeps as many promises as any plan as good: no fewer than planning afresh happens to."""
    moved = 0
    for seed in range(60):
        ready = prepare(random_caseload(seed, children=7, homes=5, wild=0.05), POLICY)
        first = propose_plan(ready, POLICY)
        if not first.placements:
            continue
        refused = [(first.placements[0].child, first.placements[0].home)]
        promised = list(first.home_of.items())
        afresh = propose_plan(ready, POLICY, forbidden=refused)
        again = propose_plan(ready, POLICY, forbidden=refused, promised=promised)
        assert before_promises(again) == before_promises(afresh)
        assert len(set(again.home_of.items()) & set(promised)) >= len(set(afresh.home_of.items()) & set(promised))
        assert refused[0] not in again.home_of.items()
        assert check_plan(ready.caseload, list(again.home_of.items()), POLICY.settings).sound
        moved += again.home_of != first.home_of
    assert moved > 20


def test_nothing_changed_gives_the_same_plan() -> None:
    for seed in range(20):
        ready = prepare(random_caseload(seed, children=7, homes=5, wild=0.05), POLICY)
        first = propose_plan(ready, POLICY)
        assert propose_plan(ready, POLICY, promised=list(first.home_of.items())).home_of == first.home_of


def test_a_home_asked_for_that_is_ruled_out_is_refused_with_the_rules() -> None:
    caseload = a_caseload(a_child("C1", 13), a_child("C2", 4), a_home("H1", oldest=10, places_free=1))
    with pytest.raises(
        PlanRefused, match=r"C1 cannot be planned for H1 now. H1 is approved for ages 0 to 10. C1 is 13."
    ):
        propose_plan(caseload, POLICY, pins={"C1": "H1", "C2": "H1"})


def test_what_is_asked_for_cannot_be_kept_is_said() -> None:
    caseload = a_caseload(a_child("C1"), a_child("R1"), a_home("H1", places_free=1), lives={"R1": "H1"})
    with pytest.raises(PlanRefused):
        propose_plan(caseload, POLICY, pins={"C1": "H1"}, forbidden=[("C1", "H1")])
    with pytest.raises(UnknownReference, match="H7"):
        propose_plan(caseload, POLICY, forbidden=[("C1", "H7")])
    with pytest.raises(UnknownReference, match="R1"):
        propose_plan(caseload, POLICY, forbidden=[("R1", "H1")])


def placements(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["placements", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_the_command_plans_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    homes = (a_home("H1", places_free=1), a_home("H2", places_free=1))
    folder, first, again = tmp_path / "caseload", tmp_path / "plan.json", tmp_path / "again.json"
    write_caseload(a_caseload(a_child("C1"), a_child("C2"), *homes), folder)
    run = ["propose", str(folder), "--out"]
    assert placements(*run, str(first), "--wait", "C2", monkeypatch=monkeypatch) == 0
    before = json.loads(first.read_text())
    (one,) = before["placements"]
    assert before["manifest"]["pins"] == {"C2": "nobody"}
    forbid = f"C1={one['home']}"
    capsys.readouterr()
    assert placements(*run, str(again), "--forbid", forbid, "--since", str(first), monkeypatch=monkeypatch) == 0
    out = capsys.readouterr().out
    assert "What is otherwise than in the plan before" in out
    assert f"C2 would have a home: {one['home']}." in out
    told = json.loads(again.read_text())["manifest"]
    assert told["forbidden"] == [["C1", one["home"]]]
    assert told["promised"] == [["C1", one["home"]]]
    assert placements(*run, str(again), "--pin", "C1-H1", monkeypatch=monkeypatch) == 2
    assert placements(*run, str(again), "--pin", "C1=H1", "--wait", "C1", monkeypatch=monkeypatch) == 2
