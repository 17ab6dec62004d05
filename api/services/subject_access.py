"""Everything that the record holds of one person, for that person: built from named parts; what is others' is withheld, and named."""

from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.data_keys import keyring
from api.db.sealing import Seal
from api.db.tables import AuditEntry, Decided, Fact, LegalHold, Note, PlanMade
from api.security.accounts import User
from api.services import contacts, decisions
from api.services.paper import set_on_paper

TEMPLATE = Path(__file__).with_name("subject_access.typ")
WITHHELD = {
    "child": (
        "What carers and others said when they could not take the child: their words are theirs.",
        "Facts, names and addresses of homes and of other children; homes and children stand by reference alone.",
        "Which other children a plan or a tie speaks of.",
    ),
    "home": (
        "Facts and names of children; their references too.",
        "Why decisions about a child were made: that is the child's.",
    ),
}


def gathered(session: Session, seal: Seal, user: User, kind: str, ref: str, at: datetime) -> dict[str, Any]:
    """All parts, as plain data; raises `NotHere` for somebody whom the asker does not keep."""
    kept = queries.one(session, seal, kind, ref, user.authority, to_change=True)
    child = kind == "child"
    return {
        "about": f"{kind} {ref}",
        "made_at": at.isoformat(timespec="minutes"),
        "facts": dict(sorted(kept.cells.items())),
        "contact": contacts.opened(session, seal, kind, ref),
        "decisions": _decisions(session, seal, kind, ref),
        "ties": _ties(session, seal, ref) if child else [],
        "notes": _notes(session, seal, ref) if child else [],
        "plans": _plans(session, kind, ref),
        "legal_holds": _holds(session, kind, ref),
        "who_looked_or_changed": _trail(session, kind, ref),
        "withheld": list(WITHHELD[kind]),
    }


def _decisions(session: Session, seal: Seal, kind: str, ref: str) -> list[dict[str, Any]]:
    column = Decided.child if kind == "child" else Decided.home
    rows = session.scalars(select(Decided).where(column == ref).order_by(Decided.at))
    told = []
    for row in rows:
        one: dict[str, Any] = {"at": row.at.isoformat(timespec="minutes"), "what": row.kind, "as": list(row.roles)}
        if kind == "child":
            one |= {"home": row.home, "reason": decisions.reason_of(session, seal, row)}
        told.append(one)
    return told


def _ties(session: Session, seal: Seal, ref: str) -> list[dict[str, Any]]:
    """Placements, bookings, agreements and refusals; of a refusal only that there was one, from whom and when."""
    query = select(Fact).where(
        Fact.kind.in_(("placement", "booking", "agreement", "refusal")), Fact.ref.contains(ref, autoescape=True)
    )
    shown = {"placement": None, "booking": None, "agreement": None, "refusal": ("home", "by", "on")}
    found = []
    for row in session.scalars(query.order_by(Fact.kind, Fact.ref)):
        if ref in row.ref.split("|"):
            cells, only = queries.opened(session, seal, row).cells, shown[row.kind]
            found.append({"kind": row.kind, **{k: v for k, v in cells.items() if only is None or k in only}})
    return found


def _notes(session: Session, seal: Seal, ref: str) -> list[dict[str, Any]]:
    """What officers noted about the child; what a home said on the telephone is the home's."""
    own, found = keyring(session, seal), []
    for row in session.scalars(select(Note).where(Note.about == ref).order_by(Note.at)):
        told: dict[str, Any] = {"at": row.at.isoformat(timespec="minutes"), "kind": row.kind}
        if row.kind == "thought":
            told["said"] = own.of(f"child:{ref}").open(row.sealed, "note", row.id, "sealed").get("said", "")
        found.append(told)
    return found


def _plans(session: Session, kind: str, ref: str) -> list[dict[str, Any]]:
    found = []
    for row in session.scalars(select(PlanMade).order_by(PlanMade.made_at)):
        plan: Any = row.plan
        for one in [*plan["placements"], *plan["unplaced"]]:
            if one.get(kind) == ref:
                told = {"at": row.made_at.isoformat(timespec="minutes"), "home": one.get("home") or "no home was found"}
                found.append(told if kind == "child" else {"at": told["at"], "proposed": True})
    return found


def _holds(session: Session, kind: str, ref: str) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(LegalHold).where(LegalHold.kind == kind, LegalHold.ref == ref).order_by(LegalHold.set_at)
    )
    return [
        {"from": r.set_at.date().isoformat(), "to": r.lifted_at.date().isoformat() if r.lifted_at else None}
        for r in rows
    ]


def _trail(session: Session, kind: str, ref: str) -> list[dict[str, str]]:
    rows = session.scalars(select(AuditEntry).where(AuditEntry.about == f"{kind}:{ref}").order_by(AuditEntry.number))
    return [{"at": row.at[:16], "act": row.act, "by": row.who} for row in rows]


def as_html(told: dict[str, Any]) -> str:
    """The same to read: one page without script."""
    body = "".join(f"<h2>{escape(title)}</h2>{_html(part)}" for title, part in _parts(told))
    head = f"<title>What the record holds</title><h1>What the record holds about {escape(told['about'])}</h1>"
    return f'<!doctype html><html lang="en-GB"><meta charset="utf-8">{head}{body}</html>'


def _html(rows: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(row)}</li>" for row in rows) + "</ul>" if rows else "<p>Nothing.</p>"


def as_pdf(told: dict[str, Any]) -> bytes:
    """The same on paper, tagged."""
    parts = [{"title": title, "rows": rows or ["Nothing."]} for title, rows in _parts(told)]
    given = {"about": told["about"], "made_at": told["made_at"], "parts": parts}
    when = datetime.fromisoformat(told["made_at"]).replace(tzinfo=UTC)
    return set_on_paper(TEMPLATE, given, when)


def _parts(told: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Every part with its title, each row as a sentence."""
    named = [(name.replace("_", " ").capitalize(), told[name]) for name in told if name not in ("about", "made_at")]
    return [(title, _rows(part)) for title, part in named]


def _rows(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [f"{key.replace('_', ' ').capitalize()}: {text}" for key, text in part.items()]
    return [one if isinstance(one, str) else _sentence(one) for one in part]


def _sentence(row: dict[str, Any]) -> str:
    told = {k: ", ".join(v) if isinstance(v, list) else v for k, v in row.items() if v not in (None, "")}
    return "; ".join(f"{key.replace('_', ' ')}: {text}" for key, text in told.items())
