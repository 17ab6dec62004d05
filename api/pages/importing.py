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
from api.services import jobs, table_mapping
from api.services.jobs import SETTLED, JobKind, Upload

router = APIRouter(include_in_schema=False)
EVERY = 2  # seconds between looks while a job runs
WHAT = ({"field": "kind-caseload", "reason": "is not chosen.", "way_out": "Say what the files are."},)


@router.get("/imports", dependencies=[Depends(PageNeeds(May.IMPORT))])
def imports(look: Looking) -> HTMLResponse:
    """The form, and what was brought in before."""
    return imports_page(look, None, {})


def imports_page(look: Any, fault: ServiceError | None, typed: dict[str, str]) -> HTMLResponse:
    """Both forms, our own tables and those of another system, and what was brought in before."""
    with look.parts.store.reading() as session:
        kept = table_mapping.kept_names(session, look.user)
        ran = [jobs.as_told(row) for row in jobs.jobs_of(session, look.user, None, 50)]
    look.run("list-jobs", "jobs", lambda _: {})
    before = [one for one in ran if one["kind"] == JobKind.IMPORT]
    status, once = fault.status if fault else 200, secrets.token_urlsafe(12)
    starts = [*kept, *(name for name in table_mapping.ready_names() if name not in kept)]
    return page(
        "imports.html",
        look,
        status,
        here="/imports",
        ran=before,
        tables=list(table_mapping.KINDS),
        starts=starts,
        fault=fault,
        typed=typed,
        once=once,
    )


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
        return imports_page(act, Wrong("What the files are is not chosen.", "", WHAT), form)
    except ServiceError as fault:
        return imports_page(act, fault, form)
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
        row = jobs.job_of(session, look.user, job)
        told, mapping = jobs.as_told(row), row.asked.get("mapping")
    look.run("read-job", f"job:{job[:36]}", lambda _: {})
    settled = told["state"] in SETTLED
    answer = page("import.html", look, here="/imports", job=told, settled=settled, mapping=mapping)
    if told["state"] not in SETTLED:
        answer.headers["Refresh"] = str(EVERY)
    return answer
