"""Plans, shortlists and explanations as a person reads them; progress goes to stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from matching.candidates import GOAL_TITLES
from matching.describe import unplaced_of
from matching.difference import INSIDE
from matching.domain import Caseload, Deadline
from matching.explain import (
    CannotBeForced,
    Explanation,
    NotKnown,
    Proposed,
    RuledOut,
    Then,
    UsedElsewhere,
    what_then,
)
from matching.io.plan_json import near_data, placement_data, reason_data
from matching.plan import Checked, Goal, NearMiss, Placement, Plan, Reason, Unplaced
from matching.planning import Prepared
from matching.shortlist import Option, Shortlist
from matching.wording import counted, listed, spoken

STEPS = 5


def software() -> str:
    """Name and version of this software."""
    try:
        return f"placement-matching {version('placement-matching')}"
    except PackageNotFoundError:
        return "placement-matching (not installed)"


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A progress bar on stderr for work of several steps; gone when the work is done."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=STEPS)

        def say(step: str) -> None:
            bar.update(task, description=step, advance=1)

        yield say


def friday_group(caseload: Caseload) -> tuple[str, ...]:
    """The largest sibling group with an emergency deadline, else the largest of all."""
    urgent = {c.ref for c in caseload.seeking if c.deadline is Deadline.EMERGENCY}
    groups = sorted(caseload.groups, key=lambda g: (not urgent & set(g.children), -len(g.children), g.ref))
    several = [g for g in groups if len(g.children) in (2, 3)] or groups
    return several[0].children


def plan(screen: Console, made: Plan) -> None:
    """A whole plan: goals, placements, sibling plans, children without a home, the checker's verdict."""
    screen.print(_goals(made.goals))
    screen.print(_placements(made))
    screen.print(_siblings(made))
    for child in made.unplaced:
        screen.print(_unplaced(child))
    if made.checked:
        checked(screen, made.checked, len(made.placements))
    for sentence in policy_worries(made):
        screen.print(sentence, style="bold red")
    told = f"Policy {made.manifest.policy_name} {made.manifest.policy_version} ({made.manifest.policy[:12]})"
    signed = made.manifest.policy_signed or "signed by nobody"
    screen.print(f"[dim]{told}, {signed}; plan {made.digest[:12]}. A proposal: a named person decides.[/dim]")


def policy_worries(made: Plan) -> list[str]:
    """What is to be said about the policy of a plan: that it is not signed, or not in force on the plan's date."""
    first, last = made.manifest.policy_dates
    said = [] if made.manifest.policy_signed else ["Nobody has signed the policy of this plan."]
    if made.manifest.as_of < first:
        said.append(f"This policy is in force from {first} only; the plan is for {made.manifest.as_of}.")
    if last is not None and made.manifest.as_of > last:
        said.append(f"This policy was in force until {last}; the plan is for {made.manifest.as_of}.")
    return said


def _goals(goals: tuple[Goal, ...]) -> Table:
    table = Table(title="Goals, in order of importance", title_justify="left", title_style="bold")
    table.add_column("Goal")
    table.add_column("Reached", justify="right")
    table.add_column("No plan can do better than", justify="right")
    table.add_column("")
    for goal in goals:
        table.add_row(
            GOAL_TITLES[goal.code], str(goal.achieved), str(goal.bound), "proven" if goal.proven else "not proven"
        )
    return table


def _placements(made: Plan) -> Table:
    table = Table(title="Who would live where, and why", title_justify="left", title_style="bold", show_lines=True)
    for column in ("Child", "Home", "Why", "Worries and questions"):
        table.add_column(column)
    for placement in made.placements:
        table.add_row(placement.child, placement.home, _why(placement), _doubts(placement))
    return table


def _why(placement: Placement) -> str:
    told = " ".join(str(reason.sentence) for reason in placement.reasons[:2])
    return told or "Meets every rule; no criterion speaks strongly for it."


def _doubts(placement: Placement) -> str:
    told = (*placement.before[:1], *placement.worries[:1], *placement.not_known[:1])
    return " ".join(str(reason.sentence) for reason in told)


def _siblings(made: Plan) -> Table:
    table = Table(title="Brothers and sisters", title_justify="left", title_style="bold")
    for column in ("Group", "Plan", "Outcome", "As planned", "Homes"):
        table.add_column(column)
    for group in made.sibling_groups:
        homes = ", ".join(f"{child} {home}" for child, home in group.homes)
        table.add_row(group.group, spoken(group.plan), group.outcome.value, "yes" if group.as_planned else "no", homes)
    return table


def _unplaced(child: Unplaced) -> Panel:
    lines: list[Text | str] = [_line(reason) for reason in child.reasons]
    lines += _possible(child.near_misses)
    return Panel(Group(*lines), title=str(child.heading), title_align="left", border_style="yellow")


def _possible(near: tuple[NearMiss, ...]) -> list[Text | str]:
    if not near:
        return [Text("No single answer or decision would open a home: a place must be found or made.", style="bold")]
    lines: list[Text | str] = [Text("Possible once this is settled:", style="bold")]
    lines += [f"  {miss.home}: {' '.join(_need(reason) for reason in miss.needs)}" for miss in near]
    return lines


