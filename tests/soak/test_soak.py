"""The soak itself: it finds what does not hold, and says what grows or slows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.db.audit import Entry
from api.db.sealing import Seal
from api.db.store import Store
from api.db.tables import Bed
from api.sample import load
from api.security.accounts import now
from api.services.geography import maps
from tests.lib.builders import TODAY, a_caseload, a_child, a_home
from tests.soak import ahead
from tests.soak.checks import breaks
from tests.soak.months import Month, verdict


def months(web: list[int], p95: list[float], broken: int = 0) -> list[Month]:
    sizes = zip(web, p95, strict=True)
    return [Month(n, 100, 0, (1.0, slow, slow), 5.0, size, 10, 1, broken) for n, (size, slow) in enumerate(sizes, 1)]


def test_steady_months_hold() -> None:
    assert verdict(months([90, 190, 190, 190, 195, 190], [50.0, 50.0, 55.0, 50.0, 60.0, 55.0])) == []


def test_what_grows_slows_or_breaks_is_said() -> None:
    assert verdict(months([90, 190, 190, 230, 240, 250], [50.0] * 6)) == [
        "memory grew 1.27 times since the second month"
    ]
    assert verdict(months([190] * 6, [50.0, 50.0, 60.0, 60.0, 70.0, 70.0])) == [
        "95 of 100 requests take 1.40 times as long as at first"
    ]
    assert "month 2: 1 breaks" in verdict(months([190] * 6, [50.0] * 6, broken=1))
    assert verdict(months([190], [50.0])) == ["too few months to say whether it grows or slows"]


def test_a_clock_is_as_far_ahead_as_its_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = tmp_path / "days-ahead"
    monkeypatch.setenv(ahead.CLOCK, str(clock))
    clock.write_text("40")
    assert timedelta(days=39) < ahead.now() - now() <= timedelta(days=40)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/placements.db", Seal.from_file(tmp_path / "placements.key", make=True))
    made.migrate()
    city = a_caseload(a_child("C1"), a_child("C2"), a_home("H1"), a_home("H2"))
    made.transact(lambda session: load(session, made.seal, city), lambda rows: Entry("test", "load", "city", {}))
    yield made
    made.engine.dispose()


def test_a_sound_record_has_no_breaks(store: Store) -> None:
    assert breaks(store, maps(), TODAY, []) == []


def test_what_does_not_hold_is_found_in_the_record(store: Store) -> None:
    told = [("accepted", ("C1",))]
    assert len(breaks(store, maps(), TODAY, told)) == 2, "told, but neither in the record nor in the trail"
    with store.engine.begin() as connection:
        row = {"home": "H1", "number": 4, "child": "C1", "taken_at": now(), "taken_by": "test"}
        connection.execute(Bed.__table__.insert().values(**row))
    assert breaks(store, maps(), TODAY, []) == ["place 4 of H1 is promised to C1, and 3 are free"]
