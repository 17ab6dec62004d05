"""The commands that the service adds, as people type them."""

import base64
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from api.db.opening import opened
from api.db.sealing import WrongKey
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


def test_a_signed_head_leaves_the_box_and_finds_a_rewritten_trail(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert placements("audit", "export", "--to", "elsewhere.heads") == 0
    assert placements("audit", "export", "--command", "tee -a elsewhere.heads") == 0
    assert placements("audit", "public-key") == 0
    public = capfd.readouterr().out.splitlines()[-1]
    assert placements("audit", "verify", "--head", "elsewhere.heads", "--public-key", public) == 0
    assert (here / "placements.signing").stat().st_mode & 0o077 == 0
    told = (here / "elsewhere.heads").read_text()
    assert len(told.splitlines()) == 2
    (here / "forged.heads").write_text(told.replace('"entries": ', '"entries": 1'))
    assert placements("audit", "verify", "--head", "forged.heads") == 2
    assert "Head 1 is not signed by this key" in capfd.readouterr().err
    with sqlite3.connect(here / "placements.db") as thief:
        thief.execute("DROP TRIGGER audit_no_update")
        thief.execute("DROP TRIGGER audit_no_delete")
        thief.execute("DELETE FROM audit")
    thief.close()
    assert placements("audit", "verify") == 0, "an empty trail is whole in itself"
    assert placements("audit", "verify", "--head", "elsewhere.heads", "--public-key", public) == 3


def test_a_record_opens_with_its_own_key_alone(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "placements.key").rename(here / "safe.key")
    with pytest.raises(WrongKey, match="key file placements.key is missing"):
        opened(Settings())
    assert not (here / "placements.key").exists(), "no new key is made for a record that has one"
    (here / "placements.key").write_bytes(base64.b64encode(b"1" * 32))
    with pytest.raises(WrongKey, match="not in the key file"):
        opened(Settings())
    (here / "safe.key").replace(here / "placements.key")
    opened(Settings()).engine.dispose()


def test_a_plan_that_is_not_there(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert placements("replay", "nowhere") == 2
    assert "There is no plan with this number." in capfd.readouterr().err
