"""Decisions of a forecast: computing them, writing them and telling on the screen what they found."""

from dataclasses import replace
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
from matching.sufficiency.forecast import FEWEST_RUNS, Effort, rough
from matching.sufficiency.pictures import Picture, worth_map
from matching.sufficiency.sensitivity import TOP, apportioned, screened, swings, tornado
from matching.sufficiency.summary import write_pictures, write_tables
from matching.wording import spoken

# profiles and areas that the prices put first, whose worth is worked out by paired runs too
LOOKED_AT = 6


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
        say("What one more home is worth")
        duals = ranked_by_duals(city, years=effort.years, seed=effort.seed)
        cells = list(zip(duals.profile, duals.area, strict=True))[:LOOKED_AT]
        worth = pd.concat([worth_of_homes(city, effort=effort), worth_of_homes(city, cells, effort)], ignore_index=True)
        say("How many to recruit, where and by when")
        required = required_recruitment(city, target=target, effort=effort, say=say)
        say("The best campaign")
        number = homes if budget is None else homes_for(city, budget)
        _, campaign = best_campaign(city, homes=number, effort=effort, say=say)
        say("What moves the answer")
        few, more = replace(effort, runs=min(effort.runs, 20)), replace(effort, runs=min(effort.runs, 50))
        screening = screened(city, measure=NEEDED, effort=few)
        names = screening.name.head(TOP).tolist()
        shares = apportioned(city, names, measure=NEEDED, effort=few)
        swung = swings(city, names, measure=NEEDED, effort=more)
    tables = {"worth": worth, "duals": duals, "required": required, "campaign": campaign}
    out.mkdir(parents=True, exist_ok=True)
    write_tables(tables | {"morris": screening, "sobol": shares, "tornado": swung}, out, "decisions.xlsx")
    moved = "; ".join(f"{row.words}: {row.low:.1f} to {row.high:.1f}" for row in each(swung))
    first = f"How much one more home helps, beside the best: most, {_cell(duals.profile[0], duals.area[0])}; all in the table."
    write_pictures(
        [
            Picture("tornado", "What moves the answer", tornado(swung, NEEDED), moved, swung),
            Picture("worth", "What one more home helps", worth_map(duals, "children"), first, duals),
        ],
        out,
    )
    for sentence in _sentences(worth, required, campaign, target):
        Console().print(sentence)
    Console().print(f"Written to {out}.")


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
