"""Whether the process lives, whether it is ready, and its figures; none of it says anything about anybody."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api import telemetry
from api.db.store import Store
from api.db.tables import Job
from api.dependencies import TheService
from api.security.accounts import now
from api.services.jobs import State

router = APIRouter(tags=["trail and health"])


@router.get("/health/live", openapi_extra={"x-public": True})
def live() -> dict[str, str]:
    """The process answers; nothing else is asked."""
    return {"status": "live"}


@router.get("/health/ready", openapi_extra={"x-public": True}, responses={503: {"description": "Not ready, and why."}})
def ready(parts: TheService) -> JSONResponse:
    """The record can be read and its tables are those of this software; 503 names what is not so."""
    missing = _missing(parts.store)
    telemetry.READY.set(0 if missing else 1)
    if missing:
        return JSONResponse({"status": "not ready", "missing": missing}, 503, {"Retry-After": "5"})
    return JSONResponse({"status": "ready"})


def _missing(store: Store) -> str | None:
    try:
        return None if store.is_up_to_date() else "tables"
    except DBAPIError:
        return "database"


@router.get("/metrics", openapi_extra={"x-public": True}, response_class=Response)
def metrics(parts: TheService) -> Response:
    """Figures for Prometheus; the reverse proxy shows them to the monitoring host alone."""
    missing = _missing(parts.store)
    telemetry.READY.set(0 if missing else 1)
    if not missing:
        with parts.store.reading() as session:
            _jobs(session)
    return Response(telemetry.figures(), media_type="text/plain; version=0.0.4")


def _jobs(session: Session) -> None:
    counts: dict[str, Any] = dict.fromkeys((state.value for state in State), 0)
    counts |= {state: number for state, number in session.execute(select(Job.state, func.count()).group_by(Job.state))}
    for state, number in counts.items():
        telemetry.JOBS.labels(state).set(number)
    oldest = session.scalar(select(func.min(Job.asked_at)).where(Job.state == State.WAITING.value))
    telemetry.OLDEST.set((now() - oldest).total_seconds() if oldest else 0)
