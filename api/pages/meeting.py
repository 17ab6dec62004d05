"""The matching meeting: the plan for everybody on one screen, made again as the room asks; other plans; who waits; the pack."""

import secrets
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import PlanMade
from api.dependencies import Acting
from api.errors import NotHere, ServiceError, of_core
from api.pages.parting import Part, part_of, part_with
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.pages.wishes import Wishes, wishes_of
from api.security.roles import May
from api.services import answers, matching, pack
from matching.candidates import GOAL_TITLES
from matching.domain import Caseload
from matching.errors import MatchingError
from matching.fairness import ledger, price_of_a_floor

router = APIRouter(include_in_schema=False)
OTHERS = 3
MOST_CHILDREN = 40  # on one page, which weighs 150 kB at most


@router.get("/meeting", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def meeting(look: Looking, part: int = 1, child: str = "") -> HTMLResponse:
    """The latest plan for everybody, so many children at a time; with a child, the part that they are in."""
    made, since = latest(look)
    number = part_with(_names(made), child.strip().upper(), MOST_CHILDREN) if child else part
    return _meeting(look, made, since, _part(made, number), _asked_of(made))


def _asked_of(made: PlanMade | None) -> Wishes:
    """What was asked of the plan that is shown, which holds until it is asked otherwise."""
    told: Any = made.asked if made else {"pins": {}, "forbidden": []}
    return Wishes(dict(told["pins"]), [(child, home) for child, home in told["forbidden"]])


def _everybody(made: PlanMade | None) -> list[dict[str, Any]]:
    """Every child of a plan in the order of their references, with a home or without."""
    plan: Any = made.plan if made else {"placements": [], "unplaced": []}
    return sorted([*plan["placements"], *plan["unplaced"]], key=lambda one: str(one["child"]))


def _again(act: Acting, form: dict[str, str], fault: ServiceError | None) -> HTMLResponse:
    """The meeting with all that was asked on it, in its boxes: after a refusal, or on the way to other children."""
    made, since = latest(act)
    number = form.get("turn") or form.get("part") or "1"
    shown = _part(made, int(number) if number.isdecimal() and len(number) < 5 else 1)
    return _meeting(replace(act, key=None), made, since, shown, wishes_of(form), fault)


def _part(made: PlanMade | None, number: int) -> Part[dict[str, Any]]:
    return part_of(_everybody(made), _names(made), number, MOST_CHILDREN)


def _names(made: PlanMade | None) -> list[str]:
    return [one["child"] for one in _everybody(made)]


def _meeting(
    look: Acting,
    made: PlanMade | None,
    since: list[str],
    shown: Part[dict[str, Any]],
    asked: Wishes,
    fault: ServiceError | None = None,
) -> HTMLResponse:
    look.run("read-plan", "plan:latest", lambda _: {})
    return page(
        "meeting.html",
        look,
        fault.status if fault else 200,
        here="/meeting",
        made=made,
        since=since,
        titles=GOAL_TITLES,
        shown=shown,
        nowhere=[one["child"] for one in _everybody(made) if "home" not in one],
        staying=sum(bool(one.get("stays_at") or one.get("for_nights")) for one in _everybody(made)),
        asked=asked,
        fault=fault,
        once=secrets.token_urlsafe(12),
    )


def latest(look: Any) -> tuple[PlanMade | None, list[str]]:
    """The latest plan and what it does otherwise than the one that it was made from."""
    with look.parts.store.reading() as session:
        query = select(PlanMade).order_by(PlanMade.made_at.desc()).limit(1)
        query = query.where(PlanMade.authority == look.user.authority) if look.user.authority else query
        made = session.scalars(query).first()
        before = session.get(PlanMade, made.asked["since"]) if made and made.asked.get("since") else None
        return made, [str(said) for said in matching.between(before, made).sentences] if made and before else []


@router.post("/meeting", dependencies=[Depends(PageNeeds(May.PROPOSE))])
def propose(form: Form, act: Sending) -> Response:
    """Plan for everybody, with what the meeting asks; what the last plan promised is kept unless a goal gains.

    On the way to other children (`turn`) nothing is planned; what was asked so far goes along.
    """
    if form.get("turn"):
        return _again(act, form, None)
    parts, user = act.parts, act.user
    try:
        wishes = wishes_of(form).sure()
        with parts.store.reading() as session:
            matching.must_be_own(session, user, wishes.children)
            caseload = matching.caseload_now(session, parts.store.seal, parts.maps, user, parts.today())
            since = form.get("since") or None
            promised = list(matching.told_of(matching.plan_of(session, user, since)).placements) if since else []
        asked = matching.Asked(wishes.pins, tuple(wishes.forbidden), since, parts.settings.plan_seconds)
        plan = matching.made(parts.pool, caseload, parts.policy, asked, promised)
    except (MatchingError, ServiceError) as fault:
        return _again(act, form, of_core(fault) if isinstance(fault, MatchingError) else fault)

    def done(session: Session) -> dict[str, Any]:
        return {"id": matching.keep(session, parts.store.seal, user, caseload, parts.policy, asked, plan).id}

    act.run("propose-plan", "plan", done, 201, plan_hash=plan["plan_hash"])
    return back_to("/meeting")


@router.get("/meeting/why", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def why(look: Looking, child: str = "", home: str = "") -> Response:
    """To the page about one child and home, as they were typed."""
    return back_to(f"/children/{child.strip().upper()[:80] or 'none'}/homes/{home.strip().upper()[:80] or 'none'}")


def caseload_of(look: Any) -> Caseload:
    """The caseload of this moment, as far as the person's authority goes."""
    parts = look.parts
    with parts.store.reading() as session:
        return matching.caseload_now(session, parts.store.seal, parts.maps, look.user, parts.today())


@router.get("/meeting/since", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def differences(look: Looking) -> HTMLResponse:
    """All that the latest plan does otherwise than the one that it was made from."""
    _, since = latest(look)
    look.run("read-plan", "plan:latest", lambda _: {})
    return page("meeting_since.html", look, here="/meeting", since=since)


@router.get("/meeting/alternatives", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def other_plans(look: Looking) -> HTMLResponse:
    """Plans that differ clearly and are nearly as good: what each gives up."""
    found = answers.other_plans(caseload_of(look), look.parts.policy, OTHERS)
    look.run("read-plan", "plan:alternatives", lambda _: {})
    return page("meeting_others.html", look, here="/meeting", found=found, seconds=round(answers.SECONDS))


@router.get("/meeting/fairness", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def fairness(look: Looking) -> HTMLResponse:
    """Who waits and who finds a home, by kind of child; what it would cost to do more for those worst off."""
    base = answers.base_for(caseload_of(look), look.parts.policy)
    look.run("read-fairness", "plan:fairness", lambda _: {})
    said = [str(one) for one in price_of_a_floor(base, answers.SECONDS).sentences]
    return page("meeting_fairness.html", look, here="/meeting", ledger=ledger(base), said=said)


@router.get("/meeting/pack.pdf", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def panel_pack(look: Looking) -> Response:
    """The pack of the latest plan as a tagged PDF; its name holds the plan's hash and nothing of a child."""
    made, _ = latest(look)
    if made is None:
        raise NotHere("There is no plan yet.", "Make one first.")
    plan: Any = made.plan
    pdf = pack.panel_pack(plan, made.made_at.date(), made.made_by, caseload_of(look), look.parts.policy)
    look.run("print-pack", f"plan:{made.id}", lambda _: {}, plan_hash=made.digest)
    name = f"panel-pack-{made.digest[:12]}.pdf"
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})
