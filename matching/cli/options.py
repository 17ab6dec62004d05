"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

CaseloadFolder = Annotated[
    Path,
    typer.Argument(metavar="CASELOAD", help="Folder with children.csv, homes.csv, placements.csv, relationships.csv."),
]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json that `placements propose` wrote.")]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy", help="Policy file (TOML). Default: policy.toml in the caseload folder, else the fostering policy."
    ),
]
CaseloadOption = Annotated[
    Path | None,
    typer.Option("--caseload", help="Caseload folder with the homes and who lives there. Default: an invented city."),
]
Returns = Annotated[
    list[Path] | None,
    typer.Option("--history", help="Folder of a year's return (SSDA903); repeat it. Default: England's figures."),
]
Child = Annotated[list[str], typer.Option("--child", help="Reference of a child; repeat it for brothers and sisters.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of words for people.")]
