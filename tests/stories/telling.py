"""What the software says about a story, in its own sentences, as a page of docs/stories.md."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from matching.again import base_of
from matching.candidates import GOAL_TITLES
from matching.cli.show import explanation, explanation_data
from matching.explain import explain
from matching.pairs import Register
from matching.plan import NearMiss, Placement, Plan, Reason, Unplaced
from matching.planning import Prepared, prepare, propose_plan
from matching.shortlist import Shortlist, shortlist
from matching.splits import split_menu
from tests.stories.practice import STORIES
from tests.stories.story import Story

PAGE = Path(__file__).resolve().parents[2] / "docs" / "stories.md"
HEAD = """# Stories

Caseloads as they come up in a week, small enough to check by hand, with every sentence that the software says about them. Children and
homes are invented. `make docs` writes this page; a test fails when what is said changes, so that somebody reads it first.
"""


def page() -> str:
    """All stories."""
    return "\n".join([HEAD, *("\n".join(told(make())) for make in STORIES)]) + "\n"


def told(story: Story) -> list[str]:
    """One story as lines."""
    ready = prepare(story.caseload, story.policy)
    plan = propose_plan(ready, story.policy)
    lines = [f"## {story.title}", "", story.told, "", *_plan(plan)]
    for child, home in story.why_not:
        lines += [*_why_not(ready, plan, child, home), ""]
    if story.tonight:
        found = shortlist(Register(story.caseload), story.policy, story.tonight, emergency=True)
        lines += [f"**Tonight, for {' and '.join(story.tonight)}:**", "", *_shortlist(found), ""]
    if story.split:
        menu = split_menu(base_of(ready), story.split)
        lines += ["**Ways to split:**", "", *(f"{sentence} " for sentence in menu.sentences), ""]
        lines += [f"{n}. " + " ".join(map(str, way.sentences)) for n, way in enumerate(menu.splits, 1)] + [""]
    return lines


def _why_not(ready: Prepared, plan: Plan, child: str, home: str) -> list[str]:
    """Why the plan does not propose a home: what rules it out, what is not known, or what it would cost others."""
    found = explain(ready, plan.home_of, child, home)
    screen = Console(record=True, width=400, file=StringIO())
    explanation(screen, explanation_data(found, child, home))
    first, *others = screen.export_text().strip().splitlines()
    return [
        f"**Why not {home} for {child}?** {first}",
        *([""] if others else []),
        *(f"- {line.strip()}" for line in others),
    ]


def _plan(plan: Plan) -> list[str]:
    goals = [
        f"{GOAL_TITLES[g.code].lower()} {g.achieved}"
        for g in plan.goals
        if g.achieved and g.code not in ("suitability", "spare-scarce")
    ]
    lines = [
        f"**The plan** ({'; '.join(goals) or 'nobody can be placed'}; proven {'yes' if all(g.proven for g in plan.goals) else 'no'}; checker: {'sound' if plan.checked and plan.checked.sound else 'not sound'})",
        "",
    ]
    for placement in plan.placements:
        lines += [*_placement(placement), ""]
    for child in plan.unplaced:
        lines += [*_unplaced(child), ""]
    return lines


def _placement(one: Placement) -> list[str]:
    parts = (
        ("For", one.reasons),
        ("Worries", one.worries),
        ("Not known", one.not_known),
        ("Before it can happen", one.before),
    )
    return [f"- **{one.child}: {one.home}**", *(f"  - {lead}: {_said(reasons)}" for lead, reasons in parts if reasons)]


def _unplaced(one: Unplaced) -> list[str]:
    told = "no home." if one.stays_at is None else f"stays at {one.stays_at} for now."
    return [f"- **{one.child}: {told}** {_said(one.reasons)}", *_near(one.near_misses)]


def _near(misses: tuple[NearMiss, ...]) -> list[str]:
    return [f"  - {miss.home} would be possible if: {_said(miss.needs, who=True)}" for miss in misses]


def _said(reasons: tuple[Reason, ...], who: bool = False) -> str:
    def one(reason: Reason) -> str:
        roles = " or ".join(role.replace("-", " ") for role in reason.may_be_lifted_by)
        return f"{reason.sentence}" + (f" ({roles} may agree)" if who and roles else "") + f" `{reason.code}`"

    return " ".join(map(one, reasons))


def _shortlist(found: Shortlist) -> list[str]:
    lines = []
    for number, option in enumerate(found.options, 1):
        said = _said(option.to_settle)
        until = (
            f"; outside the terms of approval until {option.terms_until:%d %B %Y} at the latest"
            if option.terms_until
            else ""
        )
        lines.append(f"{number}. **{option.home}**{until}. {said}".rstrip())
    return [*lines, *_near(found.near_misses)] or ["No home can be rung."]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
