"""Forecasts from a year in the past, written as a table and told on the screen."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
from rich.console import Console

from matching.cli.places import data_folder
from matching.places.authorities import AuthorityCodes
from matching.sufficiency import forecast_yearly, read_yearly, shipped
from matching.sufficiency.codes_of_areas import gone, held_as
from matching.wording import listed

FEW_AUTHORITIES = 100  # so many, and a file teaches as much as the published series beside it


def yearly_to(
    out: Path, series: Path | None, population: Path | None, origin: int, horizon: int, asked: Sequence[str]
) -> None:
    """Forecast each authority of a file of yearly counts, or of the published ones, and write the table."""
    reference = data_folder() / "reference"
    changes = AuthorityCodes.read(reference).changes
    published = shipped(reference / "statistics")
    known = read_yearly(series, population, until=origin, changes=changes) if series else published.until(origin)
    pool = known.beside(published) if series and len(known.areas) < FEW_AUTHORITIES else known
    over = gone(known.areas, date(origin, 3, 31), changes)
    wanted = held_as(asked, known.areas, changes) or [area for area in known.areas if area not in over]
    made = forecast_yearly(pool, horizon, wanted)
    written(made.table, out)
    if over and not asked:
        told(f"{listed(over)}: merged or split up to {origin}; those that took their place are forecast.")
    for warning in made.warnings:
        told(warning)
    authorities = made.table.area_code.nunique()
    Console().print(
        f"Wrote {len(made.table)} rows for {authorities} authorities, {origin + 1} to {origin + horizon}, to {out}."
    )


def written(table: pd.DataFrame, out: Path) -> None:
    """Write a table whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(out.name + ".part")
    table.to_csv(draft, index=False, lineterminator="\n")
    draft.replace(out)


def told(warning: str) -> None:
    """A note on the screen, apart from the answer."""
    Console(stderr=True).print(f"[yellow]Note:[/yellow] {warning}")
