"""Pictures of a forecast, one style, fit for a committee paper; each stands on rows of its table and has words for those who do not see it."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from matching.sufficiency.answers import AGE_WORDS, ALL, COUNTED_IN_CHILDREN, IN_CARE, LIVING, NEEDED, UNMET, each
from matching.sufficiency.areas import ELSEWHERE
from matching.sufficiency.legends import legend
from matching.sufficiency.spending import POUNDS
from matching.wording import listed

if TYPE_CHECKING:
    from matching.sufficiency.forecast import Forecast

INK, GREY, GRID, PALE = "#202a36", "#5a6672", "#d9dee5", "#eef1f5"
# told apart without colour by the dash; contrast on white at least 3 to 1
COLOURS = ("#1d4f91", "#b3541e", "#2f7d4f", "#7a3e8e", "#8a6d00", "#5a6672")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
# opaque, so that the legend shows the very shades
LEVELS = (("q025", "q975", "#dde5ef", 95), ("q10", "q90", "#b0c2d9", 80), ("q25", "q75", "#7f9bc2", 50))
SIZE = (7.2, 3.6)
MILLION = 1e6
TITLES = {IN_CARE: "children in care", LIVING: "where children live"}
UNITS = {
    IN_CARE: "children",
    LIVING: "children",
    NEEDED: "children at a time",
    POUNDS: "million pounds a year",
    "homes": "homes",
    "places free": "places",
}
BARS = "circle: the middle; bars: 50, 80 and 95 in 100 runs"
BASE_NAME = "base case"


@dataclass(frozen=True)
class Picture:
    """A figure, what it is called, its words and the rows behind it."""

    name: str
    title: str
    figure: Figure
    alt: str
    table: pd.DataFrame

    def _repr_html_(self) -> str:
        """In a notebook: the picture with its words, and the table behind it."""
        buffer = BytesIO()
        self.figure.savefig(buffer, format="png", dpi=110)
        data, alt = b64encode(buffer.getvalue()).decode(), escape(self.alt)
        table = self.table.drop(columns="hidden", errors="ignore").to_html(index=False, border=0, na_rep="few")
        return (
            f'<figure><img src="data:image/png;base64,{data}" alt="{alt}" style="max-width: 100%">'
            f"<figcaption>{alt}<details><summary>The table behind it</summary>{table}</details></figcaption></figure>"
        )


def axes_of(
    title: str, ylabel: str, size: tuple[float, float] = SIZE, grid: Literal["x", "y"] = "y"
) -> tuple[Figure, Any]:
    """An empty picture in the one style of all."""
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", color=INK, fontsize=11.5, fontweight="bold", pad=10)
    axes.set_ylabel(ylabel, color=INK, fontsize=9)
    axes.tick_params(colors=INK, labelsize=9, length=0)
    axes.grid(axis=grid, color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    return figure, axes


def rows_of(made: "Forecast", measure: str, kind: str = ALL, area: str = ALL) -> pd.DataFrame:
    """The rows of one measure, kind and area that are not hidden."""
    table = made.table
    return table[(table.measure == measure) & (table.kind == kind) & (table.area == area) & ~table.hidden]


def base_rows(made: "Forecast", measure: str, year: int, by: str) -> pd.DataFrame:
    """The base case of one measure in a year, by `kind` or by `area`; hidden rows with them."""
    table, other = made.table, "area" if by == "kind" else "kind"
    rows = table[(table.measure == measure) & (table.year == year) & (table.scenario == BASE_NAME)]
    return rows[(rows[by] != ALL) & (rows[other] == ALL)]


def _called(measure: str, kind: str, area: str) -> str:
    what = ", ".join([TITLES.get(measure, measure), *(part for part in (kind, area) if part != ALL)])
    return what[:1].upper() + what[1:]


def _unit(measure: str) -> str:
    return UNITS.get(measure, "children a year" if measure in COUNTED_IN_CHILDREN else "")


def fan(made: "Forecast", measure: str = IN_CARE, kind: str = ALL, area: str = ALL) -> Figure:
    """The base case with its ranges of 50, 80 and 95%, and the middle of each scenario."""
    pounds = measure == POUNDS
    figure, axes = axes_of(_called(measure, kind, area), _unit(measure))
    rows = rows_of(made, measure, kind, area)
    scale = MILLION if pounds else 1.0
    base = rows[rows.scenario == BASE_NAME]
    for low, high, shade, level in LEVELS:
        label = f"{level} in 100 runs"
        # below the lines of the grid, which then tell how high it goes; a single year is a bar, since a band would have no width
        edges = (base.year, base[low] / scale, base[high] / scale)
        if len(base) > 1:
            axes.fill_between(*edges, color=shade, lw=0, label=label, zorder=0.3)
        else:
            axes.vlines(*edges, color=shade, lw=20, label=label, zorder=0.3)
    for turn, (name, part) in enumerate(rows.groupby("scenario", sort=False)):
        style = {"color": COLOURS[turn % 6], "ls": DASHES[turn % 6], "lw": 2}
        alone = "o" if len(part) == 1 else None  # one year is a point, which no line shows
        axes.plot(
            part.year, part.q50 / scale, **style, marker=alone, label=f"{name}, middle" if turn == 0 else str(name)
        )
    axes.set_xlabel("years from now", color=INK, fontsize=9)
    axes.set_xticks(sorted(set(rows.year)))
    if rows.empty:
        axes.text(0.5, 0.5, "few: 5 or less in every year", transform=axes.transAxes, ha="center", color=INK)
    axes.yaxis.set_major_locator(MaxNLocator(integer=not pounds, nbins=6))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.set_ylim(bottom=0)
    legend(figure)
    return figure


def bars(made: "Forecast", measure: str, year: int, by: str = "kind") -> Figure:
    """Kinds or areas of one measure in a year in the base case, each with its 80% range."""
    figure, axes = axes_of(f"{_called(measure, ALL, ALL)}, year {year}", "", (SIZE[0], 3.2), grid="x")
    rows = base_rows(made, measure, year, by).iloc[::-1]
    at = np.arange(len(rows))
    axes.barh(at, rows.q50.fillna(0), 0.62, color=COLOURS[0], alpha=0.85)
    axes.hlines(at, rows.q10, rows.q90, color=INK, lw=1.6)
    for place, row in zip(at, each(rows), strict=True):
        text = "  few" if row.hidden else f"  {row.q50:.0f} ({row.q10:.0f} to {row.q90:.0f})"
        axes.text(0 if row.hidden else row.q90, place, text, va="center", fontsize=8.5, color=INK)
    axes.set_yticks(at, rows[by])
    axes.set_xlabel(f"{_unit(measure)}; bar: the middle, line: 8 in 10 runs", color=INK, fontsize=9)
    axes.set_xlim(0, max(1.0, float(rows.q90.max(skipna=True) if rows.q90.notna().any() else 1)) * 1.25)
    return figure


def ages(made: "Forecast") -> Figure:
    """Children in care by age: today, and in the last year with its 80% range."""
    last = made.manifest["years"]
    figure, axes = axes_of("Children in care by age", "children")
    kinds = list(AGE_WORDS.values())
    for turn, (year, label) in enumerate(((0, "today"), (last, f"year {last}, with 8 in 10 runs"))):
        rows = base_rows(made, IN_CARE, year, "kind").set_index("kind").reindex(kinds)
        at = np.arange(len(kinds)) + (turn - 0.5) * 0.38
        axes.bar(at, rows.q50, 0.36, color=GREY if turn == 0 else COLOURS[0], label=label)
        if turn:
            axes.vlines(at, rows.q10, rows.q90, color=INK, lw=1.6)
        for place, value in zip(at, rows.q50, strict=True):
            if pd.isna(value):
                axes.text(place, 0, "few", ha="center", va="bottom", fontsize=8, color=INK)
    axes.set_xticks(range(len(kinds)), kinds)
    legend(figure)
    return figure


def shortage(made: "Forecast", year: int) -> Figure:
    """Places needed, need by area: the darker the more, the number in each cell."""
    rows = made.table[(made.table.measure == NEEDED) & (made.table.year == year) & (made.table.scenario == BASE_NAME)]
    cells = rows[(rows.kind != ALL) & (rows.area != ALL)].pivot(index="kind", columns="area", values="mean")
    cells = cells.reindex(index=list(dict.fromkeys(rows.kind[rows.kind != ALL])))
    figure, axes = axes_of(f"Places needed in families, year {year}", "", (SIZE[0], 3.0), grid="y")
    _shade(axes, cells, least=1.0, places=1)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("bottom")
    axes.set_xlabel("children at a time, on average, by where their families live", color=INK, fontsize=9)
    axes.set_title(axes.get_title(loc="left"), loc="left", color=INK, fontsize=11.5, fontweight="bold", pad=26)
    return figure


def city_map(made: "Forecast", sectors: pd.DataFrame, year: int) -> Figure:
    """Places needed by area, drawn where the area lies; its postcode sectors in pale behind. No tiles, nobody's address.

    `sectors` are the rows of `postcode_sectors.csv`: sector, easting, northing, radius_m, postcodes.
    """
    rows = base_rows(made, NEEDED, year, "area").set_index("area")
    inside = sectors.assign(area=sectors.sector.str.split(" ").str[0])
    inside = inside[inside.area.isin(rows.index)]
    figure, axes = axes_of(f"Where places are needed, year {year}", "", (SIZE[0], 4.6))
    axes.set_axis_off()
    most = max(float(rows["mean"].max()), 0.02)
    middles = {
        str(area): tuple(float(np.average(part[axis], weights=part.postcodes)) for axis in ("easting", "northing"))
        for area, part in inside.groupby("area")
    }
    for turn, (area, part) in enumerate(inside.groupby("area")):
        shade = PALE if turn % 2 else "#dfe6ef"
        for spot in each(part):
            axes.add_patch(_circle(spot.easting, spot.northing, spot.radius_m, shade))
        east, north = middles[str(area)]
        needed = rows.loc[area].to_dict()
        radius = 750 * (max(needed["mean"], 0.02) / most) ** 0.5
        axes.add_patch(_circle(east, north, radius, COLOURS[0], 0.9, 3))
        text = f"{area}  {needed['mean']:.1f}\n({needed['q10']:.0f} to {needed['q90']:.0f})"
        # on the left where another area lies close by on the right
        left = any(0 < other - east < 3500 and abs(high - north) < 900 for other, high in middles.values())
        at, side = (east - radius - 150, "right") if left else (east + radius + 150, "left")
        label = axes.text(at, north, text, va="center", ha=side, fontsize=8.5, color=INK, zorder=4)
        label.set_path_effects([withStroke(linewidth=3, foreground="white")])
    axes.set_aspect("equal")
    axes.autoscale_view()
    axes.margins(0.08)
    if len(inside):
        _scale_bar(axes, inside)
    return figure


def _circle(east: float, north: float, radius: float, colour: str, alpha: float = 1.0, order: int = 1) -> Any:
    from matplotlib.patches import Circle

    return Circle((east, north), radius, color=colour, alpha=alpha, lw=0, zorder=order)


def _scale_bar(axes: Any, inside: pd.DataFrame) -> None:
    """One mile, and where north is: up."""
    west, south = inside.easting.min() - 1200, inside.northing.min() - 1600
    axes.plot([west, west + 1609.344], [south, south], color=INK, lw=2)
    axes.text(
        west,
        south - 250,
        "1 mile; north is up. Children at a time: on average, and in 8 of 10 runs",
        fontsize=8,
        va="top",
        color=INK,
    )


def spending(made: "Forecast") -> Figure:
    """Pounds a year by kind of home in the base case, the 80% range of the total with it."""
    table = made.table[(made.table.measure == POUNDS) & (made.table.scenario == BASE_NAME)]
    parts = table[table.kind != ALL].pivot(index="kind", columns="year", values="mean") / MILLION
    parts = parts.loc[parts.sum(axis=1).sort_values(ascending=False).index]
    parts = parts[(parts.abs() > 0.05).any(axis=1)]
    figure, axes = axes_of("Spend by kind of home", "million pounds a year")
    floor = np.zeros(parts.shape[1])
    shades = ("#143a6b", "#1d4f91", "#4a7ab8", "#7fa3d1", "#b3541e", "#d08a5e", "#9aa5b1", "#c9d1da")
    for turn, (kind, row) in enumerate(parts.iterrows()):
        axes.bar(parts.columns, row, 0.6, bottom=floor, color=shades[turn % 8], label=str(kind))
        floor += row.to_numpy()
    whole = table[table.kind == ALL]
    axes.vlines(whole.year, whole.q10 / MILLION, whole.q90 / MILLION, color=INK, lw=1.8, label="total, 8 in 10 runs")
    axes.set_xticks(parts.columns, [f"year {year}" for year in parts.columns])
    legend(figure)
    return figure


def against(made: "Forecast", measure: str, year: int) -> Figure:
    """What each scenario changes against the base case, run by run: the middle and the ranges of 50, 80 and 95%."""
    rows = made.against_base
    rows = rows[(rows.measure == measure) & (rows.kind == ALL) & (rows.area == ALL) & (rows.year == year)].iloc[::-1]
    scale = MILLION if measure == POUNDS else 1.0
    height = 1.5 + 0.42 * len(rows)
    figure, axes = axes_of(
        f"{_called(measure, ALL, ALL)}, year {year}: against the base case", "", (SIZE[0], height), "x"
    )
    at = np.arange(len(rows))
    for low, high, width in (("q025", "q975", 1.2), ("q10", "q90", 3), ("q25", "q75", 6)):
        axes.hlines(at, rows[low] / scale, rows[high] / scale, color=COLOURS[0], lw=width)
    axes.plot(rows.q50 / scale, at, "o", color="white", mec=COLOURS[0], ms=6)
    axes.axvline(0, color=INK, lw=1)
    axes.set_yticks(at, rows.scenario)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlabel(f"{_unit(measure)}: less  <  as it is  >  more\n{BARS}", color=INK, fontsize=9)
    return figure


def tornado(swung: pd.DataFrame, measure: str) -> Figure:
    """How far each figure moves the answer from the low to the high end of its range; the widest on top."""
    rows = swung.iloc[::-1].reset_index(drop=True)
    scale, unit = (MILLION, "million pounds a year") if measure == POUNDS else (1.0, measure)
    figure, axes = axes_of("What moves the answer", "", (SIZE[0], 1.4 + 0.36 * len(rows)), "x")
    for name, colour, label in (("low", "#7fa3d1", "figure at its low end"), ("high", COLOURS[0], "at its high end")):
        axes.barh(rows.index, (rows[name] - rows.base) / scale, 0.6, left=rows.base / scale, color=colour, label=label)
    if len(rows):
        axes.axvline(rows.base[0] / scale, color=INK, lw=1)
    axes.set_yticks(rows.index, rows.words)
    axes.set_xlabel(unit, color=INK, fontsize=9)
    legend(figure)
    return figure


def _shade(axes: Axes, cells: pd.DataFrame, least: float, places: int) -> None:
    """A square for each cell, the darker the more, with its figure; full colour stands for `least` or more."""
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    top = max(float(np.nanmax(cells.to_numpy())), least)
    axes.imshow(cells, cmap="Blues", vmin=0, vmax=top * 1.35, aspect="auto")
    for (row, column), value in np.ndenumerate(cells.to_numpy()):
        colour = "white" if value > 0.8 * top else INK
        axes.text(column, row, f"{value:.{places}f}", ha="center", va="center", fontsize=9, color=colour)
    axes.set_xticks(range(len(cells.columns)), cells.columns)
    axes.set_yticks(range(len(cells.index)), cells.index)


def worth_map(worth: pd.DataFrame, measure: str) -> Figure:
    """What one more home of each profile and area gives, the best as 100: prices rank, they do not say how many children."""
    cells = worth.pivot(index="profile", columns="area", values=measure)
    cells = 100 * cells / max(float(worth[measure].max()), 1e-9)
    figure, axes = axes_of("What one more home helps, the best as 100", "", (SIZE[0], 2.8))
    _shade(axes, cells, least=1.0, places=0)
    return figure


def plotted(made: "Forecast", measure: str = IN_CARE, kind: str = ALL, area: str = ALL) -> Picture:
    """A measure over the years with its ranges, one line for each scenario."""
    words = _told(made, measure, made.manifest["years"], kind, area)
    title = _called(measure, kind, area)
    return Picture(
        measure.replace(" ", "-"), title, fan(made, measure, kind, area), words, rows_of(made, measure, kind, area)
    )


def pictures_of(made: "Forecast", sectors: pd.DataFrame | None = None) -> list[Picture]:
    """The pictures of the summary; the map only with `sectors`."""
    last = made.manifest["years"]
    needed = base_rows(made, NEEDED, last, "area")
    found = [
        Picture("children-in-care", "Children in care", fan(made), _told(made, IN_CARE, last), rows_of(made, IN_CARE)),
        Picture("children-by-age", "Children in care by age", ages(made), _told_kinds(made, IN_CARE, last), base_rows(made, IN_CARE, last, "kind")),
        Picture("no-family-found", "No family found", fan(made, UNMET), _told(made, UNMET, last), rows_of(made, UNMET)),
        Picture("no-family-found-by-need", "No family found, by need", bars(made, UNMET, last), _told_kinds(made, UNMET, last), base_rows(made, UNMET, last, "kind")),
        Picture("places-needed", "Places needed, by need and area", shortage(made, last), _told_areas(made, last), needed),
        Picture("spend", "Spend by kind of home", spending(made), _told_spend(made, last), rows_of(made, POUNDS)),
    ]  # fmt: skip
    if sectors is not None and (needed.area != ELSEWHERE).any():
        words = f"A map of the areas. {_told_areas(made, last)}"
        found.append(Picture("map", "Where places are needed", city_map(made, sectors, last), words, needed))
    for measure, name in ((NEEDED, "scenarios-places"), (POUNDS, "scenarios-spend")) if len(made.runs) > 1 else ():
        rows = made.against_base
        rows = rows[(rows.measure == measure) & (rows.kind == ALL) & (rows.area == ALL) & (rows.year == last)]
        words = f"What scenarios change: {measure}, year {last}. {_told_against(rows, measure)}"
        found.append(Picture(name, f"Scenarios: {measure}", against(made, measure, last), words, rows))
    return found


def _told(made: "Forecast", measure: str, year: int, kind: str = ALL, area: str = ALL) -> str:
    rows = rows_of(made, measure, kind, area)
    rows = rows[rows.year == year]
    said = [f"{r.scenario}: {r.q50:.0f} (8 in 10 runs from {r.q10:.0f} to {r.q90:.0f})" for r in each(rows)]
    return f"{_called(measure, kind, area)} in year {year}. " + ("; ".join(said) or "few") + "."


def _told_kinds(made: "Forecast", measure: str, year: int) -> str:
    rows = base_rows(made, measure, year, "kind")
    said = [f"{r.kind}: few" if r.hidden else f"{r.kind}: {r.q50:.0f} ({r.q10:.0f} to {r.q90:.0f})" for r in each(rows)]
    return f"{_called(measure, ALL, ALL)} in year {year}, by kind, 8 in 10 runs in brackets. " + "; ".join(said) + "."


def _told_areas(made: "Forecast", year: int) -> str:
    rows = base_rows(made, NEEDED, year, "area").sort_values("mean", ascending=False, kind="stable")
    return f"Places needed in families in year {year}, on average: {_listed(f'{r.area} {r.mean:.1f}' for r in _renamed(rows))}."


def _told_spend(made: "Forecast", year: int) -> str:
    row = rows_of(made, POUNDS)
    row = next(each(row[(row.year == year) & (row.scenario == BASE_NAME)]))
    return f"Spend in year {year}: {row.q50 / MILLION:.1f} million pounds (8 in 10 runs from {row.q10 / MILLION:.1f} to {row.q90 / MILLION:.1f})."


def _told_against(rows: pd.DataFrame, measure: str) -> str:
    scale = MILLION if measure == POUNDS else 1.0
    return "; ".join(
        f"{r.scenario}: {r.q50 / scale:+.1f} ({r.q10 / scale:+.1f} to {r.q90 / scale:+.1f})" for r in each(rows)
    )


def _renamed(rows: pd.DataFrame) -> Sequence[Any]:
    return list(each(rows[["area", "mean"]]))


def _listed(parts: Any) -> str:
    return listed(list(parts))
