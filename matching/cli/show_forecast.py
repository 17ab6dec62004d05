"""Making forecasts and telling on the screen what they found."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console

from matching.cli import show as screen
from matching.cli.places import data_folder, policy_of, read_folder
from matching.returns import read_history
from matching.returns.spells import in_order
from matching.sufficiency.forecast import City, city_of, forecast
from matching.sufficiency.parameters import Parameters, published_parameters, spells_of, with_history
from matching.sufficiency.scenario_file import read_scenario
from matching.sufficiency.sentences import sentences
from matching.sufficiency.summary import PAGE, PAPER, write_forecast
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
        city = the_city(caseload, policy_file, history)
        made = forecast(city, chosen, years=years, runs=runs, seed=seed, workers=workers, progress=say)
        say("Drawing pictures and writing the summary")
        sectors = pd.read_csv(data_folder() / "reference" / "postcode_sectors.csv")
        write_forecast(made, out, city.as_of, sectors)
    for warning in made.warnings:
        sys.stderr.write(f"Note: {warning}\n")
    for said in sentences(made).values():
        for sentence in said:
            Console().print(sentence)
    Console().print(f"Written to {out}; start with {PAGE} or {PAPER}.")


def the_city(caseload: Path | None, policy_file: Path | None, history: Sequence[Path]) -> City:
    """The city of a caseload folder, or the invented one; its figures moved towards its own history."""
    reference = data_folder() / "reference"
    here = sample_caseload(reference, seed=1) if caseload is None else read_folder(caseload)
    policy = policy_of(policy_file, caseload or Path())
    referrals = sample_caseload(reference, children=REFERRALS, homes=1, seed=REFERRAL_SEED)
    return city_of(here, referrals, policy, _parameters(history, reference))


def _parameters(history: Sequence[Path], reference: Path) -> Parameters:
    """England's figures, moved towards the authority's own by how much history there is."""
    borrowed = published_parameters(reference)
    if not history:
        return borrowed
    read = read_history(history)
    spells = spells_of(read.children, in_order(read.episodes))
    # years before a gap in the returns would count as years without anybody in care
    whole = 1
    while max(read.years) - whole in read.years:
        whole += 1
    return with_history(borrowed, spells, read.last_day - pd.DateOffset(years=whole), read.last_day)
