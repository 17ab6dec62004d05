"""A whole caseload into the record: compared outside any transaction, written in one, all of it or nothing."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from api.db import queries
from api.db.data_keys import keyring
from api.db.queries import PARTS, Maps, ref_of
from api.db.sealing import Seal
from api.db.tables import Fact
from api.errors import Conflict, Wrong
from api.security.accounts import User
from matching.domain import Caseload, Child, Home
from matching.domain.caseload import contradictions_in

SHOWN = 500
CHANGING = ("authority", "pool", "cells", "sealed", "version", "stamp", "changed_on")


@dataclass(frozen=True)
class Compared:
    """What an import would do: kind, value and version of what is to be written, and how many of each kind are new, otherwise, the same."""

    new: tuple[tuple[str, Any, int], ...]
    changed: tuple[tuple[str, Any, int], ...]
    counts: dict[str, dict[str, int]]
    stamps: tuple[str, ...]

    def told(self, dry_run: bool) -> dict[str, Any]:
        """As it is shown."""
        return {"dry_run": dry_run, "rows": self.counts, "nothing_to_do": not (self.new or self.changed)}


def compare(session: Session, seal: Seal, maps: Maps, caseload: Caseload, user: User) -> Compared:
    """What stands in the caseload and not, or otherwise, in the record; what stands only in the record stays.

    Raises `Wrong` when a child is another authority's, or when the record would contradict itself afterwards; every
    fault is named.
    """
    before = queries.facts_now(session, seal, maps)
    _own(caseload, user, before.facts)
    rows: dict[str, list[tuple[str, Any, int]]] = {"new": [], "changed": []}
    counts: dict[str, dict[str, int]] = {}
    after = {kind: {ref: value for ref, (value, _) in kept.items()} for kind, kept in before.facts.items()}
    for kind, part in PARTS.items():
        found: Counter[str] = Counter(new=0, changed=0, same=0)
        for value in getattr(caseload, part):
            ref = ref_of(value)
            old, version = before.facts[kind].get(ref, (None, 0))
            state = "new" if old is None else "same" if old == value else "changed"
            found[state] += 1
            after[kind][ref] = value
            if state != "same":
                rows[state].append((kind, value, version + 1))
        counts[PARTS[kind]] = dict(found)
    _consistent(caseload, after)
    return Compared(tuple(rows["new"]), tuple(rows["changed"]), counts, before.stamps)


def _own(caseload: Caseload, user: User, facts: dict[str, dict[str, tuple[Any, int]]]) -> None:
    """Raise `Wrong` when a child or home is another's, by the file or by the record."""
    if user.authority is None:
        return
    here: dict[str, tuple[Child | Home, ...]] = {"child": caseload.children, "home": caseload.homes}
    by_file = [one.ref for values in here.values() for one in values if _anothers(one, user)]
    if by_file:
        told = tuple({"field": "authority", "reason": f"{ref} is another authority's"} for ref in by_file[:SHOWN])
        raise Wrong(f"{len(by_file)} rows are another authority's; nothing was changed.", "Leave them out.", told)
    kept = [facts[kind][one.ref][0] for kind, values in here.items() for one in values if one.ref in facts[kind]]
    taken = [one.ref for one in kept if _anothers(one, user)]
    if taken:
        told = tuple({"field": "ref", "reason": f"{ref} is taken already"} for ref in taken[:SHOWN])
        raise Wrong(f"{len(taken)} references are taken already; nothing was changed.", "Choose other ones.", told)


def _anothers(one: Child | Home, user: User) -> bool:
    return user.authority not in (_whose(one), one.pool) and _whose(one) is not None


def _whose(one: Child | Home) -> str | None:
    return one.approved_by if isinstance(one, Home) else one.authority


def _consistent(caseload: Caseload, after: dict[str, dict[str, Any]]) -> None:
    draft = object.__new__(Caseload)
    object.__setattr__(draft, "as_of", caseload.as_of)
    for kind, part in PARTS.items():
        object.__setattr__(draft, part, tuple(after[kind].values()))
    said = contradictions_in(draft)
    if said:
        told = tuple({"field": "caseload", "reason": text} for text in said[:SHOWN])
        raise Wrong(f"{len(said)} contradictions with the record; nothing was changed.", "Correct the rows.", told)


def write(session: Session, seal: Seal, found: Compared) -> None:
    """Write what was compared; raises `Conflict` when a fact has changed since, so that it is compared again."""
    stamps = session.scalars(select(Fact.stamp).order_by(Fact.kind, Fact.ref)).all()
    if tuple(stamps) != found.stamps:
        raise Conflict("The record changed while the import was compared.", "Send it again.")
    keyring(session, seal).load_all()
    if found.new:
        session.execute(insert(Fact), [queries.as_row(session, seal, *one) for one in found.new])
    if found.changed:
        here = (Fact.kind == bindparam("kind_")) & (Fact.ref == bindparam("ref_"))
        table = Fact.__table__
        told = [
            {"kind_": row["kind"], "ref_": row["ref"], **{name: row[name] for name in CHANGING}}
            for row in (queries.as_row(session, seal, *one) for one in found.changed)
        ]
        new: dict[str, Any] = {name: bindparam(name) for name in CHANGING}
        session.connection().execute(update(table).where(here).values(new), told)  # type: ignore[arg-type]
