"""What a named person decides: accept, choose otherwise, decline, withdraw, place, end; and agree to lift a rule."""

import uuid
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import beds, queries
from api.db.data_keys import keyring
from api.db.queries import Maps
from api.db.sealing import Seal
from api.db.tables import Bed, Decided
from api.errors import Conflict, NotAllowed, Wrong
from api.security.accounts import User, now
from matching.checker import check_plan
from matching.domain import Caseload
from matching.policy import Policy


class Kind(StrEnum):
    """What is decided."""

    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PLACED = "placed"
    ENDED = "ended"


NEEDS_REASON = (Kind.OVERRIDDEN, Kind.DECLINED, Kind.WITHDRAWN, Kind.ENDED)
PROMISES = (Kind.ACCEPTED, Kind.OVERRIDDEN)


@dataclass(frozen=True)
class Choice:
    """One decision about children of one group and a home."""

    kind: Kind
    children: tuple[str, ...]
    home: str
    plan: str | None
    reason: str | None


@dataclass(frozen=True)
class Desk:
    """What an act needs at hand."""

    session: Session
    seal: Seal
    maps: Maps
    policy: Policy
    user: User
    day: date


def decide(desk: Desk, choice: Choice) -> list[Decided]:
    """Record a decision and do what follows from it; all children or none.

    Raises `Conflict` when no place is left, a rule stands in the way, or the child is not where the decision says; `Wrong`
    without a reason where one is needed.
    """
    if choice.kind in NEEDS_REASON and not (choice.reason or "").strip():
        raise Wrong("A reason is needed.", "Say in a sentence why.", ({"field": "reason", "reason": "is empty"},))
    caseload = queries.load_caseload(desk.session, desk.seal, desk.maps, desk.day, desk.user.authority)
    for child in choice.children:
        queries.one(desk.session, desk.seal, "child", child, desk.user.authority)  # not only one who lives beside ours
        caseload.child(child)
    caseload.home(choice.home)
    if choice.kind in PROMISES:
        _lawful(desk, caseload, choice)
    for child in choice.children:
        _carry_out(desk, choice, child)
    return [_kept(desk, choice, child) for child in choice.children]


def _lawful(desk: Desk, caseload: Caseload, choice: Choice) -> None:
    """The checker reads the choice as a plan of its own, beside everybody who lives there or is promised a place."""
    taken = desk.session.scalars(select(Bed).where(Bed.child.in_(choice.children))).all()
    if taken:
        raise Conflict(
            f"A place is already promised to {taken[0].child}, at {taken[0].home}.", "Withdraw that one first."
        )
    policy = desk.policy.on(desk.day)
    breaches = check_plan(caseload, [(child, choice.home) for child in choice.children], policy.settings).breaches
    if breaches:
        titles = {rule.code: f"the must-have “{rule.title}”" for rule in (*policy.rules, *policy.set_rules)}
        said = tuple({"field": breach.rule, "reason": breach.sentence.naming(titles)} for breach in breaches)
        way = "Ask who may agree to it, or choose another home; the shortlist says which and who."
        why = " ".join(one["reason"] for one in said)
        raise Conflict(f"{choice.home} cannot be chosen as things are: {why}{_since(desk, choice.home)}", way, said)


def _since(desk: Desk, home: str) -> str:
    """What changed at a home since it was shown as free, if a place there was promised meanwhile."""
    beds = desk.session.scalars(select(Bed).where(Bed.home == home).order_by(Bed.taken_at.desc())).all()
    if not beds:
        return ""
    return f" A place there was promised to another child at {beds[0].taken_at:%H:%M} (UTC), by {beds[0].taken_by}."


def _carry_out(desk: Desk, choice: Choice, child: str) -> None:
    home = queries.one(desk.session, desk.seal, "home", choice.home, desk.user.authority)
    if choice.kind in PROMISES:
        free = int(home.cells.get("places_free", "0"))
        beds.take_place(desk.session, child, choice.home, free, desk.user.name, now())
    elif choice.kind in (Kind.DECLINED, Kind.WITHDRAWN):
        _promised(desk, child, choice.home, needed=choice.kind is Kind.WITHDRAWN)
        beds.give_back_place(desk.session, child, choice.home)
    elif choice.kind is Kind.PLACED:
        _promised(desk, child, choice.home, needed=True)
        _move(desk, child, home)
    else:
        _end(desk, child, choice.home)


