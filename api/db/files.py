"""Files in the record: sealed, bound to their owner and name, found again by both."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.db.sealing import Seal
from api.db.tables import KeptFile

COLUMN, CELL = "sealed", "content"


def keep_file(session: Session, seal: Seal, owner: str, name: str, media_type: str, content: bytes) -> None:
    """Keep a file, in place of one of the same owner and name."""
    row = session.get(KeptFile, (owner, name)) or KeptFile(owner=owner, name=name)
    row.media_type, row.at = media_type, datetime.now(tz=UTC).replace(tzinfo=None)
    row.digest = hashlib.sha256(content).hexdigest()
    row.sealed = seal.close({CELL: base64.b64encode(content).decode()}, "kept_file", f"{owner}|{name}", COLUMN)
    session.add(row)


def file_of(session: Session, seal: Seal, owner: str, name: str) -> tuple[str, bytes] | None:
    """Media type and content of a file; `None` when there is none."""
    row = session.get(KeptFile, (owner, name))
    return (row.media_type, _content(seal, row)) if row else None


def files_of(session: Session, seal: Seal, owner: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of an owner, by name."""
    for row in session.scalars(select(KeptFile).where(KeptFile.owner == owner).order_by(KeptFile.name)):
        yield row.name, _content(seal, row)


def names_of(session: Session, owner: str) -> list[str]:
    """The names of an owner's files."""
    return list(session.scalars(select(KeptFile.name).where(KeptFile.owner == owner).order_by(KeptFile.name)))


def drop_files(session: Session, owner: str) -> None:
    """Remove all files of an owner."""
    session.execute(delete(KeptFile).where(KeptFile.owner == owner))


def _content(seal: Seal, row: KeptFile) -> bytes:
    return base64.b64decode(seal.open(row.sealed, "kept_file", f"{row.owner}|{row.name}", COLUMN)[CELL])
