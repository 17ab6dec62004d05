"""`placements read`: whether a caseload can be read, with every fault as text, CSV or JSON."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from matching.cli.options import CaseloadFolder
from matching.cli.places import read_folder
from matching.cli.reports import write_report
from matching.errors import UnreadableFile


def read(
    caseload_folder: CaseloadFolder,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write every fault to this file: .csv or .json.")
    ] = None,
) -> None:
    """Read a caseload folder or workbook and change nothing: 0 it is whole, 2 every fault with its way out."""
    try:
        found = read_folder(caseload_folder)
    except UnreadableFile as refused:
        write_report(report, [asdict(fault) for fault in refused.faults])
        raise
    write_report(report, [])
    waiting, lives = len(found.seeking), len(found.lives_in)
    Console().print(
        f"{len(found.children)} children ({waiting} need a home, {lives} live in one), {len(found.homes)} homes; "
        f"as of {found.as_of:%d %B %Y}. Nothing is wrong with it."
    )
