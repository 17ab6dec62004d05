"""Making a profile and showing its indicators on the screen."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from matching.cli.places import data_folder, postcode_book
from matching.errors import MatchingError
from matching.places import AuthorityCodes
from matching.profile.page import NOT_SHOWN, write_profile
from matching.profile.profile import Figure, Profile, Setting, neighbours_named, profile_of
from matching.published import Neighbour, Series, nearest, read_download
from matching.returns import History, read_history


def make_profile(
    returns: Sequence[Path],
    authority: str,
    out: Path,
    year: int | None,
    neighbours: str | None,
    statistics: Sequence[Path],
) -> tuple[Profile, Path, int]:
    """The profile, the folder it was written to, and how many files."""
    read = read_history(returns)
    series = Series.read(data_folder() / "reference" / "statistics")
    for path in statistics:
        series = series.with_download(read_download(path))
    book = postcode_book()
    code = book.authorities.named(authority)
    day = _day(read, year)
    setting = Setting(
        authority=code,
        name=book.authorities.name(code) or code,
        day=day,
        neighbours=neighbours_named(
            _neighbours(series, code, neighbours, book.authorities), book.authorities.listed.names
        ),
        series=series,
        book=book,
    )
    made = profile_of(
        read.children,
        read.episodes,
        setting,
        unaccompanied=read.unaccompanied_on(day),
        matched=read.matched if len(read.matched) else None,
    )
    written = write_profile(made, out)
    return made, out, len(written)


def _day(read: History, year: int | None) -> pd.Timestamp:
    """The 31 March to show; a year before or after the returns is refused."""
    newest = read.last_day
    if year is None:
        return newest
    first = read.episodes.started.min()
    day = pd.Timestamp(year, 3, 31)
    if not first <= day <= newest:
        raise MatchingError(f"The returns are of {first.year} to {newest.year}; there is no 31 March {year} in them.")
    return day


def _neighbours(series: Series, code: str, named: str | None, authorities: AuthorityCodes) -> list[Neighbour]:
    if named is not None:
        return [Neighbour(authorities.named(one), float("nan")) for one in named.split(",") if one.strip()]
    among = set(series.looked_after.index.get_level_values("authority"))
    return nearest(series.features, code, among)


def show(made: Profile, out: Path, files: int) -> None:
    """The indicators as a table, and where the rest is."""
    table = Table(title=f"{made.name} on 31 March {made.day.year}")
    for heading in ("", made.name, "Not known", "Neighbours", "England"):
        table.add_column(heading, justify="left" if not heading else "right")
    for figure in made.figures:
        beside = (_percent(figure.not_known), _percent(figure.neighbours), _percent(figure.england))
        table.add_row(figure.indicator.title, _own(figure), *beside)
    Console().print(table)
    Console().print(f"{files} files in {out}; open {out / 'profile.html'}.")


def _own(figure: Figure) -> str:
    return f"{figure.days:.0f} days" if figure.days is not None else _percent(figure.percent) or NOT_SHOWN


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}%"