def _need(reason: Reason) -> str:
    who = (
        f" ({listed([spoken(role) for role in reason.may_be_lifted_by], 'or')} may agree)"
        if reason.may_be_lifted_by
        else ""
    )
    return f"{reason.sentence}{who}"


def _line(reason: Reason) -> str:
    return f"{reason.sentence} [dim]{reason.code}[/dim]"


def checked(screen: Console, found: Checked, placements: int) -> None:
    """The independent checker's verdict."""
    if found.sound:
        screen.print(
            f"[green]Checker: sound.[/green] {counted(placements, 'placement')} read against {len(found.rules)} rules."
        )
    for breach in found.breaches:
        screen.print(f"[red]Breach of {breach.rule}:[/red] {breach.sentence}")


def _nothing(home: str) -> list[str]:
    return []


def shortlist(
    screen: Console, found: Shortlist, title: str | None = None, said_of: Callable[[str], list[str]] = _nothing
) -> None:
    """The homes to ring, in order, with the near misses; `said_of` gives what else is said of a home."""
    screen.print(f"\n[bold]{title or 'Homes to ring, in order'}[/bold]")
    screen.print(f"For {listed(list(found.children))}. {_how_many(found)}")
    for number, option in enumerate(found.options, 1):
        screen.print(_option(number, option, said_of(option.home)))
    if found.near_misses:
        screen.print(Panel(Group(*_possible(found.near_misses)), title="Near misses", title_align="left"))


def _how_many(found: Shortlist) -> str:
    if not found.possible:
        return f"No home exists that every rule allows, of {found.homes_looked_at}."
    if found.possible < 3:
        return f"Only {counted(found.possible, 'home exists', 'homes exist')} that every rule allows, of {found.homes_looked_at}."
    return f"{found.possible} homes are possible, of {found.homes_looked_at}."


def _option(number: int, option: Option, more: list[str]) -> Panel:
    lines = [f"Vacancy {_age(option.age_of_confirmation)}."]
    if option.only_in_emergency:
        lines.append(f"[yellow]{_tonight(option)}[/yellow]")
    for said, children in _said_once(option).items():
        lines.append(f"{listed(children)}: {said}")
    return Panel("\n".join([*lines, *more]), title=f"{number}. {option.home}", title_align="left")


def _tonight(option: Option) -> str:
    """What an emergency lets wait, until when, and who must agree."""
    told = " ".join(str(reason.sentence) for reason in option.to_settle)
    if option.terms_until is None:
        return f"Tonight only if settled tomorrow: {told}"
    return f"Outside its terms until {option.terms_until:%A %d %B %Y} at the latest, if the fostering manager agrees: {told}"


def _said_once(option: Option) -> dict[str, list[str]]:
    """What is said of the children, once where it is the same for several."""
    said: dict[str, list[str]] = {}
    for child in option.children:
        said.setdefault(f"{_why(child)} {_doubts(child)}".rstrip(), []).append(child.child)
    return said


def _age(days: int | None) -> str:
    if days is None:
        return "never confirmed: ask first"
    return "confirmed today" if days == 0 else f"confirmed {counted(days, 'day')} ago"


def written(screen: Console, folder: Path) -> None:
    """Where the demo wrote its files."""
    screen.print(f"\nCaseload: {folder / 'caseload'}    Plan: {folder / 'plan.json'}")
    screen.print(f"Ask why:  placements explain {folder / 'caseload'} {folder / 'plan.json'} --child C0001")


def shortlist_data(found: Shortlist, *, near: bool = True) -> dict[str, Any]:
    """A shortlist as plain data; the near misses are worded if `near`, or if no home is possible."""
    options = [
        {
            "home": option.home,
            "vacancy_confirmed_days_ago": option.age_of_confirmation,
            "short_notice": option.short_notice,
            "only_in_emergency": list(option.only_in_emergency),
            "to_settle": [reason_data(reason) for reason in option.to_settle],
            "terms_until": None if option.terms_until is None else option.terms_until.isoformat(),
            "children": [placement_data(child) for child in option.children],
        }
        for option in found.options
    ]
    ruled_out = [{"code": code, "homes": homes} for code, homes in found.ruled_out]
    return {
        "children": list(found.children),
        "possible": found.possible,
        "homes_looked_at": found.homes_looked_at,
        "options": options,
        "near_misses": near_data(found.near_misses) if near or not options else [],
        "ruled_out": ruled_out,
    }


