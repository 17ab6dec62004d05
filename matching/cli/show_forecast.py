"""Making forecasts and telling on the screen what they found."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console

from matching.cli import show as screen
from matching.cli.own_figures import figures_for
from matching.cli.places import data_folder, policy_of, read_folder
from matching.sufficiency.decisions import (
    GAINS,
    MOST_RECRUITED,
    UNMET,
    best_campaign,
    required_recruitment,
    worth_of_homes,
)
from matching.sufficiency.duals import ranked_by_duals
from matching.sufficiency.figures import Parameters
from matching.sufficiency.forecast import City, city_of, forecast
from matching.sufficiency.scenario import read_scenario
from matching.sufficiency.sensitivity import screened, tornado
from matching.sufficiency.summary import PAGE, sentences, write_forecast
from matching.synthetic import sample_caseload

# kinds of referral are invented from published figures; so many children give every kind a few
REFERRALS, REFERRAL_SEED = 300, 1001


def forecast_to(
    out: Path,
    caseload: Path | None,
    history: Sequence[Path],
    scenarios: Sequence[Path],
    policy_file: Path | None,
    years: int,
    runs: int,
    seed: int,
    workers: int,
) -> None:
    """Make the forecast and write its tables, pictures and summary."""
    chosen = [read_scenario(path) for path in scenarios]
    with screen.progress() as say:
        say("Judging kinds of referral with every home")
        city = _city(caseload, policy_file, history, data_folder() / "reference")
        made = forecast(city, chosen, years=years, runs=runs, seed=seed, workers=workers, progress=say)
        write_forecast(made, out)
    for warning in made.warnings:
        sys.stderr.write(f"Note: {warning}\n")
    for sentence in sentences(made):
        Console().print(sentence)
    Console().print(f"Written to {out}; start with {PAGE}.")


def decisions_to(
    out: Path,
    caseload: Path | None,
    policy_file: Path | None,
    target: int,
    homes: int,
    years: int,
    runs: int,
    seed: int,
    workers: int,
) -> None:
    """Write the tables of decisions, saying each as it is done."""
    city = _city(caseload, policy_file, (), data_folder() / "reference")
    out.mkdir(parents=True, exist_ok=True)
    with screen.progress() as say:
        say("What one more home is worth")
        worth = worth_of_homes(city, years=years, runs=runs, seed=seed, workers=workers)
        say("How many to recruit")
        required = required_recruitment(city, target=target, years=years, runs=runs, seed=seed, workers=workers)
        say("The best campaign")
        _, campaign = best_campaign(city, homes=homes, years=years, runs=runs, seed=seed, workers=workers)
        say("What moves the answer")
        screening = screened(city, years=years, runs=min(runs, 20), seed=seed)
    tables = {"worth": worth, "duals": ranked_by_duals(city), "required": required, "campaign": campaign}
    for name, table in (tables | {"sensitivity": screening}).items():
        table.to_csv(out / f"{name}.csv", index=False, lineterminator="\n")
    tornado(screening).savefig(out / "tornado.svg", metadata={"Date": None})
    for row in worth[worth.measure == GAINS[UNMET]].itertuples():
        Console().print(
            f"One more home, {row.profile}: {row.mean:+.2f} children a year without a family ({row.low:+.2f} to {row.high:+.2f})."
        )
    sure = required[required.confidence == 0.8]
    for profile, found in zip(sure.profile.tolist(), sure.homes.tolist(), strict=True):
        number = f"more than {MOST_RECRUITED}" if pd.isna(found) else f"{found:d}"
        Console().print(f"At most {target} without a family, 8 in 10 sure: {number} homes, {profile}.")
    Console().print(f"Written to {out}.")


def _city(caseload: Path | None, policy_file: Path | None, history: Sequence[Path], reference: Path) -> City:
    here = sample_caseload(reference, seed=1) if caseload is None else read_folder(caseload)
    policy = policy_of(policy_file, caseload or Path())
    referrals = sample_caseload(reference, children=REFERRALS, homes=1, seed=REFERRAL_SEED)
    return city_of(here, referrals, policy, parameters_of(history, reference))


def parameters_of(history: Sequence[Path], reference: Path) -> Parameters:
    """England's figures, moved towards the authority's own by how much history there is."""
    found, notes = figures_for(history, reference)
    for note in notes:
        sys.stderr.write(f"Note: {note}\n")
    return found
