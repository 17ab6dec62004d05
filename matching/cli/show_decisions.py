"""Decisions of a forecast: computing them, writing them and telling on the screen what they found."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from rich.console import Console

from matching.cli import show as screen
from matching.cli.show_backtest import told
from matching.cli.show_forecast import the_city
from matching.sufficiency.answers import NEEDED, each
from matching.sufficiency.decisions import (
    ANYWHERE,
    CONFIDENCES,
    GAINS,
    MOST_RECRUITED,
    best_campaign,
    homes_for,
    required_recruitment,
    worth_of_homes,
)
from matching.sufficiency.duals import ranked_by_duals
from matching.sufficiency.forecast import FEWEST_RUNS, City, Effort, rough
from matching.sufficiency.pictures import Picture, worth_map
from matching.sufficiency.sensitivity import TOP, apportioned, screened, swings, tornado
from matching.sufficiency.summary import write_pictures, write_tables
from matching.wording import spoken

# profiles and areas that the prices put first, whose worth is worked out by paired runs too
LOOKED_AT = 6


@dataclass(frozen=True)
class _Found:
    """What was computed, as tables."""

    worth: pd.DataFrame
    duals: pd.DataFrame
    required: pd.DataFrame
    campaign: pd.DataFrame
    screening: pd.DataFrame
    shares: pd.DataFrame
    swung: pd.DataFrame


def decisions_to(
    out: Path,
    caseload: Path | None,
    history: list[Path],
    policy_file: Path | None,
    target: int,
    homes: int,
    budget: float | None,
    effort: Effort,
) -> None:
    """Write the tables and pictures of decisions, saying each as it is done."""
    with screen.progress() as say:
        say("Judging kinds of referral with every home")
        city = the_city(caseload, policy_file, history)
        for note in (*city.parameters.notes, *([rough(effort.runs)] if effort.runs < FEWEST_RUNS else [])):
            told(note)
        found = _computed(city, target, homes if budget is None else homes_for(city, budget), effort, say)
    _written(out, found)
    for sentence in _sentences(found.worth, found.required, found.campaign, target):
        Console().print(sentence)
    Console().print(f"Written to {out}.")


def _computed(city: City, target: int, homes: int, effort: Effort, say: Callable[[str], None]) -> _Found:
    """Every table, one after another."""
    say("What one more home is worth")
    duals = ranked_by_duals(city, years=effort.years, seed=effort.seed)
    cells = list(zip(duals.profile, duals.area, strict=True))[:LOOKED_AT]
    worth = pd.concat([worth_of_homes(city, effort=effort), worth_of_homes(city, cells, effort)], ignore_index=True)
    say("How many to recruit, where and by when")
    required = required_recruitment(city, target=target, effort=effort, say=say)
    say("The best campaign")
    _, campaign = best_campaign(city, homes=homes, effort=effort, say=say)
    say("What moves the answer")
    few, more = replace(effort, runs=min(effort.runs, 20)), replace(effort, runs=min(effort.runs, 50))
    screening = screened(city, measure=NEEDED, effort=few)
    names = screening.name.head(TOP).tolist()
    shares = apportioned(city, names, measure=NEEDED, effort=few)
    return _Found(worth, duals, required, campaign, screening, shares, swings(city, names, measure=NEEDED, effort=more))


def _written(out: Path, found: _Found) -> None:
    """Tables, a workbook and two pictures in a folder."""
    tables = {"worth": found.worth, "duals": found.duals, "required": found.required, "campaign": found.campaign}
    tables |= {"morris": found.screening, "sobol": found.shares, "tornado": found.swung}
    out.mkdir(parents=True, exist_ok=True)
    write_tables(tables, out, "decisions.xlsx")
    moved = "; ".join(f"{row.words}: {row.low:.1f} to {row.high:.1f}" for row in each(found.swung))
    best = _cell(found.duals.profile[0], found.duals.area[0])
    first = f"How much one more home helps, beside the best: most, {best}; all in the table."
    write_pictures(
        [
            Picture("tornado", "What moves the answer", tornado(found.swung, NEEDED), moved, found.swung),
            Picture("worth", "What one more home helps", worth_map(found.duals, "children"), first, found.duals),
        ],
        out,
    )


def _cell(profile: str, area: str) -> str:
    """A profile and area in words: teenagers in SO16; any anywhere."""
    words = spoken(profile)
    return f"for {'any child' if profile == 'any' else words} {area if area == ANYWHERE else f'in {area}'}"


def _fewer(change: float) -> str:
    return f"{abs(change):.2f} {'fewer' if change < 0 else 'more'}"


def _sentences(worth: pd.DataFrame, required: pd.DataFrame, campaign: pd.DataFrame, target: int) -> list[str]:
    told = []
    for row in worth[worth.measure == GAINS[NEEDED]].to_dict("records"):
        told.append(
            f"One more home, {_cell(row['profile'], row['area'])}: {_fewer(row['mean'])} children at a time without a family "
            f"({_fewer(row['low'])} to {_fewer(row['high'])})."
        )
    for confidence in CONFIDENCES:
        rows = required[required.confidence == confidence]
        reached = rows.reached.iloc[0]
        if reached < confidence:
            said = f"more than {MOST_RECRUITED} homes; with those, {reached:.0%} of runs keep to it"
        else:
            parts = [
                f"{row.homes} {_cell(row.profile, row.area)} by month {row.by_month:.0f}"
                for row in each(rows)
                if row.homes
            ]
            said = f"{rows.homes.sum()} homes" + (f": {', '.join(parts)}" if parts else "")
        told.append(f"At most {target} a year without a family, {confidence:.0%} sure: {said}.")
    mix = campaign.groupby(["profile", "area"], sort=False).homes.sum()
    best = ", ".join(f"{row.homes} {_cell(row.profile, row.area)}" for row in each(mix.reset_index()))
    told.append(
        f"The best {campaign.homes.sum()} homes: {best}; {campaign.gained.sum():.1f} more children in a family at a time, "
        f"£{abs(campaign.pounds.sum()) / 1e6:.1f} million a year {'less' if campaign.pounds.sum() < 0 else 'more'}."
    )
    return told
