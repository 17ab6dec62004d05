"""Keys of machines: made, listed and revoked by an administrator."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.db.tables import ApiKey
from api.dependencies import Acting, Needs, TheAct
from api.security import api_keys
from api.security.roles import May

router = APIRouter(prefix="/api/v1/keys", tags=["keys of machines"], dependencies=[Depends(Needs(May.MANAGE_PEOPLE))])


class NewKey(BaseModel):
    """What a machine is for, what it may do, whose cases it sees, until when (UTC)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "purpose": "nightly import",
                    "scopes": ["import"],
                    "authority": "E06000045",
                    "ends_at": "2027-06-30T00:00:00",
                }
            ]
        },
    )
    purpose: str = Field(min_length=2, max_length=80)
    scopes: list[str] = Field(min_length=1, max_length=20)
    authority: str | None = Field(None, max_length=80)
    ends_at: datetime


class Key(BaseModel):
    """A key, without its secret."""

    id: str
    purpose: str
    scopes: list[str]
    authority: str | None
    made_by: str
    made_at: str
    ends_at: str
    last_used: str | None
    revoked_at: str | None


class Made(Key):
    """A new key; `key` is its text, shown this once."""

    key: str


def _shown(row: ApiKey) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in Key.model_fields}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}


@router.get("", response_model=list[Key])
def keys(act: TheAct) -> JSONResponse:
    """Every key, the newest first, with when it was last used."""
    return act.do("list-keys", "keys", lambda session: [_shown(row) for row in api_keys.listed(session)])


@router.post("", status_code=201, response_model=Made)
def make(told: NewKey, act: TheAct) -> JSONResponse:
    """Make a key; its text is shown this once and kept nowhere."""

    def done(session: Session) -> dict[str, Any]:
        ends, at = told.ends_at.replace(tzinfo=None), act.parts.clock()
        row, text = api_keys.make(session, told.purpose, told.scopes, told.authority, ends, act.user.name, at)
        return {**_shown(row), "key": text}

    unkept = Acting(
        act.parts, act.user, None, act.request_hash
    )  # the text of a key is kept nowhere, not even as an answer
    return unkept.do("make-key", "key", done, 201, scopes=told.scopes, authority=told.authority)


@router.delete("/{number}", response_model=Key)
def revoke(number: str, act: TheAct) -> JSONResponse:
    """End a key at once."""
    return act.do(
        "revoke-key", f"key:{number[:16]}", lambda session: _shown(api_keys.revoke(session, number, act.parts.clock()))
    )
