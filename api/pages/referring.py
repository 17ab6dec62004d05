"""The Friday form: a draft that is kept while it is typed, the answers to check, then the child is referred."""

import secrets
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.db import queries
from api.errors import ServiceError, of_core
from api.pages.questions import LABELS, Question, in_our_words, question_of, typed_cells
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.routes.facts import FRIDAY
from api.security.roles import May
from api.services import belonging, notes
from api.services.notes import NoteKind
from matching.domain import Child
from matching.errors import MatchingError
from matching.io.rows import row_of

router = APIRouter(include_in_schema=False)
DRAFT = "referral"
ALL = (*FRIDAY, "authority", "sibling_group")  # the last two are carried along, not asked
OF_THE_FAMILY = (
    "sibling_group",
    "needs_home_by",
    "deadline",
    "care_type",
    "home_place",
    "places_to_avoid",
    "authority",
)


@router.get("/refer", dependencies=[Depends(PageNeeds(May.REFER))])
def refer_page(look: Looking, like: str = "") -> HTMLResponse:
    """The form with what was typed before; `like` is a brother or sister whose family's answers are taken over."""
    told = _draft(look) or {"ref": _next_reference(look), "authority": look.user.authority or ""}
    if like:
        told |= _of_the_family(look, like[:80])
    return _form(look, told, None)


def _form(look: Any, told: dict[str, str], fault: ServiceError | None) -> HTMLResponse:
    once, status = secrets.token_urlsafe(12), 422 if fault else 200
    asked = _questions()
    return page("refer.html", look, status, here="/refer", questions=asked, told=told, fault=fault, once=once)


def _questions() -> list[Question]:
    """The twelve."""
    return [question_of(Child, name) for name in FRIDAY]


def _draft(look: Any) -> dict[str, str]:
    with look.parts.store.reading() as session:
        found = notes.of(session, look.parts.store.seal, NoteKind.DRAFT, look.user, about=[DRAFT], by=look.user.name)
    return dict(found[-1].cells) if found else {}


def _next_reference(look: Any) -> str:
    """A reference that nobody has yet, of the day; it can be typed over."""
    with look.parts.store.reading() as session:
        day = look.parts.today()
        numbers = (f"R{day:%y%m%d}-{number}" for number in range(1, 1000))
        return next(ref for ref in numbers if not queries.is_there(session, "child", ref))


def _of_the_family(look: Any, ref: str) -> dict[str, str]:
    """What brothers and sisters have in common; the group is named after the first if it has no name yet."""
    with look.parts.store.reading() as session:
        cells = queries.one(session, look.parts.store.seal, "child", ref, look.user.authority).cells
    common = {name: cells[name] for name in OF_THE_FAMILY if cells.get(name)}
    return {**common, "ref": _next_reference(look), "date_of_birth": "", "sex": "", "own_words": ""}


@router.post("/refer/draft", status_code=204, dependencies=[Depends(PageNeeds(May.REFER))])
def keep_draft(form: Form, act: Sending) -> Response:
    """Keep what is typed so far, each time something changes; nothing is judged."""
    _keep(act, {name: form[name] for name in ALL if form.get(name)})
    return back_to("/refer") if form.get("then") == "later" else Response(status_code=204)


def _keep(act: Any, cells: dict[str, str]) -> None:
    def done(session: Session) -> dict[str, Any]:
        notes.throw_away(session, NoteKind.DRAFT, DRAFT, act.user.name)
        return {"id": notes.keep(session, act.parts.store.seal, act.user, NoteKind.DRAFT, DRAFT, cells).id}

    act.parts.store.transact(done, lambda _: act.entry("keep-draft", DRAFT))


@router.post("/refer", dependencies=[Depends(PageNeeds(May.REFER))])
def refer(form: Form, act: Sending) -> Response:
    """To the answers to check; what can not be read is said beside its question."""
    typed = {name: form[name] for name in ALL if form.get(name)}
    _keep(act, typed)
    try:
        row_of(Child, _cells(act, typed), act.parts.maps.find)
        _is_new(act, typed.get("ref", ""))
    except (MatchingError, ServiceError) as fault:
        return _form(act, form, _refusal(fault))
    return back_to("/refer/check")


def _refusal(fault: MatchingError | ServiceError) -> ServiceError:
    return in_our_words(Child, of_core(fault)) if isinstance(fault, MatchingError) else fault


def _cells(act: Any, typed: dict[str, str]) -> dict[str, str]:
    whose = {"authority": act.user.authority} if act.user.authority else {}
    return {**typed_cells(Child, typed), **whose}


def _is_new(act: Any, ref: str) -> None:
    with act.choosing(), act.parts.store.reading() as session:
        queries.must_be_new(session, "child", ref)


@router.get("/refer/check", dependencies=[Depends(PageNeeds(May.REFER))])
def check(look: Looking) -> Response:
    """The answers, with what is not known in plain sight."""
    told = _draft(look)
    if not told:
        return back_to("/refer")
    asked = [(question, told.get(question.name, "")) for question in _questions()]
    once = secrets.token_urlsafe(12)
    return page("refer_check.html", look, here="/refer", asked=asked, told=told, labels=LABELS, fault=None, once=once)


@router.post("/refer/send", dependencies=[Depends(PageNeeds(May.REFER))])
def send(form: Form, act: Sending) -> Response:
    """Refer the child, and go on to the homes, or to the next brother or sister."""
    told = {name: form[name] for name in ALL if form.get(name)}
    if form.get("then") == "sibling":
        told.setdefault("sibling_group", f"G-{told.get('ref', '')}")
    cells = _cells(act, told)

    def done(session: Session) -> dict[str, Any]:
        notes.throw_away(session, NoteKind.DRAFT, DRAFT, act.user.name)
        own = belonging.added(act.user, cells)
        return {"ref": queries.save(session, act.parts.store.seal, act.parts.maps, "child", own, 0).ref}

    try:
        with act.choosing():
            kept, _, _ = act.run("refer", f"child:{cells.get('ref', '')[:100]}", done, 201, columns=sorted(cells))
    except (MatchingError, ServiceError) as fault:
        return _form(act, told, _refusal(fault))
    return back_to(f"/refer?like={kept['ref']}" if form.get("then") == "sibling" else f"/children/{kept['ref']}")
