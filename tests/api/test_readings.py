"""What was read before is used again only while it stands, and nobody can tell but by the time it takes."""

import pytest
from sqlalchemy.orm import Session

from api.db import beds, queries
from api.db.audit import Entry
from api.db.queries import Maps
from api.db.store import Store
from api.security.accounts import now
from api.services.geography import maps
from matching.domain import Caseload
from tests.lib.builders import TODAY, a_child, a_home


def told(act: str) -> Entry:
    return Entry("test", act, "record", {})


def read(store: Store, known: Maps, authority: str | None = None) -> Caseload:
    with store.reading() as session:
        return queries.load_caseload(session, store.seal, known, TODAY, authority)


@pytest.fixture
def city(store: Store) -> Maps:
    def act(session: Session) -> None:
        for fact in session.query(queries.Fact):
            session.delete(fact)
        for bed in session.query(queries.Bed):
            session.delete(bed)
        session.flush()
        queries.add_new(session, store.seal, "child", a_child("C1", 9))
        queries.add_new(session, store.seal, "home", a_home("H1", places_free=2))

    store.transact(act, lambda _: told("fill"))
    return maps()


def test_nothing_changed_is_the_same_caseload(store: Store, city: Maps) -> None:
    assert read(store, city) is read(store, city)
    assert read(store, city) == read(store, maps()), "as one who reads everything anew"


def test_each_change_is_seen(store: Store, city: Maps) -> None:
    before = read(store, city)
    store.transact(lambda s: beds.take_place(s, "C1", "H1", 2, "x", now()), lambda _: told("promise"))
    promised = read(store, city)
    assert promised.home("H1").places_free == 1
    assert promised.lives_in == {"C1": "H1"}
    store.transact(lambda s: beds.give_back_place(s, "C1", "H1"), lambda _: told("give back"))
    assert read(store, city) == before
    cells = {"ref": "C1", "sex": "female", "authority": "E06000045"}
    store.transact(lambda s: queries.save(s, store.seal, city, "child", cells), lambda _: told("edit"))
    assert read(store, city).child("C1").sex == "female"
    assert read(store, city, "E10000014").child_by_ref == {}


def test_a_fact_taken_away_and_added_again_is_read_again(store: Store, city: Maps) -> None:
    """Its version is 1 again; its stamp is not what it was."""
    assert read(store, city).home("H1").places_free == 2
    store.transact(lambda s: queries.remove(s, "home", "H1"), lambda _: told("remove"))
    assert read(store, city).homes == ()
    other = a_home("H1", places_free=0)
    store.transact(lambda s: queries.add_new(s, store.seal, "home", other), lambda _: told("add"))
    assert read(store, city).home("H1").places_free == 0


def test_the_columns_of_homes_are_made_once_for_a_caseload(store: Store, city: Maps) -> None:
    here = read(store, city)
    first, again = (city.readings.with_register(here, lambda register: register) for _ in range(2))
    assert first is again
    assert first.caseload is here
    elsewhere = read(store, maps())
    assert city.readings.with_register(elsewhere, lambda register: register).caseload is elsewhere
