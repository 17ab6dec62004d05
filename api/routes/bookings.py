"""Nights that are booked, as for short breaks: some, one, and giving nights back."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from api.db.queries import Kept
from api.dependencies import Needs, TheAct, Version
from api.routes.facts import Limit
from api.routes.homes import at
from api.security.roles import May
from api.services import bookings

router = APIRouter(prefix="/api/v1/bookings", tags=["bookings"])
NIGHTS = {"child": "C0007", "home": "H0012", "first_night": "2026-12-04", "last_night": "2026-12-06"}


class Booking(BaseModel):
    """Nights of a child in a home; child, home and first night are its address, `version` its ETag."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**NIGHTS, "version": 1}]})
    child: str
    home: str
    first_night: date
    last_night: date
    version: int


class Bookings(BaseModel):
    """Some of them, in order of child, home and first night; `after` is the cursor of the next page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [{**NIGHTS, "version": 1}], "after": None}]})
    items: list[Booking]
    after: str | None


class GivenBack(BaseModel):
    """The nights that are free again, and what is left of the booking: nights that are over."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"first_night": "2026-12-05", "last_night": "2026-12-06", "left": None}]}
    )
    first_night: date
    last_night: date
    left: Booking | None


def _told(kept: Kept) -> dict[str, Any]:
    return {**kept.cells, "version": kept.version}


@router.get("", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=Bookings)
def some(
    act: TheAct,
    child: Annotated[str | None, Query(max_length=80, description="Of this child alone.")] = None,
    after: Annotated[str, Query(max_length=200)] = "",
    limit: Limit = 50,
) -> JSONResponse:
    """Bookings of the person's own children, and nights to come of others in homes that they share."""

    def done(session: Session) -> dict[str, Any]:
        found = bookings.some(at(act, session), child, after, limit + 1)
        return {
            "items": [_told(one) for one in found[:limit]],
            "after": found[limit - 1].ref if len(found) > limit else None,
        }

    return act.do("list-bookings", f"child:{child[:80]}" if child else "bookings", done)


@router.get("/{child}/{home}/{first_night}", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=Booking)
def one(child: str, home: str, first_night: date, act: TheAct) -> JSONResponse:
    """One booking, with its ETag."""
    return act.do(
        "read-booking",
        f"child:{child[:80]}",
        lambda session: _told(bookings.one(at(act, session), child, home, first_night)),
        home=home[:80],
    )


@router.delete("/{child}/{home}/{first_night}", dependencies=[Depends(Needs(May.DECIDE))], response_model=GivenBack)
def release(child: str, home: str, first_night: date, act: TheAct, version: Version) -> JSONResponse:
    """Give nights back, from today on; nights that are over stay. If-Match names the version."""

    def done(session: Session) -> dict[str, Any]:
        given = bookings.release(at(act, session), child, home, first_night, version)
        left = _told(given.left) if given.left else None
        return {"first_night": given.first, "last_night": given.last, "left": left}

    return act.do("release-booking", f"child:{child[:80]}", done, home=home[:80], first_night=first_night.isoformat())
