"""One transaction for an act: its change and its audit entry, both or neither, on both databases."""

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.db import audit, beds, queries
from api.db.audit import Entry
from api.db.data_keys import keyring
from api.db.sealing import Seal, WrongKey
from api.db.store import Store
from api.db.tables import AuditEntry, Base, Bed, Fact
from api.errors import Conflict
from api.security.accounts import now
from api.services.geography import maps
from tests.lib.builders import TODAY, a_home

CANARY = "SO14 7"


def entry(_: object = None) -> Entry:
    return Entry("tester", "try", "thing", {})


def test_the_settings_are_the_live_ones(store: Store) -> None:
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        else:
            with store._writing.connect() as writing:
                assert writing.execute(text("SHOW transaction_isolation")).scalar() == "serializable"


def test_a_change_without_an_entry_is_refused(store: Store) -> None:
    def unwritten(flushed: bool) -> None:
        with Session(store._writing) as session, session.begin():
            session.add(Bed(home="H", number=1, child="C", taken_at=now(), taken_by="x"))
            if flushed:
                session.flush()

    for flushed in (False, True):
        with pytest.raises(RuntimeError, match="without an audit entry"):
            unwritten(flushed)
    with store.reading() as session:
        assert session.scalars(select(Bed).where(Bed.home == "H")).all() == []


def test_an_act_that_fails_leaves_neither_change_nor_entry(store: Store) -> None:
    def act(session: Session) -> None:
        session.add(Bed(home="HX", number=1, child="CX", taken_at=now(), taken_by="x"))
        session.flush()
        raise Conflict("no")

    before = _entries(store)
    with pytest.raises(Conflict):
        store.transact(act, entry)
    assert _entries(store) == before
    with store.reading() as session:
        assert session.get(Bed, ("HX", 1)) is None


def _entries(store: Store) -> int:
    with store.reading() as session:
        return audit.verify(session).entries


@pytest.mark.parametrize("actors", [2, 4, 16])
def test_the_last_bed_has_one_winner_however_many_ask(store: Store, actors: int) -> None:
    """Each with a connection of their own, at the same moment."""
    for round_ in range(5):
        home, results, start = f"last-{actors}-{round_}", list[str](), threading.Barrier(actors)

        def ask(who: int, home: str = home, results: list[str] = results, start: threading.Barrier = start) -> None:
            start.wait()
            try:
                store.transact(lambda s: beds.take_place(s, f"{home}-C{who}", home, 1, f"officer-{who}", now()), entry)
                results.append("won")
            except Conflict as refused:
                results.append(str(refused))

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(actors)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        told = Counter("won" if one == "won" else one.split(".")[0] for one in results)
        assert told == {"won": 1, f"No usable place is left at {home}": actors - 1}


def test_the_tables_themselves_refuse_a_bed_twice_and_a_child_twice(store: Store) -> None:
    store.transact(lambda s: s.add(Bed(home="T", number=1, child="T1", taken_at=now(), taken_by="x")), entry)
    for home, child in (("T", "T2"), ("U", "T1")):
        with pytest.raises(DBAPIError):
            store.transact(
                lambda s, h=home, c=child: s.add(Bed(home=h, number=1, child=c, taken_at=now(), taken_by="x")), entry
            )


def test_the_trail_is_whole_and_its_head_stands(store: Store) -> None:
    store.transact(lambda _: None, entry)
    with store.reading() as session:
        found = audit.verify(session)
        assert found.faults == ()
        assert audit.verify(session, (found.entries, found.head)).faults == ()


def _forged(last: int) -> AuditEntry:
    made = AuditEntry(
        number=last + 1, at="2026-11-23T10:00:00+00:00", who="nobody", act="try", about="thing", detail="{}"
    )
    made.before = made.hash = "e" * 64
    return made


def _rewritten(session: Session, last: int) -> None:
    """Somebody who knows the code edits an entry and gives every later one the hash that fits."""
    before = session.get_one(AuditEntry, last - 3).hash
    for number in range(last - 2, last + 1):
        row = session.get_one(AuditEntry, number)
        row.who, row.before = "somebody else", before
        row.hash = before = audit.hash_of(row)
    session.flush()


