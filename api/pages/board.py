"""The duty board: who needs a home by when, what waits on whom, vacancies and how old their confirmation is; and tonight's list.

Who lives in a home and is to move, and who asks for some nights away, stand in lists of their own: neither is without a home.
"""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import Bed
from api.pages.child import OLD
from api.pages.parting import Part, part_of
from api.pages.rendering import PLACES, Looking, PageNeeds, Sending, back_to, page
from api.pages.who import who
from api.routes.homes import at
from api.security.roles import May
from api.services import answers, asking, calls, homes, matching
from api.services.asked_for import Asks, nights_in_words, what_is_asked
from api.services.calls import Said
from matching.domain import Caseload, Child, Deadline
from matching.wording import spoken

router = APIRouter(include_in_schema=False)
URGENCY = {Deadline.EMERGENCY: 0, Deadline.STATUTORY: 1, Deadline.PLANNED: 2, None: 3}
MOST_ROWS = 50  # of one list, so that the page weighs 150 kB at most
EVERY, MOST = 60, 30  # seconds between updates, and how many before they stop, so that nobody's session lives on alone


@dataclass(frozen=True)
class Waiting:
    """A child for whom a home is asked, as the board shows them; `home` is where they live now, if in a home."""

    ref: str
    age: int | None
    asks: Asks
    by: date | None
    deadline: str | None
    siblings: tuple[str, ...]
    tonight: bool
    home: str | None
    nights: str


@dataclass(frozen=True)
class OnWhom:
    """Something that is waited for: about whom, on whom, since when or until when."""

    child: str
    whom: str
    what: str
    when: str


@router.get("/", dependencies=[Depends(PageNeeds(May.SELF))])
def start(look: Looking) -> Response:
    """The first page of a role: the board, what waits for its agreement, or what there is."""
    first = next((path for _, path, what in PLACES if what in look.user.may), None)
    agrees_only = May.AGREE in look.user.may and May.DECIDE not in look.user.may
    return page("start.html", look) if first is None else back_to("/to-agree" if agrees_only else first)


@router.get("/board", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def board(
    look: Looking, updates: int = 0, later: int = 1, moving: int = 1, nights: int = 1, vacant: int = 1
) -> HTMLResponse:
    """The board; `updates` counts how often it has renewed itself, negative when that is stopped.

    `later`, `moving`, `nights` and `vacant` are the parts of the long lists.
    """
    parts, user = look.parts, look.user
    with parts.store.reading() as session:
        caseload = matching.caseload_now(session, parts.store.seal, parts.maps, user, parts.today())
        beds = session.scalars(select(Bed).order_by(Bed.taken_at)).all()
        on_whom = _on_whom(session, look, caseload)
    look.run("read-board", "board", lambda _: {})
    waiting = _waiting(caseload)
    vacancies = part_of(homes.vacancies(caseload, 0, user.authority), None, vacant, MOST_ROWS)
    lists = {asks: _part_of(waiting, asks, turn) for asks, turn in zip(Asks, (later, moving, nights), strict=True)}
    turned = {asks.value: part.number for asks, part in lists.items()} | {"vacant": vacancies.number}
    goes_on = 0 <= updates < MOST
    answer = page(
        "board.html",
        look,
        here="/board",
        tonight=[one for one in waiting if one.tonight],
        lists={asks.value: part for asks, part in lists.items()},
        ways_of={name: _way_of(turned, name) for name in turned},
        promised=[bed for bed in beds if bed.child in caseload.child_by_ref],
        on_whom=on_whom,
        vacancies=vacancies,
        old=OLD,
        today=parts.today(),
        goes_on=goes_on,
        once=secrets.token_urlsafe(12),
    )
    if goes_on:
        again = urlencode({"updates": updates + 1, **turned})
        answer.headers["Refresh"] = f"{EVERY}; url=/board?{again}"
    return answer


def _part_of(waiting: list[Waiting], asks: Asks, turn: int) -> Part[Waiting]:
    """The rows of one list that are shown: those who ask for this, and not for today."""
    return part_of([one for one in waiting if one.asks is asks and not one.tonight], None, turn, MOST_ROWS)


def _way_of(turned: dict[str, int], name: str) -> str:
    """The address of the board on which every other long list shows the part that it shows now."""
    return f"/board?{urlencode({other: number for other, number in turned.items() if other != name})}"


def _waiting(caseload: Caseload) -> list[Waiting]:
    order = {child.ref: URGENCY[child.deadline] for child in caseload.seeking}
    found = [_as_waiting(caseload, child) for child in caseload.seeking]
    return sorted(found, key=lambda one: (not one.tonight, order[one.ref], one.by or date.max, one.ref))


def _as_waiting(caseload: Caseload, child: Child) -> Waiting:
    others = (one.ref for one in caseload.brothers_and_sisters(child.ref))
    return Waiting(
        ref=child.ref,
        age=child.age_on(caseload.as_of),
        asks=what_is_asked(caseload, child),
        by=child.needs_home_by,
        deadline=child.deadline.value if child.deadline else None,
        siblings=tuple(others),
        tonight=answers.urgent(caseload, child.ref),
        home=caseload.lives_in.get(child.ref),
        nights=nights_in_words(child, caseload.as_of),
    )


def _on_whom(session: Session, look: Any, caseload: Caseload) -> list[OnWhom]:
    """Homes that think, and agreements that are asked for, for children who still need a home."""
    seal, seeking = look.parts.store.seal, {child.ref for child in caseload.seeking}
    found = []
    rung = calls.latest_by_child(session, seal, look.user, caseload, seeking)
    for child in sorted(seeking):
        for call in rung.get(child, {}).values():
            if call.said is Said.THINKING:
                until = f"until {call.until}" if call.until else f"since {call.at:%H:%M}"
                found.append(OnWhom(child, call.home, "thinks about it", until))
    for one in asking.waiting(session, seal, look.parts.policy, look.user):
        if one.child in seeking:
            roles = " or ".join(spoken(role) for role in one.roles)
            found.append(OnWhom(one.child, roles, f"is asked to agree for {one.home}", f"since {one.at:%d %B %H:%M}"))
    return found


@router.get("/board/tonight", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def tonight(look: Looking) -> HTMLResponse:
    """Tonight's list on paper: each child or group with the homes to ring, and room to write what they said."""
    parts = look.parts
    with parts.store.reading() as session:
        caseload = matching.caseload_now(session, parts.store.seal, parts.maps, look.user, parts.today())
    policy, readings = parts.policy, parts.maps.readings
    groups = dict.fromkeys(tuple(answers.together_with(caseload, one.ref)) for one in _waiting(caseload) if one.tonight)
    found = [
        (
            [who(caseload, ref) for ref in group],
            answers.homes_to_ring(caseload, policy, list(group), True, readings, near=False),
        )
        for group in groups
    ]
    look.run("print-tonight", "board", lambda _: {}, children=sorted(ref for group in groups for ref in group))
    return page("tonight.html", look, here="/board", groups=found, today=parts.today(), old=OLD)


@router.post("/homes/{ref}/confirm", dependencies=[Depends(PageNeeds(May.CHANGE_HOMES))])
def confirm(ref: str, act: Sending) -> Response:
    """The carer says that the vacancy stands."""

    def done(session: Session) -> dict[str, Any]:
        return {"version": homes.confirm(at(act, session), ref, act.user.roles[0]).version}

    act.run("confirm-vacancy", f"home:{ref[:100]}", done)
    return back_to("/board#vacancies")
