"""Rights on PostgreSQL: the role that the service runs as reads and writes, but can not change or delete the trail."""

import re

from sqlalchemy import Connection, text

from matching.errors import MatchingError


class WrongRole(MatchingError):
    """The name is no role's, or the database has none."""


def grant_to(connection: Connection, role: str) -> None:
    """Give the service's role its rights, on the tables of now and of later migrations; run as the owner of the tables."""
    if connection.dialect.name != "postgresql" or not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise WrongRole("Rights are given on PostgreSQL, to a role named in small letters. Create the role first.")
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        f"REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON audit FROM {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
    ):
        connection.execute(text(statement))
