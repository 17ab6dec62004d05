"""Pictures of a forecast, one style; each stands on rows of its table and has words for those who do not see it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matching.sufficiency.forecast import Forecast

INK, GRID = "#202a36", "#d9dee5"
# told apart without colour by the dash; contrast on white at least 3 to 1
COLOURS = ("#1d4f91", "#b3541e", "#2f7d4f", "#7a3e8e", "#8a6d00", "#5a6672")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))


@dataclass(frozen=True)
class Picture:
    """A figure, its words and the rows behind it."""

    name: str
    figure: Figure
    alt: str
    table: pd.DataFrame


def _axes(title: str, ylabel: str) -> tuple[Figure, Any]:
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", color=INK, fontsize=12, fontweight="bold")
    axes.set_ylabel(ylabel, color=INK)
    axes.grid(axis="y", color=GRID)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def rows_of(made: "Forecast", measure: str, kind: str) -> pd.DataFrame:
    """The rows of one measure and kind that are not hidden."""
    table = made.table
    return table[(table.measure == measure) & (table.kind == kind) & ~table.hidden]


def fan(made: "Forecast", measure: str, kind: str) -> Figure:
    """The base case with its ranges of 50, 80 and 95%, and the middle of each scenario."""
    what = measure if kind == "all" else f"{measure}, {kind}"
    figure, axes = _axes(what[:1].upper() + what[1:], "children")
    rows = rows_of(made, measure, kind)
    base = rows[rows.scenario == rows.scenario.iloc[0]] if len(rows) else rows
    for low, high, shade, level in (("q025", "q975", 0.15, 95), ("q10", "q90", 0.22, 80), ("q25", "q75", 0.3, 50)):
        axes.fill_between(
            base.year, base[low], base[high], color=COLOURS[0], alpha=shade, lw=0, label=f"{level}% range"
        )
    for turn, (name, part) in enumerate(rows.groupby("scenario", sort=False)):
        axes.plot(part.year, part.q50, color=COLOURS[turn % 6], ls=DASHES[turn % 6], lw=2, label=str(name))
    axes.set_xlabel("years from now", color=INK)
    axes.set_xticks(sorted(rows.year.unique()))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8, ncols=2)
    return figure


def bars(made: "Forecast", measure: str, year: int) -> Figure:
    """Kinds of one measure in a year, with ranges of 80%, for each scenario."""
    figure, axes = _axes(f"{measure[:1].upper()}{measure[1:]}, year {year}", "children a year")
    rows = made.table[(made.table.measure == measure) & (made.table.year == year) & (made.table.kind != "all")]
    kinds, names = list(dict.fromkeys(rows.kind)), list(dict.fromkeys(rows.scenario))
    for turn, name in enumerate(names):
        part = rows[rows.scenario == name].set_index("kind").reindex(kinds)
        at = [place + (turn - (len(names) - 1) / 2) * 0.8 / len(names) for place in range(len(kinds))]
        reach = [(part["mean"] - part.q10).clip(lower=0), (part.q90 - part["mean"]).clip(lower=0)]
        axes.bar(
            at, part["mean"], 0.75 / len(names), yerr=reach, color=COLOURS[turn % 6], ecolor=INK, capsize=2, label=name
        )
        for place, hidden in zip(at, part.hidden, strict=True):
            if hidden:
                axes.text(place, 0, "few", ha="center", va="bottom", fontsize=8, color=INK)
    axes.set_ylim(bottom=0, top=None if part["mean"].notna().any() else 1)
    axes.set_xticks(range(len(kinds)), [kind.replace(" and ", "\nand ") for kind in kinds])
    axes.set_xlim(-0.6, len(kinds) - 0.4)
    figure.legend(frameon=False, fontsize=8, ncols=3, loc="outside lower center")
    return figure


def pictures_of(made: "Forecast") -> list[Picture]:
    """The pictures of the summary."""
    last = made.manifest["years"]
    found = [
        Picture(
            "children-in-care",
            fan(made, "in care", "all"),
            _told(made, "in care", last),
            rows_of(made, "in care", "all"),
        ),
        Picture(
            "no-family-found",
            fan(made, "no family found", "all"),
            _told(made, "no family found", last),
            rows_of(made, "no family found", "all"),
        ),
    ]
    table = made.table
    kinds = table[(table.measure == "no family found") & (table.year == last) & (table.kind != "all")]
    words = "Children for whom no family was found, by kind of need; kinds with few children are not shown."
    return [*found, Picture("no-family-found-by-need", bars(made, "no family found", last), words, kinds)]


def _told(made: "Forecast", measure: str, year: int) -> str:
    rows = rows_of(made, measure, "all")
    rows = rows[rows.year == year]
    said = [f"{r.scenario}: {r.q50:.0f} (8 in 10 runs from {r.q10:.0f} to {r.q90:.0f})" for r in rows.itertuples()]
    return f"{measure[:1].upper()}{measure[1:]} in year {year}. " + "; ".join(said) + "."
