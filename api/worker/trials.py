"""A draft policy tried on past plans: whose proposal would change."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import PlanMade
from api.services import policies, replaying
from api.worker.bench import Bench
from matching.policy import Policy


def work(bench: Bench) -> None:
    """Make the latest plans again by the draft, and list each child whose home would differ, for whoever signs."""
    number, most = str(bench.asked["policy"]), int(bench.asked["plans"])
    with bench.store.reading() as session:
        draft = policies.of(session, number)
        plans = session.scalars(_latest(bench, most)).all()
    policy = policies.read(draft.text, draft.name)
    changed: list[dict[str, Any]] = []
    for at, plan in enumerate(plans):
        bench.say(5 + 90 * at // len(plans), f"plan {at + 1} of {len(plans)}")
        changed += _changed(bench, plan, policy)

    def keep(session: Session) -> dict[str, Any]:
        policies.tried(session, number, bench.job, policy.fingerprint)
        return {"policy": number, "plans": list(plans), "changed": changed}

    bench.finish("try-policy", f"policy:{policy.fingerprint[:16]}", keep, plans=len(plans), changed=len(changed))


def _latest(bench: Bench, most: int) -> Any:
    query = select(PlanMade.id).order_by(PlanMade.made_at.desc()).limit(most)
    return query.where(PlanMade.authority == bench.user.authority) if bench.user.authority else query


def _changed(bench: Bench, plan: str, policy: Policy) -> list[dict[str, Any]]:
    with bench.store.reading() as session:
        found = replaying.replay(session, bench.store, bench.maps, plan, policy)
    return [{"plan": plan, "child": child, "before": old, "now": new} for child, old, new in found.changed]
