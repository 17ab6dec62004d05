"""`placements forecast`: what is to come, and how well earlier forecasts did."""

from pathlib import Path
from typing import Annotated

import typer

from matching.cli.options import CaseloadOption, Json, PolicyFile, Returns
from matching.errors import MatchingError

commands = typer.Typer(help="What is to come, and how well forecasts did.")


@commands.callback(invoke_without_command=True)
def forecast(
    context: typer.Context,
    caseload: CaseloadOption = None,
    history: Returns = None,
    scenario: Annotated[
        list[Path] | None, typer.Option("--scenario", help="Scenario file (TOML); repeat it for several.")
    ] = None,
    policy_file: PolicyFile = None,
    years: Annotated[int, typer.Option("--years", help="Years ahead.", min=1, max=10)] = 5,
    runs: Annotated[int, typer.Option("--runs", help="Runs of each scenario.", min=2, max=10_000)] = 500,
    seed: Annotated[int, typer.Option("--seed", help="Seed: the same seed gives the same answer.", min=0)] = 1,
    workers: Annotated[
        int, typer.Option("--workers", help="Processor cores to use; the answer is the same with any number.", min=1)
    ] = 1,
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path("forecast"),
) -> None:
    """Run futures through the rules and criteria that place children: who will find no family, what it costs, what if.

    Writes tables (CSV, XLSX), pictures (SVG, PNG) and a summary page, each answer with its range.
    """
    if context.invoked_subcommand is None:
        from matching.cli.show_forecast import forecast_to

        forecast_to(out, caseload, history or [], scenario or [], policy_file, years, runs, seed, workers)


@commands.command()
def decisions(
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")],
    caseload: CaseloadOption = None,
    history: Returns = None,
    policy_file: PolicyFile = None,
    target: Annotated[
        int, typer.Option("--target", help="Most children in twelve months who may find no family.", min=0)
    ] = 10,
    homes: Annotated[
        int, typer.Option("--homes", help="Homes of the campaign to choose, in steps of 5.", min=5, max=80)
    ] = 20,
    budget: Annotated[
        float | None, typer.Option("--budget", help="Pounds to recruit with, instead of --homes.", min=0)
    ] = None,
    years: Annotated[int, typer.Option("--years", help="Years ahead.", min=2, max=10)] = 3,
    runs: Annotated[int, typer.Option("--runs", help="Runs of each case.", min=2, max=10_000)] = 100,
    seed: Annotated[int, typer.Option("--seed", help="Seed.", min=0)] = 1,
    workers: Annotated[int, typer.Option("--workers", help="Processor cores to use.", min=1)] = 1,
) -> None:
    """What one more home is worth, how many to recruit where and by when, the best campaign, and what moves the answer.

    Writes worth, duals, required, campaign, morris, sobol and tornado as CSV and one workbook, and pictures. Takes minutes.
    """
    from matching.cli.show_decisions import decisions_to
    from matching.sufficiency.forecast import Effort

    effort = Effort(years=years, runs=runs, seed=seed, workers=workers)
    decisions_to(out, caseload, history or [], policy_file, target, homes, budget, effort)


@commands.command()
def year(
    caseload: CaseloadOption = None,
    history: Returns = None,
    policy_file: PolicyFile = None,
    others: Annotated[
        int,
        typer.Option(
            "--others", help="Other years, by which it is decided how to choose; of fewer than 9 none can tell.", min=3
        ),
    ] = 9,
    seed: Annotated[int, typer.Option("--seed", help="Seed: the same seed gives the same years.", min=0)] = 1,
    as_json: Json = False,
) -> None:
    """How a year of choosing homes day by day may go here: first come, first served, or a plan that spares scarce places.

    Years are invented from this place's forecast. Says which way did clearly better in the other years, if any. Takes minutes.
    """
    from matching.cli.show_year import show_year

    show_year(caseload, history or [], policy_file, others, seed, as_json=as_json)


@commands.command()
def figures(
    out: Annotated[Path, typer.Option("--out", help="CSV file to write to.")],
    history: Annotated[
        list[Path] | None, typer.Option("--history", help="Folder of a year's return (SSDA903); repeat it.")
    ] = None,
    authority: Annotated[
        str | None,
        typer.Option("--authority", help="Code of the authority, whose neighbours stand in for what is missing."),
    ] = None,
    register: Annotated[
        list[Path] | None,
        typer.Option(
            "--register", help="Caseload folder with the homes as they were on a date; repeat it for several dates."
        ),
    ] = None,
) -> None:
    """Every figure a forecast stands on: value, range, source, and whether it is own data, borrowed or assumed."""
    from matching.cli.own_figures import figures_to

    figures_to(out, history or [], authority, register or [])


@commands.command()
def review(
    history: Annotated[list[Path], typer.Option("--history", help="Folder of a year's return (SSDA903); repeat it.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")],
    horizon: Annotated[int, typer.Option("--horizon", help="Years ahead.", min=1, max=10)] = 3,
    authority: Annotated[
        str | None,
        typer.Option("--authority", help="Code of the authority, whose neighbours stand in for what is missing."),
    ] = None,
) -> None:
    """How forecasts from each earlier year of the own returns would have done, and how last year's did.

    Each uses nothing that came after it. Writes review.md, scores.csv, forecasts.csv, figures.csv, leaving.csv.
    """
    from matching.cli.own_figures import review_to

    review_to(out, history, horizon, authority)


@commands.command()
def backtest(
    out: Annotated[Path, typer.Option("--out", help="CSV file to write the forecast to.")],
    origin: Annotated[
        int | None,
        typer.Option("--origin", help="Last year that is used; nothing later is. Needed for --series.", min=1990),
    ] = None,
    horizon: Annotated[int, typer.Option("--horizon", help="Years ahead.", min=1, max=20)] = 3,
    series: Annotated[
        Path | None,
        typer.Option(
            "--series",
            help="CSV of yearly counts: year, area_code, flow, breakdown, category, count. Default: the published ones that come along.",
        ),
    ] = None,
    population: Annotated[
        Path | None, typer.Option("--population", help="CSV of children: year, area_code, population_0_17.")
    ] = None,
    authority: Annotated[
        list[str] | None, typer.Option("--authority", help="Code of an authority to forecast; repeat it. Default: all.")
    ] = None,
    history: Annotated[
        list[Path] | None,
        typer.Option("--history", help="Folder of a year's return (SSDA903), instead of --series; repeat it."),
    ] = None,
) -> None:
    """Forecast from a year in the past, from public yearly counts alone or child by child from returns, with ranges."""
    # frames take a second to import, which no other command should wait for
    from matching.cli.own_figures import history_to
    from matching.cli.show_backtest import yearly_to

    if history and (series or population or len(authority or []) > 1):
        raise MatchingError(
            "Returns are of one authority: give --history alone, or --series. One --authority tells its code."
        )
    if history:
        history_to(out, history, origin, horizon, authority[0] if authority else None)
        return
    if origin is None:
        raise MatchingError("From which year? Give --origin, the last year to use.")
    yearly_to(out, series, population, origin, horizon, authority or [])
