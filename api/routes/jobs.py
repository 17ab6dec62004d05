"""Long work: asked for elsewhere, looked at, stopped and asked for again here."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.db.files import file_of
from api.dependencies import Acting, Needs, Service, TheAct
from api.errors import NotHere
from api.security.accounts import User
from api.security.roles import May
from api.services import jobs
from api.services.jobs import SETTLED

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"], dependencies=[Depends(Needs(May.SELF))])
LOOK_EVERY, LONGEST = 0.5, 15 * 60  # seconds; a browser asks again by itself after that


class Problem(BaseModel):
    """Why a job failed, as any other refusal is told."""

    title: str = ""
    status: int = 500
    detail: str = ""
    way_out: str = ""
    fields: list[dict[str, Any]] = []


class JobTold(BaseModel):
    """A job: how far it is; when done its result, when failed its problem and the way out."""

    id: str
    kind: str
    state: str
    share: int
    said: str
    asked_by: str
    asked_at: str
    started_at: str | None
    ended_at: str | None
    tries: int
    result: dict[str, Any] | None
    problem: Problem | None


class JobsListed(BaseModel):
    """Jobs, newest first; `before` is the cursor of the next page."""

    items: list[JobTold]
    before: str | None


def accepted(act: Acting, what: str, about: str, ask: Any, **detail: object) -> JSONResponse:
    """Write down a job as an act and answer 202 with where to look at it."""

    def done(session: Session) -> dict[str, Any]:
        return jobs.as_told(ask(session))

    body, status, again = act.run(what, about, done, 202, **detail)
    headers = {"Location": f"/api/v1/jobs/{body['id']}"} | ({"Idempotent-Replayed": "true"} if again else {})
    return JSONResponse(body, status, headers)


@router.get("", response_model=JobsListed)
def listed(
    act: TheAct, before: datetime | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> JSONResponse:
    """The jobs that the person may see."""

    def done(session: Session) -> dict[str, Any]:
        moment = before.replace(tzinfo=None) if before else None
        found = jobs.jobs_of(session, act.user, moment, limit + 1)
        more = found[limit - 1].asked_at.isoformat() if len(found) > limit else None
        return {"items": [jobs.as_told(row) for row in found[:limit]], "before": more}

    return act.do("list-jobs", "jobs", done)


@router.get("/{job_id}", response_model=JobTold)
def one(job_id: str, act: TheAct) -> JSONResponse:
    """One job."""
    return act.do(
        "read-job", f"job:{job_id[:36]}", lambda session: jobs.as_told(jobs.job_of(session, act.user, job_id))
    )


@router.post("/{job_id}/cancel", response_model=JobTold)
def cancel(job_id: str, act: TheAct) -> JSONResponse:
    """Stop a job; what it had not finished leaves no trace."""
    return act.do(
        "cancel-job", f"job:{job_id[:36]}", lambda session: jobs.as_told(jobs.cancel(session, act.user, job_id))
    )


@router.post("/{job_id}/again", status_code=202, response_model=JobTold)
def again(job_id: str, act: TheAct) -> JSONResponse:
    """Ask for the work of a job that failed or was cancelled once more."""
    seal = act.parts.store.seal
    return accepted(act, "job-again", f"job:{job_id[:36]}", lambda session: jobs.again(session, seal, act.user, job_id))


@router.get("/{job_id}/files/{name}", response_class=Response)
def file(job_id: str, name: str, act: TheAct) -> Response:
    """A file that a job made; taking it away is in the trail."""
    taken: list[tuple[str, bytes]] = []

    def done(session: Session) -> dict[str, Any]:
        jobs.job_of(session, act.user, job_id)
        found = file_of(session, act.parts.store.seal, f"job:{job_id}:out", name)
        if found is None:
            raise NotHere("The job has no such file, or it was removed.", "Ask for the work again.")
        taken[:] = [found]
        return {"bytes": len(found[1])}

    act.run("take-file", f"job:{job_id[:36]}", done)
    kind, content = taken[0]
    safe = "".join(c for c in name if c.isalnum() or c in "-_.")
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{safe}"'})


@router.get("/{job_id}/progress", response_class=StreamingResponse)
async def progress(job_id: str, act: TheAct, request: Request) -> StreamingResponse:
    """Server-sent events: the job each time it changes, until it is settled."""

    def seen(session: Session) -> dict[str, Any]:
        return {"state": jobs.job_of(session, act.user, job_id).state}

    await run_in_threadpool(act.run, "watch-job", f"job:{job_id[:36]}", seen)  # a refusal comes before the stream
    return StreamingResponse(_events(act.parts, act.user, job_id, request), media_type="text/event-stream")


def _now(parts: Service, user: User, job_id: str) -> dict[str, Any]:
    with parts.store.reading() as session:
        return jobs.as_told(jobs.job_of(session, user, job_id))


async def _events(parts: Service, user: User, job_id: str, request: Request) -> AsyncIterator[str]:
    last: dict[str, Any] = {}
    with anyio.move_on_after(LONGEST):
        while last.get("state") not in SETTLED and not await request.is_disconnected():
            told = await run_in_threadpool(_now, parts, user, job_id)
            if told != last:
                yield f"event: job\ndata: {json.dumps(told)}\nretry: 2000\n\n"
                last = told
            await anyio.sleep(LOOK_EVERY)
