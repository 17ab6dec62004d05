"""Why a job failed, in the form in which every refusal is told."""

from typing import Any

from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.files import drop_files
from api.db.store import Store
from api.db.tables import Job
from api.errors import ServiceError
from api.services import jobs
from api.services.jobs import State


def as_problem(fault: ServiceError) -> dict[str, Any]:
    """A refusal as a job keeps it, in the form of problem+json."""
    told = {"title": fault.title, "status": fault.status, "detail": fault.detail, "way_out": fault.way_out}
    return {**told, "fields": list(fault.fields)}


def too_large() -> dict[str, Any]:
    """The problem of a job that wanted more memory than one job may have."""
    detail = "The job needs more memory than one job may have; nothing was changed."
    way = "Ask for less, or have PLACEMENTS_JOB_MEMORY raised."
    return {"title": "Too large", "status": 507, "detail": detail, "way_out": way, "fields": []}


def died(tries: int) -> dict[str, Any]:
    """The problem of a job whose process ended again and again before it was done."""
    detail = f"The job's process ended {tries} times before it was done; nothing was changed."
    way = "It may need more memory (PLACEMENTS_JOB_MEMORY), or the machine was switched off. Try it again once."
    return {"title": "A fault of ours", "status": 500, "detail": detail, "way_out": way, "fields": []}


def failed(store: Store, job: str, problem: dict[str, Any], state: State = State.FAILED) -> None:
    """The job ends without its work; what it was given is dropped."""

    def done(session: Session) -> None:
        row = session.get(Job, job)
        if row is not None and row.state not in jobs.SETTLED:
            jobs.settle(row, state, problem=problem)
            drop_files(session, f"job:{job}:in")

    why = str(problem.get("title", state.value))
    store.transact(done, lambda _: Entry("system", f"job-{state.value}", f"job:{job}", {"why": why}))
