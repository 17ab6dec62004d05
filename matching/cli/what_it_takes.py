"""`placements what-it-takes`: one answer for every child and home, and what would have to change."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from matching.again import base_of
from matching.cli import show
from matching.cli.options import CaseloadFolder, Json, PolicyFile
from matching.cli.places import policy_of, read_folder
from matching.io.plan_json import reason_data
from matching.planning import prepare
from matching.what_it_takes import Change, Way, WhatItTakes
from matching.what_it_takes import what_it_takes as find
from matching.wording import listed, spoken


def what_it_takes(
    caseload_folder: CaseloadFolder,
    child: Annotated[str, typer.Option("--child", help="Reference of the child.")],
    home: Annotated[str, typer.Option("--home", help="Reference of the home.")],
    policy_file: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Say where a child stands with a home in the best plan, and the smallest changes that would make it possible."""
    caseload = read_folder(caseload_folder)
    caseload.child(child)
    base = base_of(prepare(caseload, policy_of(policy_file, caseload_folder)))
    found = find(base, child, home)
    if as_json:
        sys.stdout.write(json.dumps(what_it_takes_data(found), ensure_ascii=False, indent=1) + "\n")
        return
    screen = Console()
    show.explanation(screen, show.explanation_data(found.answer, child, home))
    for number, way in enumerate(found.ways, 1):
        lead = "Possible if all of these are settled" if way.lawful else "Not possible as the facts are"
        with_whom = "" if len(way.children) == 1 else f", for {listed(list(way.children))} together"
        screen.print(f"{number}. {lead}{with_whom}:", style="bold")
        for change in way.changes:
            screen.print(f"   {change.reason.sentence} {_by(change)} [dim]{change.reason.code}[/dim]")
        if way.then is not None:
            screen.print(f"   {show.then_sentence(way.then)}", style="dim")


def _by(change: Change) -> str:
    if change.decision:
        return f"({listed([spoken(role) for role in change.by], 'or')} may agree)"
    return "(ask)" if change.answer else "(nobody may lift this; it holds as long as the facts do)"


def what_it_takes_data(found: WhatItTakes) -> dict[str, Any]:
    """The answer as plain data."""
    return {**show.explanation_data(found.answer, found.child, found.home), "ways": [_way(way) for way in found.ways]}


def _way(way: Way) -> dict[str, Any]:
    changes = [
        {**reason_data(c.reason), "kind": "decision" if c.decision else "answer" if c.answer else "never"}
        for c in way.changes
    ]
    then = None if way.then is None else show.then_data(way.then)
    return {"children": list(way.children), "lawful": way.lawful, "changes": changes, "then": then}
