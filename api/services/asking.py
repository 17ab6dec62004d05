"""Agreements asked for: sent to the roles that may lift a rule for one child and home, answered by one of them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from api.db import queries
from api.db.sealing import Seal
from api.errors import Wrong
from api.security.accounts import User
from api.services import decisions, notes
from api.services.decisions import Desk
from api.services.notes import NoteKind
from matching.policy import Policy


@dataclass(frozen=True)
class Asked:
    """One agreement asked for; `roles` may answer, `yours` says whether the reader may."""

    id: str
    rule: str
    title: str
    child: str
    home: str
    why: str
    roles: tuple[str, ...]
    by: str
    at: Any
    yours: bool


def ask(desk: Desk, rule: str, child: str, home: str, why: str) -> str:
    """Send a rule to the roles that may lift it; raises `Wrong` without a reason, or for a rule that nobody may lift."""
    _roles(desk.policy, rule)
    if not why.strip():
        raise Wrong("A reason is needed.", "Say in a sentence why.", ({"field": "why", "reason": "is empty"},))
    queries.one(desk.session, desk.seal, "child", child, desk.user.authority)
    queries.one(desk.session, desk.seal, "home", home, desk.user.authority)
    cells = {"rule": rule, "home": home, "why": why}
    return notes.keep(desk.session, desk.seal, desk.user, NoteKind.AGREEMENT, child, cells).id


def _roles(policy: Policy, rule: str) -> tuple[str, ...]:
    found = {one.code: one.lifted_by for one in (*policy.rules, *policy.set_rules)}.get(rule, ())
    if not found:
        raise Wrong(f"No decision can lift the rule {rule!r}.", "The handbook of rules says which can be, and by whom.")
    return tuple(found)


def waiting(session: Session, seal: Seal, policy: Policy, user: User, child: str | None = None) -> list[Asked]:
    """Agreements that are asked for and not answered, oldest first."""
    titles = {one.code: one.title for one in policy.every_rule}
    told = []
    about = None if child is None else [child]
    for one in notes.of(session, seal, NoteKind.AGREEMENT, user, about=about, settled=False):
        rule, roles = one.cells["rule"], _roles(policy, one.cells["rule"])
        yours = bool(set(roles) & set(user.roles))
        why, home = one.cells["why"], one.cells["home"]
        told.append(Asked(one.id, rule, titles[rule], one.about, home, why, roles, one.by, one.at, yours))
    return told


def answer(desk: Desk, number: str, agreed: bool, reason: str) -> str:
    """Agree or say no, with a reason for both; raises `NotAllowed` for a role that may not. Gives the child's reference."""
    if not reason.strip():
        raise Wrong(
            "A reason is needed.", "Say in a sentence why.", ({"field": f"reason-{number}", "reason": "is empty"},)
        )
    one = notes.settle(desk.session, desk.seal, desk.user, NoteKind.AGREEMENT, number)
    rule, home = one.cells["rule"], one.cells["home"]
    if agreed:
        decisions.agree(desk, rule, one.about, home, reason, None)
    else:
        decisions.may_lift(desk, rule)
    return one.about
