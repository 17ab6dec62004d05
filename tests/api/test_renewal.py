"""A new key seals everything again; the old one opens nothing of it any more, and a copy of before needs it."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from api.db import queries
from api.db.audit import Entry
from api.db.renewal import add_key, seal_again
from api.db.sealing import Seal, WrongKey
from api.db.store import Store
from api.db.tables import Fact
from tests.lib.builders import a_home


def sealed(store: Store, ref: str) -> Fact:
    with store.reading() as session:
        row = session.get(Fact, ("home", ref))
        assert row is not None
        return row


def test_a_new_key_seals_everything_again(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "placements.key"
    old = Seal.from_file(path, make=True)

    def act(session: Session) -> None:
        for row in session.query(Fact):
            session.delete(row)
        queries.add_new(session, old, "home", a_home("renewed"))

    store.transact(act, lambda _: Entry("test", "fill", "record", {}))
    before = sealed(store, "renewed")
    new = add_key(path)
    assert queries.opened(new, before).cells["place"] == "SO14 7", "both keys open until all is sealed again"
    assert seal_again(store, new) == 1
    after = sealed(store, "renewed")
    assert queries.opened(new, after).cells["place"] == "SO14 7"
    assert after.version == before.version
    with pytest.raises(WrongKey, match="not in the key file"):
        queries.opened(old, after)
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert queries.opened(Seal.from_file(path, make=False), after).cells["place"] == "SO14 7"
    assert path.stat().st_mode & 0o077 == 0
