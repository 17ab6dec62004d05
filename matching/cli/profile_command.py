"""`placements profile`: an authority's returns beside its statistical neighbours and England."""

from pathlib import Path
from typing import Annotated

import typer


def profile(
    returns: Annotated[
        list[Path],
        typer.Argument(metavar="RETURNS...", help="Folders with the CSV files of a return (SSDA903), one a year."),
    ],
    authority: Annotated[str, typer.Option("--authority", help="The authority, by code or name, such as E06000045.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder to write the page, the tables and the pictures to.")
    ] = Path("profile"),
    year: Annotated[int | None, typer.Option("--year", help="Year of the 31 March to show; else the newest.")] = None,
    neighbours: Annotated[
        str | None,
        typer.Option(
            "--neighbours", help="Codes of statistical neighbours, with commas; else the nearest by features."
        ),
    ] = None,
    statistics: Annotated[
        list[Path] | None, typer.Option("--statistics", help="Official downloads newer than ours; repeat it.")
    ] = None,
) -> None:
    """Show an authority's returns beside its statistical neighbours and England, as a page, tables and pictures."""
    # frames and pictures take a second to import, which no other command should wait for
    from matching.cli.show_profile import make_profile, show

    show(*make_profile(returns, authority, out, year, neighbours, statistics or []))
