"""Shortlists and plans from the record: the core's answers, with what made them."""

import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from api.db.data_keys import close_each
from api.db.queries import Maps, load_caseload, own_children
from api.db.readings import Readings
from api.db.sealing import Seal
from api.db.snapshots import snapshot
from api.db.tables import PlanMade
from api.errors import NotHere
from api.security.accounts import User, now
from matching.cli.show import shortlist_data, software
from matching.difference import Difference, difference
from matching.domain import Caseload
from matching.io.caseload_csv import fingerprint
from matching.io.plan_json import ToldPlan, plan_to_dict, staying_in
from matching.pairs import Register
from matching.planning import propose_plan
from matching.policy import Policy
from matching.shortlist import Shortlist, shortlist
from matching.solver import Limits


@dataclass(frozen=True)
class Asked:
    """What a meeting asks of a plan."""

    pins: dict[str, str | None]
    forbidden: tuple[tuple[str, str], ...]
    since: str | None
    seconds: float | None

    @property
    def children(self) -> set[str]:
        """Every child that something is asked for."""
        return {*self.pins, *(child for child, _ in self.forbidden)}

    def told(self) -> dict[str, object]:
        """As it is kept."""
        forbidden = [list(pair) for pair in self.forbidden]
        return {"pins": dict(self.pins), "forbidden": forbidden, "since": self.since, "seconds": self.seconds}

    @classmethod
    def from_told(cls, told: dict[str, Any]) -> "Asked":
        """As it was kept."""
        return cls(told["pins"], tuple((c, h) for c, h in told["forbidden"]), told["since"], told["seconds"])


def homes_for(
    caseload: Caseload, policy: Policy, children: list[str], emergency: bool, readings: Readings | None = None
) -> dict[str, Any]:
    """The homes to ring for some children, in order, with near misses; `readings` may hold the homes' columns already."""
    for child in children:
        caseload.child(child)

    def ask(register: Register) -> Shortlist:
        return shortlist(register, policy, children, emergency=emergency)

    return shortlist_data(readings.with_register(caseload, ask) if readings else ask(Register(caseload)))


def made(
    pool: Executor, caseload: Caseload, policy: Policy, asked: Asked, promised: list[tuple[str, str]]
) -> dict[str, Any]:
    """A plan as plain data, made in another process; raises what the core raises."""
    return pool.submit(make, caseload, policy, asked, promised).result()


def make(
    caseload: Caseload,
    policy: Policy,
    asked: Asked,
    promised: list[tuple[str, str]],
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """A plan as plain data, made here; raises what the core raises."""
    plan = propose_plan(
        caseload,
        policy,
        limits=Limits(seconds=asked.seconds),
        pins=asked.pins,
        forbidden=asked.forbidden,
        promised=promised,
        fingerprint=fingerprint(caseload),
        software=software(),
        progress=progress,
    )
    return plan_to_dict(plan)


def promised_since(session: Session, user: User, asked: Asked) -> list[tuple[str, str]]:
    """What an earlier plan promised, if one is named; raises `NotHere` for one that is not there."""
    return list(told_of(plan_of(session, user, asked.since)).placements) if asked.since else []


def keep(
    session: Session, seal: Seal, user: User, caseload: Caseload, policy: Policy, asked: Asked, plan: dict[str, Any]
) -> PlanMade:
    """Keep a plan with its caseload, policy and what was asked, so that it can be made again."""
    number = str(uuid.uuid4())
    told, hidden = snapshot(caseload)
    row = PlanMade(
        id=number,
        authority=user.authority,
        made_at=now(),
        made_by=user.name,
        asked=asked.told(),
        caseload=told,
        sealed=close_each(session, seal, hidden, "plan", number),
        policy=policy.fingerprint,
        plan=plan,
        digest=str(plan["plan_hash"]),
    )
    session.add(row)
    session.flush()
    return row


def plan_of(session: Session, user: User, plan_id: str) -> PlanMade:
    """A plan that was made; raises `NotHere`."""
    row = session.get(PlanMade, plan_id)
    if row is None or (user.authority and row.authority != user.authority):
        raise NotHere("There is no plan with this number.", "Look it up in the list of plans.")
    return row


def told_of(row: PlanMade) -> ToldPlan:
    """A kept plan as one that can be compared."""
    plan: Any = row.plan
    return ToldPlan(
        placements=tuple((p["child"], p["home"]) for p in plan["placements"]),
        caseload=str(plan["manifest"]["caseload"]),
        policy=str(plan["manifest"]["policy"]["fingerprint"]),
        goals=tuple((g["code"], int(g["achieved"])) for g in plan["goals"]),
        staying=staying_in(plan),
    )


def between(before: PlanMade, after: PlanMade) -> Difference:
    """What a later plan does otherwise."""
    return difference(told_of(before), told_of(after))


def must_be_own(session: Session, user: User, children: Iterable[str]) -> None:
    """Raise `NotHere` for a child who is not the person's: one who only lives beside theirs is no other than one unknown."""
    own = own_children(session, user.authority)
    strange = sorted(set(children) - own) if own is not None else []
    if strange:
        raise NotHere(f"There is no child with this reference: {', '.join(strange)}.", "Look it up in the list.")


def caseload_now(session: Session, seal: Seal, maps: Maps, user: User, day: date) -> Caseload:
    """The caseload of this moment, as far as the person's authority goes."""
    return load_caseload(session, seal, maps, day, user.authority)
