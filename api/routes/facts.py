"""Children and homes as the record has them: facts by column of the data dictionary, with versions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.db import queries
from api.dependencies import Acting, Needs, TheAct, TheService, Version
from api.errors import Outdated, Wrong
from api.security.accounts import User
from api.security.roles import May
from api.services import belonging

router = APIRouter(prefix="/api/v1", tags=["children and homes"])
Cells = Annotated[dict[str, str], Field(max_length=120)]
FRIDAY = (  # with these answered, a home that lives alone can be on the list; every other rule may still have a question
    "ref", "date_of_birth", "sex", "needs_home_by", "deadline", "care_type", "home_place", "places_to_avoid",
    "essential_skills", "adaptations", "risk_harm_sexual", "own_words",
)  # fmt: skip
PROTECTED = {"home": ("place",)}


class Facts(BaseModel):
    """What is known, by column; what is left out is not known."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"cells": {"ref": "C0900", "date_of_birth": "2018-03-01", "sex": "female"}}]},
    )
    cells: Cells


class Kept(BaseModel):
    """What the record knows, and the version to name in an edit. The place of a home is withheld, and says so."""

    ref: str
    version: int
    cells: dict[str, str]
    withheld: list[str]


class Listed(BaseModel):
    """Some of them, in order of reference; `after` is the cursor of the next page."""

    items: list[Kept]
    after: str | None


def shown(kept: queries.Kept) -> dict[str, object]:
    """A fact as it leaves: what is protected is withheld, and said to be."""
    hidden = [column for column in PROTECTED.get(kept.kind, ()) if column in kept.cells]
    cells = {column: text for column, text in kept.cells.items() if column not in hidden}
    return {"ref": kept.ref, "version": kept.version, "cells": cells, "withheld": hidden}


def _one(act: Acting, kind: str, ref: str) -> JSONResponse:
    def done(session: Session) -> dict[str, object]:
        return shown(queries.one(session, act.parts.store.seal, kind, ref, act.user.authority))

    return act.do(f"read-{kind}", f"{kind}:{ref[:100]}", done)


def _some(parts: TheService, user: User, kind: str, after: str, limit: int) -> dict[str, object]:
    with parts.store.reading() as session:
        found = queries.some(session, parts.store.seal, kind, user.authority, after, limit + 1)
    more = len(found) > limit
    return {"items": [shown(one) for one in found[:limit]], "after": found[limit - 1].ref if more else None}


def _change(act: Acting, kind: str, ref: str, cells: dict[str, str], version: int | None) -> JSONResponse:
    _same_reference(ref, cells)

    def done(session: Session) -> dict[str, object]:
        before = queries.one(session, act.parts.store.seal, kind, ref, act.user.authority, to_change=True)
        if version is None:
            raise Outdated("An edit names the version it was made on.", "Send the ETag as If-Match.")
        hidden = {c: before.cells[c] for c in PROTECTED.get(kind, ()) if c in before.cells and c not in cells}
        told = belonging.changed(act.user, before, {**hidden, **cells, "ref": ref})
        return shown(queries.save(session, act.parts.store.seal, act.parts.maps, kind, told, version))

    return act.do(f"change-{kind}", f"{kind}:{ref[:100]}", done, columns=sorted(cells))


Limit = Annotated[int, Query(ge=1, le=200)]
After = Annotated[str, Query(max_length=80)]


@router.get("/children", response_model=Listed)
def children(
    parts: TheService,
    user: Annotated[User, Depends(Needs(May.SEE_CASES))],
    act: TheAct,
    after: After = "",
    limit: Limit = 50,
) -> JSONResponse:
    """Children of the person's own authority."""
    return act.do("list-children", "children", lambda _: _some(parts, user, "child", after, limit))


def own_cells(act: Acting, cells: dict[str, str]) -> dict[str, str]:
    """The cells of a referral, as one of the person's own; raises `Wrong` for another's child."""
    return {column: text for column, text in belonging.added(act.user, cells).items() if text is not None}


