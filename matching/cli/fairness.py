"""`placements fairness`: who waits, who finds a home and how near, by kind of child."""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from matching.again import base_of
from matching.cli.options import CaseloadFolder, Json, PolicyFile
from matching.cli.places import policy_of, read_folder
from matching.fairness import Row, ledger, price_of_a_floor
from matching.planning import prepare
from matching.suppression import SMALL

COLUMNS = (
    ("children", "Children"),
    ("with_home", "Home"),
    ("split", "Split"),
    ("refused", "Refused"),
    ("days", "Days"),
    ("miles", "Miles"),
    ("possible", "Possible"),
)


def fairness(
    caseload_folder: CaseloadFolder,
    small: Annotated[int, typer.Option("--small", help="Hide numbers from 1 to this.", min=1)] = SMALL,
    policy_file: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Show who waits, who finds a home and how near, by kind of child; small numbers stay hidden."""
    base = base_of(prepare(read_folder(caseload_folder), policy_of(policy_file, caseload_folder)))
    found, price = ledger(base, small), price_of_a_floor(base)
    if as_json:
        data = {"ledger": asdict(found), "price_of_a_floor": asdict(price)}
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
        return
    screen = Console()
    for kind, rows in found.tables:
        screen.print(_table(kind, (*rows, found.total)))
    screen.print(f"*: from 1 to {small}, or hidden to protect such a number. Medians only over ten children or more.")
    screen.print(
        "Home: a home is proposed. Split: apart from a brother or sister. Refused: by a carer. Medians: days waited,"
    )
    screen.print("miles from the family home to the home proposed, homes possible.")
    screen.print("For monitoring only; nothing of it is used to match.\n")
    for sentence in price.sentences:
        screen.print(str(sentence))


def _table(kind: str, rows: tuple[Row, ...]) -> Table:
    table = Table(title=kind.capitalize(), title_justify="left", title_style="bold")
    table.add_column("")
    for _, title in COLUMNS:
        table.add_column(title, justify="right")
    for row in rows:
        table.add_row(row.value, *(_shown(getattr(row, name), name) for name, _ in COLUMNS))
    return table


def _shown(value: float | int | None, name: str) -> str:
    if value is None:
        return "*" if name in ("children", "with_home", "split", "refused") else "–"
    return str(round(value))
