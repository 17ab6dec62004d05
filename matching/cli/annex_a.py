"""`placements annex-a`: an adoption caseload from the lists of an inspection."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def annex_a(
    workbook: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="An Annex A workbook with lists 10 and 11.")],
    out: Annotated[Path, typer.Option("--out", help="Caseload folder to write.")] = Path("adoption"),
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Date of the lists; else today.")
    ] = None,
) -> None:
    """Read children who wait for adopters, and adopters who wait, from Annex A; say what must be asked before matching."""
    from matching.io.annex_a import read_annex_a  # reading workbooks takes half a second to import
    from matching.io.caseload_csv import write_caseload

    found = read_annex_a(workbook, (as_of or datetime.now(tz=UTC)).date())
    write_caseload(found.caseload, out)
    screen = Console()
    children, families = len(found.caseload.children), len(found.caseload.homes)
    screen.print(f"{children} children wait for adopters, {families} families for children; written to {out}.")
    for sentence in (*found.left_out, *found.questions):
        screen.print(f"- {sentence}")
    if children:
        screen.print(f"Plan with: placements propose {out} --policy data/policies/adoption.toml")
