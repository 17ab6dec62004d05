"""Official downloads of *Children looked after in England* (explore education statistics) as counts of our names.

Their layout: one row for each year, area and characteristic, with `time_period`, `geographic_level`, `new_la_code`,
`cla_group`, `characteristic`, `number`. Symbols: c suppressed, z not applicable, x not available, k rounds to 0, : or
.. not available. A suppressed figure is read as not known, never as 0; k is known to be small and read as not known.
"""

from pathlib import Path

import pandas as pd

from matching.errors import Fault, MatchingError, UnreadableFile
from matching.frames import frame_of
from matching.published.series import ENGLAND, KEYS

SYMBOLS = frozenset({"c", "z", "x", "k", "u", "low", ":", "..", "-", "~", ""})
NEEDED = ("time_period", "geographic_level", "cla_group", "characteristic", "number")
LARGEST = 100_000_000
AGES = {
    "Under 1 year": "u1",
    "1 to 4 years": "a1_4",
    "5 to 9 years": "a5_9",
    "10 to 15 years": "a10_15",
    "16 years and over": "a16p",
}
LEAVING_AGES = {**{label: code for label, code in AGES.items() if code != "a16p"}, "16 years": "a16", "17 years": "a17"}
DISTANCES = {"1. 20 miles or less": "within_20", "2. Over 20 miles": "over_20"}
NEEDS = {f"N{number}": f"N{number}" for number in range(1, 9)}
PLACEMENTS = {
    "1.": "foster",
    "2.": "placed_for_adoption",
    "3.": "with_parents",
    "4.": "secure_and_childrens_homes",
    "5.": "supported_or_independent",
    "6.": "other_residential",
    "7.": "residential_school",
    "8.": "other",
}
# Table (by the name of its file) and group of characteristics to our prefix; labels by their beginning.
GROUPS = {
    ("on_31_march", "Age group"): ("stock.age", AGES),
    ("on_31_march", "Category of need"): ("stock.need", NEEDS),
    ("on_31_march", "Placement"): ("stock.placement", PLACEMENTS),
    ("started", "Age on starting"): ("started.age", AGES),
    ("started", "Category of need"): ("started.need", NEEDS),
    ("on_31_march", "All children"): ("stock.distance", DISTANCES),
    ("ceased", "Age on ceasing"): ("ceased.age", LEAVING_AGES),
}
TOTALS = {"Total", "Total children"}


def read_download(path: Path) -> pd.DataFrame:
    """Counts indexed by year and authority, named as in `Series.looked_after`; raises `UnreadableFile`.

    The table is told by the name of the file, as downloaded: it holds `on_31_march`, `started` or `ceased`.
    """
    table = _table(path)
    kind = next((word for word in ("on_31_march", "started", "ceased") if word in path.name.lower()), None)
    if kind is None:
        raise MatchingError(
            f"{path.name} is not one of the tables that are read: on 31 March, started, ceased. "
            "Keep the name that the file had when it was downloaded."
        )
    areas = table[table.geographic_level.isin(["National", "Local authority"])].copy()
    areas["authority"] = areas.get("new_la_code", pd.Series("", index=areas.index)).where(
        areas.geographic_level == "Local authority", ENGLAND
    )
    areas["year"] = _years(path, areas.time_period)
    areas["measure"] = [
        _measure(kind, group, label) for group, label in zip(areas.cla_group, areas.characteristic, strict=True)
    ]
    areas["count"] = _numbers(path, areas.number)
    wanted = areas.dropna(subset=["measure"])
    if wanted.empty:
        raise UnreadableFile((_fault(path, None, "characteristic", None, "holds no characteristic that we know."),))
    wide = wanted.groupby([*KEYS, "measure"])["count"].first().unstack("measure")
    return wide.dropna(axis=1, how="all")


def _table(path: Path) -> pd.DataFrame:
    if path.stat().st_size > LARGEST:
        raise UnreadableFile((_fault(path, None, None, None, "the file is larger than 100 MB."),))
    try:
        table = frame_of(path)
        table = table[(table != "").any(axis=1)]
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise UnreadableFile((_fault(path, None, None, None, "is not a CSV file in UTF-8."),)) from None
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise UnreadableFile(tuple(_fault(path, 1, name, None, "the column is missing.") for name in missing))
    return table


def _years(path: Path, text: pd.Series) -> pd.Series:
    """The year of 31 March: 2024 as it is, 202324 is the year ending 2024."""
    bad = ~text.str.fullmatch(r"20\d\d(\d\d)?")
    if bad.any():
        row = int(text.index[bad.to_numpy()][0])
        raise UnreadableFile((_fault(path, row + 2, "time_period", text[row], "is not a year."),))
    return text.str.slice(0, 2).add(text.str.slice(-2)).astype(int)


def _measure(kind: str, group: str, label: str) -> str | None:
    """Our name for a characteristic; totals are taken from the first group only."""
    name = {"on_31_march": "stock", "started": "started", "ceased": "ceased"}[kind]
    if label in TOTALS:
        return name if group.startswith("Age") else None
    prefix, labels = GROUPS.get((kind, group), ("", {}))
    words = label.replace("Total ", "")
    code = next((code for start, code in labels.items() if words.startswith(start)), None)
    return None if code is None else f"{prefix}.{code}"


def _numbers(path: Path, text: pd.Series) -> pd.Series:
    plain = text.str.replace(",", "").str.strip()
    known = ~plain.str.lower().isin(SYMBOLS)
    numbers = pd.to_numeric(plain.where(known), errors="coerce")
    bad = known & numbers.isna()
    if bad.any():
        row = int(text.index[bad.to_numpy()][0])
        raise UnreadableFile((_fault(path, row + 2, "number", text[row], "is neither a number nor a known symbol."),))
    return numbers


def _fault(path: Path, row: int | None, column: str | None, value: str | None, reason: str) -> Fault:
    way_out = "Use the file as downloaded from explore-education-statistics."
    return Fault(file=path.name, row=row, column=column, value=value, reason=reason, way_out=way_out)