def _swapped(session: Session, last: int) -> None:
    for number, to in ((last, 0), (last - 1, last), (0, last - 1)):
        session.execute(update(AuditEntry).where(AuditEntry.number == number).values(number=to))


TAMPERING: dict[str, Callable[[Session, int], object]] = {
    "edited": lambda s, last: s.execute(update(AuditEntry).where(AuditEntry.number == last - 1).values(who="x")),
    "deleted": lambda s, last: s.execute(delete(AuditEntry).where(AuditEntry.number == last - 1)),
    "inserted": lambda s, last: (s.add(_forged(last)), s.flush()),
    "reordered": _swapped,
    "tail cut off": lambda s, last: s.execute(delete(AuditEntry).where(AuditEntry.number >= last - 1)),
    "old copy, with new entries after it": lambda s, last: (
        s.execute(delete(AuditEntry).where(AuditEntry.number >= last - 1)),
        audit.write(s, entry()),
        audit.write(s, entry()),
        audit.write(s, entry()),
        s.flush(),
    ),
    "rewritten from there on": _rewritten,
}
OFF = {
    "sqlite": ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"),
    "postgresql": ("ALTER TABLE audit DISABLE TRIGGER audit_only_grows",),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_by_who_owns_the_database_is_found(store: Store, how: str) -> None:
    for _ in range(5):
        store.transact(lambda _: None, entry)
    with store.engine.connect() as connection, Session(connection) as session:
        head = audit.verify(session)
        for statement in OFF[store.engine.dialect.name]:
            session.execute(text(statement))
        TAMPERING[how](session, head.entries)
        session.expunge_all()
        assert audit.verify(session, (head.entries, head.head)).faults
        session.rollback()
    with store.reading() as session:
        assert audit.verify(session).faults == ()


@pytest.mark.parametrize("how", [update(AuditEntry).values(who="x"), delete(AuditEntry)])
def test_the_database_itself_refuses_to_change_the_trail(store: Store, how: object) -> None:
    store.transact(lambda _: None, entry)
    with store.engine.connect() as connection, pytest.raises(DBAPIError, match="never changed or deleted"):
        connection.execute(how)  # type: ignore[call-overload]


def test_where_a_home_lies_is_sealed_and_fits_no_other_row(store: Store) -> None:
    def act(session: Session) -> None:
        for ref in ("sealed-1", "sealed-2"):
            queries.add_new(session, store.seal, "home", a_home(ref))

    store.transact(act, entry)
    with store.reading() as session:
        row, other = session.get(Fact, ("home", "sealed-1")), session.get(Fact, ("home", "sealed-2"))
        assert row is not None
        assert other is not None
        assert queries.opened(session, store.seal, row).cells["place"] == CANARY
        assert CANARY not in str(row.cells)
        assert CANARY.encode() not in (row.sealed or b"")
        assert row.sealed != other.sealed
        own, others = (keyring(session, store.seal).of(f"home:sealed-{n}") for n in (1, 2))
        with pytest.raises(WrongKey, match="moved from another row"):
            own.open(row.sealed, "fact", "home:sealed-2", "sealed")
        with pytest.raises(WrongKey, match="not in the key file"):
            others.open(row.sealed, "fact", "home:sealed-1", "sealed")
        with pytest.raises(WrongKey, match="not in the key file"):
            queries.opened(session, Seal([b"1" * 32]), row)
    if store.engine.dialect.name == "sqlite":
        assert all(CANARY.encode() not in path.read_bytes() for path in _files(store))


def _files(store: Store) -> list[Path]:
    path = Path(str(store.engine.url.database))
    return [one for one in path.parent.iterdir() if one.is_file()]


def test_a_caseload_comes_back_as_it_went_in(store: Store) -> None:
    home = a_home("round-trip", place=maps().find(CANARY))
    store.transact(lambda s: queries.add_new(s, store.seal, "home", home), entry)
    with store.reading() as session:
        assert queries.load_caseload(session, store.seal, maps(), TODAY).home("round-trip") == home


def test_the_migrations_make_the_tables_that_the_code_expects(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
