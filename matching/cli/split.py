"""`placements split`: the best few ways to split a sibling group whom no home takes together."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.panel import Panel

from matching.again import base_of
from matching.cli.options import CaseloadFolder, Json, PolicyFile
from matching.cli.places import policy_of, read_folder
from matching.planning import prepare
from matching.splits import MOST, Split, SplitMenu, split_menu


def split(
    caseload_folder: CaseloadFolder,
    child: Annotated[str, typer.Option("--child", help="Reference of one of the brothers and sisters.")],
    most: Annotated[int, typer.Option("--most", help="Most ways to show.", min=1, max=20)] = MOST,
    policy_file: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Show the best ways to split a sibling group: who stays with whom, how far apart, what it costs the others."""
    caseload = read_folder(caseload_folder)
    caseload.child(child)
    menu = split_menu(base_of(prepare(caseload, policy_of(policy_file, caseload_folder))), child, most)
    if as_json:
        sys.stdout.write(json.dumps(split_data(menu), ensure_ascii=False, indent=1) + "\n")
        return
    screen = Console()
    for sentence in menu.sentences:
        screen.print(str(sentence))
    for number, one in enumerate(menu.splits, 1):
        screen.print(Panel("\n".join(str(s) for s in one.sentences), title=f"Way {number}", title_align="left"))


def split_data(menu: SplitMenu) -> dict[str, Any]:
    """The menu as plain data; points of suitability stay inside."""
    return {
        "children": list(menu.children),
        "homes_for_all": list(menu.whole),
        "needs_agreement_of": list(menu.asks),
        "sentences": [str(sentence) for sentence in menu.sentences],
        "ways": [_way(one) for one in menu.splits],
    }


def _way(one: Split) -> dict[str, Any]:
    return {
        "together": [{"children": list(p.children), "home": p.home, "joining": list(p.joining)} for p in one.parts],
        "sentences": [str(sentence) for sentence in one.sentences],
        "others_without_a_home": list(one.cost.without),
        "others_who_lose": list(one.cost.worse_off),
        "proven": one.cost.proven,
    }
