"""The commissioner's futures: scenarios written by form, two to four run beside the base case, every figure with its range."""

import csv
import io
import json
import secrets
from typing import Any, cast

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.db.files import file_of
from api.errors import NotHere, ServiceError, Wrong, of_core
from api.pages.rendering import SEVERAL, Form, Looking, PageNeeds, Sending, back_to, page
from api.security.roles import May
from api.services import jobs, scenarios
from api.services.jobs import SETTLED, JobKind
from api.services.side_by_side import changes_in_words, side_by_side, unmet
from matching.errors import MatchingError

router = APIRouter(include_in_schema=False)
MOST = 4
MOST_ROWS = 200
TABLES = {"against-base": "Against the base case, run by run", "assumptions": "Assumptions, with their sources"}
EVERY = 3  # seconds between looks while a job runs
FILES = {  # what a run leaves for a committee, and what each is
    "scenarios.pdf": "Scenarios side by side: what each changes, all pictures and tables (PDF)",
    "sufficiency.pdf": "The base case on four pages, for a sufficiency strategy (PDF)",
    "sufficiency.xlsx": "Every table (Excel)",
    "answers.csv": "Every answer with its ranges (CSV)",
    "against-base.csv": "What each scenario changes, run by run (CSV)",
    "pays-back.csv": "When each scenario has paid for itself (CSV)",
    "assumptions.csv": "Assumptions with their sources (CSV)",
}
FACTORS = (  # field, part and key of a scenario, words; typed as percent more (or, with a minus, fewer)
    ("starts", "demand", "starts", "Children who come into care"),
    ("teenagers", "demand", "teenagers", "Of them, aged 11 and over"),
    ("joining", "supply", "joining", "New homes that join"),
    ("leaving", "supply", "leaving", "Homes that leave"),
    ("residential", "price", "residential", "Price of children's homes, a year"),
)


@router.get("/futures", dependencies=[Depends(PageNeeds(May.FORECAST))])
def futures(look: Looking) -> HTMLResponse:
    """Scenarios, and what was run."""
    return _page(look, None, {})


def _page(look: Any, fault: ServiceError | None, typed: dict[str, str]) -> HTMLResponse:
    with look.parts.store.reading() as session:
        written = [scenarios.as_told(row) for row in scenarios.every(session, look.user)]
        ran = [jobs.as_told(row) for row in jobs.jobs_of(session, look.user, None, 50)]
    look.run("list-scenarios", "scenarios", lambda _: {})
    return page(
        "futures.html",
        look,
        fault.status if fault else 200,
        here="/futures",
        scenarios=written,
        changes={one["id"]: changes_in_words(one["changes"]) for one in written},
        ran=[one for one in ran if one["kind"] == JobKind.FORECAST],
        factors=FACTORS,
        profiles=_profiles(),
        most=MOST,
        fault=fault,
        typed=typed,
        once=secrets.token_urlsafe(12),
    )


def _profiles() -> tuple[str, ...]:
    """Which homes a campaign can be for."""
    from matching.sufficiency.scenario import PROFILES  # forecasts bring tables along, for which no other page waits

    return tuple(PROFILES)


@router.post("/futures/scenarios", dependencies=[Depends(PageNeeds(May.FORECAST))])
def write(form: Form, act: Sending) -> Response:
    """Write a scenario down."""
    try:
        changes, name = changes_of(form), form.get("name", "")[:120]
        if not name:
            raise Wrong("Nothing was kept.", "", ({"field": "name", "reason": "is empty.", "way_out": "Write one."},))

        def done(session: Session) -> dict[str, Any]:
            return scenarios.as_told(scenarios.keep(session, act.user, name, changes))

        act.run("keep-scenario", "scenario", done, 201)
    except (MatchingError, ServiceError) as fault:
        return _page(act, of_core(fault) if isinstance(fault, MatchingError) else fault, form)
    return back_to("/futures")


def changes_of(form: dict[str, str]) -> dict[str, Any]:
    """What a form changes, as a scenario file says it; raises `Wrong` for what is no number."""
    changes: dict[str, Any] = {}
    wrong = []
    for field, part, key, words in FACTORS:
        text = form.get(field, "").replace("%", "").replace("+", "").strip()
        try:
            if text:
                changes.setdefault(part, {})[key] = round(1 + float(text) / 100, 4)
        except ValueError:
            wrong.append(
                {"field": field, "reason": f"({words}) is no number.", "way_out": "Write 10 for a tenth more."}
            )
    if form.get("homes"):
        if form["homes"].isdigit() and form.get("profile") in _profiles():
            campaign = {"profile": form["profile"], "homes": int(form["homes"])}
            changes.setdefault("supply", {})["campaigns"] = [campaign]
        else:
            wrong.append({"field": "homes", "reason": "is no whole number.", "way_out": "Write how many homes."})
    if wrong:
        raise Wrong("Nothing was kept.", "", tuple(wrong))
    return changes


