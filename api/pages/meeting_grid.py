"""The plan as a grid: children down, homes across, so many at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from api.pages.meeting import caseload_of, latest
from api.pages.parting import Part, part_of
from api.pages.rendering import Looking, PageNeeds, page
from api.security.roles import May
from api.services import answers

router = APIRouter(include_in_schema=False)
MOST_DOWN, MOST_ACROSS = 40, 30  # on one page, which weighs 150 kB at most


@router.get("/meeting/grid", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def grid(look: Looking, part: int = 1, homes: int = 1) -> HTMLResponse:
    """Children down, the homes of the plan across: here, possible, or not; each is a way to why."""
    made, _ = latest(look)
    base = answers.base_for(caseload_of(look), look.parts.policy)
    plan: Any = made.plan if made else {"placements": []}
    home_of = {one["child"]: one["home"] for one in plan["placements"]}
    children = sorted(base.found.row_of_child)
    down = part_of(children, children, part, MOST_DOWN)
    across = _across(base.found.register.home_index, home_of, down.rows, homes)
    rows = [(child, _cells(base, child, home_of.get(child), across.rows)) for child in down.rows]
    look.run("read-plan", "plan:grid", lambda _: {})
    return page("meeting_grid.html", look, here="/meeting", down=down, across=across, rows=rows)


def _across(at: Mapping[str, int], home_of: dict[str, str], children: Sequence[str], number: int) -> Part[str]:
    """Homes of the plan, those of the children on the page first."""
    shown = {home_of[child] for child in children if child in home_of}
    every = sorted(set(home_of.values()) & set(at), key=lambda home: (home not in shown, home))
    return part_of(every, None, number, MOST_ACROSS)


def _cells(base: Any, child: str, here: str | None, homes: Sequence[str]) -> list[tuple[str, str]]:
    row, at = base.found.row_of_child[child], base.found.register.home_index
    return [(home, _cell(base, row, at[home], here == home)) for home in homes]


def _cell(base: Any, row: int, column: int, here: bool) -> str:
    verdict = int(base.found.judged.verdict[row, column])
    return "here" if here else ("no", "ask", "could")[verdict]
