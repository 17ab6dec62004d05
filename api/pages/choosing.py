"""Choosing a home: two to four side by side; a reason for the first on the list as for any other; the move; the end."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.db import queries
from api.errors import NotHere, ServiceError, Wrong, of_core
from api.pages.child import OLD, child_page
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, desk_of, page
from api.pages.who import who
from api.security.roles import May
from api.services import answers, decisions, matching
from api.services.decisions import Choice, Kind
from matching.domain import Caseload
from matching.errors import MatchingError

router = APIRouter(include_in_schema=False)
FEWEST, MOST = 2, 4
NOTHING_SAID = "is empty"


def _caseload(look: Any, ref: str) -> Caseload:
    parts = look.parts
    with parts.store.reading() as session:
        queries.one(session, parts.store.seal, "child", ref, look.user.authority)
        return matching.caseload_now(session, parts.store.seal, parts.maps, look.user, parts.today())


def _rung(
    look: Any, caseload: Caseload, ref: str, emergency: bool, wanted: str = ""
) -> tuple[list[str], dict[str, Any]]:
    """Who goes together, and the list for them by home; no list for a child who needs no home any more."""
    if ref not in {one.ref for one in caseload.seeking}:
        return [ref], {}
    together = answers.some_of(caseload, ref, wanted)
    found = answers.homes_to_ring(caseload, look.parts.policy, together, emergency, look.parts.maps.readings)
    return together, {option["home"]: option for option in found["options"]}


@router.get("/children/{ref}/compare", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def compare(
    ref: str, look: Looking, home: Annotated[list[str] | None, Query(max_length=20)] = None, together: str = ""
) -> HTMLResponse:
    """Two to four homes side by side, in the order of the list."""
    caseload = _caseload(look, ref)
    children, options = _rung(look, caseload, ref, answers.urgent(caseload, ref), together[:400])
    wanted = [ref for ref in options if ref in (home or [])]
    fault: ServiceError | None = None
    if not FEWEST <= len(wanted) <= MOST:
        fault = Wrong(f"Tick {FEWEST} to {MOST} homes of the list.", "Go back and tick them.")
    base = answers.base_for(caseload, look.parts.policy)
    look.run("compare-homes", f"child:{ref[:100]}", lambda _: {}, homes=wanted)
    return page(
        "compare.html",
        look,
        422 if fault else 200,
        here="/board",
        who=who(caseload, ref),
        options=[] if fault else [options[one] for one in wanted],
        numbers={one: number for number, one in enumerate(options, 1)},
        together=" ".join(children),
        costs={} if fault else answers.costs(base, children, wanted),
        must={} if fault else {one: answers.must_haves(base, ref, one) for one in wanted},
        old=OLD,
        fault=fault,
    )


@router.get("/children/{ref}/choose", dependencies=[Depends(PageNeeds(May.DECIDE))])
def choose_page(ref: str, look: Looking, home: str = "", emergency: str = "", together: str = "") -> HTMLResponse:
    """The page on which a home is chosen, with a reason."""
    return _choose_page(look, ref, home[:80], emergency, None, {"together": together[:400]})


def _choose_page(
    look: Any, ref: str, home: str, emergency: str, fault: ServiceError | None, typed: dict[str, str]
) -> HTMLResponse:
    caseload = _caseload(look, ref)
    tonight = emergency == "yes" or answers.urgent(caseload, ref)
    together, options = _rung(look, caseload, ref, tonight, typed.get("together", ""))
    before = list(options)[: list(options).index(home)] if home in options else []
    look.run("choose-page", f"child:{ref[:100]}", lambda _: {}, home=home)
    return page(
        "choose.html",
        look,
        fault.status if fault else 200,
        here="/board",
        who=who(caseload, ref),
        home=home,
        option=options.get(home),
        together=together,
        before=before,
        emergency=tonight,
        fault=fault,
        typed=typed,
        once=secrets.token_urlsafe(12),
    )


@router.post("/children/{ref}/choose", dependencies=[Depends(PageNeeds(May.DECIDE))])
def choose(ref: str, form: Form, act: Sending) -> Response:
    """Promise the place. The list is made again: whether this is its first home is not for the form to say."""
    home, emergency = form.get("home", "")[:80], "yes" if form.get("emergency") == "yes" else ""
    caseload = _caseload(act, ref)
    try:
        together, options = _rung(act, caseload, ref, bool(emergency), form.get("together", ""))
        first = next(iter(options), None)
        reason = _reason(form, home, first)
        kind = Kind.ACCEPTED if home == first else Kind.OVERRIDDEN
        _decided(act, Choice(kind, tuple(together), home, None, reason))
    except (MatchingError, ServiceError) as fault:
        refused = of_core(fault) if isinstance(fault, MatchingError) else fault
        return _choose_page(act, ref, home, emergency, refused, form)
    return back_to(f"/children/{ref}")


def _reason(form: dict[str, str], home: str, first: str | None) -> str:
    """Why this home, and why not the first; raises `Wrong` with each line that is missing."""
    lines = {"reason": "Say why this home is right."}
    if home != first:
        lines["against"] = f"Say why not {first}." if first else "Say why a home that is not on the list."
    missing = [
        {"field": name, "reason": NOTHING_SAID, "way_out": way_out}
        for name, way_out in lines.items()
        if not form.get(name)
    ]
    if form.get("right_child") != "yes":
        missing.append({"field": "right_child", "reason": "is not ticked", "way_out": "Look at the child's details."})
    if missing:
        raise Wrong("Something is missing; nothing was decided.", "", tuple(missing))
    against = f" Not {first or 'on the list'}, because: {form['against']}" if home != first else ""
    return f"{form['reason']}{against}"[:2000]


def _decided(act: Any, choice: Choice) -> None:
    act.parts.read_ahead(act.user.authority)

    def done(session: Session) -> dict[str, Any]:
        return {"decided": len(decisions.decide(desk_of(act, session), choice))}

    about = f"child:{' '.join(choice.children)}"[:200]
    act.run(f"decide-{choice.kind}", about, done, 201, home=choice.home)


@router.post("/children/{ref}/decide", dependencies=[Depends(PageNeeds(May.DECIDE))])
def decide(ref: str, form: Form, act: Sending) -> Response:
    """The child has moved in, or the promised place is given back."""
    kind = form.get("kind", "")
    if kind not in (Kind.PLACED, Kind.WITHDRAWN):
        raise NotHere("There is no such decision.", "Use the buttons of the page.")
    try:
        _decided(act, Choice(Kind(kind), (ref,), form.get("home", "")[:80], None, form.get("reason") or None))
    except (MatchingError, ServiceError) as fault:
        return child_page(act, ref, "", of_core(fault) if isinstance(fault, MatchingError) else fault)
    return back_to(f"/children/{ref}")
