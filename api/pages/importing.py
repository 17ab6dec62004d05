"""Files into the record: a trial first, then all of it or nothing, with every fault by file, row and column."""

import secrets
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from api.errors import ServiceError, Wrong
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.routes.files import ImportKind, fit, named
from api.security.roles import May
from api.services import jobs
from api.services.jobs import SETTLED, JobKind, Upload

router = APIRouter(include_in_schema=False)
EVERY = 2  # seconds between looks while a job runs


@router.get("/imports", dependencies=[Depends(PageNeeds(May.IMPORT))])
def imports(look: Looking) -> HTMLResponse:
    """The form, and what was brought in before."""
    return _page(look, None)


def _page(look: Any, fault: ServiceError | None) -> HTMLResponse:
    with look.parts.store.reading() as session:
        ran = [jobs.as_told(row) for row in jobs.jobs_of(session, look.user, None, 50)]
    look.run("list-jobs", "jobs", lambda _: {})
    before = [one for one in ran if one["kind"] == JobKind.IMPORT]
    status, once = fault.status if fault else 200, secrets.token_urlsafe(12)
    return page("imports.html", look, status, here="/imports", ran=before, fault=fault, once=once)


@router.post("/imports", dependencies=[Depends(PageNeeds(May.IMPORT))])
async def bring_in(form: Form, act: Sending, request: Request) -> Response:
    """Ask for an import, or for a trial of it."""
    sent = [file for file in (await request.form()).getlist("files") if isinstance(file, UploadFile) and file.filename]
    try:
        kind = ImportKind(form.get("kind", ""))
        uploads = tuple(named(kind, number, file) for number, file in enumerate(sent, 1))  # type: ignore[arg-type]
        if not uploads:
            raise Wrong("No file was chosen.", "Choose the files.", ({"field": "files", "reason": "are missing."},))
        fit(kind, uploads)
    except ValueError:
        return _page(act, Wrong("What the files are is not chosen.", "Choose it."))
    except ServiceError as fault:
        return _page(act, fault)
    finally:
        await request.close()
    return back_to(f"/imports/{_asked(act, kind, uploads, form.get('trial') == 'yes')}")


def _asked(act: Any, kind: ImportKind, sent: tuple[Upload, ...], trial: bool) -> str:
    day = act.parts.today().isoformat()
    asked = {"kind": kind.value, "dry_run": trial, "as_of": day, "files": [file.name for file in sent]}

    def done(session: Session) -> dict[str, Any]:
        return jobs.as_told(jobs.ask(session, act.parts.store.seal, act.user, JobKind.IMPORT, asked, sent))

    body, _, _ = act.run("ask-import", f"import:{kind.value}", done, 202, dry_run=trial, files=len(sent))
    return str(body["id"])


@router.get("/imports/{job}", dependencies=[Depends(PageNeeds(May.IMPORT))])
def result(job: str, look: Looking) -> HTMLResponse:
    """How far it is; then what changed, or every fault."""
    with look.parts.store.reading() as session:
        told = jobs.as_told(jobs.job_of(session, look.user, job))
    look.run("read-job", f"job:{job[:36]}", lambda _: {})
    answer = page("import.html", look, here="/imports", job=told, settled=told["state"] in SETTLED)
    if told["state"] not in SETTLED:
        answer.headers["Refresh"] = str(EVERY)
    return answer
