"""Ten years of a record go down to the tables of its first release and up again; nothing that those can hold is lost."""

import os
import random
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import audit, queries
from api.db.audit import Entry
from api.db.data_keys import destroy, keyring, open_each
from api.db.snapshots import from_snapshot
from api.db.store import Store
from api.db.tables import AuditEntry, Bed, Decided, Fact, Note, Person, PlanMade
from api.sample import AUTHORITY
from api.security.accounts import User, now
from api.services import matching, notes
from api.services.decisions import reason_of
from api.services.geography import maps
from api.services.matching import Asked
from api.services.notes import NoteKind
from matching.cli.places import data_folder
from matching.domain import Booking, Caseload
from matching.policy import read_policy
from tests.api.conftest import somebody
from tests.api.test_long_trail import lengthen
from tests.lib.builders import TODAY, a_caseload, a_child, a_home

NIGHTLY = bool(os.environ.get("NIGHTLY"))
YEARS = 10
A_YEAR = (300, 120, 52, 50_000) if NIGHTLY else (4, 2, 1, 100)  # children, homes, plans and entries of the trail
ERASED = "C0-1"
MOST_SECONDS = 300
REVISIONS = ("0202", "0104", "0301")  # before bookings, before stamps and jobs, before keys of people
OFFICER = User("officer", ("duty-officer",), AUTHORITY)


def a_year(session: Session, store: Store, year: int, draws: random.Random) -> None:
    """A year's children and homes, what was decided and noted about them, and its plans."""
    children, homes, plans, _ = A_YEAR
    day = now() - timedelta(days=365 * (YEARS - year))
    for number in range(homes):
        queries.add_new(session, store.seal, "home", a_home(f"H{year}-{number}", places_free=3))
    for number in range(children):
        ref, home = f"C{year}-{number}", f"H{year}-{draws.randrange(homes)}"
        queries.add_new(session, store.seal, "child", a_child(ref, draws.randint(1, 17), own_words=f"I am {ref}."))
        first = TODAY + timedelta(days=number)
        queries.add_new(
            session, store.seal, "booking", Booking(child=ref, home=home, first_night=first, last_night=first)
        )
        own = keyring(session, store.seal).made(f"child:{ref}")
        for kind in ("declined", "accepted"):
            decided = f"{kind}-{ref}"
            sealed = own.close({"reason": f"why {ref}"}, "decision", decided, "sealed")
            told = {
                "id": decided,
                "child": ref,
                "home": home,
                "kind": kind,
                "by": "officer",
                "at": day,
                "sealed": sealed,
            }
            session.add(Decided(**told, plan=None, roles=["duty-officer"]))
        notes.keep(session, store.seal, OFFICER, NoteKind.THOUGHT, ref, {"said": f"about {ref}"})
        if number < homes:
            session.add(Bed(home=f"H{year}-{number}", number=1, child=ref, taken_at=day, taken_by="officer"))
    small = a_caseload(a_child(f"C{year}-0", 9), a_child(f"C{year}-1", 7), a_home(f"H{year}-0"))
    policy = read_policy(data_folder() / "policies" / "fostering.toml")
    for _ in range(plans):
        asked = Asked({}, (), None, None)
        matching.keep(session, store.seal, OFFICER, small, policy, asked, {"plan_hash": f"{year}"})


@pytest.fixture(scope="module")
def ten_years(store: Store) -> Store:
    """The record of ten years, with one child whose time in it is over."""
    draws = random.Random(5)

    def act(session: Session) -> None:
        somebody(session, "officer", ["duty-officer"])
        keyring(session, store.seal).load_all()
        for year in range(YEARS):
            a_year(session, store, year, draws)

    store.transact(act, lambda _: Entry("test", "fill", "record", {}))
    lengthen(store, YEARS * A_YEAR[3])

    def erase(session: Session) -> None:
        queries.remove(session, "child", ERASED)
        destroy(session, [f"child:{ERASED}"])

    store.transact(erase, lambda _: Entry("test", "erase", f"child:{ERASED}", {}))
    return store


def opened(store: Store) -> dict[str, Any]:
    """Everything that the first tables hold, opened: seals differ each time, what they hold does not."""
    with store.reading() as session:
        keyring(session, store.seal).load_all()
        columns = (Person.name, Person.roles, Person.password_hash, Person.authority)
        return {
            "facts": [
                queries.opened(session, store.seal, row)
                for row in session.scalars(select(Fact).order_by(Fact.kind, Fact.ref))
            ],
            "beds": session.execute(select(Bed.home, Bed.number, Bed.child, Bed.taken_at).order_by(Bed.child)).all(),
            "decisions": [
                (row.id, row.child, row.home, row.at, row.child != ERASED and reason_of(session, store.seal, row))
                for row in session.scalars(select(Decided).order_by(Decided.id))
            ],
            "notes": [
                (
                    row.id,
                    row.at,
                    keyring(session, store.seal).of(f"child:{row.about}").open(row.sealed, "note", row.id, "sealed"),
                )
                for row in session.scalars(select(Note).where(Note.about != ERASED).order_by(Note.id))
            ],
            "plans": [
                (
                    row.id,
                    row.digest,
                    row.digest == "0" or _caseload(session, store, row),
                )  # a plan of the first year has the erased child
                for row in session.scalars(select(PlanMade).order_by(PlanMade.id))
            ],
            "people": session.execute(select(*columns).order_by(Person.name)).all(),
            "trail": session.execute(select(AuditEntry.number, AuditEntry.hash).order_by(AuditEntry.number)).all(),
        }


def _caseload(session: Session, store: Store, row: PlanMade) -> Caseload:
    return from_snapshot(dict(row.caseload), open_each(session, store.seal, row.sealed, "plan", row.id), maps())


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_record_of_ten_years_goes_down_and_up_and_nothing_is_lost(ten_years: Store, revision: str) -> None:
    before = opened(ten_years)
    began = time.monotonic()
    ten_years.migrate_down(revision)
    down = time.monotonic() - began
    ten_years.migrate()
    up = time.monotonic() - began - down
    after = opened(ten_years)
    for part, kept in before.items():
        assert kept, part
        assert after[part] == kept, part
    with ten_years.reading() as session:
        assert audit.verify(session).faults == ()
    assert ten_years.is_up_to_date()
    if NIGHTLY:
        sys.stdout.write(f"{ten_years.engine.dialect.name} {revision}: down {down:.1f} s, up {up:.1f} s\n")
        assert max(down, up) <= MOST_SECONDS
