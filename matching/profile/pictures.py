"""Pictures of a profile: one style, colours that everybody can tell apart, shapes that tell the same without colour."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from matching.profile.compare import Table

# Okabe and Ito's palette, told apart with every kind of colour vision
OWN, PUBLISHED, NEIGHBOURS, COUNTRY = "#0072B2", "#56B4E9", "#BBBBBB", "#D55E00"
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "x",
    "grid.color": "#E5E5E5",
    "axes.axisbelow": True,
    "svg.hashsalt": "placements",
    "svg.fonttype": "path",
}
WIDTH = 8.0
ROW = 0.5
LIFT = 0.22  # rows


def draw_table(table: Table, name: str, path: Path) -> None:
    """Draw a breakdown: the return as a dot, neighbours as a bar from lowest to highest, England as a diamond."""
    rows = table.rows.iloc[::-1]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 1.5 + ROW * len(rows)), layout="constrained")
        axes = figure.subplots()
        _neighbours(axes, rows)
        _marks(
            axes,
            rows.england,
            -LIFT,
            "D",
            COUNTRY,
            "England",
            markersize=7,
            markerfacecolor="white",
            markeredgewidth=1.8,
        )
        _marks(axes, rows.published, 0.0, "s", PUBLISHED, f"{name}, published", markersize=6)
        _marks(axes, rows.percent, LIFT, "o", OWN, f"{name}, this return", markersize=8)
        at = range(len(rows))
        axes.set_yticks(list(at), [table.breakdown.words[code] for code in rows.index])
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.set_xlabel("percent of children" if table.breakdown.total else "percent of changes")
        axes.set_xlim(left=0)
        axes.tick_params(left=False)
        figure.suptitle(table.breakdown.title, x=0.01, ha="left", fontweight="bold")
        _legend(figure, axes)
        _save(figure, path)


def _marks(axes: Axes, values: pd.Series, lift: float, marker: str, colour: str, label: str, **look: Any) -> None:
    """One mark in each row, a little above or below its middle so that none hides another."""
    if values.notna().any():
        at = [row + lift for row in range(len(values))]
        axes.plot(values, at, marker, color=colour, label=label, clip_on=False, zorder=3, **look)


def _neighbours(axes: Axes, rows: pd.DataFrame) -> None:
    known = rows.neighbours_low.notna()
    if known.any():
        at = pd.Series(range(len(rows)), index=rows.index)[known]
        low, high = rows.neighbours_low[known], rows.neighbours_high[known]
        axes.barh(
            at,
            (high - low).clip(lower=0.3),
            left=low,
            height=0.72,
            color=NEIGHBOURS,
            label="Neighbours, lowest to highest",
        )
        axes.plot(
            rows.neighbours_middle[known],
            at,
            "|",
            color="black",
            markersize=13,
            markeredgewidth=2,
            label="Neighbours, middle",
        )


def draw_years(rates: pd.DataFrame, name: str, path: Path) -> None:
    """Draw children looked after for each 10,000 children by year; columns own, neighbours low, middle, high, england."""
    with mpl.rc_context({**STYLE, "axes.grid.axis": "y", "axes.spines.left": True}):
        figure = Figure(figsize=(WIDTH, 4.2), layout="constrained")
        axes = figure.subplots()
        years = rates.index.to_numpy()
        axes.fill_between(
            years,
            rates.neighbours_low,
            rates.neighbours_high,
            color=NEIGHBOURS,
            alpha=0.6,
            label="Neighbours, lowest to highest",
        )
        axes.plot(years, rates.neighbours_middle, "-", color="black", linewidth=1.5, label="Neighbours, middle")
        axes.plot(years, rates.england, "--D", color=COUNTRY, markersize=5, markerfacecolor="white", label="England")
        axes.plot(years, rates.own, "-o", color=OWN, markersize=7, linewidth=2, label=f"{name}, published")
        if rates["return"].notna().any():
            axes.plot(
                years,
                rates["return"],
                "*",
                color=OWN,
                markersize=14,
                markeredgecolor="white",
                label=f"{name}, this return",
            )
        axes.set_ylim(bottom=0)
        axes.set_xlabel("31 March")
        axes.set_ylabel("children looked after\nfor each 10,000 children")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.suptitle("Children looked after, by year", x=0.01, ha="left", fontweight="bold")
        _legend(figure, axes)
        _save(figure, path)


def _legend(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles[::-1], labels[::-1], loc="outside lower left", ncols=2, frameon=False, fontsize=9)


def _save(figure: Figure, path: Path) -> None:
    """Write SVG or PNG; the same figures give the same bytes."""
    metadata = {"Date": None} if path.suffix == ".svg" else None
    figure.savefig(path, dpi=120, metadata=metadata)