@router.post("/children", status_code=201, dependencies=[Depends(Needs(May.REFER))], response_model=Kept)
def refer(told: Facts, act: TheAct) -> JSONResponse:
    """A referral: on a Friday twelve fields are enough (see `friday`), the rest follows; what is left out is not known."""

    def done(session: Session) -> dict[str, object]:
        cells = belonging.added(act.user, told.cells)
        known = {column: text for column, text in cells.items() if text is not None}
        return shown(queries.save(session, act.parts.store.seal, act.parts.maps, "child", known, 0))

    with act.choosing():
        return act.do("refer", f"child:{told.cells.get('ref', '')[:100]}", done, 201, columns=sorted(told.cells))


@router.get("/children/friday", dependencies=[Depends(Needs(May.REFER))])
def friday() -> list[str]:
    """The twelve fields that are enough tonight."""
    return list(FRIDAY)


@router.get("/children/{ref}", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=Kept)
def child(ref: str, act: TheAct) -> JSONResponse:
    """One child."""
    return _one(act, "child", ref)


@router.put("/children/{ref}", dependencies=[Depends(Needs(May.REFER))], response_model=Kept)
def change_child(ref: str, told: Facts, act: TheAct, version: Version) -> JSONResponse:
    """All that is known of a child, anew; If-Match names the version it was made on."""
    return _change(act, "child", ref, told.cells, version)


@router.get("/homes", response_model=Listed)
def homes(
    parts: TheService,
    user: Annotated[User, Depends(Needs(May.SEE_CASES))],
    act: TheAct,
    after: After = "",
    limit: Limit = 50,
) -> JSONResponse:
    """Homes; where they lie is withheld."""
    return act.do("list-homes", "homes", lambda _: _some(parts, user, "home", after, limit))


@router.get("/homes/{ref}", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=Kept)
def home(ref: str, act: TheAct) -> JSONResponse:
    """One home; where it lies is withheld."""
    return _one(act, "home", ref)


@router.put("/homes/{ref}", dependencies=[Depends(Needs(May.CHANGE_HOMES))], response_model=Kept)
def change_home(ref: str, told: Facts, act: TheAct, version: Version) -> JSONResponse:
    """All that is known of a home, anew; a place that is left out stays as it is."""
    return _change(act, "home", ref, told.cells, version)


@router.patch("/children/{ref}", dependencies=[Depends(Needs(May.REFER))], response_model=Kept)
def complete_child(ref: str, told: Facts, act: TheAct, version: Version) -> JSONResponse:
    """What became known since the Friday form: these facts anew, all others stay; an empty text: not known after all."""
    return _complete(act, "child", ref, told.cells, version)


@router.patch("/homes/{ref}", dependencies=[Depends(Needs(May.CHANGE_HOMES))], response_model=Kept)
def complete_home(ref: str, told: Facts, act: TheAct, version: Version) -> JSONResponse:
    """These facts of a home anew, all others stay."""
    return _complete(act, "home", ref, told.cells, version)


def _complete(act: Acting, kind: str, ref: str, cells: dict[str, str], version: int | None) -> JSONResponse:
    _same_reference(ref, cells)

    def done(session: Session) -> dict[str, object]:
        seal, maps = act.parts.store.seal, act.parts.maps
        before = queries.one(session, seal, kind, ref, act.user.authority, to_change=True)
        if version is None:
            raise Outdated("An edit names the version it was made on.", "Send the ETag as If-Match.")
        known = {column: text for column, text in {**before.cells, **cells}.items() if text}
        return shown(queries.save(session, seal, maps, kind, belonging.changed(act.user, before, known), version))

    return act.do(f"change-{kind}", f"{kind}:{ref[:100]}", done, columns=sorted(cells))


def _same_reference(ref: str, cells: dict[str, str]) -> None:
    if cells.get("ref", ref) != ref:
        raise Wrong(
            "The reference in the cells is another one.",
            "A reference never changes.",
            ({"field": "ref", "reason": "differs"},),
        )