def explanation_data(found: Explanation, child: str, home: str) -> dict[str, Any]:
    """An explanation as plain data, with its kind."""
    about: dict[str, Any] = {"child": child, "home": home}
    match found:
        case Proposed(placement=placement):
            return {**about, "kind": "proposed", **placement_data(placement)}
        case RuledOut(reasons=reasons):
            return {**about, "kind": "ruled out", "reasons": [reason_data(r) for r in reasons]}
        case NotKnown(questions=questions):
            return {**about, "kind": "not known", "questions": [reason_data(r) for r in questions]}
        case UsedElsewhere(costs=costs, by=by, moves=moves, staying=staying):
            told = [{"goal": c.goal, "loses": c.loses, "proven": c.proven} for c in costs]
            return {
                **about,
                "kind": "used elsewhere",
                "costs": told,
                "by": list(by),
                "moves": [list(move) for move in moves],
                "staying": dict(staying),
            }
        case CannotBeForced(reason=reason):
            return {**about, "kind": "cannot be", "reason": reason}


def unplaced_data(ready: Prepared, home_of: dict[str, str], child: str) -> dict[str, Any]:
    """Why a child has no home in a plan, as plain data."""
    found = next((u for u in unplaced_of(ready.found, sorted(home_of.items())) if u.child == child), None)
    if found is None:
        return {"child": child, "kind": "settled", "reasons": [], "possible_if": []}
    reasons = [reason_data(reason) for reason in found.reasons]
    near = near_data(found.near_misses)
    for miss in near:
        miss["then"] = then_data(what_then(ready, home_of, child, miss["home"]))
    heading = str(found.heading)
    return {"child": child, "kind": "unplaced", "heading": heading, "reasons": reasons, "possible_if": near}


def then_data(then: Then | CannotBeForced) -> dict[str, Any]:
    """What would follow, as plain data."""
    if isinstance(then, CannotBeForced):
        return {"possible": False, "reason": then.reason}
    before, after = then.placed
    moves = [list(move) for move in then.moves]
    return {
        "possible": True,
        "placed_before": before,
        "placed_then": after,
        "without": list(then.without),
        "moves": moves,
        "proven": then.proven,
    }


def then_sentence(then: Then | CannotBeForced) -> str:
    """What would follow, in a sentence."""
    return _then(then_data(then))


def _then(then: dict[str, Any]) -> str:
    """What would follow, in a sentence."""
    if not then["possible"]:
        return str(then["reason"])
    placed, before = then["placed_then"], then["placed_before"]
    told = f"Then {counted(placed, 'child', 'children')} would have a home"
    told += f" instead of {before}" if placed != before else ", as many as now"
    if then["without"]:
        told += f", but {listed(then['without'])} would have none"
    others = [child for child, home in then["moves"] if home is not None]
    if others:
        told += f"; the proposal for {listed(others)} would change"
    return told + (" (proven by solving again)." if then["proven"] else " (not proven within the limit).")


_HEADINGS = {
    "proposed": "The plan proposes {home} for {child}.",
    "ruled out": "{home} is ruled out for {child}:",
    "not known": "We do not know whether {home} could care for {child}. Ask:",
    "used elsewhere": "{home} could care for {child}, but the plan does better for everybody otherwise.",
    "cannot be": "No plan can put {child} at {home}.",
    "unplaced": "{heading}:",
    "settled": "{child} lives in a home and is not moved.",
}


def explanation(screen: Console, data: dict[str, Any]) -> None:
    """An explanation in words."""
    told = {"child": data["child"], "home": data.get("home") or "", "heading": data.get("heading", "")}
    screen.print(_HEADINGS[data["kind"]].format(**told), style="bold")
    for part in ("reasons", "worries", "not_known", "questions"):
        for reason in data.get(part, []):
            screen.print(f"  {reason['sentence']} [dim]{reason['code']}[/dim]")
    for step in data.get("before", []):
        screen.print(f"  Before it can happen: {step['sentence']} [dim]{step['code']}[/dim]")
    if data.get("steadiness"):
        screen.print(f"  {data['steadiness']}")
    for miss in data.get("possible_if", []):
        screen.print(
            f"  Possible at {miss['home']} once this is settled: "
            + " ".join(dict.fromkeys(reason["sentence"] for reason in miss["needs"]))
        )
        screen.print(f"    {_then(miss['then'])}", style="dim")
    if data.get("reason"):
        screen.print(f"  {data['reason']}")
    if data["kind"] == "used elsewhere":
        _cost(screen, data)


def _cost(screen: Console, data: dict[str, Any]) -> None:
    """What the choice would cost, from the first goal that changes."""
    changed = [cost for cost in data["costs"] if cost["loses"]]
    proven = (
        "proven by solving again" if all(cost["proven"] for cost in data["costs"]) else "not proven within the limit"
    )
    if not changed:
        screen.print(
            f"  It would cost nothing: an equal plan puts the child there ({proven}); the order between them is by lot."
        )
        return
    first = changed[0]
    if first["goal"] == INSIDE:
        screen.print(f"  It would suit the children less well, all taken together ({proven}).")
    else:
        word = "fewer" if first["loses"] > 0 else "more"
        screen.print(f"  It would cost: {GOAL_TITLES[first['goal']].lower()}: {abs(first['loses'])} {word} ({proven}).")
    for child, home in data["moves"]:
        stays = data["staying"].get(child)
        none = f"stay at {stays} for now" if stays else "have no home"
        screen.print(f"  {child} would {'go to ' + home if home else none}.")
