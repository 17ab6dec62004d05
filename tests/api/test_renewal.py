"""A new key seals again all that the old one sealed; the old one opens nothing any more, and a copy of before needs it."""

from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.audit import Entry
from api.db.data_keys import Keyring
from api.db.files import keep_file
from api.db.renewal import BY_THE_RECORD, add_key, seal_again
from api.db.sealing import NAME_BYTES, Seal, WrongKey
from api.db.store import Store
from api.db.tables import Answered, Base, DataKey, Note, Person, SignedIn
from api.security import codes
from api.security.accounts import new_person, now
from tests.lib.builders import a_home

BY_THE_PERSON = {
    "fact.sealed", "contact.sealed", "plan.sealed", "decision.sealed", "glass.sealed", "glass.finding", "release.sealed",
    "legal_hold.sealed", "outcome.sealed",
}  # fmt: skip


def place_of(store: Store, seal: Seal, ref: str) -> str:
    with store.reading() as session:
        return queries.one(session, seal, "home", ref, None).cells["place"]


def fill(session: Session, seal: Seal) -> None:
    """One value in every column that the record's key seals."""
    queries.add_new(session, seal, "home", a_home("renewed"))
    person = new_person(session, "renewed", ["auditor"], None, "a long enough password")
    codes.begin(seal, person)
    session.add(
        SignedIn(
            token_hash="t",
            person="renewed",
            ends_at=now(),
            last_seen=now(),
            sealed=seal.close({}, "signed_in", "t", "sealed"),
        )
    )
    session.add(
        Note(id="n", kind="draft", about="refer", by="x", at=now(), sealed=seal.close({}, "note", "n", "sealed"))
    )
    keep_file(session, seal, "job", "a.csv", "text/csv", b"child")
    kept = seal.close({"body": "{}"}, "answered", "renewed|k", "sealed")
    session.add(Answered(person="renewed", key="k", request_hash="h", status=200, sealed=kept, at=now()))


def test_a_new_key_seals_everything_again(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "placements.key"
    old = Seal.from_file(path, make=True)
    store.transact(lambda session: fill(session, old), lambda _: Entry("test", "fill", "record", {}))
    new = add_key(path)
    assert place_of(store, new, "renewed") == "SO14 7", "both keys open until all is sealed again"
    assert seal_again(store, new) == 6
    assert place_of(store, new, "renewed") == "SO14 7"
    with pytest.raises(WrongKey, match="not in the key file"):
        place_of(store, old, "renewed")
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    only = Seal.from_file(path, make=False)
    assert place_of(store, only, "renewed") == "SO14 7"
    assert path.stat().st_mode & 0o077 == 0
    with store.reading() as session:
        for table, column in BY_THE_RECORD:
            values = [value for value in session.scalars(select(getattr(table, column))) if value is not None]
            assert values, f"{table.__tablename__}.{column} has nothing to renew"
            assert all(value[:NAME_BYTES] == only.newest for value in values)


def test_every_sealed_column_is_renewed_or_sealed_by_a_person(store: Store) -> None:
    """A new sealed column that nobody lists here would stay behind when the key is renewed."""
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert found == BY_THE_PERSON | {f"{table.__tablename__}.{column}" for table, column in BY_THE_RECORD}


def test_two_data_keys_that_change_places_open_nothing(store: Store) -> None:
    def act(session: Session) -> None:
        for ref in ("swap-1", "swap-2"):
            queries.add_new(session, store.seal, "home", a_home(ref))

    store.transact(act, lambda _: Entry("test", "fill", "record", {}))
    with store.reading() as session:
        one, two = (session.get_one(DataKey, f"home:swap-{n}") for n in (1, 2))
        one.sealed, two.sealed = two.sealed, one.sealed
        with pytest.raises(WrongKey, match="moved from another row"):
            Keyring(session, store.seal).of("home:swap-1")
        assert session.get(Person, "nobody") is None
