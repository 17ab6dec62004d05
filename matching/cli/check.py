"""`placements check`: the independent checker alone."""

import json
import sys

import typer
from rich.console import Console

from matching.checker import check_plan
from matching.cli import show
from matching.cli.exits import Exit
from matching.cli.options import CaseloadFolder, Json, PlanFile, PolicyFile
from matching.cli.places import policy_of, read_folder
from matching.io.plan_json import read_plan


def check(
    caseload_folder: CaseloadFolder, plan_file: PlanFile, policy_file: PolicyFile = None, as_json: Json = False
) -> None:
    """Read a plan with the independent checker alone: 0 sound, 3 breaches found (listed)."""
    caseload = read_folder(caseload_folder)
    told = read_plan(plan_file)
    policy = policy_of(policy_file, caseload_folder)
    checked = check_plan(caseload, list(told.placements), policy.on(caseload.as_of).settings)
    if as_json:
        breaches = [
            {"rule": b.rule, "child": b.child, "home": b.home, "sentence": str(b.sentence)} for b in checked.breaches
        ]
        sys.stdout.write(json.dumps({"sound": checked.sound, "breaches": breaches}, indent=1) + "\n")
    else:
        show.checked(Console(), checked, len(told.placements))
    raise typer.Exit(Exit.DONE if checked.sound else Exit.BREACHES)
