"""Policies on their way: drafted, tried on past plans, signed by somebody else, active from a day."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.db.tables import PolicyChosen
from api.dependencies import Needs, TheAct, Version
from api.routes.jobs import JobTold, accepted
from api.security.roles import May
from api.services import jobs, policies
from api.services.jobs import JobKind

router = APIRouter(prefix="/api/v1/policies", tags=["policies"])
Ref = Annotated[str, Field(min_length=1, max_length=80)]


class Draft(BaseModel):
    """The text of a policy file (TOML)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"text": '[policy]\nname = "Fostering"\nversion = "2.0"\nvalid_from = 2027-01-04\n'}]
        },
    )
    text: str = Field(min_length=1, max_length=200_000)


class Signature(BaseModel):
    """From which day it holds; `children_seen` names every child whose proposal the trial changed."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"active_from": "2027-01-04", "children_seen": ["C0007"]}]}
    )
    active_from: date
    children_seen: list[Ref] = Field(default_factory=list, max_length=20_000)


class Trial(BaseModel):
    """On how many of the latest plans a draft is tried."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"plans": 10}]})
    plans: int = Field(10, ge=1, le=100)


class PolicyTold(BaseModel):
    """A policy and how far it is; `tried` is the number of the job that tried it."""

    id: str
    name: str
    policy_version: str
    fingerprint: str
    state: str
    drafted_by: str
    drafted_at: str
    tried: str | None
    signed_by: str | None
    active_from: str | None
    version: int


class PolicyWhole(PolicyTold):
    """The same with its text."""

    text: str


class Active(BaseModel):
    """The policy in force today."""

    name: str
    policy_version: str
    fingerprint: str


def _told(row: PolicyChosen) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in PolicyTold.model_fields}
    dates = {"drafted_at": row.drafted_at.isoformat()}
    return {**told, **dates, "active_from": row.active_from.isoformat() if row.active_from else None}


@router.get("", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=list[PolicyTold])
def every(act: TheAct) -> JSONResponse:
    """Drafts and signed policies, the newest first."""
    return act.do("list-policies", "policies", lambda session: [_told(row) for row in policies.every(session)])


@router.get("/active", dependencies=[Depends(Needs(May.SELF))])
def active(act: TheAct) -> Active:
    """The policy in force today."""
    policy = act.parts.policy
    return Active(name=policy.name, policy_version=policy.version, fingerprint=policy.fingerprint)


@router.post("", status_code=201, dependencies=[Depends(Needs(May.DRAFT_POLICY))], response_model=PolicyTold)
def draft(told: Draft, act: TheAct) -> JSONResponse:
    """Draft a policy; every fault of the text is named."""
    return act.do("draft-policy", "policy", lambda session: _told(policies.draft(session, act.user, told.text)), 201)


@router.get("/{policy_id}", dependencies=[Depends(Needs(May.SEE_CASES))], response_model=PolicyWhole)
def one(policy_id: str, act: TheAct) -> JSONResponse:
    """One policy with its text."""

    def done(session: Session) -> dict[str, Any]:
        row = policies.of(session, policy_id)
        return {**_told(row), "text": row.text}

    return act.do("read-policy", f"policy:{policy_id[:36]}", done)


@router.put("/{policy_id}", dependencies=[Depends(Needs(May.DRAFT_POLICY))], response_model=PolicyTold)
def change(policy_id: str, told: Draft, act: TheAct, version: Version) -> JSONResponse:
    """Another text for a draft: it is to be tried anew. If-Match names the version it was made on."""
    return act.do(
        "change-policy",
        f"policy:{policy_id[:36]}",
        lambda session: _told(policies.change(session, act.user, policy_id, told.text, version)),
    )


@router.post(
    "/{policy_id}/trial", status_code=202, dependencies=[Depends(Needs(May.DRAFT_POLICY))], response_model=JobTold
)
def trial(policy_id: str, told: Trial, act: TheAct) -> JSONResponse:
    """Try a draft on past plans: the job's result lists each child whose proposal would change."""

    def ask(session: Session) -> Any:
        row = policies.of(session, policy_id)
        asked = {"policy": row.id, "plans": told.plans}
        return jobs.ask(session, act.parts.store.seal, act.user, JobKind.TRIAL, asked)

    return accepted(act, "ask-trial", f"policy:{policy_id[:36]}", ask, plans=told.plans)


@router.post("/{policy_id}/sign", dependencies=[Depends(Needs(May.SIGN_POLICY))], response_model=PolicyTold)
def sign(policy_id: str, told: Signature, act: TheAct, version: Version) -> JSONResponse:
    """Sign a draft that was tried, from a day on; who drafted it does not sign it. If-Match names its version."""
    return act.do(
        "sign-policy",
        f"policy:{policy_id[:36]}",
        lambda session: _told(
            policies.sign(session, act.user, policy_id, told.active_from, list(told.children_seen), version)
        ),
        active_from=told.active_from,
        children_seen=sorted(told.children_seen),
    )


@router.post("/{policy_id}/withdraw", dependencies=[Depends(Needs(May.SIGN_POLICY))], response_model=PolicyTold)
def withdraw(policy_id: str, act: TheAct) -> JSONResponse:
    """Take back a draft, or a signed policy before its day."""
    return act.do(
        "withdraw-policy",
        f"policy:{policy_id[:36]}",
        lambda session: _told(policies.withdraw(session, policy_id)),
    )
