"""The trail of acts, and whether the service is well."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.db import audit
from api.db.tables import AuditEntry
from api.dependencies import Needs, TheAct, TheService
from api.security.roles import May

router = APIRouter(tags=["trail and health"])


class Entry(BaseModel):
    """One act."""

    number: int
    at: str
    who: str
    act: str
    about: str
    detail: str


class Verified(BaseModel):
    """Whether the trail is whole; `head` is the hash to keep elsewhere."""

    entries: int
    head: str
    faults: list[str]


@router.get("/api/v1/trail", dependencies=[Depends(Needs(May.READ_TRAIL))], response_model=list[Entry])
def trail(
    act: TheAct,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    about: Annotated[str | None, Query(max_length=200)] = None,
) -> JSONResponse:
    """Acts in order, from after a number; of one thing, if it is named."""

    def done(session: Session) -> list[dict[str, object]]:
        query = select(AuditEntry).where(AuditEntry.number > after).order_by(AuditEntry.number).limit(limit)
        rows = session.scalars(query.where(AuditEntry.about == about) if about else query)
        return [{name: getattr(row, name) for name in Entry.model_fields} for row in rows]

    return act.do("read-trail", "trail", done)


@router.get("/api/v1/trail/verified", dependencies=[Depends(Needs(May.READ_TRAIL))])
def verified(parts: TheService) -> Verified:
    """Read the whole trail and say whether it is whole."""
    with parts.store.reading() as session:
        found = audit.verify(session)
    return Verified(entries=found.entries, head=found.head, faults=list(found.faults))


@router.get("/health", openapi_extra={"x-public": True})
def health(parts: TheService) -> dict[str, str]:
    """Whether the service and its database answer."""
    with parts.store.reading() as session:
        session.execute(text("SELECT 1"))
    return {"status": "well"}
