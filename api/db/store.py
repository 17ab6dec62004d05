"""One database, one way to write: a whole act in one transaction, with its audit entry, tried again on a conflict."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError, TimeoutError
from sqlalchemy.orm import Session

from api import telemetry
from api.db import audit
from api.db.sealing import Seal
from api.errors import NotReachable

T = TypeVar("T")
TRIES = 8
AWHILE = timedelta(seconds=5)
PATIENCE = 20.0  # seconds that an act waits for its turn; who asks is told before a browser or proxy gives up
SERIALIZATION, DEADLOCK, LOCKED = "40001", "40P01", "55P03"
CHANGE_OF_TABLES = 20_261_126  # number of the lock, which nothing else in the database uses
ENTRY, CHANGED = "audit entry", "changed"
BUSY = "The record is too busy just now; nothing was changed."
UNSURE = "The record went away while this was being kept; whether it was kept is not known."
AGAIN = "Look whether it is there once the record answers; sent again with the same Idempotency-Key it acts once."


class Store:
    """The engine and the seal; `write` is the only way to change anything."""

    def __init__(self, url: str, seal: Seal) -> None:
        self.url, self.seal = url, seal
        self._turn = Lock()  # acts follow each other in one trail: who waits for a turn here holds no connection
        self.engine = create_engine(
            url,
            connect_args={"timeout": 30} if url.startswith("sqlite") else {},
            pool_pre_ping=True,
            hide_parameters=True,
        )
        if self.engine.dialect.name == "sqlite":
            _as_sqlite_should(self.engine)
            self._reading: Engine = self.engine
            self._writing: Engine = self.engine.execution_options(writes=True)
        else:
            self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ")
            self._writing = self.engine.execution_options(isolation_level="SERIALIZABLE")

    def migrate(self, to: str = "head") -> None:
        """Bring the tables up to date."""
        with self.engine.connect() as connection:
            _alone(connection)
            command.upgrade(_alembic(connection, self.seal), to)
            connection.commit()

    def migrate_down(self, to: str) -> None:
        """Bring the tables back to an earlier revision; what that one has no place for is lost, unless it is put aside."""
        with self.engine.connect() as connection:
            _alone(connection)
            command.downgrade(_alembic(connection, self.seal), to)
            connection.commit()

    def is_up_to_date(self) -> bool:
        """Whether the tables are those that this software makes; raises what a database that is away raises."""
        with self.engine.connect() as connection:
            here = MigrationContext.configure(connection).get_current_revision()
            return here == ScriptDirectory.from_config(_alembic(connection, self.seal)).get_current_head()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that changes nothing and sees one moment, whatever is written meanwhile."""
        with Session(self._reading, autoflush=False) as session:
            yield session
            session.expunge_all()  # what was read stays readable
            session.rollback()

    @contextmanager
    def at_one_moment(self) -> Iterator[Connection]:
        """A connection that sees the record as it stands now, whatever is written meanwhile."""
        with self._reading.connect() as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def rewriting(self) -> Iterator[Connection]:
        """One transaction beside the acts, for a restore into an empty record or new seals on the same facts."""
        with self._writing.begin() as connection:
            yield connection

    def tidy(self) -> None:
        """Leave nothing of what was erased in the files of the database: old versions of rows, the log of before."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.rollback()
                connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
            return
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("data_key", "fact", "contact", "note", "answered", "plan"):
                connection.exec_driver_sql(f"VACUUM {table}")

    def transact(self, action: Callable[[Session], T], entry: Callable[[T], audit.Entry]) -> T:
        """Do an act and write its entry, both or neither; the act may run again, so it touches nothing but its session."""
        for attempt in range(TRIES):
            try:
                return self._once(action, entry)
            except DBAPIError as fault:
                if not _worth_another_try(fault):
                    raise
                if attempt == TRIES - 1 or _code(fault) == LOCKED:
                    raise _busy(fault) from fault
                telemetry.AGAIN.inc()
                time.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise AssertionError("unreachable")

    def _once(self, action: Callable[[Session], T], entry: Callable[[T], audit.Entry]) -> T:
        with _in_turn(self._turn), Session(self._writing, expire_on_commit=False) as session:
            _take_turn(session)
            done = action(session)
            audit.write(session, entry(done))
            session.info[ENTRY] = True
            session.flush()
            _commit(session)
            return done


@contextmanager
def _in_turn(turn: Lock) -> Iterator[None]:
    """The turn of an act among those of this process; raises `NotReachable` when it does not come."""
    if not turn.acquire(timeout=PATIENCE):
        raise NotReachable(BUSY, "Try again.", wait=AWHILE)
    try:
        yield
    finally:
        turn.release()


def _commit(session: Session) -> None:
    """Make an act last; when the database goes away at this very moment, nobody knows whether it does."""
    try:
        session.commit()
    except DBAPIError as fault:
        if is_away(fault):
            raise NotReachable(UNSURE, AGAIN, wait=AWHILE) from fault
        raise


@event.listens_for(Session, "after_flush")
def _note_a_change(session: Session, _: Any) -> None:
    session.info[CHANGED] = True


@event.listens_for(Session, "before_commit")
def _no_change_without_an_entry(session: Session) -> None:
    """A commit of changes that nobody wrote down is refused, those not yet flushed included."""
    session.flush()
    if session.info.get(CHANGED) and not session.info.get(ENTRY):
        raise RuntimeError("A change without an audit entry. Use Store.transact.")


def _as_sqlite_should(engine: Engine) -> None:
    """WAL, every commit on the disk, foreign keys, and a writer that locks at once instead of failing late."""

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        for setting in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _take_turn(session: Session) -> None:
    """One act at a time over all processes, as the trail is one chain: on PostgreSQL who comes second waits here.

    The lock is taken before the first look, so that what the act sees is what the one before it left.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL lock_timeout = {int(PATIENCE * 1000)}"))
        session.execute(text("LOCK TABLE bed IN SHARE ROW EXCLUSIVE MODE"))


def is_away(fault: SQLAlchemyError) -> bool:
    """Whether the database does not answer, or has no connection to spare; a fault in what it was asked is ours."""
    if isinstance(fault, DBAPIError):
        state = _code(fault)
        psycopg = isinstance(fault, OperationalError) and hasattr(fault.orig, "sqlstate")
        return fault.connection_invalidated or (psycopg and state[:2] in ("", "08", "53", "57"))
    return isinstance(fault, TimeoutError)


def _busy(fault: DBAPIError) -> Exception:
    """What is raised when no try was left; a constraint that is broken each time is a fault of ours and stays one."""
    if isinstance(fault, IntegrityError):
        return fault
    return NotReachable(BUSY, "Try again.", wait=AWHILE)


def _worth_another_try(fault: DBAPIError) -> bool:
    """A conflict with another transaction: the next try sees what the other one wrote, and says so in words."""
    return (
        isinstance(fault, IntegrityError)
        or _code(fault) in (SERIALIZATION, DEADLOCK, LOCKED)
        or "locked" in str(fault.orig)
    )


def _code(fault: DBAPIError) -> str:
    """What PostgreSQL calls a fault; nothing on SQLite."""
    return getattr(fault.orig, "sqlstate", None) or ""


def _alone(connection: Connection) -> None:
    """One change of tables at a time: what a killed process asked for may still be under way in the server."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({CHANGE_OF_TABLES})"))


def _alembic(connection: Any, seal: Seal) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    config.attributes["seal"] = seal
    return config
