"""A kept plan made again: by its own policy it is the same plan; by another one, whose proposal changes is named."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.data_keys import open_each
from api.db.queries import Maps
from api.db.snapshots import from_snapshot
from api.db.store import Store
from api.db.tables import PlanMade, PolicyUsed
from api.errors import NotHere
from api.security.accounts import now
from api.services.matching import Asked, make, told_of
from matching.policy import Policy, policy_from, read_policy


@dataclass(frozen=True)
class Replayed:
    """A plan made again; `changed` holds each child whose home differs, with the home before and now (`None`: none)."""

    same: bool
    digest: str
    changed: tuple[tuple[str, str | None, str | None], ...]


def policy_in_use(store: Store, path: Path) -> Policy:
    """Read the policy that the service runs with and keep its text; the first use of a policy is in the trail."""
    policy = read_policy(path)
    with store.reading() as session:
        if session.get(PolicyUsed, policy.fingerprint) is not None:
            return policy

    def act(session: Session) -> None:
        if session.get(PolicyUsed, policy.fingerprint) is None:
            session.add(_kept(policy, path.read_text(encoding="utf-8")))

    about = f"policy:{policy.fingerprint[:16]}"
    store.transact(act, lambda _: Entry("system", "use-policy", about, {"version": policy.version}))
    return policy


def _kept(policy: Policy, text: str) -> PolicyUsed:
    return PolicyUsed(
        fingerprint=policy.fingerprint, name=policy.name, version=policy.version, text=text, first_used_at=now()
    )


def policy_of(session: Session, row: PlanMade) -> Policy:
    """The policy by which a plan was made; raises `NotHere` when its text was not kept, or means another thing now."""
    kept = session.get(PolicyUsed, row.policy)
    if kept is None:
        raise NotHere("The text of this plan's policy was not kept.", "Name the policy's file with --policy.")
    policy = policy_from(tomllib.loads(kept.text), f"the policy {kept.name} {kept.version}")
    if policy.fingerprint != row.policy:
        raise NotHere(
            f"This version of the software reads {kept.name} {kept.version} otherwise than the one that made the plan.",
            "Replay with the software named in the plan's manifest, or name a policy's file with --policy.",
        )
    return policy


def replay(session: Session, store: Store, maps: Maps, plan_id: str, policy: Policy | None = None) -> Replayed:
    """Make a kept plan again from its own snapshot, by its own policy unless another is given; raises `NotHere`."""
    row = _plan(session, plan_id)
    told: Any = row.asked
    asked = Asked.from_told(told)
    promised = list(told_of(_plan(session, told["since"])).placements) if told["since"] else []
    hidden = open_each(session, store.seal, row.sealed, "plan", row.id)
    caseload = from_snapshot(dict(row.caseload), hidden, maps)
    again = make(caseload, policy or policy_of(session, row), asked, promised)
    before = dict(told_of(row).placements)
    after = {one["child"]: one["home"] for one in again["placements"]}
    moved = sorted(child for child in before.keys() | after.keys() if before.get(child) != after.get(child))
    changed = tuple((child, before.get(child), after.get(child)) for child in moved)
    return Replayed(again["plan_hash"] == row.digest, str(again["plan_hash"]), changed)


def _plan(session: Session, plan_id: str) -> PlanMade:
    row = session.get(PlanMade, plan_id)
    if row is None:
        raise NotHere("There is no plan with this number.", "Look it up in the list of plans.")
    return row
