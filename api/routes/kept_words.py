"""Agreements to lift a rule and refusals, as they stand: listed, and taken back by those who may give them."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.db import queries
from api.dependencies import Acting, Needs, TheAct
from api.errors import NotAllowed
from api.routes.answers import TABLE, Accept, as_table, wants_table
from api.security.roles import May

router = APIRouter(prefix="/api/v1", tags=["decisions"])


class AgreementTold(BaseModel):
    """Who agreed to lift which rule for one child and home, and whether it still holds."""

    rule: str
    child: str
    home: str
    role: str
    reason: str
    decided_on: str
    expires_on: str | None
    in_force: bool


class RefusalTold(BaseModel):
    """A no: who said it, when and why, and whether it still holds."""

    child: str
    home: str
    by: str
    on: str
    reason: str
    contact: str | None
    until: str | None
    in_force: bool


@router.get(
    "/agreements", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=list[AgreementTold], responses=TABLE
)
def agreements(act: TheAct, accept: Accept = "application/json") -> Response:
    """Every agreement to lift a rule, in force or past."""
    caseload, own = act.parts.read_ahead(act.user.authority), _own_children(act)
    found: list[dict[str, Any]] = [
        {
            **{name: getattr(one, name) for name in ("rule", "child", "home", "role", "reason")},
            "decided_on": one.decided_on.isoformat(),
            "expires_on": one.expires_on.isoformat() if one.expires_on else None,
            "in_force": one.expires_on is None or caseload.as_of <= one.expires_on,
        }
        for one in caseload.decisions
        if own is None or one.child in own
    ]
    answer = act.do("list-agreements", "agreements", lambda _: found)
    return as_table(list(AgreementTold.model_fields), found) if wants_table(accept) else answer


@router.delete("/agreements/{rule}/{child}/{home}", dependencies=[Depends(Needs(May.AGREE))])
def withdraw(rule: str, child: str, home: str, act: TheAct) -> JSONResponse:
    """Take back an agreement; only a role that gave it, or might have, takes it back."""

    def done(session: Session) -> dict[str, Any]:
        kept = _kept(act, session, "agreement", f"{rule}|{child}|{home}", child)
        if kept.cells["role"] not in act.user.roles:
            raise NotAllowed(f"It was given by: {kept.cells['role']}.", "Ask somebody in that role.")
        queries.remove(session, "agreement", kept.ref)
        return {"removed": True}

    return act.do("withdraw-agreement", f"child:{child[:100]}", done, rule=rule[:40], home=home[:80])


@router.get(
    "/refusals", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=list[RefusalTold], responses=TABLE
)
def refusals(act: TheAct, accept: Accept = "application/json") -> Response:
    """Every no, in force or past."""
    caseload, own = act.parts.read_ahead(act.user.authority), _own_children(act)
    found: list[dict[str, Any]] = [
        {
            "child": no.child,
            "home": no.home,
            "by": no.by.value,
            "on": no.on.isoformat(),
            "reason": no.reason.value,
            "contact": no.contact.value if no.contact else None,
            "until": no.until.isoformat() if no.until else None,
            "in_force": no.holds_on(caseload.as_of),
        }
        for no in caseload.refusals
        if own is None or no.child in own
    ]
    answer = act.do("list-refusals", "refusals", lambda _: found)
    return as_table(list(RefusalTold.model_fields), found) if wants_table(accept) else answer


@router.delete("/refusals/{child}/{home}", dependencies=[Depends(Needs(May.DECIDE))])
def take_back(child: str, home: str, act: TheAct) -> JSONResponse:
    """A no no longer holds: the home may be proposed again."""

    def done(session: Session) -> dict[str, Any]:
        kept = _kept(act, session, "refusal", f"{child}|{home}", child)
        queries.remove(session, "refusal", kept.ref)
        return {"removed": True}

    return act.do("take-back-refusal", f"child:{child[:100]}", done, home=home[:80])


def _own_children(act: Acting) -> frozenset[str] | None:
    """Children who only live beside ours count in plans; what was said of them is not ours to read."""
    with act.parts.store.reading() as session:
        return queries.own_children(session, act.user.authority)


def _kept(act: Acting, session: Session, kind: str, ref: str, child: str) -> queries.Kept:
    """The fact, if its child is the person's own."""
    queries.one(session, act.parts.store.seal, "child", child, act.user.authority)
    return queries.one(session, act.parts.store.seal, kind, ref, None)
