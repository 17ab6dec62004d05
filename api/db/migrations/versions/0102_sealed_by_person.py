"""What tells of a person is sealed with a key of their own: facts, contacts, reasons, the caseloads of kept plans."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.orm import Session

from api.db.data_keys import close_each, keyring, open_each
from api.db.queries import hidden_of, subject_of
from api.db.sealing import Seal

revision = "0102"
down_revision = "0101"

FACT = sa.table(
    "fact",
    *(sa.column(name) for name in ("kind", "ref", "authority", "pool")),
    sa.column("cells", sa.JSON),
    sa.column("sealed", sa.LargeBinary),
    sa.column("changed_on", sa.Date),
)
PLAN = sa.table("plan", sa.column("id"), sa.column("caseload", sa.JSON), sa.column("sealed", sa.LargeBinary))
DECISION = sa.table(
    "decision", sa.column("id"), sa.column("child"), sa.column("reason"), sa.column("sealed", sa.LargeBinary)
)

NOTE = sa.table("note", sa.column("id"), sa.column("kind"), sa.column("about"), sa.column("sealed", sa.LargeBinary))
ABOUT_A_CHILD = ("call", "thought", "agreement-asked")


def upgrade() -> None:
    """Add the keys and seal what was plain."""
    _tables()
    seal: Seal = context.config.attributes["seal"]
    session = Session(op.get_bind())
    for row in session.execute(sa.select(FACT)).all():
        _close_fact(session, seal, row)
    for row in session.execute(sa.select(PLAN)).all():
        _close_plan(session, seal, row)
    for row in session.execute(sa.select(DECISION).where(DECISION.c.reason.is_not(None))).all():
        own = keyring(session, seal).made(f"child:{row.child}")
        sealed = own.close({"reason": row.reason}, "decision", row.id, "sealed")
        session.execute(sa.update(DECISION).where(DECISION.c.id == row.id).values(sealed=sealed))
    for row in session.execute(sa.select(NOTE).where(NOTE.c.kind.in_(ABOUT_A_CHILD))).all():
        _move_note(session, row, seal, keyring(session, seal).made(f"child:{row.about}"))
    session.flush()
    op.drop_column("decision", "reason")


def _move_note(session: Session, row: sa.Row[tuple[object, ...]], opens: Seal, closes: Seal) -> None:
    place = ("note", row.id, "sealed")
    sealed = closes.close(opens.open(row.sealed, *place), *place)
    session.execute(sa.update(NOTE).where(NOTE.c.id == row.id).values(sealed=sealed))


def _tables() -> None:
    op.create_table(
        "data_key",
        sa.Column("subject", sa.String(130), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "contact",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("ref", sa.String(120), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.add_column("fact", sa.Column("pool", sa.String(80), nullable=True))
    op.add_column("fact", sa.Column("changed_on", sa.Date(), nullable=True))
    op.create_index("ix_fact_pool", "fact", ["pool"])
    op.add_column("decision", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("plan") as plan:
        plan.alter_column("authority", existing_type=sa.String(9), type_=sa.String(80))
    _answers(sa.Column("sealed", sa.LargeBinary(), nullable=False))
    op.create_index("ix_answered_at", "answered", ["at"])


def _answers(last: sa.Column[object]) -> None:
    """Answers kept for a request that is sent twice are good for a day; they are not carried over."""
    op.drop_table("answered")
    op.create_table(
        "answered",
        sa.Column("person", sa.String(80), primary_key=True),
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        last,
    )


def _close_fact(session: Session, seal: Seal, row: sa.Row[tuple[object, ...]]) -> None:
    place = ("fact", f"{row.kind}:{row.ref}", "sealed")
    cells = {**row.cells, **seal.open(row.sealed, *place)}
    whose = {"home": cells.get("approved_by"), "child": cells.get("authority")}.get(row.kind, row.authority)
    today = datetime.now(tz=UTC).date()  # nobody knows when it changed last: its time begins now
    values = {"authority": whose, "pool": cells.get("pool"), "changed_on": today}
    hidden = hidden_of(row.kind, cells)
    sealed = keyring(session, seal).made(subject_of(row.kind, row.ref)).close(hidden, *place) if hidden else None
    where = (FACT.c.kind == row.kind, FACT.c.ref == row.ref)
    session.execute(sa.update(FACT).where(*where).values(**values, cells=cells, sealed=sealed))


def _close_plan(session: Session, seal: Seal, row: sa.Row[tuple[object, ...]]) -> None:
    told = dict(row.caseload)
    for where, text in seal.open(row.sealed, "plan", row.id, "caseload").items():
        part, at, column = where.split("|")
        told[part][int(at)][column] = text
    hidden: dict[str, dict[str, str]] = {}
    for kind in (name for name in told if name != "as_of"):
        for number, cells in enumerate(told[kind]):
            taken, ref = hidden_of(kind, cells), _ref(kind, cells)
            if taken:
                own = hidden.setdefault(subject_of(kind, ref), {})
                own |= {f"{kind}|{number}|{column}": text for column, text in taken.items()}
    sealed = close_each(session, seal, hidden, "plan", row.id)
    session.execute(sa.update(PLAN).where(PLAN.c.id == row.id).values(caseload=told, sealed=sealed))


def _ref(kind: str, cells: dict[str, str]) -> str:
    """The reference of a row, from its cells."""
    if kind in ("child", "home"):
        return cells["ref"]
    if kind == "relationship":
        return "|".join((cells["tie"], cells["of"], cells.get("to", "")))
    if kind == "agreement":
        return "|".join((cells["rule"], cells["child"], cells["home"]))
    return "|".join((cells["child"], cells["home"]))


def downgrade() -> None:
    """Back to one key for places alone; what is sealed by person is opened first."""
    seal: Seal = context.config.attributes["seal"]
    session = Session(op.get_bind())
    op.add_column("decision", sa.Column("reason", sa.Text(), nullable=True))
    for row in session.execute(sa.select(FACT).where(FACT.c.sealed.is_not(None))).all():
        _open_fact(session, seal, row)
    for row in session.execute(sa.select(PLAN)).all():
        told = dict(row.caseload)
        for where, text in open_each(session, seal, row.sealed, "plan", row.id).items():
            kind, number, column = where.split("|")
            told[kind][int(number)][column] = text
        sealed = seal.close({}, "plan", row.id, "caseload")
        session.execute(sa.update(PLAN).where(PLAN.c.id == row.id).values(caseload=told, sealed=sealed))
    for row in session.execute(sa.select(DECISION).where(DECISION.c.sealed.is_not(None))).all():
        own = keyring(session, seal).of(f"child:{row.child}")
        reason = own.open(row.sealed, "decision", row.id, "sealed")["reason"]
        session.execute(sa.update(DECISION).where(DECISION.c.id == row.id).values(reason=reason))
    for row in session.execute(sa.select(NOTE).where(NOTE.c.kind.in_(ABOUT_A_CHILD))).all():
        _move_note(session, row, keyring(session, seal).of(f"child:{row.about}"), seal)
    op.drop_index("ix_answered_at", "answered")
    _answers(sa.Column("body", sa.JSON(), nullable=False))
    op.drop_column("decision", "sealed")
    op.drop_index("ix_fact_pool", "fact")
    op.drop_column("fact", "changed_on")
    op.drop_column("fact", "pool")
    with op.batch_alter_table("plan") as plan:
        plan.alter_column("authority", existing_type=sa.String(80), type_=sa.String(9))
    op.drop_table("contact")
    op.drop_table("data_key")


def _open_fact(session: Session, seal: Seal, row: sa.Row[tuple[object, ...]]) -> None:
    place = ("fact", f"{row.kind}:{row.ref}", "sealed")
    cells = {**row.cells, **keyring(session, seal).of(subject_of(row.kind, row.ref)).open(row.sealed, *place)}
    places = {
        column: cells.pop(column) for column in list(cells) if column.endswith("place") or column == "places_to_avoid"
    }
    sealed = seal.close(places, *place) if places else None
    where = (FACT.c.kind == row.kind, FACT.c.ref == row.ref)
    session.execute(sa.update(FACT).where(*where).values(cells=cells, sealed=sealed))
