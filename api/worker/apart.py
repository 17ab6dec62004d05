"""A process for one job: low priority, a limit to its memory, gone when the worker goes or the job is not wanted."""

import os
import resource
import threading
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from api.db.sealing import Seal
from api.db.store import Store
from api.db.tables import Job
from api.errors import JobDied
from api.services.jobs import MOST_TRIES, SETTLED, State, begun
from api.settings import Settings
from api.worker.problems import died, failed

LOOK_EVERY = 0.25  # seconds between looks whether a running job was stopped
NICE = 10
FORKING = get_context("forkserver")
FORKING.set_forkserver_preload(["api.worker.work", "psycopg"])  # imports once what every job needs


def run(settings: Settings, store: Store, job: str) -> None:
    """Do one job in a process of its own and wait for it; raises `JobDied` when it is not settled after."""
    tries = begun(store, job)
    if tries > MOST_TRIES:
        failed(store, job, died(tries - 1))
    elif tries:
        _watched(settings, store, job)


def _watched(settings: Settings, store: Store, job: str) -> None:
    listening, held = Pipe(duplex=False)  # our end stays open as long as this process lives
    process = FORKING.Process(target=_begin, args=(settings, job, listening), daemon=True)
    process.start()
    listening.close()
    while process.is_alive():
        process.join(LOOK_EVERY)
        if process.is_alive() and _stopped(store, job):
            process.kill()
    held.close()
    _settled_or_died(store, job, process.exitcode or 0)


def _stopped(store: Store, job: str) -> bool:
    try:
        with store.reading() as session:
            row = session.get(Job, job)
            return row is None or row.stopping
    except DBAPIError:
        return False  # the database is away: the job itself will say so


def _settled_or_died(store: Store, job: str, code: int) -> None:
    with store.reading() as session:
        row = session.get(Job, job)
    if row is None or row.state in SETTLED:
        return
    if row.stopping:
        failed(store, job, {}, State.CANCELLED)
        return
    if row.tries >= MOST_TRIES:
        failed(store, job, died(row.tries))
        return
    raise JobDied(f"The process of a job ended with {code}.")


def _begin(settings: Settings, job: str, listening: "Connection[Any, Any]") -> None:
    threading.Thread(target=_end_with, args=(listening,), daemon=True).start()
    os.nice(NICE)
    from api.worker import work  # loaded already by the process that this one is a copy of

    limit(settings.job_memory)
    store = Store(settings.database, Seal.from_file(settings.key_file, make=False))
    work.perform(settings, store, job)
    store.engine.dispose()


def _end_with(worker: "Connection[Any, Any]", leave: Callable[[int], None] = os._exit) -> None:
    """Wait until the worker is gone, however it went, and go too: the next worker does the job again."""
    try:
        worker.recv()
    except (EOFError, OSError):
        leave(1)


def limit(megabytes: int) -> None:
    """This process gets no more memory, and is the first to go when the machine has none left."""
    most = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    score = Path("/proc/self/oom_score_adj")
    if score.exists():
        score.write_text("1000")
