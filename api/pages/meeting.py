"""The matching meeting: the plan for everybody on one screen, made again as the room asks; other plans; who waits; the pack."""

import secrets
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import PlanMade
from api.errors import NotHere, ServiceError, of_core
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.security.roles import May
from api.services import answers, matching, pack
from matching.alternatives import alternatives
from matching.candidates import GOAL_TITLES
from matching.domain import Caseload
from matching.errors import MatchingError
from matching.fairness import ledger, price_of_a_floor

router = APIRouter(include_in_schema=False)
OTHERS = 3


@router.get("/meeting", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def meeting(look: Looking) -> HTMLResponse:
    """The latest plan for everybody, and what it does otherwise than the one before."""
    return _meeting(look, None, {})


def _meeting(look: Any, fault: ServiceError | None, typed: dict[str, str]) -> HTMLResponse:
    made, since = _latest(look)
    status, once = fault.status if fault else 200, secrets.token_urlsafe(12)
    look.run("read-plan", "plan:latest", lambda _: {})
    asked: Any = made.asked if made else {"pins": {}, "forbidden": []}
    return page(
        "meeting.html",
        look,
        status,
        here="/meeting",
        made=made,
        since=since,
        titles=GOAL_TITLES,
        asked=asked,
        not_there={child: home for child, home in asked["forbidden"]},
        typed=typed,
        fault=fault,
        once=once,
    )


def _latest(look: Any) -> tuple[PlanMade | None, list[str]]:
    """The latest plan and what it does otherwise than the one that it was made from."""
    with look.parts.store.reading() as session:
        query = select(PlanMade).order_by(PlanMade.made_at.desc()).limit(1)
        query = query.where(PlanMade.authority == look.user.authority) if look.user.authority else query
        made = session.scalars(query).first()
        before = session.get(PlanMade, made.asked["since"]) if made and made.asked.get("since") else None
        return made, [str(said) for said in matching.between(before, made).sentences] if made and before else []


@router.post("/meeting", dependencies=[Depends(PageNeeds(May.PROPOSE))])
def propose(form: Form, act: Sending) -> Response:
    """Plan for everybody, with what the meeting asks; what the last plan promised is kept unless a goal gains."""
    parts, user = act.parts, act.user
    pins, forbidden = _asked(form)
    try:
        with parts.store.reading() as session:
            matching.must_be_own(session, user, {*pins, *(child for child, _ in forbidden)})
            caseload = matching.caseload_now(session, parts.store.seal, parts.maps, user, parts.today())
            since = form.get("since") or None
            promised = list(matching.told_of(matching.plan_of(session, user, since)).placements) if since else []
        asked = matching.Asked(pins, tuple(forbidden), since, parts.settings.plan_seconds)
        plan = matching.made(parts.pool, caseload, parts.policy, asked, promised)
    except (MatchingError, ServiceError) as fault:
        return _meeting(act, of_core(fault) if isinstance(fault, MatchingError) else fault, form)

    def done(session: Session) -> dict[str, Any]:
        return {"id": matching.keep(session, parts.store.seal, user, caseload, parts.policy, asked, plan).id}

    act.run("propose-plan", "plan", done, 201, plan_hash=plan["plan_hash"])
    return back_to("/meeting")


def _asked(form: dict[str, str]) -> tuple[dict[str, str | None], list[tuple[str, str]]]:
    """What is asked of each child on the screen, and what is typed; a home that is typed counts more than a choice."""
    pins: dict[str, str | None] = {}
    forbidden = []
    for name, wish in form.items():
        child, home = name.removeprefix("ask-"), form.get(f"now-{name.removeprefix('ask-')}", "")
        if name.startswith("ask-") and wish == "stays":
            pins[child] = home
        elif name.startswith("ask-") and wish == "waits":
            pins[child] = None
        elif name.startswith("ask-") and wish == "not-there":
            forbidden.append((child, home))
    pins |= dict(_pairs(form.get("pins", "")))
    pins |= dict.fromkeys(form.get("wait", "").replace(",", " ").split())
    # the boxes below still say what was asked before; a home typed in a child's own row is newer
    pins |= {name.removeprefix("to-"): _ref(home) for name, home in form.items() if name.startswith("to-") and home}
    return pins, [*forbidden, *_pairs(form.get("forbidden", ""))]


def _ref(text: str) -> str:
    """A reference as people type it."""
    return text.strip().upper()[:80]


def _pairs(text: str) -> list[tuple[str, str]]:
    """Pairs as people type them: C0001=H0012, one after another."""
    parted = [one.partition("=") for one in text.replace(",", " ").split()]
    return [(child, home) for child, sign, home in parted if child and sign and home]


@router.get("/meeting/why", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def why(look: Looking, child: str = "", home: str = "") -> Response:
    """To the page about one child and home, as they were typed."""
    return back_to(f"/children/{child.strip().upper()[:80] or 'none'}/homes/{home.strip().upper()[:80] or 'none'}")


def _caseload(look: Any) -> Caseload:
    parts = look.parts
    with parts.store.reading() as session:
        return matching.caseload_now(session, parts.store.seal, parts.maps, look.user, parts.today())


@router.get("/meeting/grid", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def grid(look: Looking) -> HTMLResponse:
    """Children down, the homes of the plan across: here, possible, or not; each is a way to why."""
    made, _ = _latest(look)
    base = answers.base_for(_caseload(look), look.parts.policy)
    plan: Any = made.plan if made else {"placements": []}
    home_of = {one["child"]: one["home"] for one in plan["placements"]}
    at, homes = base.found.register.home_index, sorted(set(home_of.values()))
    homes = [home for home in homes if home in at]
    rows = [
        (child, [(home, _cell(base, row, at[home], home_of.get(child) == home)) for home in homes])
        for child, row in base.found.row_of_child.items()
    ]
    look.run("read-plan", "plan:grid", lambda _: {})
    return page("meeting_grid.html", look, here="/meeting", homes=homes, rows=rows)


def _cell(base: Any, row: int, column: int, here: bool) -> str:
    verdict = int(base.found.judged.verdict[row, column])
    return "here" if here else ("no", "ask", "could")[verdict]


@router.get("/meeting/alternatives", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def other_plans(look: Looking) -> HTMLResponse:
    """Plans that differ clearly and are nearly as good: what each gives up."""
    base = answers.base_for(_caseload(look), look.parts.policy)
    found = alternatives(base, most=OTHERS)
    look.run("read-plan", "plan:alternatives", lambda _: {})
    return page("meeting_others.html", look, here="/meeting", found=found)


@router.get("/meeting/fairness", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def fairness(look: Looking) -> HTMLResponse:
    """Who waits and who finds a home, by kind of child; what it would cost to do more for those worst off."""
    base = answers.base_for(_caseload(look), look.parts.policy)
    look.run("read-fairness", "plan:fairness", lambda _: {})
    said = [str(one) for one in price_of_a_floor(base).sentences]
    return page("meeting_fairness.html", look, here="/meeting", ledger=ledger(base), said=said)


@router.get("/meeting/pack.pdf", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def panel_pack(look: Looking) -> Response:
    """The pack of the latest plan as a tagged PDF; its name holds the plan's hash and nothing of a child."""
    made, _ = _latest(look)
    if made is None:
        raise NotHere("There is no plan yet.", "Make one first.")
    plan: Any = made.plan
    pdf = pack.panel_pack(plan, made.made_at.date(), made.made_by, _caseload(look), look.parts.policy)
    look.run("print-pack", f"plan:{made.id}", lambda _: {}, plan_hash=made.digest)
    name = f"panel-pack-{made.digest[:12]}.pdf"
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})
