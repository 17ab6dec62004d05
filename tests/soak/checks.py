"""What must hold of a record at any time, read from the record itself and not from what the service says."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import audit, queries
from api.db.queries import Maps
from api.db.store import Store
from api.db.tables import AuditEntry, Bed, Decided, PlanMade
from matching.domain.caseload import contradictions_in

Told = tuple[str, tuple[str, ...]]  # what was decided, and for which children


def breaks(store: Store, known: Maps, today: date, told: Sequence[Told]) -> list[str]:
    """Everything that does not hold; `told` is each act that was acknowledged, with its children."""
    with store.reading() as session:
        return [
            *_places(session, store),
            *contradictions_in(queries.load_caseload(session, store.seal, known, today)),
            *_acts(session, told),
            *_plans(session),
            *audit.verify(session).faults,
        ]


def _places(session: Session, store: Store) -> Iterator[str]:
    """No more places of a home are promised than are free; that a place has one child the database sees to."""
    for bed in session.scalars(select(Bed)):
        free = int(queries.one(session, store.seal, "home", bed.home, None).cells.get("places_free", "0"))
        if bed.number > free:
            yield f"place {bed.number} of {bed.home} is promised to {bed.child}, and {free} are free"


def _acts(session: Session, told: Sequence[Told]) -> Iterator[str]:
    """What was acknowledged is there once, with its entry in the trail; nothing else is."""
    kept = Counter((row.child, row.kind) for row in session.scalars(select(Decided)))
    each = Counter((child, kind) for kind, children in told for child in children)
    if kept != each:
        yield f"decisions kept and told differ: {kept - each}, {each - kept}"
    entries = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("decide-")))
    acts = Counter(act.removeprefix("decide-") for act in entries)
    if acts != Counter(kind for kind, _ in told):
        yield f"decisions in the trail and told differ: {acts}"


def _plans(session: Session) -> Iterator[str]:
    """The checker has passed each plan that was kept."""
    for row in session.scalars(select(PlanMade)):
        if row.plan["checker"]["breaches"]:
            yield f"plan {row.id} has breaches"
