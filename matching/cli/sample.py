"""`placements sample` and `template`: an invented caseload, and an empty workbook to fill in."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from matching.cli.places import data_folder
from matching.io.caseload_csv import write_caseload
from matching.synthetic import authorities_of, sample_caseload, sample_city


def template(
    out: Annotated[Path, typer.Option("--out", help="Workbook to write.")] = Path("caseload.xlsx"),
) -> None:
    """Write an empty Excel workbook of a caseload: headings with their meaning, lists to choose from, the data dictionary."""
    from matching.io.workbook import write_template

    write_template(out, sample_caseload(data_folder() / "reference"))
    Console().print(f"Wrote {out}. Fill in its sheets and give it wherever a caseload folder is asked for.")


def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write the caseload to.")],
    children: Annotated[
        int,
        typer.Option(
            "--children", help="Children who wait for a home; a few more ask to move or for short breaks.", min=0
        ),
    ] = 40,
    homes: Annotated[int, typer.Option("--homes", help="Homes.", min=1)] = 270,
    seed: Annotated[int, typer.Option("--seed", help="Seed: the same seed gives the same city.", min=0)] = 1,
    region: Annotated[
        str | None, typer.Option("--region", help="All authorities of a region such as 'South East', or of England.")
    ] = None,
) -> None:
    """Write an invented caseload folder, made from published distributions on real geography."""
    reference = data_folder() / "reference"
    codes = authorities_of(reference, region) if region else ()
    caseload = sample_city(reference, children=children, homes=homes, seed=seed, authorities=codes)
    write_caseload(caseload, folder)
    Console().print(f"Wrote {len(caseload.children)} children and {len(caseload.homes)} homes to {folder}.")
