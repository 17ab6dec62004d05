"""The duty board: who needs a home and by when, what is promised, vacancies and how old their confirmation is."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.tables import Bed
from api.errors import ServiceError, of_core
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.routes.facts import FRIDAY
from api.security.roles import May
from api.services import matching
from matching.domain import Caseload, Child, Deadline, Home
from matching.domain.facts import facts_of
from matching.errors import MatchingError

router = APIRouter(include_in_schema=False)
URGENCY = {Deadline.EMERGENCY: 0, Deadline.STATUTORY: 1, Deadline.PLANNED: 2, None: 3}
LABELS = {
    "ref": "Reference",
    "date_of_birth": "Date of birth",
    "sex": "Sex",
    "authority": "Authority that looks after the child",
    "sibling_group": "Reference of the group of brothers and sisters",
    "needs_home_by": "Needs a home by",
    "deadline": "Why by then",
    "care_type": "Kind of care",
    "home_place": "Postcode of the family home",
    "places_to_avoid": "Areas to stay away from",
    "risk_harm_sexual": "Harmful sexual behaviour towards others",
    "own_words": "What the child says",
}
DAYS = ("date_of_birth", "needs_home_by")
WRITTEN = ("%d/%m/%Y", "%d %m %Y", "%d %B %Y", "%d %b %Y", "%d.%m.%Y", "%d-%m-%Y")
OLD = 7  # days after which a vacancy should be confirmed again


@dataclass(frozen=True)
class Waiting:
    """A child who needs a home, as the board shows them."""

    ref: str
    age: int | None
    by: date | None
    deadline: str | None
    siblings: tuple[str, ...]


@dataclass(frozen=True)
class Vacancy:
    """A home with usable places."""

    ref: str
    free: int
    youngest: int | None
    oldest: int | None
    confirmed: date | None
    days: int | None
    short_notice: bool | None


@router.get("/", dependencies=[Depends(PageNeeds(May.SELF))])
def start(look: Looking) -> Response:
    """The first page of a role: the board, the trail, or what there is."""
    if May.SEE_CASES not in look.user.may:
        return page("start.html", look)
    return back_to("/board")


@router.get("/board", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def board(look: Looking) -> HTMLResponse:
    """Everybody who needs a home, promised places, vacancies."""
    parts = look.parts
    with parts.store.reading() as session:
        caseload = matching.caseload_now(session, parts.store.seal, parts.maps, look.user, parts.today())
        beds = session.scalars(select(Bed).order_by(Bed.taken_at)).all()
    look.run("read-board", "board", lambda _: {})
    return page(
        "board.html",
        look,
        here="/board",
        waiting=_waiting(caseload),
        promised=[bed for bed in beds if bed.child in caseload.child_by_ref],
        vacancies=_vacancies(caseload),
        old=OLD,
        today=parts.today(),
        once=secrets.token_urlsafe(12),
    )


def _waiting(caseload: Caseload) -> list[Waiting]:
    found = [_as_waiting(caseload, child) for child in caseload.seeking]
    order = {child.ref: URGENCY[child.deadline] for child in caseload.seeking}
    return sorted(found, key=lambda one: (order[one.ref], one.by or date.max, one.ref))


def _as_waiting(caseload: Caseload, child: Child) -> Waiting:
    others = (c.ref for c in caseload.children if c.ref != child.ref and caseload.siblings(c.ref, child.ref))
    why = child.deadline.value if child.deadline else None
    return Waiting(child.ref, child.age_on(caseload.as_of), child.needs_home_by, why, tuple(others))


def _vacancies(caseload: Caseload) -> list[Vacancy]:
    free = [home for home in caseload.homes if home.places_free]
    return sorted((_as_vacancy(home, caseload.as_of) for home in free), key=lambda v: (-(v.days or 9999), v.ref))


def _as_vacancy(home: Home, day: date) -> Vacancy:
    days = (day - home.confirmed_on).days if home.confirmed_on else None
    terms = home.approval
    return Vacancy(
        home.ref, home.places_free or 0, terms.youngest, terms.oldest, home.confirmed_on, days, home.short_notice
    )


@router.post("/homes/{ref}/confirm", dependencies=[Depends(PageNeeds(May.CHANGE_HOMES))])
def confirm(ref: str, act: Sending) -> Response:
    """The carer says that the vacancy stands."""

    def done(session: Session) -> dict[str, Any]:
        parts = act.parts
        before = queries.one(session, parts.store.seal, "home", ref, None)
        new = {"confirmed_on": parts.today().isoformat(), "confirmed_by": act.user.roles[0]}
        return {"version": queries.save(session, parts.store.seal, parts.maps, "home", {**before.cells, **new}).version}

    act.run("confirm-vacancy", f"home:{ref[:100]}", done)
    return back_to("/board")


@router.get("/refer", dependencies=[Depends(PageNeeds(May.REFER))])
def refer_page(look: Looking) -> HTMLResponse:
    """The Friday form."""
    told = {"authority": look.user.authority or ""}
    return page(
        "refer.html", look, here="/refer", fields=_fields(), told=told, fault=None, once=secrets.token_urlsafe(12)
    )


def _fields() -> list[dict[str, Any]]:
    meant = {fact.column: fact for fact in facts_of(Child)}
    return [
        {"name": name, "label": LABELS[name], "meaning": meant[name].meaning, "required": meant[name].required}
        for name in FRIDAY
    ]


def read_day(text: str) -> str:
    """A date as people in England write it, day first, as it is kept; what is none is left, and refused later."""
    for form in WRITTEN:
        with suppress(ValueError):
            return datetime.strptime(" ".join(text.split()), form).date().isoformat()  # noqa: DTZ007 - a day has no zone
    return text


@router.post("/refer", dependencies=[Depends(PageNeeds(May.REFER))])
def refer(form: Form, act: Sending) -> Response:
    """Keep the referral and go on to the homes; what was typed is never lost."""
    cells = {name: read_day(form[name]) if name in DAYS else form[name] for name in FRIDAY if form.get(name)}

    def done(session: Session) -> dict[str, Any]:
        return {"ref": queries.save(session, act.parts.store.seal, act.parts.maps, "child", cells, 0).ref}

    try:
        kept, _, _ = act.run("refer", f"child:{cells.get('ref', '')[:100]}", done, 201, columns=sorted(cells))
    except (MatchingError, ServiceError) as fault:
        refused = of_core(fault) if isinstance(fault, MatchingError) else fault
        once = secrets.token_urlsafe(12)
        return page("refer.html", act, 422, here="/refer", fields=_fields(), told=form, fault=refused, once=once)
    return back_to(f"/children/{kept['ref']}")
