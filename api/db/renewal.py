"""A new key for protected fields: made, put first in the key file, and every sealed value sealed again with it."""

import base64
import os
import secrets
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.files import seal_anew
from api.db.sealing import KEY_BYTES, Seal
from api.db.store import Store
from api.db.tables import Fact, KeptFile, Note, PlanMade


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
    """Open every sealed value and seal it with the newest key, all or none; how many there were."""

    def act(session: Session) -> int:
        facts = session.scalars(select(Fact).where(Fact.sealed.is_not(None))).all()
        for row in facts:
            place = ("fact", f"{row.kind}:{row.ref}", "sealed")
            row.sealed = seal.close(seal.open(row.sealed, *place), *place)
        plans = session.scalars(select(PlanMade).where(PlanMade.sealed.is_not(None))).all()
        for plan in plans:
            place = ("plan", plan.id, "caseload")
            plan.sealed = seal.close(seal.open(plan.sealed, *place), *place)
        notes = session.scalars(select(Note)).all()
        for note in notes:
            place = ("note", note.id, "sealed")
            note.sealed = seal.close(seal.open(note.sealed, *place), *place)
        files = session.scalars(select(KeptFile)).all()
        for file in files:
            seal_anew(seal, file)
        return len(facts) + len(plans) + len(notes) + len(files)

    return store.transact(act, lambda rows: Entry("system", "renew-key", "record", {"sealed": rows}))
