"""`placements demo`: the main job on a built-in city."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from matching.cli import show
from matching.cli.exits import outcome_of
from matching.cli.places import data_folder, policy_of, read_folder
from matching.io.caseload_csv import fingerprint, write_caseload
from matching.io.plan_json import write_plan
from matching.planning import prepare, propose_plan
from matching.shortlist import shortlist as make_shortlist
from matching.synthetic import sample_caseload


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
        caseload = sample_caseload(data_folder() / "reference", seed=seed)
        write_caseload(caseload, out / "caseload")
        caseload = read_folder(out / "caseload")
        policy = policy_of(None, out / "caseload")
        ready = prepare(caseload, policy)
        plan = propose_plan(ready, policy, fingerprint=fingerprint(caseload), software=show.software(), progress=say)
        write_plan(plan, out / "plan.json")
        group = show.friday_group(caseload)
        friday = make_shortlist(ready.found.register, policy, group, emergency=True)
    show.caseload(screen, caseload)
    show.plan(screen, plan)
    show.shortlist(screen, friday, title="Friday, 16:50: one sibling group needs a home tonight")
    show.written(screen, out)
    raise typer.Exit(outcome_of(plan))
