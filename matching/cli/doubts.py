"""`placements doubts`: which facts to check first, because the proposal rests on them."""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from matching.again import base_of
from matching.cli.options import CaseloadFolder, Json, PolicyFile
from matching.cli.places import policy_of, read_folder
from matching.doubts import RIVALS
from matching.doubts import doubts as find_doubts
from matching.planning import prepare


def doubts(
    caseload_folder: CaseloadFolder,
    child: Annotated[str, typer.Option("--child", help="Reference of the child.")],
    rivals: Annotated[int, typer.Option("--rivals", help="Other homes whose facts are looked at.", min=0)] = RIVALS,
    policy_file: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Say which recorded facts, if one of them were wrong, would change the proposal for a child."""
    caseload = read_folder(caseload_folder)
    caseload.child(child)
    base = base_of(prepare(caseload, policy_of(policy_file, caseload_folder)))
    found = find_doubts(base, child, rivals)
    if as_json:
        told = [{**asdict(doubt), "sentence": str(doubt.sentence)} for doubt in found]
        sys.stdout.write(json.dumps({"child": child, "home": base.home_of[child], "doubts": told}, indent=1) + "\n")
        return
    screen = Console()
    screen.print(f"{base.home_of[child]} is proposed for {child}. Check these facts first:", style="bold")
    for doubt in found:
        screen.print(f"  {doubt.sentence} [dim]{doubt.column}[/dim]")
    if not found:
        screen.print("  No single fact, if it were wrong, would change the proposal.")
