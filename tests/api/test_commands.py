"""The commands that the service adds, as people type them."""

from datetime import date
from pathlib import Path

import pytest

from api.sample import fill
from api.settings import Settings
from tests.lib.command import placements


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a record of the sample city."""
    monkeypatch.chdir(tmp_path)
    assert fill(Settings(), date(2026, 11, 23))
    return tmp_path


def test_a_record_is_verified_copied_and_restored(
    here: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert placements("audit", "verify", "--export", "head.txt") == 0
    head = (here / "head.txt").read_text().strip()
    assert placements("backup", "record.copy") == 0
    assert placements("restore", "record.copy") == 2, "the record is not empty"
    monkeypatch.setenv("PLACEMENTS_DATABASE", "sqlite:///restored.db")
    assert placements("restore", "record.copy") == 0
    assert placements("audit", "verify", "--head", head) == 0
    assert placements("audit", "--head", "1:" + "f" * 64) == 3
    assert placements("audit", "verify", "--head", "nonsense") == 2
    said = capfd.readouterr()
    assert "This record is not empty" in said.err
    assert "Entry 1 is not the one that was exported" in said.out


def test_a_plan_that_is_not_there(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert placements("replay", "nowhere") == 2
    assert "There is no plan with this number." in capfd.readouterr().err
