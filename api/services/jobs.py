"""Long work: asked for in an act, taken by the worker, told about while it runs, settled once.

A job is a row. Whoever asks writes it in the transaction of their act, so a job that was answered for is never lost; the
worker looks for rows that wait. What a job does in the end is again one act, which settles the row in the same transaction:
a job that was done once is never done twice, however often its process dies.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.files import keep_file
from api.db.sealing import Seal
from api.db.store import Store
from api.db.tables import Job, KeptFile
from api.errors import Conflict, NotHere, Stopped
from api.security.accounts import User, now
from api.security.roles import May

MOST_TRIES = 3
WAITS = timedelta(days=1)  # how long a table waits to be mapped


class JobKind(StrEnum):
    """What a job does."""

    PLAN = "plan"
    IMPORT = "import"
    FORECAST = "forecast"
    EXPORT = "export"
    TRIAL = "policy-trial"


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


SETTLED = (State.DONE, State.FAILED, State.CANCELLED)
NEEDS: dict[JobKind, May] = {
    JobKind.PLAN: May.PROPOSE,
    JobKind.IMPORT: May.IMPORT,
    JobKind.FORECAST: May.FORECAST,
    JobKind.EXPORT: May.EXPORT,
    JobKind.TRIAL: May.DRAFT_POLICY,
}


@dataclass(frozen=True)
class Upload:
    """A file that came with a request; its name is ours, since people put names of children into names of files."""

    name: str
    media_type: str
    content: bytes


def ask(
    session: Session, seal: Seal, user: User, kind: JobKind, asked: dict[str, Any], files: tuple[Upload, ...] = ()
) -> Job:
    """Write down what is to be done; the worker sees it once the act is committed."""
    row = Job(
        id=str(uuid.uuid4()),
        kind=kind.value,
        authority=user.authority,
        asked=asked,
        by=user.name,
        state=State.WAITING.value,
        share=0,
        said="waits for its turn",
        stopping=False,
        tries=0,
        asked_at=now(),
    )
    session.add(row)
    for file in files:
        keep_file(session, seal, f"job:{row.id}:in", file.name, file.media_type, file.content)
    session.flush()
    return row


def job_of(session: Session, user: User, job_id: str) -> Job:
    """A job that the person may see; raises `NotHere` for any other."""
    row = session.get(Job, job_id)
    if row is None or not _theirs(user, row):
        raise NotHere("There is no job with this number.", "Look it up in the list of jobs.")
    return row


def _theirs(user: User, row: Job) -> bool:
    return NEEDS[JobKind(row.kind)] in user.may and user.authority in (None, row.authority)


def jobs_of(session: Session, user: User, before: datetime | None, limit: int) -> list[Job]:
    """The jobs that the person may see, newest first, from before a moment."""
    kinds = [kind.value for kind, needed in NEEDS.items() if needed in user.may]
    query = select(Job).where(Job.kind.in_(kinds)).order_by(Job.asked_at.desc(), Job.id).limit(limit)
    if user.authority:
        query = query.where(Job.authority == user.authority)
    if before:
        query = query.where(Job.asked_at < before)
    return list(session.scalars(query))


def cancel(session: Session, user: User, job_id: str) -> Job:
    """Stop a job: at once while it waits, within a second while it runs; raises `Conflict` when it is settled."""
    row = job_of(session, user, job_id)
    if row.state in SETTLED:
        raise Conflict(f"The job is {row.state} already.", "Nothing is left to stop.")
    row.stopping = True
    if row.state == State.WAITING:
        settle(row, State.CANCELLED)
    session.flush()
    return row


def again(session: Session, seal: Seal, user: User, job_id: str) -> Job:
    """The same work as a new job; raises `Conflict` unless the first has failed or was cancelled, or needs its files again."""
    row = job_of(session, user, job_id)
    if row.state not in (State.FAILED, State.CANCELLED):
        raise Conflict(f"The job is {row.state}.", "Only one that failed or was cancelled is tried again.")
    if row.kind == JobKind.IMPORT:
        raise Conflict("The files of an import are not kept.", "Send the import again with its files.")
    return ask(session, seal, user, JobKind(row.kind), dict(row.asked))


def settle(row: Job, state: State, result: dict[str, Any] | None = None, problem: dict[str, Any] | None = None) -> None:
    """The job has ended."""
    row.state, row.ended_at, row.result, row.problem = state.value, now(), result, problem
    row.share, row.said = (100 if state is State.DONE else row.share), state.value


def still_wanted(session: Session, job_id: str) -> Job:
    """The row, within the act that settles it; raises `Stopped` when somebody stopped it or it is settled already."""
    row = session.get(Job, job_id)
    if row is None or row.stopping or row.state in SETTLED:
        raise Stopped("The job was stopped.")
    return row


def told_progress(store: Store, job_id: str, share: int, said: str) -> None:
    """How far a job is. No act of anybody, so no entry in the trail."""
    with store.engine.begin() as connection:
        here = (Job.id == job_id) & (Job.state == State.RUNNING.value)
        connection.execute(update(Job).where(here).values(share=share, said=said[:200]))


def begun(store: Store, job_id: str) -> int:
    """A try begins; which one it is. 0 when the job is settled already."""
    with store.engine.begin() as connection:
        here = (Job.id == job_id) & Job.state.in_([State.WAITING.value, State.RUNNING.value])
        told = {"state": State.RUNNING.value, "tries": Job.tries + 1, "started_at": now(), "said": "begins"}
        if not connection.execute(update(Job).where(here).values(told)).rowcount:
            return 0
        return int(connection.scalar(select(Job.tries).where(Job.id == job_id)) or 0)


def drop_old_files(store: Store, days: int) -> int:
    """Remove what jobs made longer ago than so many days, and tables that nobody finished mapping; how many files went. What remains is the row, with its result."""
    made = KeptFile.owner.like("job:%") & (KeptFile.at < now() - timedelta(days=days))
    waiting = KeptFile.owner.like("mapping:%") & (KeptFile.at < now() - WAITS)
    old = made | waiting
    with store.reading() as session:
        if session.scalar(select(func.count()).select_from(KeptFile).where(old)) == 0:
            return 0

    def done(session: Session) -> int:
        rows = session.scalars(select(KeptFile).where(old)).all()
        for row in rows:
            session.delete(row)
        return len(rows)

    return store.transact(done, lambda files: Entry("system", "drop-files", "jobs", {"files": files}))


def as_told(row: Job) -> dict[str, Any]:
    """A job as it is shown."""
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "share": row.share,
        "said": row.said,
        "asked_by": row.by,
        "asked_at": row.asked_at.isoformat(),
        "started_at": row.started_at.isoformat() if row.started_at else None,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "tries": row.tries,
        "result": row.result,
        "problem": row.problem,
    }
