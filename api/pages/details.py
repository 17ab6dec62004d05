"""All that is known of a child, as a list of tasks: each part shows how much is known, and asks one kind of thing."""

import secrets
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.db import queries
from api.errors import NotHere, Outdated, ServiceError, of_core
from api.pages.questions import Question, in_our_words, question_of, typed_cells
from api.pages.rendering import Form, Looking, PageNeeds, Sending, back_to, page
from api.pages.who import who
from api.routes.homes import at
from api.security.roles import May
from api.services import families, matching
from matching.domain import Child, Relationship
from matching.errors import MatchingError

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Section:
    """One part of the form: its heading and the columns that it asks for."""

    name: str
    heading: str
    columns: tuple[str, ...]


SECTIONS = (
    Section("child", "Who the child is", ("date_of_birth", "sex", "own_words", "languages", "interpreter_needed", "communication", "uasc", "immigration_status", "disabled")),
    Section("care", "What is needed, and by when", ("needs_home_by", "deadline", "waiting_since", "move_requested", "care_type", "care_plan", "likely_months", "legal_status", "with_parent", "consent_signed")),
    Section("kinds", "Which kinds of care suit", ("foster_care", "residential_care", "supported_care", "adults_per_child", "support", "deprivation_of_liberty", "court_conditions")),
    Section("places", "Places that matter", ("home_place", "school_place", "family_time_place", "worship_place", "preferred_place", "places_to_avoid", "family_time_weekly", "family_time_supervised")),
    Section("school", "School", ("school_year", "ehcp", "school_run_needed")),
    Section("identity", "Identity", ("ethnicity", "religion", "diet", "stated_needs", "cultural_needs")),
    Section("health", "Health and skills", ("essential_skills", "helpful_skills", "adaptations", "health", "medication", "allergies", "animal_allergy", "pets")),
    Section("together", "Living with others", ("sibling_group", "lives_with", "considerations")),
    Section("safety", "Safety", ("risk_self_harm", "risk_sexual_exploitation", "risk_criminal_exploitation", "risk_substance_use", "risk_eating_disorder", "risk_missing", "risk_harm_physical", "risk_harm_sexual", "risk_fire_setting", "risk_harm_to_animals", "risk_exploits_others")),
    Section("adoption", "Adoption", ("agency_decision_on", "adoption_consent", "pool", "early_permanence_home")),
)  # fmt: skip
SIBLINGS = Section("siblings", "Sibling plan", ("plan", "subsets", "reason"))


@router.get("/children/{ref}/details", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def details(ref: str, look: Looking) -> HTMLResponse:
    """The list of tasks."""
    kept, caseload = _kept(look, ref)
    plan = _sibling_plan(look, kept.cells.get("sibling_group"))
    tasks = [(one, _known(kept.cells, one), len(one.columns)) for one in SECTIONS]
    if plan is not None:
        tasks.insert(8, (SIBLINGS, int(bool(plan.get("plan"))), 1))
    look.run("read-details", f"child:{ref[:100]}", lambda _: {})
    return page("details.html", look, here="/board", who=who(caseload, ref), tasks=tasks)


def _kept(look: Any, ref: str) -> tuple[queries.Kept, Any]:
    parts = look.parts
    with parts.store.reading() as session:
        kept = queries.one(session, parts.store.seal, "child", ref, look.user.authority)
        return kept, matching.caseload_now(session, parts.store.seal, parts.maps, look.user, parts.today())


def _known(cells: dict[str, str], section: Section) -> int:
    return sum(1 for column in section.columns if cells.get(column))


def _sibling_plan(look: Any, group: str | None) -> dict[str, str] | None:
    """The sibling plan as cells; empty when it is not written yet, `None` without brothers and sisters."""
    if not group:
        return None
    with look.parts.store.reading() as session:
        try:
            ref = f"sibling-plan|{group}|"
            return queries.one(session, look.parts.store.seal, "relationship", ref, look.user.authority).cells
        except NotHere:
            return {}


def _section(name: str) -> Section:
    found = next((one for one in (*SECTIONS, SIBLINGS) if one.name == name), None)
    if found is None:
        raise NotHere("There is no such part.", "Use the list of tasks.")
    return found


@router.get("/children/{ref}/details/{name}", dependencies=[Depends(PageNeeds(May.REFER))])
def section(ref: str, name: str, look: Looking) -> HTMLResponse:
    """One part, to be filled in or changed."""
    kept, caseload = _kept(look, ref)
    told = _sibling_plan(look, kept.cells.get("sibling_group")) or {} if name == SIBLINGS.name else kept.cells
    look.run("read-details", f"child:{ref[:100]}", lambda _: {}, part=name[:20])
    return _form(look, who(caseload, ref), _section(name), told, kept.version, None)


def _form(
    look: Any, about: Any, part: Section, told: dict[str, str], version: int, fault: ServiceError | None, **theirs: Any
) -> HTMLResponse:
    return page(
        "details_part.html",
        look,
        fault.status if fault else 200,
        here="/board",
        who=about,
        part=part,
        questions=_questions(part),
        told=told,
        version=version,
        fault=fault,
        once=secrets.token_urlsafe(12),
        **{"theirs": {}, **theirs},
    )


def _questions(part: Section) -> list[Question]:
    return [question_of(Relationship if part is SIBLINGS else Child, column) for column in part.columns]


@router.post("/children/{ref}/details/{name}", dependencies=[Depends(PageNeeds(May.REFER))])
def save(ref: str, name: str, form: Form, act: Sending) -> Response:
    """Keep a part. If somebody changed it meanwhile, both answers are shown side by side and nothing typed is lost."""
    part, (kept, caseload) = _section(name), _kept(act, ref)
    typed = {column: form.get(column, "") for column in part.columns}
    version = int(form["version"]) if form.get("version", "").isdigit() else 0
    try:
        _save_part(act, ref, part, typed, kept, version)
    except Outdated as fault:
        theirs = {column: kept.cells.get(column, "") for column in part.columns}
        changed = {column: text for column, text in theirs.items() if text != typed[column]}
        return _form(act, who(caseload, ref), part, typed, kept.version, fault, theirs=changed)
    except (MatchingError, ServiceError) as fault:
        refused = in_our_words(Child, of_core(fault)) if isinstance(fault, MatchingError) else fault
        return _form(act, who(caseload, ref), part, typed, version, refused)
    return back_to(f"/children/{ref}/details")


def _save_part(act: Any, ref: str, part: Section, typed: dict[str, str], kept: queries.Kept, version: int) -> None:
    seal, maps = act.parts.store.seal, act.parts.maps
    caseload = act.parts.read_ahead(act.user.authority)

    def child(session: Session) -> dict[str, Any]:
        """A part of the child: what the other parts say stays as it is."""
        others = {column: text for column, text in kept.cells.items() if column not in part.columns}
        cells = {**others, **typed_cells(Child, typed)}
        return {"version": queries.save(session, seal, maps, "child", cells, version).version}

    def siblings(session: Session) -> dict[str, Any]:
        """The plan of the sibling group, which is a fact of its own."""
        told, group = typed_cells(Relationship, typed), kept.cells["sibling_group"]
        return {"version": families.plan_siblings(at(act, session), caseload, group, told, None).version}

    act.run("change-child", f"child:{ref[:100]}", siblings if part is SIBLINGS else child, part=part.name)
