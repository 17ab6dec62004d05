"""`placements import`: all or nothing, the same again is no change, a change is shown before it is made."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from matching.cli import main
from matching.returns.writing import as_text

SAMPLES = Path(__file__).parents[3] / "data" / "returns" / "three-years"


@pytest.fixture
def placements(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["placements", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        return int(end.value.code or 0), " ".join((told.out + told.err).split())

    return run


def test_import_again_and_changed(tmp_path: Path, placements) -> None:  # type: ignore[no-untyped-def]
    returns, out, report = tmp_path / "returns", tmp_path / "history", tmp_path / "queries.csv"
    shutil.copytree(SAMPLES, returns)
    code, said = placements("import", str(returns), "--out", str(out), "--dry-run")
    assert code == 0
    assert "820 children" in said
    assert "Nothing was written." in said
    assert not out.exists()
    code, said = placements("import", str(returns), "--out", str(out), "--report", str(report))
    assert code == 0
    assert len(pd.read_csv(out / "children.csv")) == 820
    assert len(pd.read_csv(report)) > 100
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    code, said = placements("import", str(returns), "--out", str(out))
    assert "nothing is changed" in said
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    header = returns / "2017-header.csv"
    header.write_text(header.read_text() + "999999,1,01/05/2010,WBRI,,,\n")
    code, said = placements("import", str(returns), "--out", str(out), "--dry-run")
    assert "children: 1 rows new, 0 gone, 0 otherwise." in said
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_faulty_file_changes_nothing_and_every_fault_is_written(tmp_path: Path, placements) -> None:  # type: ignore[no-untyped-def]
    returns, out, report = tmp_path / "returns", tmp_path / "history", tmp_path / "faults.json"
    shutil.copytree(SAMPLES, returns)
    episodes = returns / "2018-episodes.csv"
    lines = episodes.read_text().splitlines()
    lines[3], lines[7] = "1,31/02/2018" + ",x" * 11, "," + lines[7].split(",", 1)[1]
    episodes.write_text("\n".join(lines) + "\n")
    code, said = placements("import", str(returns), "--out", str(out), "--report", str(report))
    assert code == 2
    assert "nothing was read" in said
    assert not out.exists()
    told = json.loads(report.read_text())
    assert {(one["file"], one["row"], one["column"]) for one in told} == {
        ("2018-episodes.csv", 8, "CHILD"),
        ("2018-episodes.csv", 4, "DECOM"),
        ("2018-episodes.csv", 4, "DEC"),
    }
    assert all(one["way_out"] for one in told)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, placements) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "mine.txt").write_text("keep me")
    code, said = placements("import", str(SAMPLES), "--out", str(tmp_path))
    assert code == 2
    assert "holds something else" in said
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_no_cell_runs_in_a_spreadsheet_and_numbers_stay_numbers() -> None:
    table = pd.DataFrame({"text": ["=1+1", "-2", "@SUM", "+44", "plain", None], "number": [-3.0, 1, 2, 3, 4, None]})
    written = as_text(table)
    assert written.text.tolist() == ["'=1+1", "'-2", "'@SUM", "'+44", "plain", ""]
    assert written.number.tolist() == ["-3", "1", "2", "3", "4", ""]
