"""A child: the homes to ring, in order; an own first thought before; what each call brought; why one home is not there."""

import secrets
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.tables import Bed, Decided
from api.errors import ServiceError, Wrong, of_core
from api.pages.mapping import draw
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, desk_of, page
from api.pages.who import who
from api.security.roles import May
from api.services import answers, asking, calls, decisions, matching, notes
from api.services.cells import cells_of
from api.services.notes import NoteKind
from matching.domain import Caseload
from matching.domain.refusals import RefusalReason
from matching.errors import MatchingError

router = APIRouter(include_in_schema=False)
OLD = 7  # days after which a vacancy should be confirmed again
DONE = {  # what was decided, as it reads in a list
    "accepted": "Home chosen",
    "overridden": "Home chosen that was not the first of the list",
    "declined": "Home not chosen after all",
    "withdrawn": "Promise of a place withdrawn",
    "placed": "Moved in",
    "ended": "No longer lives there",
}
SKIPPED = ("I do not know these homes", "I have no first thought", "It is somebody else's case")


@router.get("/children/{ref}", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def child(ref: str, look: Looking, emergency: str = "", together: str = "") -> HTMLResponse:
    """The child's banner and the homes to ring; an own first thought is asked before, but not in an emergency.

    `together` names the brothers and sisters to look for at once; all who wait, unless it is given.
    """
    return child_page(look, ref, emergency, None, together[:400])


def child_page(look: Any, ref: str, emergency: str, fault: ServiceError | None, together: str = "") -> HTMLResponse:
    """The page of a child, with a refusal of what was sent if there is one."""
    with look.parts.store.reading() as session:
        queries.one(session, look.parts.store.seal, "child", ref, look.user.authority)
        caseload = matching.caseload_now(session, look.parts.store.seal, look.parts.maps, look.user, look.parts.today())
        so_far = _so_far(look, session, caseload, ref)
    thoughts = so_far.pop("thoughts")
    seeking = ref in {one.ref for one in caseload.seeking}
    tonight = emergency == "yes" or (emergency != "no" and seeking and answers.urgent(caseload, ref))
    asks_first = seeking and not tonight and not thoughts and May.DECIDE in look.user.may
    wanted = answers.some_of(caseload, ref, together) if seeking else [ref]
    listed = _listed(look, caseload, ref, wanted, tonight) if seeking and not asks_first else {}
    look.run("read-child", f"child:{ref[:100]}", lambda _: {}, emergency=tonight)
    return page(
        "child.html",
        look,
        fault.status if fault else 200,
        here="/board",
        who=who(caseload, ref, heading=True),
        seeking=seeking,
        asks_first=asks_first,
        thought=thoughts[-1] if thoughts else None,
        skipped=SKIPPED,
        done=DONE,
        emergency=tonight,
        fault=fault,
        refusals=list(RefusalReason),
        old=OLD,
        once=secrets.token_urlsafe(12),
        together=wanted,
        **so_far,
        **{"found": None, "group": [ref], "costs": {}, "must": {}, "map": None, **listed},
    )


def _so_far(look: Any, session: Session, caseload: Caseload, ref: str) -> dict[str, Any]:
    """What was done for the child so far: a promised place, decisions with their reasons, calls, questions, own thoughts."""
    seal, user = look.parts.store.seal, look.user
    decided = session.scalars(select(Decided).where(Decided.child == ref).order_by(Decided.at)).all()
    return {
        "bed": session.scalars(select(Bed).where(Bed.child == ref)).first(),
        "history": [(one, decisions.reason_of(session, seal, one)) for one in decided],
        "rung": calls.latest_calls(session, seal, user, caseload, ref),
        "asked": asking.waiting(session, seal, look.parts.policy, user, ref),
        "thoughts": notes.of(session, seal, NoteKind.THOUGHT, user, about=[ref], by=user.name),
    }


def _listed(look: Any, caseload: Caseload, ref: str, together: list[str], tonight: bool) -> dict[str, Any]:
    """The list with all that is said beside each home; for what it costs the others the plan of this moment is waited for, ten seconds at most."""
    policy = look.parts.policy
    found = answers.homes_to_ring(caseload, policy, together, tonight, look.parts.maps.readings)
    homes = [option["home"] for option in found["options"]]
    base = answers.base_for(caseload, policy)
    must = {(one, home): answers.must_haves(base, one, home) for home in homes for one in together}
    shown = draw(caseload, caseload.child(ref), homes, cells_of(look.parts.store, caseload)) if homes else None
    return {
        "found": found,
        "group": answers.together_with(caseload, ref),
        "costs": answers.costs(base, together, homes),
        "must": must,
        "map": shown,
    }


@router.post("/children/{ref}/thought", dependencies=[Depends(PageNeeds(May.DECIDE))])
def thought(ref: str, form: Form, act: Sending) -> Response:
    """The officer's own first thought, or why there is none; the list follows."""
    said, skip = form.get("thought", "")[:400], form.get("skip", "")[:80]
    if not said and skip not in SKIPPED:
        told = ({"field": "thought", "reason": "is empty", "way_out": "Write a line, or say why you skip it."},)
        return child_page(act, ref, "no", Wrong("Your first thought is missing.", "", told))

    def done(session: Session) -> dict[str, str]:
        seal = act.parts.store.seal
        queries.one(session, seal, "child", ref, act.user.authority)
        return {"id": notes.keep(session, seal, act.user, NoteKind.THOUGHT, ref, {"said": said, "skipped": skip}).id}

    act.run("first-thought", f"child:{ref[:100]}", done, 201, skipped=bool(skip and not said))
    return back_to(f"/children/{ref}")


@router.post("/children/{ref}/calls", dependencies=[Depends(PageNeeds(May.DECIDE))])
def rang(ref: str, form: Form, act: Sending) -> Response:
    """What a home said on the telephone; a no is a refusal at once, for every child that was asked for."""
    home, said = form.get("home", "")[:80], form.get("said", "")[:20]
    children = tuple(one for one in form.get("children", ref).split() if one)

    def done(session: Session) -> dict[str, Any]:
        until, why = form.get("until", ""), form.get("reason", "")
        return {"id": calls.note_call(desk_of(act, session), children, home, said, until, why).id}

    emergency = "yes" if form.get("emergency") == "yes" else ""
    here = urlencode({"emergency": emergency, "together": " ".join(children)})
    try:
        act.run("call", f"child:{ref[:100]}", done, 201, home=home, said=said)
    except (MatchingError, ServiceError) as fault:
        refused = of_core(fault) if isinstance(fault, MatchingError) else fault
        return child_page(act, ref, emergency, refused, " ".join(children))
    return back_to(f"/children/{ref}?{here}#homes")


@router.post("/children/{ref}/refused", dependencies=[Depends(PageNeeds(May.DECIDE))])
def refused(ref: str, form: Form, act: Sending) -> Response:
    """A no, as a fact: the list is made anew without that home."""
    form["said"] = calls.Said.NO.value
    return rang(ref, form, act)


@router.get("/children/{ref}/split", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def split(ref: str, look: Looking) -> HTMLResponse:
    """The best ways to split brothers and sisters, where no home takes them all."""
    parts, user = look.parts, look.user
    with parts.store.reading() as session:
        queries.one(session, parts.store.seal, "child", ref, user.authority)
        caseload = matching.caseload_now(session, parts.store.seal, parts.maps, user, parts.today())
    told = answers.ways_to_split(answers.base_for(caseload, parts.policy), ref)
    look.run("read-splits", f"child:{ref[:100]}", lambda _: {})
    return page("split.html", look, here="/board", who=who(caseload, ref), told=told)


@router.get("/children/{ref}/homes", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def which_home(ref: str, look: Looking, home: str = "") -> Response:
    """To the page about one home, as it was typed."""
    return back_to(f"/children/{ref}/homes/{home.strip().upper()[:80] or 'none'}")


@router.get("/children/{ref}/homes/{home}", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def one_home(ref: str, home: str, look: Looking) -> HTMLResponse:
    """Why this home is on the list or not, what would change it and who may agree, what it would cost whom."""
    return home_page(look, ref, home, None)


def home_page(look: Any, ref: str, home: str, fault: ServiceError | None, why: str = "") -> HTMLResponse:
    """The page about one home for a child."""
    parts, user = look.parts, look.user
    with parts.store.reading() as session:
        queries.one(session, parts.store.seal, "child", ref, user.authority)
        caseload = matching.caseload_now(session, parts.store.seal, parts.maps, user, parts.today())
        asked = asking.waiting(session, parts.store.seal, parts.policy, user, ref)
    there = home in caseload.home_by_ref
    base = answers.base_for(caseload, parts.policy)
    told = answers.about_a_home(base, ref, home) if there else None
    look.run("read-home-for-child", f"child:{ref[:100]}", lambda _: {}, home=home[:80])
    return page(
        "home_for_child.html",
        look,
        fault.status if fault else 200 if there else 404,
        here="/board",
        who=who(caseload, ref),
        home=home,
        told=told,
        asked={(one.rule, one.home) for one in asked},
        fault=fault,
        why=why,
        once=secrets.token_urlsafe(12),
    )


@router.post("/children/{ref}/homes/{home}/ask", dependencies=[Depends(PageNeeds(May.DECIDE))])
def ask(ref: str, home: str, form: Form, act: Sending) -> Response:
    """Send a rule to the roles that may lift it for this child and home."""
    rule, why = form.get("rule", "")[:40], form.get("why", "")[:2000]

    def done(session: Session) -> dict[str, str]:
        return {"id": asking.ask(desk_of(act, session), rule, ref, home, why)}

    try:
        act.run("ask-for-agreement", f"child:{ref[:100]}", done, 201, rule=rule, home=home[:80])
    except ServiceError as fault:
        return home_page(act, ref, home, fault, why)
    return back_to(f"/children/{ref}/homes/{home}")
