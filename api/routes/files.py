"""Files in and out: imports of returns, lists and caseloads, exports of tables; both as jobs."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.dependencies import Needs, TheAct
from api.errors import Wrong
from api.routes.jobs import JobTold, accepted
from api.security.roles import May
from api.services import jobs, matching
from api.services.jobs import JobKind, Upload
from matching.io.caseload_csv import FILES

router = APIRouter(prefix="/api/v1", tags=["imports and exports"])
MOST_FILES = 60
CASELOAD = {file for file, _, _ in FILES.values()} | {"cells.csv"}
ENDING = re.compile(r"\.(csv|xml|xlsx)$", re.IGNORECASE)


class ImportKind(StrEnum):
    """What the files are."""

    CASELOAD = "caseload"
    ANNEX_A = "annex-a"
    RETURNS = "ssda903"


class TableWanted(BaseModel):
    """Which table, in which form; `plan` is the number of the plan when that is the table."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"what": "decisions", "format": "xlsx"}]})
    what: Literal["children", "homes", "bookings", "decisions", "outcomes", "plan"]
    format: Literal["csv", "xlsx"] = "csv"
    plan: Annotated[str | None, Field(max_length=36)] = None


@router.post("/imports", status_code=202, dependencies=[Depends(Needs(May.IMPORT))], response_model=JobTold)
def bring_in(
    act: TheAct,
    kind: Annotated[ImportKind, Form(description="What the files are.")],
    files: Annotated[list[UploadFile], File(min_length=1, description="CSV, XML or one workbook, as they are.")],
    dry_run: Annotated[bool, Form(description="Say what would change, and change nothing.")] = False,
    as_of: Annotated[date | None, Form(description="Date of the lists of Annex A; else today.")] = None,
) -> JSONResponse:
    """Read files into the record: all of it, or nothing with every fault named by file, row and column.

    What stands in the record and not in the files stays. The files themselves are gone when the job has ended.
    """
    sent = tuple(named(kind, number, file) for number, file in enumerate(files[: MOST_FILES + 1], 1))
    fit(kind, sent)
    day = (as_of or act.parts.today()).isoformat()
    asked: dict[str, Any] = {"kind": kind.value, "dry_run": dry_run, "as_of": day, "files": [f.name for f in sent]}

    def ask(session: Session) -> Any:
        return jobs.ask(session, act.parts.store.seal, act.user, JobKind.IMPORT, asked, sent)

    return accepted(act, "ask-import", f"import:{kind.value}", ask, dry_run=dry_run, files=len(sent))


def named(kind: ImportKind, number: int, file: UploadFile) -> Upload:
    """A file under a name of ours: people write names of children into names of files."""
    given = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    ending = ENDING.search(given)
    if ending is None:
        told = ({"field": "files", "reason": f"file {number} is neither .csv, .xml nor .xlsx"},)
        raise Wrong(f"File {number} cannot be read.", "Send CSV, XML or an Excel workbook.", told)
    known = kind is ImportKind.CASELOAD and given in CASELOAD
    name = given if known else f"file-{number}{ending.group(0).lower()}"
    return Upload(name, file.content_type or "application/octet-stream", file.file.read())


def fit(kind: ImportKind, sent: tuple[Upload, ...]) -> None:
    """Whether the files can be what they are said to be; raises `Wrong`."""
    books = [file for file in sent if file.name.endswith(".xlsx")]
    if len(sent) > MOST_FILES:
        raise Wrong(f"More than {MOST_FILES} files were sent.", "Send them in parts.")
    if len({file.name for file in sent}) < len(sent):
        raise Wrong("Two files have the same name.", "Send each file once.")
    if kind is ImportKind.ANNEX_A and len(books) != 1:
        raise Wrong("An Annex A is one workbook.", "Send one .xlsx file.")
    if kind is ImportKind.RETURNS and books:
        raise Wrong("A return is CSV or XML.", "Send the files as they were submitted.")
    if kind is ImportKind.CASELOAD and not (len(books) == 1 and len(sent) == 1) and not _folder(sent):
        known = ", ".join(sorted(CASELOAD))
        raise Wrong("These are not the files of a caseload.", f"Send one workbook, or some of: {known}.")


def _folder(sent: tuple[Upload, ...]) -> bool:
    return all(file.name in CASELOAD for file in sent)


@router.post(
    "/exports",
    status_code=202,
    dependencies=[Depends(Needs(May.EXPORT, proved=True))],
    response_model=JobTold,
)
def take_out(told: TableWanted, act: TheAct) -> JSONResponse:
    """A table of the record as a file: no cell of it is a formula, numbers stay numbers, places of homes stay in.

    It takes much out at once, and asks for a fresh proof that it is you.
    """

    def ask(session: Session) -> Any:
        if told.what == "plan":
            matching.plan_of(session, act.user, told.plan or "")
        return jobs.ask(session, act.parts.store.seal, act.user, JobKind.EXPORT, told.model_dump())

    return accepted(act, "ask-export", f"export:{told.what}", ask, format=told.format)
