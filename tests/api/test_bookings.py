"""Nights that are booked: brought in, kept, counted for everybody whose homes they fill, taken out, and part of what is replayed."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from api.db import queries, snapshots
from api.db.audit import Entry
from api.db.tables import Fact
from api.sample import AUTHORITY
from api.services import replaying
from api.services.geography import maps
from matching.domain import Booking, CareType, Caseload, Stay
from matching.io.caseload_csv import write_caseload
from tests.api.conftest import ELSEWHERE, Client, Phone, Running
from tests.api.test_resources import done
from tests.lib.builders import a_caseload, a_child, a_home

V1 = "/api/v1"
FIRST = date.today() + timedelta(days=10)  # noqa: DTZ011 - the service's own day
NIGHTS = Stay(FIRST, FIRST + timedelta(days=2))


def with_booking() -> Caseload:
    """A child who is booked at a home for three nights, as one who comes for short breaks, and nights that are over."""
    child = a_child("B1", 9, care_type=CareType.SHORT_BREAK, stays=(NIGHTS,), authority=AUTHORITY)
    booked = Booking(child="B1", home="B-H", first_night=NIGHTS.first, last_night=NIGHTS.last)
    before = FIRST - timedelta(days=300)
    over = Booking(child="B1", home="B-H", first_night=before, last_night=before)
    return replace(a_caseload(child, a_home("B-H", places_free=1)), bookings=(booked, over))


def sent(client: Client, caseload: Caseload, folder: Path) -> Any:
    write_caseload(caseload, folder)
    parts = [("files", (path.name, path.read_bytes())) for path in sorted(folder.iterdir())]
    given = {"Authorization": f"Bearer {client.token}"}
    return client.http.post(f"{V1}/imports", data={"kind": "caseload"}, files=parts, headers=given)


def test_bookings_are_brought_in_counted_and_taken_out(service: Running, tmp_path: Path) -> None:
    manager = service.by["data-manager"]
    did = done(service, sent(manager, with_booking(), tmp_path / "one"))
    assert did["state"] == "done", did
    assert did["result"]["rows"]["bookings"] == {"new": 2, "changed": 0, "same": 0}
    assert done(service, sent(manager, with_booking(), tmp_path / "two"))["result"]["nothing_to_do"] is True
    day, seen = FIRST - timedelta(days=10), {}
    with service.store.reading() as session:
        for whose in (AUTHORITY, ELSEWHERE):
            seen[whose] = queries.load_caseload(session, service.store.seal, maps(), day, whose)
    assert len(seen[AUTHORITY].bookings) == 2
    assert "B1" in {child.ref for child in seen[AUTHORITY].seeking}
    theirs = seen[ELSEWHERE]
    assert [b.first_night for b in theirs.bookings] == [FIRST], (
        "who shares the home sees the bed as taken, and no past nights"
    )
    assert "B1" not in {child.ref for child in theirs.seeking}, "and is not asked to find the child a home"
    told, hidden = snapshots.snapshot(seen[AUTHORITY])
    opened = {where: text for cells in hidden.values() for where, text in cells.items()}
    assert snapshots.from_snapshot(told, opened, maps()).bookings == seen[AUTHORITY].bookings
    assert snapshots.from_snapshot({k: v for k, v in told.items() if k != "booking"}, opened, maps()).bookings == ()
    phone = Phone(service, "data-manager")
    job = done(service, phone.prove().ask("POST", f"{V1}/exports", {"what": "bookings"}))
    table = phone.client.ask("GET", f"{V1}/jobs/{job['id']}/files/bookings.csv").text
    assert f"B1,B-H,{NIGHTS.first},{NIGHTS.last}" in table


def test_a_child_booked_twice_for_a_night_is_refused(service: Running, tmp_path: Path) -> None:
    whole = with_booking()
    again = replace(whole.bookings[0], first_night=NIGHTS.last, last_night=NIGHTS.last + timedelta(days=1))
    write_caseload(replace(whole, bookings=(again,)), tmp_path / "again")
    told = done(service, sent(service.by["data-manager"], replace(whole, bookings=(again,)), tmp_path / "again"))
    assert told["state"] == "failed"
    assert "booked twice" in str(told["problem"])


def test_a_plan_with_bookings_is_made_again_to_the_same(service: Running) -> None:
    officer = service.by["duty-officer"]
    made = officer.ask("POST", f"{V1}/plans", {})
    assert made.status_code == 201, made.text
    with service.store.reading() as session:
        kept = session.scalars(select(Fact.ref).where(Fact.kind == "booking")).all()
    assert len(kept) == 2
    with service.store.reading() as session:
        assert replaying.replay(session, service.store, maps(), made.json()["id"], None).same


def test_bookings_are_put_aside_for_older_software_and_come_back(service: Running) -> None:
    store = service.store
    with store.reading() as session:
        before = session.execute(select(*Fact.__table__.columns).order_by(Fact.kind, Fact.ref)).all()
    store.migrate_down("0202")
    with store.reading() as session:
        assert not session.scalars(select(Fact.ref).where(Fact.kind == "booking")).all()
    store.migrate()
    with store.reading() as session:
        assert session.execute(select(*Fact.__table__.columns).order_by(Fact.kind, Fact.ref)).all() == before
    store.transact(
        lambda session: session.execute(delete(Fact).where(Fact.kind == "booking")),
        lambda _: Entry("test", "tidy", "booking", {}),
    )
