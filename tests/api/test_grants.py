"""On PostgreSQL the service's own role adds to the trail, and can neither change it nor take off what protects it."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.db import audit
from api.db.audit import Entry
from api.db.grants import WrongRole, grant_to
from api.db.store import Store
from tests.api.conftest import a_database


@pytest.fixture(scope="module")
def of_the_service(server_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The record as the service's role sees it; another role owns the tables."""
    url, role = a_database(server_uri), f"app_{uuid.uuid4().hex[:8]}"
    from api.db.sealing import Seal

    owner = Store(url, Seal.from_file(tmp_path_factory.mktemp("keys") / "placements.key", make=True))
    owner.migrate()
    with psycopg.connect(server_uri, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN")  # type: ignore[call-overload]
    with owner.rewriting() as connection:
        grant_to(connection, role)
    made = Store(str(owner.engine.url.set(username=role).render_as_string(hide_password=False)), owner.seal)
    yield made
    made.engine.dispose()
    owner.engine.dispose()


def test_it_acts_and_each_act_has_its_entry(of_the_service: Store) -> None:
    of_the_service.transact(lambda _: None, lambda _: Entry("tester", "try", "thing", {}))
    with of_the_service.reading() as session:
        assert audit.verify(session).entries == 1
        assert session.execute(text("SELECT current_user")).scalar() != "postgres"


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE audit SET who = 'somebody else'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "ALTER TABLE audit DISABLE TRIGGER audit_only_grows",
        "DROP TRIGGER audit_only_grows ON audit",
        "DROP TABLE audit",
        "ALTER TABLE audit RENAME TO nothing",
        "UPDATE alembic_version SET version_num = '0001'",
        "SET session_replication_role = replica",
    ],
)
def test_it_can_not_change_the_trail(of_the_service: Store, attempt: str) -> None:
    with (
        of_the_service.engine.connect() as connection,
        pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
    ):
        connection.execute(text(attempt))


def test_rights_are_given_to_a_role_by_name_alone(of_the_service: Store) -> None:
    with of_the_service.engine.connect() as connection, pytest.raises(WrongRole):
        grant_to(connection, "app; DROP TABLE audit")
