"""A child with the homes that could be rung, and the meeting's plan for everybody."""

import secrets
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.tables import Bed, Decided, PlanMade
from api.errors import NotHere, ServiceError, of_core
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.security.roles import May
from api.services import decisions, matching
from api.services.decisions import Choice, Desk, Kind
from matching.cli.show import explanation_data
from matching.domain import Caseload
from matching.domain.refusals import RefusalReason
from matching.errors import MatchingError
from matching.explain import explain
from matching.planning import prepare

router = APIRouter(include_in_schema=False)


@router.get("/children/{ref}", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def child(ref: str, look: Looking, emergency: str = "", home: str = "") -> HTMLResponse:
    """The child's banner, the homes to ring, what was decided; why one home is not here, if it is asked."""
    return _child_page(look, ref, emergency == "yes", home.strip()[:80], None)


def _child_page(look: Any, ref: str, emergency: bool, asked: str, fault: ServiceError | None) -> HTMLResponse:
    parts, user = look.parts, look.user
    with parts.store.reading() as session:
        kept = queries.one(session, parts.store.seal, "child", ref, user.authority)
        caseload = matching.caseload_now(session, parts.store.seal, parts.maps, user, parts.today())
        bed = session.scalars(select(Bed).where(Bed.child == ref)).first()
        history = session.scalars(select(Decided).where(Decided.child == ref).order_by(Decided.at)).all()
    seeking = ref in {one.ref for one in caseload.seeking}
    together = _together(caseload, ref) if seeking else [ref]
    found = matching.homes_for(caseload, parts.policy, together, emergency) if seeking else None
    why = _why(look, caseload, ref, asked) if asked and seeking else None
    look.run("read-child", f"child:{ref[:100]}", lambda _: {}, emergency=emergency, home=asked or None)
    return page(
        "child.html",
        look,
        fault.status if fault else 200,
        here="/board",
        child=caseload.child(ref),
        age=caseload.child(ref).age_on(caseload.as_of),
        version=kept.version,
        together=together,
        found=found,
        emergency=emergency,
        bed=bed,
        lives=caseload.lives_in.get(ref),
        history=history,
        asked=asked,
        why=why,
        fault=fault,
        refusals=list(RefusalReason),
        once=secrets.token_urlsafe(12),
    )


def _together(caseload: Caseload, ref: str) -> list[str]:
    """The child with the brothers and sisters who wait too."""
    return [one.ref for one in caseload.seeking if one.ref == ref or caseload.siblings(one.ref, ref)]


def _why(look: Any, caseload: Caseload, ref: str, home: str) -> dict[str, Any]:
    """Why a home is not among those to ring: against the best plan for everybody else."""
    if home not in caseload.home_by_ref:
        return {"kind": "unknown", "home": home}
    return explanation_data(explain(prepare(caseload, look.parts.policy), {}, ref, home), ref, home)


def _desk(act: Any, session: Session) -> Desk:
    parts = act.parts
    return Desk(session, parts.store.seal, parts.maps, parts.policy, act.user, parts.today())


@router.post("/children/{ref}/decide", dependencies=[Depends(PageNeeds(May.DECIDE))])
def decide(ref: str, form: Form, act: Sending) -> Response:
    """Accept, override, withdraw or record the move."""
    children = tuple(one for one in form.get("children", ref).split(" ") if one)
    try:
        kind = Kind(form.get("kind", ""))
    except ValueError:
        raise NotHere("There is no such decision.", "Use the buttons of the page.") from None
    choice = Choice(kind, children, form.get("home", "")[:80], form.get("plan") or None, form.get("reason") or None)

    def done(session: Session) -> dict[str, Any]:
        return {"decided": len(decisions.decide(_desk(act, session), choice))}

    try:
        act.run(f"decide-{kind}", f"child:{' '.join(children)}"[:200], done, 201, home=choice.home)
    except (MatchingError, ServiceError) as fault:
        refused = of_core(fault) if isinstance(fault, MatchingError) else fault
        return _child_page(act, ref, False, "", refused)
    return back_to(f"/children/{ref}")


@router.post("/children/{ref}/refused", dependencies=[Depends(PageNeeds(May.DECIDE))])
def refused(ref: str, form: Form, act: Sending) -> Response:
    """A no, as a fact: the list is made anew without that home."""
    cells = {"child": ref, "home": form.get("home", ""), "by": "carer", "reason": form.get("reason", "")}

    def done(session: Session) -> dict[str, Any]:
        seal = act.parts.store.seal
        queries.one(session, seal, "child", ref, act.user.authority)
        queries.one(session, seal, "home", cells["home"], None)
        told = {**cells, "on": act.parts.today().isoformat()}
        return {"version": queries.save(session, seal, act.parts.maps, "refusal", told).version}

    act.run("refusal", f"child:{ref[:100]}", done, 201, home=cells["home"][:80], reason=cells["reason"][:40])
    return back_to(f"/children/{ref}")


@router.get("/meeting", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def meeting(look: Looking) -> HTMLResponse:
    """The latest plan for everybody, and what it does otherwise than the one before."""

    def done(session: Session) -> list[dict[str, Any]]:
        query = select(PlanMade).order_by(PlanMade.made_at.desc()).limit(2)
        query = query.where(PlanMade.authority == look.user.authority) if look.user.authority else query
        rows = session.scalars(query).all()
        since = [str(s) for s in matching.between(rows[1], rows[0]).sentences] if len(rows) > 1 else []
        return [
            {"id": row.id, "by": row.made_by, "at": row.made_at.isoformat(), "plan": row.plan, "since": since}
            for row in rows[:1]
        ]

    found, _, _ = look.run("read-plan", "plan:latest", done)
    return page(
        "meeting.html",
        look,
        here="/meeting",
        made=found[0] if found else None,
        fault=None,
        once=secrets.token_urlsafe(12),
    )


@router.post("/meeting", dependencies=[Depends(PageNeeds(May.PROPOSE))])
def propose(form: Form, act: Sending) -> Response:
    """Plan for everybody, with what the meeting asks; what the last plan promised is kept unless a goal gains."""
    parts, user = act.parts, act.user
    pins: dict[str, str | None] = dict(_pairs(form.get("pins", "")))
    pins |= dict.fromkeys(form.get("wait", "").split())
    try:
        with parts.store.reading() as session:
            caseload = matching.caseload_now(session, parts.store.seal, parts.maps, user, parts.today())
            since = form.get("since") or None
            promised = list(matching.told_of(matching.plan_of(session, user, since)).placements) if since else []
        asked = matching.Asked(pins, tuple(_pairs(form.get("forbidden", ""))), since, parts.settings.plan_seconds)
        plan = matching.made(parts.pool, caseload, parts.policy, asked, promised)
    except (MatchingError, ServiceError) as fault:
        refused = of_core(fault) if isinstance(fault, MatchingError) else fault
        return page(
            "meeting.html",
            act,
            refused.status,
            here="/meeting",
            made=None,
            fault=refused,
            once=secrets.token_urlsafe(12),
        )

    def done(session: Session) -> dict[str, Any]:
        return {"id": matching.keep(session, parts.store.seal, user, caseload, parts.policy, asked, plan).id}

    act.run("propose-plan", "plan", done, 201, plan_hash=plan["plan_hash"])
    return back_to("/meeting")


def _pairs(text: str) -> list[tuple[str, str]]:
    """Pairs as people type them: C0001=H0012, one after another."""
    parted = [one.partition("=") for one in text.replace(",", " ").split()]
    return [(child, home) for child, sign, home in parted if child and sign and home]