def _promised(desk: Desk, child: str, home: str, *, needed: bool) -> None:
    held = desk.session.scalars(select(Bed).where(Bed.child == child, Bed.home == home)).first()
    if needed and held is None:
        raise Conflict(f"No place at {home} is promised to {child}.", "Accept the home first.")


def _move(desk: Desk, child: str, home: queries.Kept) -> None:
    """The child has moved in: the place is filled, an earlier home is left, the wait is over."""
    beds.give_back_place(desk.session, child, home.ref)
    free = max(0, int(home.cells.get("places_free", "1")) - 1)
    state = {"place_state": "filled"} if free == 0 else {}
    queries.save(desk.session, desk.seal, desk.maps, "home", {**home.cells, "places_free": str(free), **state})
    for earlier in queries.some(desk.session, desk.seal, "placement", None, f"{child}|", 50):
        if earlier.cells["child"] == child:
            queries.remove(desk.session, "placement", earlier.ref)
    told = {"child": child, "home": home.ref, "standing": "current", "since": desk.day.isoformat()}
    queries.save(desk.session, desk.seal, desk.maps, "placement", told)
    cells = queries.one(desk.session, desk.seal, "child", child, None).cells
    waiting = ("needs_home_by", "deadline", "waiting_since", "move_requested")
    queries.save(desk.session, desk.seal, desk.maps, "child", {k: v for k, v in cells.items() if k not in waiting})


def _end(desk: Desk, child: str, home: str) -> None:
    ref = f"{child}|{home}"
    queries.one(desk.session, desk.seal, "placement", ref, None)
    queries.remove(desk.session, "placement", ref)


def _kept(desk: Desk, choice: Choice, child: str) -> Decided:
    number = str(uuid.uuid4())
    row = Decided(
        id=number,
        child=child,
        home=choice.home,
        kind=choice.kind.value,
        plan=choice.plan,
        sealed=_sealed_reason(desk, number, child, choice.reason),
        by=desk.user.name,
        roles=list(desk.user.roles),
        at=now(),
    )
    desk.session.add(row)
    return row


def _sealed_reason(desk: Desk, number: str, child: str, reason: str | None) -> bytes | None:
    """A reason tells of the child, and is sealed with the child's key."""
    if not reason:
        return None
    own = keyring(desk.session, desk.seal).made(f"child:{child}")
    return own.close({"reason": reason}, "decision", number, "sealed")


def reason_of(session: Session, seal: Seal, row: Decided) -> str | None:
    """Why something was decided, in the words of who decided; raises `Erased`."""
    if row.sealed is None:
        return None
    return keyring(session, seal).of(f"child:{row.child}").open(row.sealed, "decision", row.id, "sealed")["reason"]


def agree(desk: Desk, rule: str, child: str, home: str, reason: str, expires_on: date | None) -> queries.Kept:
    """Record that a rule may be lifted for exactly one child and home; raises `NotAllowed` for a role that may not."""
    role = may_lift(desk, rule)
    queries.one(desk.session, desk.seal, "child", child, desk.user.authority)
    queries.one(desk.session, desk.seal, "home", home, desk.user.authority)
    told = {
        "rule": rule,
        "child": child,
        "home": home,
        "role": role,
        "reason": reason,
        "decided_on": desk.day.isoformat(),
    }
    if expires_on:
        told["expires_on"] = expires_on.isoformat()
    return queries.save(desk.session, desk.seal, desk.maps, "agreement", told)


def may_lift(desk: Desk, rule: str) -> str:
    """The role by which the person may lift a rule; raises `Wrong` when nobody may, `NotAllowed` when they may not."""
    rules = {one.code: one for one in (*desk.policy.rules, *desk.policy.set_rules)}
    if rule not in rules or not rules[rule].lifted_by:
        raise Wrong(
            f"No decision can lift the rule {rule!r}.", "The handbook of rules says which can be lifted, and by whom."
        )
    roles = [role for role in desk.user.roles if role in rules[rule].lifted_by]
    if not roles:
        raise NotAllowed(f"{rule} may be lifted by: {', '.join(rules[rule].lifted_by)}.", "Send it to one of them.")
    return roles[0]
