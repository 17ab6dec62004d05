"""`placements alternatives`: clearly different plans that are nearly as good."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.panel import Panel

from matching.again import base_of
from matching.alternatives import DIFFERENT, LOSS, MOST, Alternative, Alternatives
from matching.alternatives import alternatives as find_alternatives
from matching.cli.options import CaseloadFolder, Json, PolicyFile
from matching.cli.places import policy_of, read_folder
from matching.planning import prepare


def alternatives(
    caseload_folder: CaseloadFolder,
    goal: Annotated[
        str | None, typer.Option("--goal", help="Goal that may lose something. Default: suitability.")
    ] = None,
    loss: Annotated[int, typer.Option("--loss", help="How much of that goal it may lose.", min=0)] = LOSS,
    different: Annotated[
        int,
        typer.Option("--different", help="Least number of sibling sets (or single children) placed otherwise.", min=1),
    ] = DIFFERENT,
    most: Annotated[int, typer.Option("--most", help="Most plans to show.", min=1, max=20)] = MOST,
    policy_file: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Show clearly different plans that are nearly as good: what each gives up, and who would live elsewhere."""
    base = base_of(prepare(read_folder(caseload_folder), policy_of(policy_file, caseload_folder)))
    found = find_alternatives(base, goal=goal, loss=loss, different=different, most=most)
    if as_json:
        sys.stdout.write(json.dumps(alternatives_data(found), ensure_ascii=False, indent=1) + "\n")
        return
    screen = Console()
    for number, plan in enumerate(found.plans, 1):
        lines = "\n".join(str(sentence) for sentence in plan.sentences)
        screen.print(Panel(lines, title=f"{number}. {_heading(plan)}", title_align="left"))
    screen.print(str(found.ended))


def _heading(plan: Alternative) -> str:
    heading = "Equal to the best plan" if plan.equal else "Another plan"
    return heading if plan.proven else f"{heading} (not proven within the limit)"


def alternatives_data(found: Alternatives) -> dict[str, Any]:
    """Alternatives as plain data; points of suitability stay inside."""
    plans = [
        {
            "equal": plan.equal,
            "proven": plan.proven,
            "loses": {code: lost for code, lost in plan.loses if lost},
            "changes": [{"child": c.child, "before": c.before, "after": c.after} for c in plan.otherwise.changes],
            "sentences": [str(sentence) for sentence in plan.sentences],
            "placements": plan.plan.home_of,
        }
        for plan in found.plans
    ]
    about = {"goal": found.goal, "loss": found.loss, "different": found.different}
    return {**about, "plans": plans, "ended": str(found.ended)}
