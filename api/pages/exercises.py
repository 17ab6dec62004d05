"""Training cases as an officer meets them: marked as training on every page, answered once, told at once what was planted."""

import secrets
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.errors import ServiceError
from api.pages.questions import question_of
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.security.roles import May
from api.services import training
from matching.domain import Child, Home

router = APIRouter(include_in_schema=False)
NOUGHT = frozenset({"no", "none"})  # what is said in one line, so that what is otherwise is seen


@router.get("/training", dependencies=[Depends(PageNeeds(May.DECIDE))])
def cases(look: Looking) -> HTMLResponse:
    """The cases, and what the person found in them."""
    _, every = training.cases_for(look.parts.policy)
    look.run("list-training", "training", lambda _: {})
    return page("training.html", look, here="/training", cases=every, mine=_mine(look))


def _mine(look: Any) -> dict[str, training.Tried]:
    with look.parts.store.reading() as session:
        found = training.tried(session, look.parts.store.seal, look.user, by=look.user.name)
    return {one.case: one for one in found}


@router.get("/training/{name}", dependencies=[Depends(PageNeeds(May.DECIDE))])
def case(name: str, look: Looking) -> HTMLResponse:
    """One case: the child, the list, every fact; or, once it is answered, what was planted."""
    return _case(look, name, None, {})


def _case(look: Any, name: str, fault: ServiceError | None, typed: dict[str, str]) -> HTMLResponse:
    found, one = training.case_of(look.parts.policy, name)
    homes, child = training.as_listed(found, one), training.facts_of_child(found, one)
    look.run("read-training", f"training:{one.id}", lambda _: {})
    return page(
        "training_case.html",
        look,
        fault.status if fault else 200,
        here="/training",
        case=one,
        child=[(question_of(Child, column).label, cell) for column, cell in child if cell not in NOUGHT],
        noes=[question_of(Child, column).label for column, cell in child if cell in NOUGHT],
        homes=homes,
        facts=_side_by_side(homes),
        mine=_mine(look).get(one.id),
        nothing=training.NOTHING,
        fault=fault,
        typed=typed,
        once=secrets.token_urlsafe(12),
    )


def _side_by_side(homes: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Each fact that is known of any of the homes, a cell for each home; what is not known of one says so."""
    told = [dict(home["facts"]) for home in homes]
    columns = list(dict.fromkeys(column for one in told for column in one))
    rows = [(_label(column), [one.get(column, "not known") for one in told]) for column in columns]
    return [(label, cells) for label, cells in rows if not NOUGHT.issuperset(cells)]


def _label(column: str) -> str:
    """A column of a home, in the words of the page."""
    return "Authority where the home lies" if column == "authority" else question_of(Home, column).label


@router.post("/training/{name}", dependencies=[Depends(PageNeeds(May.DECIDE))])
def answer(name: str, form: Form, act: Sending) -> Response:
    """What is wrong, if anything; answered once."""
    policy, named, said = act.parts.policy, form.get("named", "")[:80], form.get("said", "")

    def done(session: Session) -> dict[str, bool]:
        return {"caught": training.answer(session, act.parts.store.seal, act.user, policy, name, named, said)}

    try:
        act.run("answer-training", f"training:{name[:40]}", done, 201)
    except ServiceError as fault:
        if fault.status == 404:
            raise
        return _case(act, name, fault, form)
    return back_to(f"/training/{name}")
