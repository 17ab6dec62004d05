"""A copy restores to the same record, on either database; a copy that is not whole restores to nothing."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import audit, queries
from api.db.audit import Entry
from api.db.copies import WrongCopy, keys_beside, read_whole, restore_copy, write_copy
from api.db.data_keys import destroy
from api.db.store import Store
from api.db.tables import AuditEntry, Base, Bed, Fact, Person
from api.errors import NotHere
from api.main import maps
from api.security.accounts import new_person, now
from tests.lib.builders import TODAY, a_home

Empty = Callable[[], Store]


@pytest.fixture
def empty(store: Store, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Empty]:
    """Another, empty record with the same keys."""
    made: list[Store] = []

    def make() -> Store:
        if store.engine.dialect.name == "sqlite":
            url = f"sqlite:///{tmp_path}/{uuid.uuid4().hex}.db"
        else:
            uri, name = request.getfixturevalue("server_uri"), f"copy_{uuid.uuid4().hex[:12]}"
            with psycopg.connect(uri, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            url = uri.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")
        made.append(Store(url, store.seal))
        return made[-1]

    yield make
    for one in made:
        one.engine.dispose()


@pytest.fixture
def copy(store: Store, tmp_path: Path) -> Path:
    """A copy of a record with a home, a promised place and somebody in it."""
    mark = uuid.uuid4().hex[:8]

    def act(session: Session) -> None:
        queries.add_new(session, store.seal, "home", a_home(f"copied-{mark}"))
        session.add(Bed(home=f"copied-{mark}", number=1, child=mark, taken_at=now(), taken_by="x"))
        new_person(session, f"copied.{mark}", ["auditor"], None, "a long enough password")

    store.transact(act, lambda _: Entry("test", "fill", "record", {}))
    path = tmp_path / "record.copy"
    write_copy(store, path)
    return path


def rows(store: Store, without: int = 0) -> dict[str, list[tuple[object, ...]]]:
    with store.reading() as session:
        found = {
            table.name: sorted((tuple(map(str, row)) for row in session.execute(select(table))), key=str)
            for table in Base.metadata.sorted_tables
        }
        last = session.scalar(select(AuditEntry.number).order_by(AuditEntry.number.desc()).limit(1)) or 0
    found["audit"] = [row for row in found["audit"] if int(row[0]) <= last - without]
    return found  # type: ignore[return-value]


def test_a_copy_restores_to_the_same_record_and_the_restore_is_in_the_trail(
    store: Store, empty: Empty, copy: Path
) -> None:
    restored = empty()
    restore_copy(restored, copy)
    assert rows(restored, without=1) == rows(store)
    with restored.reading() as session:
        assert audit.verify(session).faults == ()
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert last is not None
        assert last.act == "restore"


def test_a_copy_says_whether_it_is_whole_holds_no_place_and_only_its_owner_reads_it(store: Store, copy: Path) -> None:
    found, revision = read_whole(copy)
    keys, _ = read_whole(keys_beside(copy))
    assert found.rows + keys.rows == sum(map(len, rows(store).values()))
    assert keys.rows == len(rows(store)["data_key"]) > 0
    assert revision
    for one in (copy, keys_beside(copy)):
        assert b"SO14" not in one.read_bytes()
        assert one.stat().st_mode & 0o077 == 0
    assert [one.name for one in copy.parent.iterdir() if one.name.endswith(".half")] == []


def _cut(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


def _row_missing(lines: list[bytes]) -> list[bytes]:
    return lines[:3] + lines[4:]


def _changed(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b"auditor", b"analyst") for line in lines]


def _other(_: list[bytes]) -> list[bytes]:
    return [b"child,home\n"]


@pytest.mark.parametrize("spoil", [_cut, _row_missing, _changed, _other])
def test_a_spoilt_copy_restores_to_nothing(
    empty: Empty, copy: Path, spoil: Callable[[list[bytes]], list[bytes]]
) -> None:
    copy.write_bytes(b"".join(spoil(copy.read_bytes().splitlines(keepends=True))))
    restored = empty()
    with pytest.raises(WrongCopy, match=r"is not whole|is no copy"):
        restore_copy(restored, copy)
    restored.migrate()
    assert all(not found for found in rows(restored).values())


def test_the_newest_keys_open_an_older_copy_but_for_who_was_erased_since(
    store: Store, empty: Empty, copy: Path, tmp_path: Path
) -> None:
    with store.reading() as session:
        stays, goes = [row.ref for row in session.scalars(select(Fact).where(Fact.kind == "home").order_by(Fact.ref))][
            -2:
        ]
    store.transact(lambda s: destroy(s, [f"home:{goes}"]), lambda _: Entry("test", "erase", "home", {}))
    later = tmp_path / "later.copy"
    write_copy(store, later)
    restored = empty()
    restore_copy(restored, copy, keys_beside(later))
    with restored.reading() as session:
        assert queries.one(session, restored.seal, "home", stays, None).cells["place"] == "SO14 7"
        with pytest.raises(NotHere):
            queries.one(session, restored.seal, "home", goes, None)
        homes = {home.ref for home in queries.load_caseload(session, restored.seal, maps(), TODAY).homes}
    assert stays in homes
    assert goes not in homes


def test_a_copy_without_its_keys_restores_to_nothing(empty: Empty, copy: Path) -> None:
    keys_beside(copy).unlink()
    with pytest.raises(WrongCopy, match="keys of record.copy are missing"):
        restore_copy(empty(), copy)


def test_a_record_that_holds_something_is_not_written_over(store: Store, copy: Path) -> None:
    before = rows(store)
    with pytest.raises(WrongCopy, match="not empty"):
        restore_copy(store, copy)
    assert rows(store) == before
    with store.reading() as session:
        assert session.scalars(select(Person)).first() is not None
