"""Ringing homes for a child: what each said, in order; a no is a refusal at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from api.db import queries
from api.db.sealing import Seal
from api.errors import Wrong
from api.security.accounts import User
from api.services import notes
from api.services.decisions import Desk
from api.services.notes import Noted, NoteKind
from matching.domain import Caseload
from matching.domain.refusals import RefusalReason


class Said(StrEnum):
    """What came of a call; a yes is an accepted home, decided on its own page."""

    NO_ANSWER = "no-answer"
    THINKING = "thinking"
    NO = "no"


@dataclass(frozen=True)
class Call:
    """One call: for whom, to which home, what was said; `until` is the time by which a home that thinks will say."""

    child: str
    home: str
    said: Said
    until: str
    by: str
    at: Any


def note_call(desk: Desk, children: tuple[str, ...], home: str, said: str, until: str = "", reason: str = "") -> Noted:
    """Write a call down; raises `Wrong` for an answer that is none, or a no without a reason of the list."""
    if said not in set(Said):
        raise Wrong("What they said is missing.", "Choose one.", ({"field": f"said-{home}", "reason": "is empty"},))
    if said == Said.NO and reason not in set(RefusalReason):
        raise Wrong("Why they said no is missing.", "Choose one.", ({"field": f"why-{home}", "reason": "is empty"},))
    queries.one(desk.session, desk.seal, "home", home, desk.user.authority)
    for child in children:
        queries.one(desk.session, desk.seal, "child", child, desk.user.authority)
        if said == Said.NO:
            refuse(desk, child, home, reason)
    cells = {"home": home, "said": said, "until": until[:40], "children": " ".join(children)}
    return notes.keep(desk.session, desk.seal, desk.user, NoteKind.CALL, children[0], cells)


def refuse(desk: Desk, child: str, home: str, reason: str) -> int:
    """A no as a fact: the next list and plan keep to it."""
    told = {"child": child, "home": home, "by": "carer", "reason": reason, "on": desk.day.isoformat()}
    return queries.save(desk.session, desk.seal, desk.maps, "refusal", told).version


def latest_calls(session: Session, seal: Seal, user: User, caseload: Caseload, child: str) -> dict[str, Call]:
    """The last call to each home for a child."""
    return latest_by_child(session, seal, user, caseload, [child]).get(child, {})


def latest_by_child(
    session: Session, seal: Seal, user: User, caseload: Caseload, children: Iterable[str]
) -> dict[str, dict[str, Call]]:
    """The last call to each home for each of these children; a call for brothers and sisters at once counts for each."""
    families = {one.ref for ref in children for one in (caseload.child(ref), *caseload.brothers_and_sisters(ref))}
    found: dict[str, dict[str, Call]] = {}
    for note in notes.of(session, seal, NoteKind.CALL, user, about=families):
        for ref in note.cells["children"].split():
            home, said = note.cells["home"], Said(note.cells["said"])
            found.setdefault(ref, {})[home] = Call(ref, home, said, note.cells["until"], note.by, note.at)
    return found
