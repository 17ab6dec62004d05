"""`placements map`: a table from another system as a file of a caseload folder."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from matching.cli.places import data_folder, gazetteer
from matching.io.mapping import read_mapped, read_mapping
from matching.io.tables import write_table
from matching.wording import listed


def map_table(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="A CSV file exported from another system.")],
    mapping: Annotated[
        str, typer.Option("--mapping", help="A mapping file (TOML), or the name of one in data/mappings.")
    ],
    out: Annotated[Path, typer.Option("--out", help="CSV file to write, such as caseload/homes.csv.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="For children: the caseload's date, year-month-day.")
    ] = None,
) -> None:
    """Read a table of another system by a mapping of its columns and codes; all of it or, with every fault, nothing."""
    named = data_folder() / "mappings" / f"{mapping}.toml"
    found = read_mapped(table, told := read_mapping(named if named.is_file() else Path(mapping)), gazetteer().find)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_table(out, told.kind, found.rows, {"as_of": as_of} if as_of else None)
    screen = Console()
    screen.print(f"{len(found.rows)} rows read by {told.name}, written to {out}.")
    if found.left_out:
        screen.print(f"Nothing was taken from: {listed(list(found.left_out))}.")
