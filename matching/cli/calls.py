"""`placements calls` and `placements refused`: whom to ring in which order, and a no recorded in one step."""

import json
import sys
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from matching.again import base_of
from matching.cli import show
from matching.cli.exits import outcome_of
from matching.cli.options import CaseloadFolder, Json, PolicyFile
from matching.cli.places import policy_of, read_folder
from matching.cli.propose import changed_since
from matching.domain import Caseload, Contact, Refusal, RefusalReason, RefusedBy
from matching.io.caseload_csv import fingerprint, write_caseload
from matching.io.plan_json import ToldPlan, read_plan, write_plan
from matching.io.rows import read_rows
from matching.order_of_calls import CALLS_A_DAY, FALL_BACKS, Chance, OrderOfCalls, ToRing, order_of_calls
from matching.planning import prepare, propose_plan
from matching.policy import Policy
from matching.wording import counted, listed, written


def calls(
    caseload_folder: CaseloadFolder,
    chances: Annotated[
        Path | None,
        typer.Option("--chances", help="CSV file: how often homes of a kind say yes, from past calls. Optional."),
    ] = None,
    calls_a_day: Annotated[int, typer.Option("--calls-a-day", help="Calls one person makes in a day.", min=1)] = (
        CALLS_A_DAY
    ),
    fall_backs: Annotated[
        int, typer.Option("--fall-backs", help="Homes to ring after a no.", min=0, max=5)
    ] = FALL_BACKS,
    policy_file: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Say whom to ring in which order for the best plan, with fall-backs; no bed is promised twice."""
    rows = () if chances is None else read_rows(chances, Chance, lambda _: None)
    base = base_of(prepare(read_folder(caseload_folder), policy_of(policy_file, caseload_folder)))
    found = order_of_calls(base, rows, calls_a_day=calls_a_day, fall_backs=fall_backs)
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n")
        return
    screen = Console()
    screen.print(_table(found, base.ready.caseload))
    screen.print(
        "For each set ring from left to right until somebody says yes; record each no with placements refused."
    )
    screen.print(_outlook(found))


def _table(found: OrderOfCalls, caseload: Caseload) -> Table:
    table = Table(title="Whom to ring, in order", title_justify="left", title_style="bold")
    for column in ("", "For", "Ring", "If they say no", "Needed by"):
        table.add_column(column)
    for number, one in enumerate(found.sets, 1):
        days = [day for ref in one.children if (day := caseload.child(ref).needs_home_by) is not None]
        by = written(min(days)) if days else "no day set"
        table.add_row(str(number), listed(list(one.children)), one.homes[0], _after(one), by)
    return table


def _after(one: ToRing) -> str:
    return ", then ".join(one.homes[1:]) or "no other home is left"


def _outlook(found: OrderOfCalls) -> str:
    """The plan's number beside what is to be expected."""
    plan = (
        f"The plan has a home for {counted(found.nominal, 'child', 'children')}, if every first call ends with a yes."
    )
    if found.expected is None or found.all_in_time is None:
        return plan
    likely = (
        "Very likely" if found.all_in_time > 0.9 else "Likely" if found.all_in_time > 0.5 else "It is not likely that"
    )
    end = "all have a home in time." if found.all_in_time <= 0.5 else "all will have a home in time."
    return f"{plan} With the chances given, expect about {found.expected:.0f} in time. {likely} {end}"


def refused(
    caseload_folder: CaseloadFolder,
    child: Annotated[str, typer.Option("--child", help="Reference of the child.")],
    home: Annotated[str, typer.Option("--home", help="Reference of the home.")],
    by: Annotated[RefusedBy, typer.Option("--by", help="Who said no.")],
    reason: Annotated[RefusalReason, typer.Option("--reason", help="Why.")],
    contact: Annotated[Contact | None, typer.Option("--contact", help="Before or after they met or spoke.")] = None,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="When. Default: the caseload's date.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day on which it holds.")
    ] = None,
    said: Annotated[str | None, typer.Option("--said", help="What was said, in plain words.")] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan", help="The plan so far: plan again at once, keep what it promised, write the new one there."
        ),
    ] = None,
    policy_file: PolicyFile = None,
) -> None:
    """Record a no in one step; the next plan does not propose that home for that child."""
    before = None if plan is None else read_plan(plan)
    caseload = read_folder(caseload_folder)
    caseload.child(child)
    caseload.home(home)
    day = caseload.as_of if on is None else on.date()
    last = None if until is None else until.date()
    no = Refusal(child=child, home=home, by=by, on=day, reason=reason, contact=contact, until=last, said=said)
    kept = tuple(r for r in caseload.refusals if r != no)
    caseload = replace(caseload, refusals=(*kept, no))
    write_caseload(caseload, caseload_folder)
    if plan is None or before is None:
        Console().print("Recorded. Plan again with placements propose, or ring the next home of placements calls.")
        return
    _plan_again(caseload, policy_of(policy_file, caseload_folder), before, plan)


def _plan_again(caseload: Caseload, policy: Policy, before: ToldPlan, out: Path) -> None:
    """The best plan after a no, which keeps what was promised; says what is otherwise and writes it."""
    with show.progress() as say:
        told = fingerprint(caseload)
        made = propose_plan(
            caseload, policy, promised=before.placements, fingerprint=told, software=show.software(), progress=say
        )
        write_plan(made, out)
    screen = Console()
    screen.print("Recorded, and planned again:")
    for sentence in changed_since(replace(before, caseload=told), made).sentences:
        screen.print(f"  {sentence}")
    screen.print(f"Plan written to {out}. Ring the next home of placements calls.")
    raise typer.Exit(outcome_of(made))