@router.post("/futures/run", dependencies=[Depends(PageNeeds(May.FORECAST))])
def run(form: Form, act: Sending) -> Response:
    """Run up to four scenarios beside the base case, on the same futures."""
    wanted = [one for one in form.get("scenario", "").split(SEVERAL) if one]
    years, runs = form.get("years", "3"), form.get("runs", "200")
    asked = {"scenarios": wanted, "years": int(years) if years in ("1", "3", "5") else 3, "seed": 1}
    asked["runs"] = int(runs) if runs in ("50", "200", "500") else 200

    def done(session: Session) -> dict[str, Any]:
        for scenario in wanted:
            scenarios.of(session, act.user, scenario)
        return jobs.as_told(jobs.ask(session, act.parts.store.seal, act.user, JobKind.FORECAST, asked))

    if len(wanted) > MOST:
        fields = ({"field": "scenario-1", "reason": "are too many.", "way_out": f"Tick {MOST} at most."},)
        return _page(act, Wrong("Nothing was run.", "", fields), {})
    job, _, _ = act.run("ask-forecast", "forecast", done, 202, scenarios=len(wanted))
    return back_to(f"/futures/runs/{job['id']}")


@router.get("/futures/runs/{job}", dependencies=[Depends(PageNeeds(May.FORECAST))])
def result(job: str, look: Looking) -> HTMLResponse:
    """How far it is; then the answers: side by side, with ranges, a table behind each picture, assumptions, files."""
    with look.parts.store.reading() as session:
        row = jobs.job_of(session, look.user, job)
        told, asked = jobs.as_told(row), [str(one) for one in cast(Any, row.asked)["scenarios"]]
        answers = _rows(session, look, job, "answers.csv")
        pictures = _pictures(session, look, job)
        ran = [one for one in scenarios.every(session, look.user) if one.id in asked]
    look.run("read-job", f"job:{job[:36]}", lambda _: {})
    settled = told["state"] in SETTLED
    answer = page(
        "futures_run.html",
        look,
        here="/futures",
        job=told,
        settled=settled,
        files=[(name, FILES[name]) for name in FILES if name in (told["result"] or {}).get("files", [])],
        beside=side_by_side(answers),
        unmet=unmet(answers),
        changes=[(one.name, changes_in_words(one.changes)) for one in ran],
        pictures=pictures,
        once=secrets.token_urlsafe(12),
    )
    if not settled:
        answer.headers["Refresh"] = str(EVERY)
    return answer


@router.get("/futures/runs/{job}/tables/{name}", dependencies=[Depends(PageNeeds(May.FORECAST))])
def table(job: str, name: str, look: Looking) -> HTMLResponse:
    """The table behind a picture, or one of the run's own; a page of its own, so that the pictures are there at once."""
    with look.parts.store.reading() as session:
        jobs.job_of(session, look.user, job)
        told = next((one for one in _pictures(session, look, job) if one["name"] == name), None)
        if told is None and name in TABLES:
            rows = _rows(session, look, job, f"{name}.csv")[:MOST_ROWS]
            cells = [list(row.values()) for row in rows]
            told = {"title": TABLES[name], "alt": "", "columns": list(rows[0]) if rows else [], "rows": cells}
    if told is None:
        raise NotHere("The run has no such table.", "Open the run again.")
    look.run("read-job", f"job:{job[:36]}", lambda _: {})
    shown = {part: told[part] for part in ("title", "alt", "columns", "rows")}
    return page("futures_table.html", look, here="/futures", job=job, **shown)


@router.post("/futures/runs/{job}/{what}", dependencies=[Depends(PageNeeds(May.FORECAST))])
def stop_or_again(job: str, what: str, act: Sending) -> Response:
    """Stop a run, or ask for the same again after it failed or was stopped."""

    def done(session: Session) -> dict[str, Any]:
        if what == "again":
            return jobs.as_told(jobs.again(session, act.parts.store.seal, act.user, job))
        return jobs.as_told(jobs.cancel(session, act.user, job))

    if what not in ("stop", "again"):
        raise NotHere("There is nothing like this to do with a run.", "Use the buttons of the page.")
    told, _, _ = act.run(f"forecast-{what}", f"job:{job[:36]}", done, 202)
    return back_to(f"/futures/runs/{told['id']}")


def _rows(session: Session, look: Any, job: str, name: str) -> list[dict[str, str]]:
    found = file_of(session, look.parts.store.seal, f"job:{job}:out", name)
    return list(csv.DictReader(io.StringIO(found[1].decode("utf-8")))) if found else []


def _pictures(session: Session, look: Any, job: str) -> list[dict[str, Any]]:
    """The pictures of a run, each with its words and the rows behind it."""
    found = file_of(session, look.parts.store.seal, f"job:{job}:out", "pictures.json")
    return list(json.loads(found[1])) if found else []


@router.get("/futures/runs/{job}/{name}", dependencies=[Depends(PageNeeds(May.FORECAST))])
def file(job: str, name: str, look: Looking) -> Response:
    """A picture or file that a run made."""
    with look.parts.store.reading() as session:
        jobs.job_of(session, look.user, job)
        found = file_of(session, look.parts.store.seal, f"job:{job}:out", name)
    if found is None:
        raise NotHere("The run has no such file.", "Open the run again.")
    look.run("take-file", f"job:{job[:36]}", lambda _: {})
    kind, content = found
    headers = {} if kind == "image/png" else {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)
