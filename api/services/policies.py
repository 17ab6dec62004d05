"""Policies on their way: drafted, tried on past plans, signed by somebody else, active from a day.

The policy of the shipped file holds until one is signed here. Which policy is in force is asked of the record each time, so
that every process of the service goes over to the new one on the same day.
"""

import tomllib
import uuid
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.store import Store
from api.db.tables import Job, PolicyChosen, PolicyUsed
from api.errors import Conflict, NotAllowed, NotHere, Outdated, Wrong
from api.security.accounts import User, now
from api.services.jobs import State
from matching.policy import Policy, policy_from

DRAFT, SIGNED, WITHDRAWN = "draft", "signed", "withdrawn"


class InForce:
    """The policy in force on a day; `default` holds until one is signed."""

    def __init__(self, store: Store, default: Policy) -> None:
        self._store = store
        self._default = default
        self._made: dict[str, Policy] = {default.fingerprint: default}

    def on(self, day: date) -> Policy:
        """The policy that was signed to hold from the latest day up to this one."""
        with self._store.reading() as session:
            row = session.scalars(_signed().where(PolicyChosen.active_from <= day).limit(1)).first()
        if row is None:
            return self._default
        if row.fingerprint not in self._made:
            self._made[row.fingerprint] = read(row.text, row.name)
        return self._made[row.fingerprint]


def _signed() -> Any:
    latest = (PolicyChosen.active_from.desc(), PolicyChosen.signed_at.desc())
    return select(PolicyChosen).where(PolicyChosen.state == SIGNED).order_by(*latest)


def draft(session: Session, user: User, text: str) -> PolicyChosen:
    """Keep a draft; raises `PolicyRefused` with every fault of the text."""
    policy = read(text, "the draft")
    row = PolicyChosen(
        id=str(uuid.uuid4()),
        fingerprint=policy.fingerprint,
        name=policy.name,
        policy_version=policy.version,
        text=text,
        state=DRAFT,
        drafted_by=user.name,
        drafted_at=now(),
        version=1,
    )
    session.add(row)
    session.flush()
    return row


def change(session: Session, user: User, policy_id: str, text: str, version: int | None) -> PolicyChosen:
    """Another text for a draft; whatever it was tried on before no longer counts."""
    row = of(session, policy_id)
    if version != row.version:
        raise Outdated("It was changed since you opened it.", "Open it again, and send its ETag as If-Match.")
    _still_a_draft(row)
    policy = read(text, "the draft")
    row.text, row.fingerprint, row.name = text, policy.fingerprint, policy.name
    row.policy_version, row.drafted_by, row.drafted_at = policy.version, user.name, now()
    row.tried, row.version = None, row.version + 1
    session.flush()
    return row


def of(session: Session, policy_id: str) -> PolicyChosen:
    """One policy on its way; raises `NotHere`."""
    row = session.get(PolicyChosen, policy_id)
    if row is None:
        raise NotHere("There is no policy with this number.", "Look it up in the list of policies.")
    return row


def every(session: Session) -> list[PolicyChosen]:
    """All of them, the newest draft first."""
    return list(session.scalars(select(PolicyChosen).order_by(PolicyChosen.drafted_at.desc()).limit(200)))


def tried(session: Session, policy_id: str, job: str, fingerprint: str) -> None:
    """A trial of this very text on past plans is done; one of an earlier text counts for nothing."""
    row = of(session, policy_id)
    if row.fingerprint == fingerprint and row.state == DRAFT:
        row.tried, row.version = job, row.version + 1


def sign(
    session: Session, user: User, policy_id: str, active_from: date, seen: list[str], version: int | None
) -> PolicyChosen:
    """Sign a draft from a day on; who drafted it does not sign it.

    `seen` names every child whose proposal the trial changed: who signs has looked at each. Raises `Conflict` before a
    trial is done, or when a child is not named.
    """
    row = of(session, policy_id)
    if version != row.version:
        raise Outdated("It was changed since you opened it.", "Open it again, and send its ETag as If-Match.")
    _still_a_draft(row)
    if row.drafted_by == user.name:
        raise NotAllowed("Who drafted a policy does not sign it.", "Ask somebody else who may sign.")
    if active_from < now().date():
        past = ({"field": "active_from", "reason": "lies in the past"},)
        raise Wrong("A policy holds from today or a later day on.", "What was decided before stays.", past)
    missing = sorted(set(_changed(session, row)) - set(seen))
    if missing:
        told = tuple({"field": "children_seen", "reason": f"{child} is not named"} for child in missing)
        raise Conflict("The proposal of these children would change.", "Look at each, then name them all.", told)
    row.state, row.signed_by, row.signed_at, row.active_from = SIGNED, user.name, now(), active_from
    row.version += 1
    _keep_text(session, row)
    session.flush()
    return row


def withdraw(session: Session, policy_id: str) -> PolicyChosen:
    """A draft, or a signed policy that is not yet active, goes; an active one is replaced by another."""
    row = of(session, policy_id)
    if row.state == SIGNED and row.active_from is not None and row.active_from <= now().date():
        raise Conflict("The policy is in force.", "Draft and sign the one that takes its place.")
    row.state, row.version = WITHDRAWN, row.version + 1
    session.flush()
    return row


def _still_a_draft(row: PolicyChosen) -> None:
    if row.state != DRAFT:
        raise Conflict(f"The policy is {row.state} already.", "Draft another one.")


def _changed(session: Session, row: PolicyChosen) -> list[str]:
    job = session.get(Job, row.tried) if row.tried else None
    if job is None or job.state != State.DONE or job.result is None:
        raise Conflict("The draft has not been tried on past plans.", "Have it tried first; it takes minutes.")
    found: Any = job.result
    return [str(one["child"]) for one in found["changed"]]


def _keep_text(session: Session, row: PolicyChosen) -> None:
    if session.get(PolicyUsed, row.fingerprint) is None:
        kept = {"name": row.name, "version": row.policy_version, "text": row.text}
        session.add(PolicyUsed(fingerprint=row.fingerprint, first_used_at=now(), **kept))


def read(text: str, place: str) -> Policy:
    """A policy from its text; raises `Wrong` for a text that is no TOML, `PolicyRefused` for one that asks what cannot be."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise Wrong(f"The text is no TOML: {fault}", "Correct it; data/policies shows how one looks.") from None
    return policy_from(told, place)
