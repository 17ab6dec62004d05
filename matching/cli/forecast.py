"""`placements forecast`: what is to come, and how well earlier forecasts did."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

commands = typer.Typer(no_args_is_help=True, help="What is to come, and how well forecasts did.")


@commands.callback()
def forecast() -> None:
    """Forecast children in care, starts and leavers."""


@commands.command()
def backtest(
    series: Annotated[
        Path,
        typer.Option("--series", help="CSV of yearly counts: year, area_code, flow, breakdown, category, count."),
    ],
    origin: Annotated[int, typer.Option("--origin", help="Last year that is used; nothing later is.", min=1990)],
    out: Annotated[Path, typer.Option("--out", help="CSV file to write the forecast to.")],
    horizon: Annotated[int, typer.Option("--horizon", help="Years ahead.", min=1, max=20)] = 3,
    population: Annotated[
        Path | None, typer.Option("--population", help="CSV of children: year, area_code, population_0_17.")
    ] = None,
    authority: Annotated[
        list[str] | None, typer.Option("--authority", help="Code of an authority to forecast; repeat it. Default: all.")
    ] = None,
) -> None:
    """Forecast each authority from a year in the past, from public yearly counts alone, with ranges."""
    # frames take a second to import, which no other command should wait for
    from matching.sufficiency import forecast_yearly, read_yearly

    made = forecast_yearly(read_yearly(series, population, until=origin), horizon, authority or ())
    draft = out.with_name(out.name + ".part")
    out.parent.mkdir(parents=True, exist_ok=True)
    made.table.to_csv(draft, index=False)
    draft.replace(out)
    screen = Console(stderr=True)
    for warning in made.warnings:
        screen.print(f"[yellow]Note:[/yellow] {warning}")
    authorities = made.table.area_code.nunique()
    Console().print(
        f"Wrote {len(made.table)} rows for {authorities} authorities, {origin + 1} to {origin + horizon}, to {out}."
    )
