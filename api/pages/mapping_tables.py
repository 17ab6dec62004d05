"""A table of another system: its columns and codes mapped by form, tried, then brought in; the mapping is kept for the next time."""

import secrets
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from api.errors import ServiceError, Wrong
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.security.roles import May
from api.services import jobs, table_mapping
from api.services.jobs import JobKind, Upload

router = APIRouter(include_in_schema=False)
SHOWN = 3  # values of a column that are shown beside its heading


@router.post("/imports/mapping", dependencies=[Depends(PageNeeds(May.IMPORT))])
async def begin(form: Form, act: Sending, request: Request) -> Response:
    """Take a table in, to be mapped."""
    file = (await request.form()).get("table-file")
    content = await file.read() if isinstance(file, UploadFile) and file.filename else b""

    def done(session: Session) -> dict[str, str]:
        seal, user = act.parts.store.seal, act.user
        return {"id": table_mapping.begin(session, seal, user, form.get("table", ""), content, form.get("start", ""))}

    try:
        if not content:
            told = ({"field": "table-file", "reason": "is missing.", "way_out": "Choose a CSV file."},)
            raise Wrong("No file was chosen.", "", told)
        body, _, _ = act.run("begin-mapping", "import:mapped", done, 201)
    except ServiceError as fault:
        from api.pages.importing import imports_page  # that page shows this form too

        return imports_page(act, fault, form)
    finally:
        await request.close()
    return back_to(f"/imports/mapping/{body['id']}")


@router.get("/imports/mapping/{number}", dependencies=[Depends(PageNeeds(May.IMPORT))])
def mapping(number: str, look: Looking) -> HTMLResponse:
    """Their columns beside ours, their codes beside our words."""
    return _page(look, number, None, {})


def _page(look: Any, number: str, fault: ServiceError | None, typed: dict[str, str]) -> HTMLResponse:
    with look.parts.store.reading() as session:
        table = table_mapping.sent(session, look.parts.store.seal, look.user, number)
    look.run("read-mapping", "import:mapped", lambda _: {})
    ours = {table.heading_of(fact.column): fact.column for fact in table.facts if table.heading_of(fact.column)}
    rows = [
        (at, name, [value for value, _ in table.values[name].most_common(SHOWN)], ours.get(name, ""))
        for at, name in enumerate(table.headings)
    ]
    given = {*ours.values(), *table.told.get("fixed", {})}
    return page(
        "mapping.html",
        look,
        fault.status if fault else 200,
        here="/imports",
        table=table,
        rows=rows,
        codes=[(fact, table_mapping.words_of(fact), theirs) for fact, theirs in table.codes()],
        missing=[fact.column for fact in table.facts if fact.required and fact.column not in given],
        days=table_mapping.DAYS,
        fault=fault,
        typed=typed,
        once=secrets.token_urlsafe(12),
    )


@router.post("/imports/mapping/{number}", dependencies=[Depends(PageNeeds(May.IMPORT))])
def change(number: str, form: Form, act: Sending) -> Response:
    """Keep what was chosen; then show the codes, try it, or bring it in."""
    what = form.get("what", "")

    def done(session: Session) -> dict[str, Any]:
        seal, user = act.parts.store.seal, act.user
        table_mapping.change(session, seal, user, table_mapping.sent(session, seal, user, number), form)
        return _asked(act, session, number, what == "try") if what in ("try", "bring") else {}

    try:
        body, _, _ = act.run("ask-import" if what in ("try", "bring") else "change-mapping", "import:mapped", done, 202)
    except ServiceError as fault:
        if fault.status == 404:
            raise
        return _page(act, number, fault, form)
    return back_to(f"/imports/{body['id']}" if body else f"/imports/mapping/{number}#codes")


def _asked(act: Any, session: Session, number: str, trial: bool) -> dict[str, Any]:
    seal, user = act.parts.store.seal, act.user
    name, content, text = table_mapping.finished(session, seal, user, number)
    if not trial:
        table_mapping.shelve(session, seal, user, name, text)
    files = (
        Upload(table_mapping.TABLE, "text/csv", content),
        Upload(table_mapping.MAPPING, table_mapping.TEXT, text.encode()),
    )
    day = act.parts.today().isoformat()
    asked = {"kind": "mapped", "dry_run": trial, "as_of": day, "files": [f.name for f in files], "mapping": number}
    return jobs.as_told(jobs.ask(session, seal, user, JobKind.IMPORT, asked, files))


@router.get("/imports/mapping/{number}/mapping.toml", dependencies=[Depends(PageNeeds(May.IMPORT))])
def as_file(number: str, look: Looking) -> Response:
    """The mapping as a file that the command line reads too."""
    with look.parts.store.reading() as session:
        text = table_mapping.mapping_text(session, look.parts.store.seal, look.user, number)
    look.run("take-mapping", "import:mapped", lambda _: {})
    headers = {"Content-Disposition": 'attachment; filename="mapping.toml"'}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)
