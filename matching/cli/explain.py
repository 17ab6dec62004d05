"""`placements explain` and `compare`: why this home and not that one, and what another plan does otherwise."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from matching.cli import beside as said
from matching.cli import show
from matching.cli.options import CaseloadFolder, Json, PlanFile, PolicyFile
from matching.cli.places import policy_of, read_folder
from matching.difference import difference
from matching.explain import explain as explain_pair
from matching.io.plan_json import read_plan
from matching.planning import prepare


def explain(
    caseload_folder: CaseloadFolder,
    plan_file: PlanFile,
    child: Annotated[str, typer.Option("--child", help="Reference of the child.")],
    home: Annotated[
        str | None, typer.Option("--home", help="Reference of a home: why it is or is not proposed.")
    ] = None,
    draws: said.Draws = said.DEFAULT_DRAWS,
    seed: said.Seed = 1,
    policy_file: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Why this home, why not that one, why nobody; with what another choice would cost, proven by solving again."""
    caseload = read_folder(caseload_folder)
    told = read_plan(plan_file)
    caseload.child(child)
    ready = prepare(caseload, policy_of(policy_file, caseload_folder))
    home_of = dict(told.placements)
    if home is None:
        home = home_of.get(child)
    data = (
        show.unplaced_data(ready, home_of, child)
        if home is None
        else show.explanation_data(explain_pair(ready, home_of, child, home), child, home)
    )
    if data["kind"] == "proposed" and (steady := said.steadiness(ready, home_of, child, draws, seed)):
        data["steadiness"] = steady
    if as_json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    else:
        show.explanation(Console(), data)


def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="A plan.json.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Another plan.json.")],
    as_json: Json = False,
) -> None:
    """What the second plan does otherwise than the first: goals, then each child whose home differs."""
    found = difference(read_plan(before), read_plan(after))
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n")
    else:
        for sentence in found.sentences:
            Console().print(str(sentence))
