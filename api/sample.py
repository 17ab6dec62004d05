"""The sample city in an empty database, with a sign-in for each role, so that the service can be tried at once."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.audit import Entry
from api.db.data_keys import keyring
from api.db.opening import opened
from api.db.queries import PARTS
from api.db.sealing import Seal
from api.db.tables import Person
from api.security.accounts import new_person
from api.security.roles import Role
from api.settings import Settings
from matching.cli.places import data_folder
from matching.domain import Caseload
from matching.synthetic import sample_city

AUTHORITY = "E06000045"
QUICK = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # passwords that are drawn, 96 bits each


def fill(settings: Settings, day: date) -> list[tuple[str, str]]:
    """Names and passwords, if the database was empty; else nothing is changed and nothing is told."""
    store = opened(settings)
    with store.reading() as session:
        if session.scalar(select(func.count()).select_from(Person)):
            return []
    people = [(role.value, secrets.token_urlsafe(12)) for role in Role]
    with ThreadPoolExecutor(1) as beside:  # the hashes and the city are made at the same time
        hashes = beside.map(QUICK.hash, [password for _, password in people])
        caseload = sample_city(data_folder() / "reference", as_of=day)
    kept = [(name, told) for (name, _), told in zip(people, hashes, strict=True)]

    def act(session: Session) -> int:
        for name, password_hash in kept:
            new_person(session, name, [name], AUTHORITY, None).password_hash = password_hash
        return load(session, store.seal, caseload)

    store.transact(act, lambda rows: Entry("system", "load-sample", "sample", {"rows": rows}))
    store.engine.dispose()
    return people


def load(session: Session, seal: Seal, caseload: Caseload) -> int:
    """Put every fact of a caseload into the record; how many there were."""
    keyring(session, seal).load_all()
    rows = 0
    for kind, part in PARTS.items():
        for value in getattr(caseload, part):
            queries.add_new(session, seal, kind, value)
            rows += 1
    return rows
