"""What tells of a person is sealed with a key of their own: facts, contacts, reasons, the caseloads of kept plans.

What stood where in the record of that day is written down here: later software keeps it otherwise, and this step does not change.
"""

import base64
import json
import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.orm import Session

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
DATA_KEY = sa.table("data_key", sa.column("subject"), sa.column("sealed", sa.LargeBinary))
WHOLE = ("child", "home")
SEALED = {"relationship": ("reason",), "agreement": ("reason",), "refusal": ("said",)}


class _Keys:
    """The keys of people, read and made as they were when this step was written."""

    def __init__(self, session: Session, seal: Seal) -> None:
        self._session, self._seal = session, seal
        told = session.execute(sa.select(DATA_KEY)).all()
        self._kept = {row.subject: row.sealed for row in told}

    def of(self, subject: str) -> Seal:
        return self._seal.inner(self._kept[subject], "data_key", subject, "sealed")

    def opens(self, subject: str) -> bool:
        """Not for who was erased: what was sealed with a key that was destroyed stays closed."""
        return subject in self._kept

    def made(self, subject: str) -> Seal:
        if subject not in self._kept:
            told = {"key": base64.b64encode(secrets.token_bytes(32)).decode()}
            self._kept[subject] = self._seal.close(told, "data_key", subject, "sealed")
            values = {"subject": subject, "sealed": self._kept[subject]}
            self._session.execute(sa.insert(DATA_KEY).values(**values))
        return self.of(subject)


def _subject_of(kind: str, ref: str) -> str:
    """Whose key seals a fact: the child or home itself; for a tie, the child or group that it is about."""
    parts = ref.split("|")
    if kind in WHOLE:
        return f"{kind}:{ref}"
    if kind == "relationship":
        return f"tie:{parts[1]}"
    return f"child:{parts[1] if kind == 'agreement' else parts[0]}"


def _hidden_of(kind: str, cells: dict[str, str]) -> dict[str, str]:
    """Take out of some cells what is to be sealed."""
    columns = [c for c in cells if c != "ref"] if kind in WHOLE else SEALED.get(kind, ())
    return {column: cells.pop(column) for column in columns if column in cells}


def upgrade() -> None:
    """Add the keys and seal what was plain."""
    _tables()
    seal: Seal = context.config.attributes["seal"]
    session = Session(op.get_bind())
    keys = _Keys(session, seal)
    for row in session.execute(sa.select(FACT)).all():
        _close_fact(session, seal, keys, row)
    for row in session.execute(sa.select(PLAN)).all():
        _close_plan(session, seal, keys, row)
    for row in session.execute(sa.select(DECISION).where(DECISION.c.reason.is_not(None))).all():
        own = keys.made(f"child:{row.child}")
        sealed = own.close({"reason": row.reason}, "decision", row.id, "sealed")
        session.execute(sa.update(DECISION).where(DECISION.c.id == row.id).values(sealed=sealed))
    for row in session.execute(sa.select(NOTE).where(NOTE.c.kind.in_(ABOUT_A_CHILD))).all():
        _move_note(session, row, seal, keys.made(f"child:{row.about}"))
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


def _close_fact(session: Session, seal: Seal, keys: _Keys, row: sa.Row[tuple[object, ...]]) -> None:
    place = ("fact", f"{row.kind}:{row.ref}", "sealed")
    cells = {**row.cells, **seal.open(row.sealed, *place)}
    whose = {"home": cells.get("approved_by"), "child": cells.get("authority")}.get(row.kind, row.authority)
    today = datetime.now(tz=UTC).date()  # nobody knows when it changed last: its time begins now
    values = {"authority": whose, "pool": cells.get("pool"), "changed_on": today}
    hidden = _hidden_of(row.kind, cells)
    sealed = keys.made(_subject_of(row.kind, row.ref)).close(hidden, *place) if hidden else None
    where = (FACT.c.kind == row.kind, FACT.c.ref == row.ref)
    session.execute(sa.update(FACT).where(*where).values(**values, cells=cells, sealed=sealed))


def _close_plan(session: Session, seal: Seal, keys: _Keys, row: sa.Row[tuple[object, ...]]) -> None:
    told = dict(row.caseload)
    for where, text in seal.open(row.sealed, "plan", row.id, "caseload").items():
        part, at, column = where.split("|")
        told[part][int(at)][column] = text
    hidden: dict[str, dict[str, str]] = {}
    for kind in (name for name in told if name != "as_of"):
        for number, cells in enumerate(told[kind]):
            taken, ref = _hidden_of(kind, cells), _ref(kind, cells)
            if taken:
                own = hidden.setdefault(_subject_of(kind, ref), {})
                own |= {f"{kind}|{number}|{column}": text for column, text in taken.items()}
    parts = {who: _text(keys.made(who).close(cells, "plan", row.id, who)) for who, cells in hidden.items()}
    sealed = json.dumps(parts, sort_keys=True).encode()
    session.execute(sa.update(PLAN).where(PLAN.c.id == row.id).values(caseload=told, sealed=sealed))


def _text(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode()


def _opened_plan(keys: _Keys, row: sa.Row[tuple[object, ...]]) -> dict[str, str]:
    opened: dict[str, str] = {}
    for who, part in json.loads(row.sealed or b"{}").items():
        if keys.opens(who):
            opened |= keys.of(who).open(base64.b64decode(part), "plan", row.id, who)
    return opened


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
    keys = _Keys(session, seal)
    op.add_column("decision", sa.Column("reason", sa.Text(), nullable=True))
    for row in session.execute(sa.select(FACT).where(FACT.c.sealed.is_not(None))).all():
        _open_fact(session, seal, keys, row)
    for row in session.execute(sa.select(PLAN)).all():
        told = dict(row.caseload)
        for where, text in _opened_plan(keys, row).items():
            kind, number, column = where.split("|")
            told[kind][int(number)][column] = text
        sealed = seal.close({}, "plan", row.id, "caseload")
        session.execute(sa.update(PLAN).where(PLAN.c.id == row.id).values(caseload=told, sealed=sealed))
    for row in session.execute(sa.select(DECISION).where(DECISION.c.sealed.is_not(None))).all():
        if not keys.opens(f"child:{row.child}"):
            continue
        own = keys.of(f"child:{row.child}")
        reason = own.open(row.sealed, "decision", row.id, "sealed")["reason"]
        session.execute(sa.update(DECISION).where(DECISION.c.id == row.id).values(reason=reason))
    for row in session.execute(sa.select(NOTE).where(NOTE.c.kind.in_(ABOUT_A_CHILD))).all():
        if keys.opens(f"child:{row.about}"):
            _move_note(session, row, keys.of(f"child:{row.about}"), seal)
        else:  # whom it is about was erased: nobody can open it
            session.execute(sa.delete(NOTE).where(NOTE.c.id == row.id))
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


def _open_fact(session: Session, seal: Seal, keys: _Keys, row: sa.Row[tuple[object, ...]]) -> None:
    place = ("fact", f"{row.kind}:{row.ref}", "sealed")
    cells = {**row.cells, **keys.of(_subject_of(row.kind, row.ref)).open(row.sealed, *place)}
    places = {
        column: cells.pop(column) for column in list(cells) if column.endswith("place") or column == "places_to_avoid"
    }
    sealed = seal.close(places, *place) if places else None
    where = (FACT.c.kind == row.kind, FACT.c.ref == row.ref)
    session.execute(sa.update(FACT).where(*where).values(cells=cells, sealed=sealed))
