"""`placements propose`: the best plan for everybody, and again with what the meeting asks of it."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from matching.cli import show
from matching.cli.exits import outcome_of
from matching.cli.options import CaseloadFolder, Json, PolicyFile
from matching.cli.places import policy_of, read_folder
from matching.difference import Difference, difference
from matching.errors import PlanRefused
from matching.io.caseload_csv import fingerprint
from matching.io.plan_json import ToldPlan, plan_to_dict, read_plan, told_of, write_plan
from matching.plan import Plan
from matching.planning import Pair, propose_plan
from matching.solver import Limits

PAIR = "CHILD=HOME"


def propose(
    caseload_folder: CaseloadFolder,
    policy_file: PolicyFile = None,
    out: Annotated[Path, typer.Option("--out", help="Where to write the plan.")] = Path("plan.json"),
    pin: Annotated[
        list[str] | None, typer.Option("--pin", metavar=PAIR, help="This child goes to this home; repeat it.")
    ] = None,
    forbid: Annotated[
        list[str] | None, typer.Option("--forbid", metavar=PAIR, help="This child does not go there; repeat it.")
    ] = None,
    nobody: Annotated[
        list[str] | None, typer.Option("--wait", metavar="CHILD", help="Plan without this child; repeat it.")
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option("--since", metavar="PLAN", help="Keep what this plan promised, unless a goal before that gains."),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit", help="Stop after so many seconds; the best plan is written with its gap (exit 4).", min=0.01
        ),
    ] = None,
    memory: Annotated[
        int | None,
        typer.Option(
            "--memory", help="Stop once so many megabytes are held; the best plan is written with its gap.", min=1
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", help="Processor cores to use; the plan is the same with any number.", min=1)
    ] = 1,
    as_json: Json = False,
) -> None:
    """Propose the best plan for everybody, with proof, checked and explained; again, with what was changed since."""
    caseload = read_folder(caseload_folder)
    before = read_plan(since) if since else None
    with show.progress() as say:
        plan = propose_plan(
            caseload,
            policy_of(policy_file, caseload_folder),
            limits=Limits(seconds=time_limit, workers=workers, megabytes=memory),
            pins=_pins(pin or [], nobody or []),
            forbidden=[_pair(text) for text in forbid or []],
            promised=before.placements if before else (),
            fingerprint=fingerprint(caseload),
            software=show.software(),
            progress=say,
        )
        write_plan(plan, out)
    _tell(plan, changed_since(before, plan) if before else None, as_json)
    if not as_json:
        Console().print(f"Plan written to {out}.")
    raise typer.Exit(outcome_of(plan))


def changed_since(before: ToldPlan, plan: Plan) -> Difference:
    """What changed; what was agreed is told child by child, since only the later plan was asked to keep it."""
    goals = tuple(goal for goal in before.goals if goal[0] != "kept-as-agreed")
    return difference(replace(before, goals=goals), told_of(plan))


def _pins(pins: list[str], waiting: list[str]) -> dict[str, str | None]:
    """Home by child, `None` for a child who is to wait; a child asked for twice is refused."""
    asked: list[tuple[str, str | None]] = [*(_pair(text) for text in pins), *((child, None) for child in waiting)]
    for child, home in asked:
        if any(other != home for who, other in asked if who == child):
            raise PlanRefused(f"Child {child!r} is asked to be in two places. Keep one of the pins.")
    return dict(asked)


def _pair(text: str) -> Pair:
    child, sign, home = (part.strip() for part in text.partition("="))
    if not (child and sign and home):
        raise typer.BadParameter(f"{text!r} is not a child and a home. Write it as {PAIR}, for example C0001=H0012.")
    return child, home


def _tell(plan: Plan, changed: Difference | None, as_json: bool) -> None:
    if as_json:
        told = plan_to_dict(plan) | ({} if changed is None else {"since": [str(s) for s in changed.sentences]})
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        return
    screen = Console()
    show.plan(screen, plan)
    if changed is not None:
        screen.print("\n[bold]What is otherwise than in the plan before[/bold]")
        for sentence in changed.sentences:
            screen.print(f"  {sentence}")
