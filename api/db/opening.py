"""Open the record that the settings name: with its own key and no other, its tables up to date."""

from pathlib import Path

from sqlalchemy.engine import make_url

from api.db.audit import Entry
from api.db.data_keys import check_key, is_noted
from api.db.sealing import Seal
from api.db.store import Store
from api.settings import Settings


def opened(settings: Settings) -> Store:
    """The record, ready; raises `WrongKey` before anything is read or written with a key that is missing or another one."""
    store = Store(settings.database, Seal.from_file(settings.key_file, make=_new(settings.database)))
    owner = Store(settings.database_owner, store.seal) if settings.database_owner else store
    owner.migrate()
    if owner is not store:
        owner.engine.dispose()
    with store.reading() as session:
        known = is_noted(session)
        if known:
            check_key(session, store.seal)
    if not known:
        store.transact(
            lambda session: check_key(session, store.seal), lambda _: Entry("system", "note-key", "record", {})
        )
    return store


def _new(url: str) -> bool:
    """Whether this is an embedded record that does not exist yet: only then a key is made for it."""
    told = make_url(url)
    if told.get_backend_name() != "sqlite":
        return False
    path = Path(told.database or "")
    return not path.exists() or path.stat().st_size == 0
