"""A profile written to a folder: one page with pictures and the table behind each, the tables as CSV, the pictures."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import pandas as pd

from matching.profile.breakdowns import CHANGES
from matching.profile.compare import Table
from matching.profile.pictures import draw_table, draw_years
from matching.profile.profile import Figure, Profile

ATTRIBUTION = (
    "Children looked after in England including adoptions, and Local Authority Interactive Tool: Department for Education. "
    "Fostering in England 2017 to 2018: Ofsted. Contains public sector information licensed under the Open Government "
    "Licence v3.0. Contains OS data © Crown copyright and database right 2025. Contains Royal Mail data © Royal Mail "
    "copyright and database right 2025. Contains National Statistics data © Crown copyright and database right 2025."
)
SMALL = (
    "Counts are rounded to 5 before any share is made; counts of 1 to 5, and what would give them away, are not shown; "
    "no share of fewer than 10 children."
)
NOT_SHOWN = "not shown"
NOT_PUBLISHED = "not in our series"
STYLE = """body{font:16px/1.5 Arial,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111}
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.3rem .7rem;border-bottom:1px solid #ccc;text-align:right}
th:first-child{text-align:left;min-width:14rem}tbody th{font-weight:normal}caption{text-align:left;font-weight:bold}
figure{margin:2rem 0 0}img{max-width:100%;height:auto}.small{color:#444;font-size:.9rem}"""


def write_profile(profile: Profile, folder: Path) -> list[Path]:
    """Write profile.html, a CSV and an SVG for each table; the same profile gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "profile.html", folder / "indicators.csv", folder / "years.csv", folder / "fostering.csv"]
    indicator_frame(profile).to_csv(written[1], index=False, lineterminator="\n")
    profile.rates.round(1).to_csv(written[2], index_label="year", lineterminator="\n")
    profile.fostering.round(1).to_csv(written[3], index_label="code", lineterminator="\n")
    draw_years(profile.rates, profile.name, folder / "years.svg")
    for table in profile.tables:
        table.rows.round(1).to_csv(folder / f"{table.breakdown.code}.csv", index_label="category", lineterminator="\n")
        draw_table(table, profile.name, folder / f"{table.breakdown.code}.svg")
    written[0].write_text(page(profile), encoding="utf-8")
    return sorted(folder.iterdir())


def indicator_frame(profile: Profile) -> pd.DataFrame:
    """Indicators as a table, figures as they may be shown."""
    return pd.DataFrame(
        {
            "code": figure.indicator.code,
            "title": figure.indicator.title,
            "percent": None if figure.percent is None else round(figure.percent),
            "days": None if figure.days is None else round(figure.days),
            "of_children": figure.of,
            "not_known_percent": None if figure.not_known is None else round(figure.not_known),
            "neighbours_middle_percent": None if figure.neighbours is None else round(figure.neighbours),
            "england_percent": None if figure.england is None else round(figure.england),
            "england_year": figure.england_year,
            "definition": figure.indicator.definition,
        }
        for figure in profile.figures
    )


def page(profile: Profile) -> str:
    """The page as HTML; it loads nothing from elsewhere."""
    title = f"{profile.name} on 31 March {profile.day.year}"
    parts = [
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        f"<style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>",
        f"<p>{escape(_neighbour_words(profile))}</p><p>{SMALL}</p>",
        "<h2>Indicators</h2>",
        _indicators(profile),
        "<h2>Children looked after, by year</h2>",
        _picture("years.svg", _years_words(profile)),
        _years(profile),
        *(_section(table, profile.name) for table in profile.tables),
        "<h2>Fostering</h2><p>Ofsted's year 2017 to 2018, the last that is published by authority, unless the row says otherwise.</p>",
        _fostering(profile),
        f'<p class="small">{escape(ATTRIBUTION)}</p></main></body></html>\n',
    ]
    return "\n".join(parts)


def _neighbour_words(profile: Profile) -> str:
    names = ", ".join(name for _, name in profile.neighbours)
    if not names:
        return "Beside it: England."
    how = "chosen by children, density, deprivation and town or country; not the Department for Education's own list"
    given = any(pd.isna(neighbour.distance) for neighbour, _ in profile.neighbours)
    return f"Beside it: England, and statistical neighbours ({'as named' if given else how}): {names}."


def _indicators(profile: Profile) -> str:
    rows = [
        (
            figure.indicator.title,
            _own(figure),
            "fewer than 10" if pd.isna(figure.of) else f"{figure.of:.0f}",
            _percent(figure.not_known, ""),
            _percent(figure.neighbours, NOT_PUBLISHED),
            _percent(figure.england, NOT_PUBLISHED) + (f" ({figure.england_year})" if figure.england_year else ""),
        )
        for figure in profile.figures
    ]
    header = ("", profile.name, "of children", "not known", "Neighbours, middle", "England")
    told = "".join(
        f"<dt>{escape(figure.indicator.title)}</dt><dd>{escape(figure.indicator.definition)}</dd>"
        for figure in profile.figures
    )
    return _table("Indicators", header, rows) + f"<details><summary>Definitions</summary><dl>{told}</dl></details>"


def _own(figure: Figure) -> str:
    return f"{figure.days:.0f} days" if figure.days is not None else _percent(figure.percent, NOT_SHOWN)


def _percent(value: float | None, otherwise: str) -> str:
    return otherwise if value is None or pd.isna(value) else f"{value:.0f}%"


def _section(table: Table, name: str) -> str:
    header = ("", "Count", name, f"{name}, published", "Neighbours, lowest", "middle", "highest", "England")
    rows = [
        (
            table.breakdown.words[str(code)],
            NOT_SHOWN if pd.isna(row["count"]) else f"{row['count']:.0f}",
            _percent(row.percent, NOT_SHOWN),
            *(_percent(row[column], NOT_PUBLISHED) for column in ("published", "neighbours_low", "neighbours_middle")),
            *(_percent(row[column], NOT_PUBLISHED) for column in ("neighbours_high", "england")),
        )
        for code, row in table.rows.iterrows()
    ]
    years = ", ".join(f"{what} {year}" for what, year in table.years.items() if year) or "nothing published"
    unit = "changes" if table.breakdown is CHANGES else "children"
    total = "fewer than 10" if pd.isna(table.total) else f"{table.total:.0f}"
    note = f"Of {total} {unit}. Years published: {years}. {table.breakdown.note}"
    return (
        f"<h2>{escape(table.breakdown.title)}</h2>"
        + _picture(f"{table.breakdown.code}.svg", alternative(table, name))
        + _table(table.breakdown.title, header, rows)
        + f'<p class="small">{escape(note)}</p>'
    )


def alternative(table: Table, name: str) -> str:
    """What the picture shows, in words."""
    told = []
    for code, row in table.rows.iterrows():
        words = f"{table.breakdown.words[str(code)]}: {name} {_percent(row.percent, NOT_SHOWN)}"
        if not pd.isna(row.neighbours_low):
            words += f", neighbours {row.neighbours_low:.0f} to {row.neighbours_high:.0f}%"
        if not pd.isna(row.england):
            words += f", England {row.england:.0f}%"
        told.append(words)
    return f"{table.breakdown.title}. {'; '.join(told)}."


def _years_words(profile: Profile) -> str:
    known = profile.rates.own.dropna()
    if known.empty:
        return "Children looked after for each 10,000 children, by year. The authority's own rates are not published."
    return (
        f"Children looked after for each 10,000 children: {profile.name} {known.iloc[0]:.0f} in {known.index[0]}, "
        f"{known.iloc[-1]:.0f} in {known.index[-1]}; England {profile.rates.england.dropna().iloc[-1]:.0f}."
    )


def _years(profile: Profile) -> str:
    columns = ["own", "return", "neighbours_low", "neighbours_middle", "neighbours_high", "england"]
    header = (
        "31 March",
        f"{profile.name}, published",
        "this return",
        "Neighbours, lowest",
        "middle",
        "highest",
        "England",
    )
    rows = [
        (str(year), *("" if pd.isna(row[column]) else f"{row[column]:.0f}" for column in columns))
        for year, row in profile.rates.iterrows()
    ]
    return _table("Children looked after for each 10,000 children", header, rows)


def _fostering(profile: Profile) -> str:
    columns = ["own", "neighbours_low", "neighbours_middle", "neighbours_high", "england"]
    header = ("", profile.name, "Neighbours, lowest", "middle", "highest", "England")
    rows = [
        (str(row["what"]), *(_percent(row[column], NOT_PUBLISHED) for column in columns))
        for _, row in profile.fostering.iterrows()
    ]
    return _table("Fostering", header, rows)


def _picture(file: str, words: str) -> str:
    return f'<figure><img src="{file}" alt="{escape(words)}"></figure>'


def _table(caption: str, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
