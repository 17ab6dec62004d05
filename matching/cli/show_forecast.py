"""Making forecasts and telling on the screen what they found."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from matching.cli import show as screen
from matching.cli.own_figures import figures_for
from matching.cli.places import data_folder, policy_of, read_folder
from matching.domain import Caseload, Child
from matching.io.tables import write_table
from matching.sufficiency.figures import Parameters
from matching.sufficiency.forecast import City, city_of, forecast
from matching.sufficiency.next_month import expected_children
from matching.sufficiency.scenario_file import read_scenario
from matching.sufficiency.sentences import sentences
from matching.sufficiency.summary import PAGE, PAPER, sectors_of, write_forecast
from matching.synthetic import invented_referrals, sample_caseload

INVENTED = "No caseload was given: the children and homes are those of an invented city."
EXPECTED = "expected.csv"  # who may come in the next four weeks


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
        write_forecast(made, out, city.as_of, sectors_of(data_folder() / "reference"))
        write_table(out / EXPECTED, Child, expected_children(city, runs=runs, seed=seed))
    for warning in made.warnings:
        sys.stderr.write(f"Note: {warning}\n")
    for said in sentences(made).values():
        for sentence in said:
            Console().print(sentence)
    Console().print(
        f"Written to {out}; start with {PAGE} or {PAPER}. {EXPECTED} is for placements shortlist --expected."
    )


def the_city(caseload: Path | None, policy_file: Path | None, history: Sequence[Path]) -> City:
    """The city of a caseload folder, or the invented one; its figures moved towards its own history."""
    return the_place(caseload, policy_file, history)[1]


def the_place(caseload: Path | None, policy_file: Path | None, history: Sequence[Path]) -> tuple[Caseload, City]:
    """The caseload of a folder, or the invented one, and the city that a forecast makes of it."""
    reference = data_folder() / "reference"
    here = sample_caseload(reference, seed=1) if caseload is None else read_folder(caseload)
    policy = policy_of(policy_file, caseload or Path())
    figures = parameters_of(history, reference, None if caseload is None else here)
    if caseload is None:
        figures = replace(figures, notes=(INVENTED, *figures.notes))
    return here, city_of(here, invented_referrals(reference, here), policy, figures)


def parameters_of(history: Sequence[Path], reference: Path, here: Caseload | None = None) -> Parameters:
    """Figures of the statistical neighbours of a caseload's authority, or England's, moved to its own by how much there is.

    The caseload's homes tell how many are on hold and joined lately. Its `notes` say what is borrowed, left out or little.
    """
    authority, registers = (None, []) if here is None else (authority_of(here), [here])
    found, notes = figures_for(history, reference, authority, registers)
    return replace(found, notes=notes)


def authority_of(here: Caseload) -> str | None:
    """The authority that most children of a caseload are in the care of; the first by code where two have as many."""
    codes = Counter(child.authority for child in here.children if child.authority)
    return min(codes, key=lambda code: (-codes[code], code)) if codes else None
