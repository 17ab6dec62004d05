"""`placements demo`: the main job on a built-in city."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel

from matching.cli import show
from matching.cli.exits import outcome_of
from matching.cli.places import data_folder, policy_of, read_folder
from matching.domain import Caseload
from matching.io.caseload_csv import fingerprint, write_caseload
from matching.io.plan_json import write_plan
from matching.planning import prepare, propose_plan
from matching.shortlist import shortlist as make_shortlist
from matching.synthetic import sample_city
from matching.wording import counted


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path("demo"),
    seed: Annotated[int, typer.Option("--seed", help="Seed of the invented city.", min=0)] = 1,
) -> None:
    """Run the main job on an invented Southampton: sample, propose, check, explain, print.

    Writes the caseload folder and plan.json under --out and says where.
    """
    screen = Console()
    with show.progress() as say:
        say("Inventing a city on real geography")
        caseload = sample_city(data_folder() / "reference", seed=seed)
        write_caseload(caseload, out / "caseload")
        caseload = read_folder(out / "caseload")
        policy = policy_of(None, out / "caseload")
        ready = prepare(caseload, policy)
        plan = propose_plan(ready, policy, fingerprint=fingerprint(caseload), software=show.software(), progress=say)
        write_plan(plan, out / "plan.json")
        group = show.friday_group(caseload)
        friday = make_shortlist(ready.found.register, policy, group, emergency=True)
    _caseload(screen, caseload)
    show.plan(screen, plan)
    show.shortlist(screen, friday, title="Friday, 16:50: one sibling group needs a home tonight")
    show.written(screen, out)
    raise typer.Exit(outcome_of(plan))


def _caseload(screen: Console, found: Caseload) -> None:
    """What is in a caseload, in one panel."""
    vacant = sum(home.places_free or 0 for home in found.homes if home.place_state == "vacant")
    lines = [
        _who_asks(found),
        f"{len(found.homes)} homes, {counted(vacant, 'usable place')}, on {found.as_of.isoformat()}.",
        f"{sum(1 for g in found.groups if len(g.children) > 1)} sibling groups among those who wait.",
    ]
    screen.print(Panel("\n".join(lines), title="An invented Southampton, on real geography", title_align="left"))


def _who_asks(found: Caseload) -> str:
    """How many need a home, ask to move, or ask for some nights, and how many live in a home."""
    moves = sum(bool(child.move_requested) for child in found.seeking)
    nights = sum(child.by_nights for child in found.seeking)
    wait = len(found.seeking) - moves - nights
    asked = (
        f"{moves} of them {'asks' if moves == 1 else 'ask'} to move. {nights} more {'asks' if nights == 1 else 'ask'}"
    )
    said = f"{counted(wait, 'child needs', 'children need')} a home; {len(found.lives_in)} live in one already."
    return f"{said} {asked} for some nights away." if moves or nights else said
