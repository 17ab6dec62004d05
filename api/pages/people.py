"""People and roles, for an administrator, who sees no case."""

import secrets
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import Person
from api.errors import ServiceError, Wrong
from api.pages.rendering import SEVERAL, Form, Looking, PageNeeds, Sending, back_to, page
from api.security import accounts
from api.security.roles import May, Role

router = APIRouter(include_in_schema=False)


@router.get("/people", dependencies=[Depends(PageNeeds(May.MANAGE_PEOPLE))])
def people(look: Looking) -> HTMLResponse:
    """Everybody who signs in, or did."""
    return _page(look, None, {})


def _page(look: Any, fault: ServiceError | None, typed: dict[str, str]) -> HTMLResponse:
    with look.parts.store.reading() as session:
        rows = session.scalars(select(Person).order_by(Person.active.desc(), Person.name)).all()
    look.run("list-people", "people", lambda _: {})
    status, once = fault.status if fault else 200, secrets.token_urlsafe(12)
    roles = list(Role)
    return page(
        "people.html", look, status, here="/people", people=rows, roles=roles, fault=fault, typed=typed, once=once
    )


@router.post("/people", dependencies=[Depends(PageNeeds(May.MANAGE_PEOPLE))])
def add(form: Form, act: Sending) -> Response:
    """Add somebody; what is wrong is said, and nothing but the password is typed again."""
    name, roles = form.get("name", "")[:80], [one for one in form.get("roles", "").split(SEVERAL) if one]

    def done(session: Session) -> dict[str, Any]:
        authority = form.get("authority", "")[:80] or None
        return {"name": accounts.new_person(session, name, roles, authority, form.get("password", "")[:200]).name}

    try:
        act.run("add-person", f"person:{name}", done, 201, roles=roles)
    except ServiceError as fault:
        return _page(act, fault, {key: text for key, text in form.items() if key != "password"})
    return back_to("/people")


@router.get("/people/{name}", dependencies=[Depends(PageNeeds(May.MANAGE_PEOPLE))])
def person(name: str, look: Looking) -> HTMLResponse:
    """What somebody may do, to be changed."""
    return _person(look, name, None, {})


def _person(look: Any, name: str, fault: ServiceError | None, typed: dict[str, str]) -> HTMLResponse:
    with look.parts.store.reading() as session:
        one = accounts.person_named(session, name)
    look.run("read-person", f"person:{name[:80]}", lambda _: {})
    chosen = typed["roles"].split(SEVERAL) if "roles" in typed else one.roles
    status, once = fault.status if fault else 200, secrets.token_urlsafe(12)
    told = {"one": one, "roles": list(Role), "chosen": chosen, "fault": fault, "typed": typed, "once": once}
    return page("person.html", look, status, here="/people", **told)


@router.post("/people/{name}/roles", dependencies=[Depends(PageNeeds(May.MANAGE_PEOPLE))])
def change_roles(name: str, form: Form, act: Sending) -> Response:
    """What somebody may do from their next request on."""
    roles = [one for one in form.get("roles", "").split(SEVERAL) if one]

    def done(session: Session) -> dict[str, Any]:
        if not roles:
            field = ({"field": "roles", "reason": "are missing.", "way_out": "Tick one, or say they have left."},)
            raise Wrong("Nothing was changed.", "", field)
        return {"name": accounts.change_roles(session, name, roles, form.get("authority", "")[:80] or None).name}

    try:
        act.run("change-roles", f"person:{name[:80]}", done, roles=roles)
    except ServiceError as fault:
        return _person(act, name, fault, {"roles": "", **form})
    return back_to("/people")


@router.post("/people/{name}/{what}", dependencies=[Depends(PageNeeds(May.MANAGE_PEOPLE))])
def leave_or_return(name: str, what: str, act: Sending) -> Response:
    """Somebody has left, and their sessions end at once; or is back."""

    def done(session: Session) -> dict[str, Any]:
        (accounts.come_back if what == "return" else accounts.leave)(session, name)
        return {}

    try:
        act.run("person-back" if what == "return" else "person-left", f"person:{name[:80]}", done)
    except ServiceError as fault:
        return _page(act, fault, {})
    return back_to("/people")
