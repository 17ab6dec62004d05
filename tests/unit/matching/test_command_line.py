"""The command line is a contract: exit codes, JSON, messages, files."""

import json
from pathlib import Path

import pytest

from tests.lib.command import placements


@pytest.fixture(scope="module")
def caseload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city") / "caseload"
    assert placements("sample", str(folder), "--children", "15", "--homes", "60", "--seed", "3") == 0
    return folder


@pytest.fixture(scope="module")
def plan(caseload: Path) -> Path:
    out = caseload.parent / "plan.json"
    assert placements("propose", str(caseload), "--out", str(out)) == 0
    return out


def test_propose_writes_a_proven_checked_plan(plan: Path) -> None:
    told = json.loads(plan.read_text())
    assert told["status"] == "optimal"
    assert [g["code"] for g in told["goals"]][:2] == ["deadlines", "placed"]
    assert all(g["achieved"] == g["bound"] for g in told["goals"])
    assert told["checker"]["sound"] is True
    assert len(told["placements"]) + len(told["unplaced"]) == 15 + 2 + 2  # who wait, ask to move, ask for weekends
    assert told["manifest"]["caseload"]
    assert "points" not in json.dumps(told)


def test_check_passes_a_sound_plan_and_finds_a_breach(
    caseload: Path, plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert placements("check", str(caseload), str(plan)) == 0
    told = json.loads(plan.read_text())
    told["placements"] *= 2
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(told))
    capsys.readouterr()
    assert placements("check", str(caseload), str(broken), "--json") == 3
    found = json.loads(capsys.readouterr().out)
    assert found["sound"] is False
    assert {"one-home-each"} <= {breach["rule"] for breach in found["breaches"]}


def test_shortlist_lists_homes_in_order(caseload: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    child = json.loads(plan.read_text())["placements"][0]["child"]
    capsys.readouterr()
    assert placements("shortlist", str(caseload), "--child", child, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["children"] == [child]
    assert 1 <= len(found["options"]) <= 5
    assert found["possible"] >= len(found["options"])
    assert placements("shortlist", str(caseload), "--child", child, "--emergency") == 0
    assert "Homes to ring" in capsys.readouterr().out


def test_explain_answers_for_every_home(caseload: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Proposed, ruled out and used elsewhere all occur, each with what it must hold."""
    told = json.loads(plan.read_text())
    child, home = told["placements"][0]["child"], told["placements"][0]["home"]
    kinds = set()
    for number in range(1, 61):
        capsys.readouterr()
        arguments = ["--child", child, "--home", f"H{number:04d}", "--json"]
        assert placements("explain", str(caseload), str(plan), *arguments) == 0
        found = json.loads(capsys.readouterr().out)
        kinds.add(found["kind"])
        if found["kind"] == "used elsewhere":
            assert any(cost["loses"] for cost in found["costs"])
            first = next(cost for cost in found["costs"] if cost["loses"])
            assert first["loses"] > 0, "the first goal that changes must lose, or the plan was not the best"
        if found["kind"] == "ruled out":
            assert found["reasons"]
    assert {"proposed", "ruled out", "used elsewhere"} <= kinds
    assert placements("explain", str(caseload), str(plan), "--child", child) == 0
    assert home in capsys.readouterr().out


def test_an_unplaced_child_is_explained(caseload: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for unplaced in json.loads(plan.read_text())["unplaced"]:
        capsys.readouterr()
        assert placements("explain", str(caseload), str(plan), "--child", unplaced["child"]) == 0
        assert unplaced["heading"] in capsys.readouterr().out


def test_a_limit_gives_exit_4_and_a_plan_with_its_gap(caseload: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    assert placements("propose", str(caseload), "--out", str(out), "--time-limit", "0.01") in (0, 4)
    told = json.loads(out.read_text())
    assert told["checker"]["sound"] is True
    assert all(goal["bound"] >= goal["achieved"] for goal in told["goals"])


def test_full_memory_gives_exit_4_and_a_plan_with_its_gap(tmp_path: Path) -> None:
    folder, out = tmp_path / "caseload", tmp_path / "plan.json"
    placements("sample", str(folder), "--children", "120", "--homes", "90")
    assert placements("propose", str(folder), "--out", str(out), "--memory", "1") == 4  # Python alone holds more
    told = json.loads(out.read_text())
    assert told["checker"]["sound"] is True
    assert len(told["placements"]) > 40
    assert all(goal["bound"] >= goal["achieved"] for goal in told["goals"])
    assert any(goal["bound"] > goal["achieved"] for goal in told["goals"])
    assert placements("propose", str(folder), "--out", str(out), "--memory", "8000") == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["propose", "nowhere"], "the file is missing"),
        (["shortlist", "{caseload}", "--child", "C9999"], "No child 'C9999'"),
        (["explain", "{caseload}", "{plan}", "--child", "C0001", "--home", "H9999"], "No home 'H9999'"),
        (["check", "{caseload}", "nowhere.json"], "the file is missing"),
        (["propose", "{caseload}", "--policy", "nowhere.toml"], "There is no policy file"),
        (["propose"], "Missing argument"),
        (["propose", "{caseload}", "--workers", "0"], "Invalid value"),
    ],
)
def test_wrong_calls_say_why_on_stderr_and_exit_2(
    arguments: list[str], words: str, caseload: Path, plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    named = [argument.format(caseload=caseload, plan=plan) for argument in arguments]
    assert placements(*named) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert "Traceback" not in told.err


def test_a_faulty_file_is_refused_whole_with_every_fault(
    caseload: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    for file in caseload.iterdir():
        (bad / file.name).write_bytes(file.read_bytes())
    lines = (bad / "children.csv").read_text().splitlines()
    header = lines[0].split(",")
    row = lines[1].split(",")
    row[header.index("date_of_birth")] = "03/04/2024"
    lines[1] = ",".join(row)
    (bad / "children.csv").write_text("\n".join(lines))
    homes = (bad / "homes.csv").read_text().replace("vacant", "vacent")
    (bad / "homes.csv").write_text(homes)
    capsys.readouterr()
    out = tmp_path / "never.json"
    assert placements("propose", str(bad), "--out", str(out)) == 2
    told = capsys.readouterr().err
    assert "children.csv, row 2, column date_of_birth: '03/04/2024'" in told
    assert "homes.csv" in told
    assert "'vacent'" in told
    assert not out.exists()


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    assert placements("--help") == 0
    told = capsys.readouterr().out
    for command in ("demo", "sample", "propose", "check", "shortlist", "explain"):
        assert command in told
