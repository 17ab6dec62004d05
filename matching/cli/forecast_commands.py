"""`placements forecast`: how many homes of which kinds will be needed, and how well such forecasts did."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(help="How many and which homes will be needed; how well forecasts did.", no_args_is_help=True)


@commands.command()
def backtest(
    origin: Annotated[int, typer.Option("--origin", help="Last year (ending 31 March) that the forecast may see.")],
    horizon: Annotated[int, typer.Option("--horizon", help="Years ahead.", min=1, max=10)],
    out: Annotated[Path, typer.Option("--out", help="CSV file to write.")],
    series: Annotated[
        Path | None,
        typer.Option(
            "--series",
            help="CSV with year, area_code, flow, breakdown, category, count. Default: the published series here.",
        ),
    ] = None,
    population: Annotated[
        Path | None, typer.Option("--population", help="CSV with year, area_code, population_0_17.")
    ] = None,
    authority: Annotated[
        list[str] | None, typer.Option("--authority", help="Code of an authority; repeat it. Default: all in the file.")
    ] = None,
) -> None:
    """Forecast yearly counts of children in care, starting and leaving, from nothing later than the origin.

    Writes a row for each authority, horizon and category: the middle, and quantiles from 2.5 to 97.5%.
    """
    # frames take a second to import, which no other command should wait for
    from matching.cli.show_forecast import backtest_to

    backtest_to(out, series, population, origin, horizon, authority or [])
