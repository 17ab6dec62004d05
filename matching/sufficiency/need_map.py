"""A map of unmet need: kinds of child down, areas across; what is too small to show is hatched, never left blank."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from matching.sufficiency.answers import ALL, UNMET
from matching.sufficiency.pictures import BASE_NAME, GREY, INK, SIZE, Picture, _shade, axes_of
from matching.wording import listed

if TYPE_CHECKING:
    from matching.sufficiency.forecast import Forecast

NAME, TITLE = "unmet-need", "Children who find no family, by need and area"


def need_map(made: "Forecast", year: int, measure: str = UNMET) -> Picture:
    """Children a year of whom a measure is so, by kind and area, in the base case of a year; small numbers hatched."""
    rows = made.table[(made.table.measure == measure) & (made.table.year == year)]
    rows = rows[(rows.scenario == BASE_NAME) & (rows.kind != ALL) & (rows.area != ALL)]
    cells = rows.assign(mean=rows["mean"].where(~rows.hidden)).pivot(index="kind", columns="area", values="mean")
    cells = cells.reindex(index=list(dict.fromkeys(rows.kind)))
    figure, axes = axes_of(f"{TITLE}, year {year}", "", (SIZE[0], 3.2), grid="y")
    _shade(axes, cells.fillna(0.0), least=1.0, places=1)
    hidden = cells.isna().to_numpy()
    for text, (row, column) in zip(list(axes.texts), np.ndindex(cells.shape), strict=True):
        if hidden[row, column]:
            text.set_text("few")
            spot = (column - 0.5, row - 0.5)
            axes.add_patch(Rectangle(spot, 1, 1, facecolor="white", edgecolor=GREY, hatch="////", lw=0.6))
            text.set(color=INK, zorder=4, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5})
    return Picture(NAME, TITLE, figure, _told(cells, year), rows)


def _told(cells: pd.DataFrame, year: int) -> str:
    """The map in words: where most find no family, and how much of it is too small to show."""
    found = [
        (float(value), f"{kind} in {area}") for kind, row in cells.fillna(0.0).iterrows() for area, value in row.items()
    ]
    most = [f"{where} {value:.1f}" for value, where in sorted(found, key=lambda one: -one[0]) if value > 0][:5]
    few = int(cells.isna().to_numpy().sum())
    shown = f"Most: {listed(most)}." if most else "Nowhere more than a few."
    return f"{TITLE}, year {year}, on average. {shown} Hatched, because too few to show: {few} of {cells.size} cells."
