"""Where the command finds its reference data, places and policy."""

import os
from functools import lru_cache
from pathlib import Path

from matching.domain import Caseload, Place, WaterCrossing
from matching.errors import MatchingError
from matching.geo import Gazetteer, read_adjoining, read_crossings
from matching.io.caseload_csv import read_caseload
from matching.io.cells import CellFault, FindPlace
from matching.places import CellMap, PostcodeBook, School, read_schools
from matching.policy import Policy, read_policy

CELLS = "cells.csv"
URN_DIGITS = 6


def data_folder() -> Path:
    """The folder with `reference/` and `policies/`: PLACEMENTS_DATA, else `data/` beside the packages."""
    folder = Path(os.environ.get("PLACEMENTS_DATA", Path(__file__).resolve().parents[2] / "data"))
    if not (folder / "reference").is_dir():
        raise MatchingError(
            f"There is no reference data in {folder}. Set PLACEMENTS_DATA to the folder that holds reference/."
        )
    return folder


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Postcode areas, read once."""
    return Gazetteer.read(data_folder() / "reference")


@lru_cache(maxsize=1)
def postcode_book() -> PostcodeBook:
    """Every postcode, read once."""
    return PostcodeBook.read(data_folder() / "reference")


@lru_cache(maxsize=1)
def crossings() -> tuple[WaterCrossing, ...]:
    """The table of waters, read once."""
    return read_crossings(data_folder() / "reference")


def read_folder(folder: Path) -> Caseload:
    """Read a caseload folder, or a workbook of the same tables, with our postcodes, waters and map of authorities.

    A folder may have its own map of cells.
    """
    if folder.suffix.lower() == ".xlsx":
        from matching.io.workbook import as_folder  # half a second that folders need not wait for

        with as_folder(folder) as room:
            return read_folder(room)
    cells = CellMap.read(folder / CELLS) if (folder / CELLS).is_file() else None

    def find(text: str) -> Place | None:
        """The cell of that name, where there is a map of cells, else the place."""
        return (cells.find(text) if cells else None) or gazetteer().find(text)

    return _read(folder, find)


def read_exactly(folder: Path, schools: Path | None) -> Caseload:
    """Read a caseload folder with true locations, for use inside the trusted core alone."""
    by_number = read_schools(schools) if schools else {}
    return _read(folder, lambda text: _exact_place(text, by_number))


def _read(folder: Path, find: FindPlace) -> Caseload:
    return read_caseload(folder, find, crossings(), read_adjoining(data_folder() / "reference"))


def _exact_place(text: str, schools: dict[str, School]) -> Place:
    """A postcode at its own precision, or the postcode of a school by its number; raises `CellFault`."""
    if text.isascii() and text.isdigit() and len(text) == URN_DIGITS:
        text = _school_postcode(text, schools)
    found = postcode_book().look_up(text)
    if found.place is None or gazetteer().find(found.place.district) is None:
        raise CellFault(str(found.sentence), "Write a postcode in England, or leave it empty when not known.")
    return found.place


def _school_postcode(number: str, schools: dict[str, School]) -> str:
    school = schools.get(number)
    if school is None:
        raise CellFault("is not a school in your extract.", "Name the extract with --schools, or write the postcode.")
    if school.closed:
        raise CellFault("is the number of a closed school.", "Ask which school the child goes to now.")
    return school.postcode


def policy_of(chosen: Path | None, caseload_folder: Path) -> Policy:
    """The policy asked for, else the caseload's own, else the fostering policy."""
    own = caseload_folder / "policy.toml"
    if chosen is None and own.is_file():
        chosen = own
    return read_policy(chosen or data_folder() / "policies" / "fostering.toml")
