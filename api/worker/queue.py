"""The durable queue: DBOS remembers which jobs were begun, how often, and takes them up again after a crash.

Rows of the record are the truth about jobs; the queue holds their numbers alone, in tables of its own. Whatever it forgets
is handed to it again.
"""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError

from api.db.store import Store
from api.db.tables import Job
from api.services.jobs import MOST_TRIES, State, drop_old_files
from api.settings import Settings
from api.worker import apart

QUEUE, WORKFLOW = "jobs", "job"
LOOK_EVERY = 0.2  # seconds between looks for jobs that wait
TIDY_EVERY = 3600.0  # seconds
LOCK = 7261  # the number of the advisory lock in PostgreSQL: one worker works, another stands by
FINISHED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


class Worker:
    """One worker of one record; `run` returns when it is told to stop."""

    def __init__(self, settings: Settings, store: Store, beside: int | None = None) -> None:
        self._settings, self._store, self._beside = settings, store, beside
        self._stop = threading.Event()
        self._handed: set[str] = set()
        self._tidy_at = 0.0

    def stop(self, *_: Any) -> None:
        """Take no more; what runs is left to the next worker."""
        self._stop.set()

    def run(self) -> None:
        """Work until told to stop."""
        with _alone(self._store, self._stop):
            if self._stop.is_set():
                return
            self._launch()
            while not self._stop.wait(LOOK_EVERY) and self._has_company():
                self._hand_over()
                self._tidy()
        os._exit(0)  # running jobs go with this process and are taken up again by the next

    def _has_company(self) -> bool:
        """Whether the web process that started this worker, if one did, is still there; a killed one says nothing."""
        return self._beside is None or os.getppid() == self._beside

    def _launch(self) -> None:
        settings, store = self._settings, self._store

        def run(job: str) -> None:
            apart.run(settings, store, job)

        @DBOS.workflow(name=WORKFLOW)
        def do(job: str) -> None:
            """Try a job as often as it may be tried."""
            tried = {"name": "apart", "retries_allowed": True, "max_attempts": MOST_TRIES, "interval_seconds": 0.5}
            DBOS.run_step(tried, run, job)  # type: ignore[call-overload]

        self._do = do
        DBOS(config=_configuration(settings.database))
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=settings.jobs_at_once, polling_interval_sec=LOOK_EVERY)

    def _hand_over(self) -> None:
        """Give the queue each job that it does not have; whatever it has finished without settling it begins anew."""
        try:
            with self._store.reading() as session:
                open_ = [State.WAITING.value, State.RUNNING.value]
                jobs = session.scalars(select(Job.id).where(Job.state.in_(open_)).order_by(Job.asked_at)).all()
        except DBAPIError:
            return  # the database is away; it is asked again in a moment
        for job in jobs:
            if job not in self._handed:
                self._enqueue(job)
        self._handed &= set(jobs)

    def _tidy(self) -> None:
        """Once an hour, remove files that jobs made long ago."""
        if time.monotonic() < self._tidy_at:
            return
        self._tidy_at = time.monotonic() + TIDY_EVERY
        with suppress(DBAPIError):  # the database is away; in an hour it is asked again
            drop_old_files(self._store, self._settings.keep_files_days)

    def _enqueue(self, job: str) -> None:
        known = DBOS.get_workflow_status(job)
        if known is not None and known.status in FINISHED:
            DBOS.delete_workflow(job)
            known = None
        if known is None:
            with SetWorkflowID(job):
                DBOS.enqueue_workflow(QUEUE, self._do, job)
        self._handed.add(job)


def _configuration(database: str) -> DBOSConfig:
    """One name and version whatever the software's, so that the next release takes up what this one began."""
    return {
        "name": "placements",
        "system_database_url": queue_url(database),
        "application_version": "1",
        "executor_id": "worker",
        "log_level": "WARNING",
        "enable_otlp": False,
    }


def queue_url(database: str) -> str:
    """Where the queue keeps its tables: a file beside the record, or a schema of its own in the same PostgreSQL."""
    url = make_url(database)
    if url.get_backend_name() != "sqlite":
        return database
    path = Path(str(url.database))
    return f"sqlite:///{path.with_name(path.stem + '-jobs.db')}"


@contextmanager
def _alone(store: Store, stop: threading.Event) -> Iterator[None]:
    """Wait until no other worker works on this record; the lock goes with the process, however it ends."""
    if store.engine.dialect.name == "sqlite":
        path = Path(str(store.engine.url.database))
        with path.with_name(path.stem + "-worker.lock").open("a") as file:
            while not stop.is_set() and not _locked(file.fileno()):
                stop.wait(LOOK_EVERY)
            yield
        return
    with store.engine.connect() as connection:
        asked = text("SELECT pg_try_advisory_lock(:number)")
        while not stop.is_set() and not connection.scalar(asked, {"number": LOCK}):
            connection.rollback()
            stop.wait(LOOK_EVERY)
        connection.commit()
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def run(settings: Settings, store: Store, beside: int | None = None) -> None:
    """The worker of a record, until it is told to stop, or until the process `beside` which it was started is gone."""
    worker = Worker(settings, store, beside)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    worker.run()
