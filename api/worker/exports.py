"""Tables of the record as files, for those who may export; every export is in the trail."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.files import keep_file
from api.db.tables import Decided, Fact, Outcome
from api.services import matching, tables
from api.services.decisions import reason_of
from api.services.outcomes import said_in
from api.services.tables import Cell
from api.worker.bench import Bench
from matching.domain import Booking, Child, Home
from matching.domain.facts import facts_of

Rows = list[dict[str, Cell]]
WITHHELD = {"home": ("place",)}
AT_ONCE = 500


def _facts(kind: str, of: type[Any]) -> Callable[[Bench, Session], tuple[list[str], Rows]]:
    def rows(bench: Bench, session: Session) -> tuple[list[str], Rows]:
        """Columns and rows, but for what is withheld."""
        columns = [fact.column for fact in facts_of(of) if fact.column not in WITHHELD.get(kind, ())]
        found: list[queries.Kept] = []
        while more := queries.some(
            session, bench.store.seal, kind, bench.user.authority, found[-1].ref if found else "", AT_ONCE
        ):
            found += more
        return columns, [{c: one.cells.get(c) for c in columns} for one in found]

    return rows


def _bookings(bench: Bench, session: Session) -> tuple[list[str], Rows]:
    columns = [fact.column for fact in facts_of(Booking)]
    own = queries.own_children(session, bench.user.authority)
    rows = session.scalars(select(Fact).where(Fact.kind == "booking").order_by(Fact.ref))
    return columns, [dict(row.cells) for row in rows if own is None or row.cells["child"] in own]


def _decisions(bench: Bench, session: Session) -> tuple[list[str], Rows]:
    columns = ["at", "child", "home", "kind", "by", "plan"]
    own = _own(bench, session, Decided)
    rows = [{**_cells(row, columns), "reason": reason_of(session, bench.store.seal, row)} for row in own]
    return [*columns, "reason"], rows


def _outcomes(bench: Bench, session: Session) -> tuple[list[str], Rows]:
    columns = ["at", "child", "home", "point", "stands", "found", "by"]
    own = _own(bench, session, Outcome)
    return [*columns, "said"], [
        {**_cells(row, columns), "said": said_in(session, bench.store.seal, row)} for row in own
    ]


def _own(bench: Bench, session: Session, table: Any) -> list[Any]:
    """The rows that concern the person's own children."""
    own = queries.own_children(session, bench.user.authority)
    rows = session.scalars(select(table).order_by(table.at))
    return [row for row in rows if own is None or row.child in own]


def _cells(row: Any, columns: list[str]) -> dict[str, Cell]:
    return {column: getattr(row, column) for column in columns}


def _plan(bench: Bench, session: Session) -> tuple[list[str], Rows]:
    row = matching.plan_of(session, bench.user, str(bench.asked["plan"]))
    plan: Any = row.plan
    rows: Rows = [{"child": one["child"], "home": one["home"]} for one in plan["placements"]]
    rows += [{"child": one["child"], "home": None} for one in plan["unplaced"]]
    return ["child", "home"], sorted(rows, key=lambda row: str(row["child"]))


TABLES: dict[str, Callable[[Bench, Session], tuple[list[str], Rows]]] = {
    "children": _facts("child", Child),
    "homes": _facts("home", Home),
    "bookings": _bookings,
    "decisions": _decisions,
    "outcomes": _outcomes,
    "plan": _plan,
}


def work(bench: Bench) -> None:
    """Write the table that was asked for to a file of the job."""
    what, form = str(bench.asked["what"]), str(bench.asked["format"])
    bench.say(20, "reads the record")
    with bench.store.reading() as session:
        columns, rows = TABLES[what](bench, session)
    bench.say(60, "writes the file")
    made = tables.as_csv(columns, rows) if form == "csv" else tables.as_workbook(what, columns, rows)
    name, kind = f"{what}.{form}", tables.CSV if form == "csv" else tables.XLSX

    def keep(session: Session) -> dict[str, Any]:
        keep_file(session, bench.store.seal, f"job:{bench.job}:out", name, kind, made)
        return {"files": [name], "rows": len(rows)}

    bench.finish("export", f"export:{what}", keep, rows=len(rows), format=form)
