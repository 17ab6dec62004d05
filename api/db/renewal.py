"""A new key for the record: made, put first in the key file, and everything that the old one sealed sealed again with it.

What tells of a person is sealed with their own key; of that, only the key itself is sealed again. So renewal is quick, and
covers old plans too.
"""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.sealing import KEY_BYTES, Seal
from api.db.store import Store
from api.db.tables import Answered, Base, DataKey, KeptFile, Note, Person, SignedIn

# each column that the record's own key seals, with the row that its values are bound to
BY_THE_RECORD: dict[tuple[type[Base], str], Callable[[Any], str]] = {
    (DataKey, "sealed"): lambda row: row.subject,
    (Person, "totp"): lambda row: row.name,
    (SignedIn, "sealed"): lambda row: row.token_hash,
    (Answered, "sealed"): lambda row: f"{row.person}|{row.key}",
    (KeptFile, "sealed"): lambda row: f"{row.owner}|{row.name}",
    (Note, "sealed"): lambda row: row.id,  # drafts alone; a note about a child is sealed with the child's key
}


def add_key(path: Path) -> Seal:
    """Put a new key before the others; the file is whole at every moment, and the old keys stay in it."""
    half = path.with_name(f".{path.name}.half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n" + path.read_bytes())
        file.flush()
        os.fsync(file.fileno())
    os.replace(half, path)
    return Seal.from_file(path, make=False)


def seal_again(store: Store, seal: Seal) -> int:
    """Open everything that the record's key sealed and seal it with the newest one, all or none; how much there was."""

    def act(session: Session) -> int:
        """Seal everything anew; how many fields there were."""
        return sum(_seal_column(session, seal, table, column) for table, column in BY_THE_RECORD)

    return store.transact(act, lambda rows: Entry("system", "renew-key", "record", {"sealed": rows}))


def _seal_column(session: Session, seal: Seal, table: type[Base], column: str) -> int:
    rows = session.scalars(select(table).where(getattr(table, column).is_not(None))).all()
    mine = [row for row in rows if seal.sealed_here(getattr(row, column))]
    for row in mine:
        place = (table.__tablename__, BY_THE_RECORD[table, column](row), column)
        setattr(row, column, seal.close(seal.open(getattr(row, column), *place), *place))
    return len(mine)
