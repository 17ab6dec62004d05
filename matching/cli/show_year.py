"""A year of choosing day by day: replaying it and telling on the screen what came of each way."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from matching.arrivals import Compared, Replayed, compared
from matching.arrivals.here import years_here
from matching.cli.show import progress
from matching.cli.show_forecast import the_place
from matching.wording import counted

SHIPS = "what these years speak for"


def show_year(
    caseload: Path | None, history: Sequence[Path], policy_file: Path | None, others: int, seed: int, *, as_json: bool
) -> None:
    """Replay a year of a place under every way of choosing, and say which one other years speak for."""
    with progress() as say:
        say("Judging kinds of referral with every home")
        here, city = the_place(caseload, policy_file, history)
        year, *rest = years_here(here, city, years=1 + others, seed=seed)
        found = compared(year, tuple(rest), city.policy, say)
    for note in city.parameters.notes:
        sys.stderr.write(f"Note: {note}\n")
    data = _data(found)
    if as_json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    else:
        show(Console(), data)


def show(screen: Console, data: dict[str, Any]) -> None:
    """Every way in a table, and what is to be said of them."""
    screen.print(_table(data))
    for sentence in data["sentences"]:
        screen.print(sentence)


def _data(found: Compared) -> dict[str, Any]:
    """As plain data."""
    return {
        "came": found.came,
        "ways": {name: _figures(one) for name, one in {**found.ways, SHIPS: found.shipped}.items()},
        "in_hindsight": dict(zip(found.most.goals, found.most.bound, strict=True)),
        "chosen": found.ships.name,
        "fell_back_on_day": found.fell_back,
        "sentences": _sentences(found),
    }


def _figures(one: Replayed) -> dict[str, float]:
    return {
        "placed": one.placed,
        "pairs_together": one.pairs_together,
        "stop_gaps": one.stop_gaps,
        "miles": round(one.miles, 1),
    }


def _sentences(found: Compared) -> list[str]:
    said = [found.ships.because, f"So here: {found.ships.name}."]
    if found.fell_back is not None:
        said.append(f"In this year it fell behind, and gave way to first come, first served on day {found.fell_back}.")
    most = found.most.bound[0]
    said.append(
        f"Had everything been known on the first day, {counted(most, 'child', 'children')} at most had found a home."
    )
    said.append("A stop-gap is a child who had to live somewhere else first, or all along: one move more than needed.")
    said.append("Years are invented: they tell one way of choosing from another, not what will come.")
    return said


def _table(data: dict[str, Any]) -> Table:
    table = Table(title=f"A year, day by day: {counted(data['came'], 'child', 'children')} in need of a home")
    for heading in (
        "Way of choosing",
        "Found a home",
        "Pairs kept together",
        "Stop-gaps",
        "Miles from home",
    ):
        table.add_column(heading, justify="left" if heading == "Way of choosing" else "right")
    for name, one in data["ways"].items():
        table.add_row(name, *(f"{value:,}" for value in one.values()))
    return table
