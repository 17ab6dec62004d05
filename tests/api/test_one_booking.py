"""One booking over HTTP: read by whoever sees it, given back by those who look after the child."""

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from api.db import queries
from api.db.audit import Entry
from api.db.tables import AuditEntry
from matching.domain import Booking
from tests.api.conftest import Running
from tests.api.test_bookings import FIRST, NIGHTS, V1, sent, with_booking
from tests.api.test_resources import done


def test_one_booking_is_read_with_its_etag_and_its_nights_are_given_back(service: Running, tmp_path: Path) -> None:
    assert done(service, sent(service.by["data-manager"], with_booking(), tmp_path))["state"] == "done"
    officer, other = service.by["duty-officer"], service.by["elsewhere"]
    listed = officer.ask("GET", f"{V1}/bookings?child=B1&limit=1").json()
    assert listed["after"], "two are kept; the second is on the next page"
    second = officer.ask("GET", f"{V1}/bookings?child=B1&after={listed['after']}").json()
    assert [one["first_night"] for one in second["items"]] == [FIRST.isoformat()]
    assert second["after"] is None
    where = f"{V1}/bookings/B1/B-H/{FIRST}"
    read = officer.ask("GET", where)
    assert read.status_code == 200, read.text
    assert read.headers["etag"] == '"1"'
    assert read.json() == {
        "child": "B1", "home": "B-H", "first_night": FIRST.isoformat(), "last_night": NIGHTS.last.isoformat(), "version": 1
    }  # fmt: skip
    assert other.ask("GET", where).status_code == 200, "who shares the home sees which nights are taken"
    assert len(other.ask("GET", f"{V1}/bookings?child=B1").json()["items"]) == 1, "and no past nights"
    assert other.ask("GET", f"{V1}/bookings/B1/B-H/{FIRST - timedelta(days=300)}").status_code == 404
    assert officer.ask("GET", f"{V1}/bookings/B1/B-H/{FIRST + timedelta(days=1)}").status_code == 404
    assert other.ask("DELETE", where, If_Match='"1"').status_code == 403, "their child, their decision"
    assert service.by["data-manager"].ask("DELETE", where, If_Match='"1"').status_code == 403
    assert officer.ask("DELETE", where).status_code == 412
    assert officer.ask("DELETE", where, If_Match='"7"').status_code == 412
    over = officer.ask("DELETE", f"{V1}/bookings/B1/B-H/{FIRST - timedelta(days=300)}", If_Match='"1"')
    assert over.status_code == 409
    assert officer.ask("GET", where).status_code == 200, "nothing was changed until now"
    given = officer.ask("DELETE", where, If_Match='"1"', Idempotency_Key="give-back-1")
    assert given.json() == {"first_night": FIRST.isoformat(), "last_night": NIGHTS.last.isoformat(), "left": None}
    assert officer.ask("DELETE", where, If_Match='"1"', Idempotency_Key="give-back-1").json() == given.json()
    assert officer.ask("GET", where).status_code == 404
    with service.store.reading() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.about == "child:B1")).all()
    assert {"read-booking", "release-booking", "list-bookings"} <= set(acts)


def test_nights_that_are_over_stay_when_the_rest_is_given_back(service: Running) -> None:
    begun = date.today() - timedelta(days=2)  # noqa: DTZ011 - the service's own day
    nights = Booking(child="B1", home="B-H", first_night=begun, last_night=begun + timedelta(days=6))
    service.store.transact(
        lambda session: queries.add_new(session, service.store.seal, "booking", nights),
        lambda _: Entry("test", "load", "booking", {}),
    )
    where = f"{V1}/bookings/B1/B-H/{begun}"
    given = service.by["duty-officer"].ask("DELETE", where, If_Match='"1"').json()
    assert given["first_night"] == (begun + timedelta(days=2)).isoformat()
    assert given["left"]["last_night"] == (begun + timedelta(days=1)).isoformat()
    kept = service.by["duty-officer"].ask("GET", where)
    assert kept.headers["etag"] == '"2"'
    assert kept.json() == given["left"]
