"""Contacts, which nothing shows but a release: asked for, agreed by a second person, opened once, each with a fresh proof."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.db.tables import Release
from api.dependencies import Acting, Needs, TheAct
from api.security.roles import May
from api.services import contacts, releases

router = APIRouter(prefix="/api/v1", tags=["contacts and their release"])
Ref = Annotated[str, Field(min_length=1, max_length=80)]
Text = Annotated[str, Field(max_length=400)]
FieldName = Literal["name", "address", "postcode", "telephone"]


class Contacts(BaseModel):
    """What is to be kept; a field that is left out stays as it is, an empty text takes it away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"telephone": "023 8000 0000"}]})
    name: Text | None = None
    address: Text | None = None
    postcode: Text | None = None
    telephone: Text | None = None


class Withheld(BaseModel):
    """Which fields are known; none is shown here."""

    withheld: list[str]


class Asked(BaseModel):
    """Which fields of which one record, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"kind": "home", "ref": "H0012", "fields": ["address"], "reason": "To bring the child there tonight."}
            ]
        },
    )
    kind: Literal["home", "child"]
    ref: Ref
    fields: list[FieldName] = Field(min_length=1, max_length=4)
    reason: Annotated[str, Field(min_length=10, max_length=2000)]


class Answer(BaseModel):
    """Whether the second person agrees."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"agreed": True}]})
    agreed: bool


class Told(BaseModel):
    """A request as it stands; the reason to who may answer it."""

    id: str
    kind: str
    ref: str
    fields: list[str]
    asked_by: str
    asked_at: str
    agreed_by: str | None
    ends_at: str | None
    reason: str | None = None


class Opened(BaseModel):
    """The fields that were asked for; what else is known stays withheld, and is named."""

    kind: str
    ref: str
    contact: dict[str, str]
    withheld: list[str]


def _told(row: Release, reason: str | None = None) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("id", "kind", "ref", "fields", "asked_by", "agreed_by")}
    ends = row.ends_at.isoformat() if row.ends_at else None
    return {**told, "asked_at": row.asked_at.isoformat(), "ends_at": ends, "reason": reason}


def _put(act: Acting, kind: str, ref: str, told: Contacts) -> JSONResponse:
    given = {name: text.strip() for name, text in told.model_dump(exclude_none=True).items()}

    def done(session: Session) -> dict[str, list[str]]:
        return {"withheld": contacts.put(session, act.parts.store.seal, act.user, kind, ref, given)}

    return act.do("change-contact", f"{kind}:{ref[:100]}", done, fields=sorted(given))


def _known(act: Acting, kind: str, ref: str) -> JSONResponse:
    def done(session: Session) -> dict[str, list[str]]:
        return {"withheld": contacts.withheld(session, act.parts.store.seal, act.user, kind, ref)}

    return act.do("read-contact-fields", f"{kind}:{ref[:100]}", done)


@router.put("/homes/{ref}/contact", dependencies=[Depends(Needs(May.CHANGE_HOMES))], response_model=Withheld)
def put_home(ref: str, told: Contacts, act: TheAct) -> JSONResponse:
    """Who the carers are and where they live; put in here, shown by a release alone."""
    return _put(act, "home", ref, told)


@router.put("/children/{ref}/contact", dependencies=[Depends(Needs(May.REFER))], response_model=Withheld)
def put_child(ref: str, told: Contacts, act: TheAct) -> JSONResponse:
    """A child's name and where the family lives; put in here, shown by a release alone."""
    return _put(act, "child", ref, told)


@router.get("/homes/{ref}/contact", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=Withheld)
def known_of_home(ref: str, act: TheAct) -> JSONResponse:
    """Which fields are known."""
    return _known(act, "home", ref)


@router.get("/children/{ref}/contact", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=Withheld)
def known_of_child(ref: str, act: TheAct) -> JSONResponse:
    """Which fields are known."""
    return _known(act, "child", ref)


@router.post(
    "/releases", status_code=201, dependencies=[Depends(Needs(May.ASK_RELEASE, proved=True))], response_model=Told
)
def ask(told: Asked, act: TheAct) -> JSONResponse:
    """Ask for fields of one record; a second person answers. Needs a proof of the last five minutes."""

    def done(session: Session) -> dict[str, Any]:
        what = (told.kind, told.ref, [str(name) for name in told.fields])
        return _told(releases.ask(session, act.parts.store.seal, act.user, what, told.reason, act.parts.clock()))

    return act.do("ask-release", f"{told.kind}:{told.ref}", done, 201, fields=sorted(told.fields))


@router.get("/releases", dependencies=[Depends(Needs(May.AGREE_RELEASE))], response_model=list[Told])
def waiting(act: TheAct) -> JSONResponse:
    """What others have asked for and nobody has answered."""

    def done(session: Session) -> list[dict[str, Any]]:
        rows = releases.waiting(session, act.user, act.parts.clock())
        return [_told(row, releases.reason_of(session, act.parts.store.seal, row)) for row in rows]

    return act.do("list-releases", "releases", done)


@router.post(
    "/releases/{number}/answer", dependencies=[Depends(Needs(May.AGREE_RELEASE, proved=True))], response_model=Told
)
def answer(number: str, told: Answer, act: TheAct) -> JSONResponse:
    """Agree, or not; never to one's own. Needs a proof of the last five minutes."""

    def done(session: Session) -> dict[str, Any]:
        return _told(releases.answer(session, act.user, number, agreed=told.agreed, at=act.parts.clock()))

    return act.do("answer-release", f"release:{number[:36]}", done, agreed=told.agreed)


@router.post(
    "/releases/{number}/open", dependencies=[Depends(Needs(May.ASK_RELEASE, proved=True))], response_model=Opened
)
def open_once(number: str, act: TheAct) -> JSONResponse:
    """The fields, this once. Needs a proof of the last five minutes."""

    def done(session: Session) -> dict[str, Any]:
        seal = act.parts.store.seal
        row, cells = releases.open_once(session, seal, act.user, number, act.parts.clock())
        known = contacts.known(contacts.opened(session, seal, row.kind, row.ref))
        left = [name for name in known if name not in cells]
        return {"kind": row.kind, "ref": row.ref, "contact": cells, "withheld": left}

    once = Acting(act.parts, act.user, None, act.request_hash)  # not kept as an answer to a request that is sent again
    return once.do("open-release", f"release:{number[:36]}", done)
