"""Names, address and telephone of a home or a child's family: put in by whoever keeps the record, shown by a release alone."""

from sqlalchemy.orm import Session

from api.db import queries
from api.db.data_keys import keyring
from api.db.sealing import Seal
from api.db.tables import Contact
from api.security.accounts import User

FIELDS = ("name", "address", "postcode", "telephone")


def put(session: Session, seal: Seal, user: User, kind: str, ref: str, told: dict[str, str]) -> list[str]:
    """Keep what is given beside what is known; an empty text takes a field away; the names of the fields that are known."""
    queries.one(session, seal, kind, ref, user.authority, to_change=True)
    cells = {name: text for name, text in {**opened(session, seal, kind, ref), **told}.items() if text}
    sealed = keyring(session, seal).made(f"{kind}:{ref}").close(cells, "contact", f"{kind}:{ref}", "sealed")
    row = session.get(Contact, (kind, ref))
    if row is None:
        session.add(Contact(kind=kind, ref=ref, sealed=sealed))
    else:
        row.sealed = sealed
    return known(cells)


def withheld(session: Session, seal: Seal, user: User, kind: str, ref: str) -> list[str]:
    """The names of the fields that are known, and none of what they hold."""
    queries.one(session, seal, kind, ref, user.authority)
    return known(opened(session, seal, kind, ref))


def known(cells: dict[str, str]) -> list[str]:
    """Field names in their order."""
    return [name for name in FIELDS if name in cells]


def opened(session: Session, seal: Seal, kind: str, ref: str) -> dict[str, str]:
    """What is kept; for releases and subject access alone."""
    row = session.get(Contact, (kind, ref))
    if row is None:
        return {}
    return keyring(session, seal).of(f"{kind}:{ref}").open(row.sealed, "contact", f"{kind}:{ref}", "sealed")
