"""A plan now when it takes about a second, else as a job: small meetings wait for nothing, large ones hold up nobody."""

from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from api.db.store import Store
from api.db.tables import Job
from api.security.accounts import User
from api.services import answers, jobs, matching
from api.services.jobs import JobKind
from api.services.matching import Asked
from matching.domain import Caseload
from matching.policy import Policy

SOON = 1.0  # seconds that the solver may take before the work becomes a job
SOON_PAIRS = 40_000  # children who wait, times homes: above that, judging alone takes longer


def at_once(
    store: Store, pool: Executor, policy: Policy, user: User, asked: Asked, caseload: Caseload
) -> dict[str, Any] | None:
    """The proven plan if it takes about a second, else `None`: then `later` is for it. Raises what the core raises."""
    if not (asked.children or asked.since):
        kept = answers.plan_kept(caseload, policy)
        if kept is not None:
            return kept
    if len(caseload.seeking) * len(caseload.homes) > SOON_PAIRS:
        return None
    with store.reading() as session:
        promised = matching.promised_since(session, user, asked)
    soon = replace(asked, seconds=min(SOON, asked.seconds or SOON))
    plan = matching.made(pool, caseload, policy, soon, promised)
    proven = plan["status"] == "optimal"
    return plan if proven or soon.seconds == asked.seconds else None


def later(session: Session, store: Store, user: User, asked: Asked) -> Job:
    """The plan as a job; raises `NotHere` for an earlier plan that is not there."""
    matching.promised_since(session, user, asked)
    return jobs.ask(session, store.seal, user, JobKind.PLAN, asked.told())
