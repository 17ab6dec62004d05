"""A key for each person whose facts are kept: what is sealed with it opens for nobody once the key is destroyed.

The keys stand in a table of their own, sealed with the record's key, and in a file of their own beside a copy of the
record: only the newest file of keys is kept, so that somebody erased today is gone from the copies of last year too.
"""

import base64
import json
import secrets
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.sealing import KEY_BYTES, Seal
from api.db.tables import DataKey
from api.errors import NotHere

KEYRING = "data keys"
CHECK = "record:check"


class Erased(NotHere):
    """What is asked for tells of somebody whose key was destroyed when their time in the record was over."""


class Keyring:
    """The data keys that one session has opened, by subject (`child:C0001`, `home:H0012`)."""

    def __init__(self, session: Session, seal: Seal) -> None:
        self._session, self._seal, self._opened = session, seal, dict[str, Seal]()
        self._all = False  # whether every key there is stands in `_opened`

    def of(self, subject: str) -> Seal:
        """The key of somebody; raises `Erased`."""
        if subject not in self._opened:
            row = self._row(subject)
            if row is None:
                raise Erased("This part of the record was erased when its time was over.", "Nothing can open it again.")
            self._opened[subject] = self._open(subject, row.sealed)
        return self._opened[subject]

    def made(self, subject: str) -> Seal:
        """The key of somebody, made now if they have none."""
        if subject not in self._opened and self._row(subject) is None:
            key = secrets.token_bytes(KEY_BYTES)
            told = {"key": base64.b64encode(key).decode()}
            self._session.add(DataKey(subject=subject, sealed=self._seal.close(told, "data_key", subject, "sealed")))
            self._opened[subject] = Seal([key])
        return self.of(subject)

    def load_all(self) -> None:
        """Read every key in one query, before many facts are opened or added."""
        for subject, sealed in self._session.execute(select(DataKey.subject, DataKey.sealed)):
            if subject not in self._opened and subject != CHECK:
                self._opened[subject] = self._open(subject, sealed)
        self._all = True

    def _row(self, subject: str) -> DataKey | None:
        return None if self._all else self._session.get(DataKey, subject)

    def _open(self, subject: str, sealed: bytes) -> Seal:
        return self._seal.inner(sealed, "data_key", subject, "sealed")


def keyring(session: Session, seal: Seal) -> Keyring:
    """The keys of this session."""
    kept: dict[int, Keyring] = session.info.setdefault(KEYRING, {})
    return kept.setdefault(id(seal), Keyring(session, seal))


def close_each(session: Session, seal: Seal, told: dict[str, dict[str, str]], table: str, row: str) -> bytes:
    """Seal what tells of several people, each part with its own key."""
    keys = keyring(session, seal)
    parts = {
        who: base64.b64encode(keys.made(who).close(cells, table, row, who)).decode() for who, cells in told.items()
    }
    return json.dumps(parts, sort_keys=True).encode()


def open_each(session: Session, seal: Seal, sealed: bytes | None, table: str, row: str) -> dict[str, str]:
    """Everything that `close_each` sealed, together; raises `Erased` if one of them is gone."""
    keys, opened = keyring(session, seal), dict[str, str]()
    for who, part in json.loads(sealed or b"{}").items():
        opened |= keys.of(who).open(base64.b64decode(part), table, row, who)
    return opened


def check_key(session: Session, seal: Seal) -> None:
    """Raise `WrongKey` unless the key file is the one that this record was sealed with; a new record notes its key."""
    row = session.get(DataKey, CHECK)
    if row is None:
        session.add(DataKey(subject=CHECK, sealed=seal.close({"sealed": "here"}, "data_key", CHECK, "sealed")))
    else:
        seal.open(row.sealed, "data_key", CHECK, "sealed")


def is_noted(session: Session) -> bool:
    """Whether the record has noted which key it is sealed with."""
    return session.get(DataKey, CHECK) is not None


def destroy(session: Session, subjects: Iterable[str]) -> None:
    """Destroy the keys of some people."""
    for subject in subjects:
        row = session.get(DataKey, subject)
        if row is not None:
            row.sealed = secrets.token_bytes(len(row.sealed))  # the old bytes are written over before the row goes
            session.flush()
            session.delete(row)
    session.info.pop(KEYRING, None)
