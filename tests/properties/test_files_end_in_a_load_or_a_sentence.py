"""Whatever bytes a file of places, journeys, statistics or returns holds: it is read, or a named fault is told."""

import gzip
import io
import os
import random
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from matching.errors import MatchingError
from matching.io.annex_a import read_annex_a
from matching.io.mapping import read_mapped, read_mapping
from matching.io.providers import read_providers
from matching.journeys import Matrix
from matching.places import CellMap, read_schools
from matching.places.edition import Edition
from matching.places.making import from_directory
from matching.published import read_download
from matching.returns import read_history
from tests.unit.matching.test_mapping import FIND, MAPPING, REGISTER

ROUNDS = 2_000 if os.environ.get("NIGHTLY") else 60
SAMPLES = Path(__file__).parents[1] / "data"
RETURN = SAMPLES / "return_of_30" / "episodes.csv"
XML = next((SAMPLES / "returns" / "xml").glob("*.xml")).read_bytes()[:4_000].rsplit(b"<CHILD>", 1)[0] + b"</EXPSSDA903>"
MATRIX = b"from,to,minutes\nSO14 7,SO45 6,31\nSO14 7,PO1 2,42\n"
SCHOOLS = b"URN,EstablishmentName,EstablishmentStatus (name),StatutoryLowAge,Postcode\n900001,A,Open,4,SO14 7LY\n"
CELLS = b"cell,easting,northing,authority,sector,part_authority\nSO14 7 area,441900,112100,E06000045,SO14 7,E06000045\n"
DIRECTORY = b"pcds,doterm,lad25cd,wd25cd,east1m,north1m,gridind\nSO14 7LY,,E06000045,E05015491,441792,112191,1\n"
STATISTICS = b"time_period,geographic_level,new_la_code,cla_group,characteristic,number\n2023,National,,Age group,Total children,9\n"
NASTY = (
    b"\x00",
    b'"',
    b",",
    b"\r",
    b"\n",
    b"\xff",
    b";",
    b"\xe2\x80\xae",
    b"9" * 400,
    b"-",
    b"=",
    b"nan",
    b"\xef\xbb\xbf",
    b"A" * 200_000,
)
Read = Callable[[Path], object]


def read_year(path: Path) -> object:
    path.with_name("header.csv").write_text("CHILD,DOB,ETHNIC\nA1,01/05/2012,WBRI\n")
    return read_history([path.parent])


def read_register(path: Path) -> object:
    path.with_name("register.toml").write_text(MAPPING)
    return read_mapped(path, read_mapping(path.with_name("register.toml")), FIND)


def spoilt_inside(data: bytes, chance: random.Random) -> bytes:
    """A workbook whose parts are spoilt and packed again, as a broken program would write it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        broken = chance.choice([name for name in names if name.endswith(".xml")])
        for name in names:
            part = old.read(name)
            new.writestr(name, spoilt(part, chance) if name == broken else part)
    return made.getvalue()


WORKBOOKS: dict[str, tuple[Path, Read]] = {
    "annex a": (SAMPLES / "annex-a" / "Annex_A_2024_Jan.xlsx", lambda path: read_annex_a(path, date(2024, 1, 31))),
    "providers": (SAMPLES / "providers" / "scp_fake.xlsx", read_providers),
}


READERS: dict[str, tuple[str, bytes, Read]] = {
    "matrix": ("matrix.csv", MATRIX, Matrix.read),
    "packed matrix": ("matrix.csv.gz", gzip.compress(MATRIX), Matrix.read),
    "schools": ("schools.csv", SCHOOLS, read_schools),
    "cells": ("cells.csv", CELLS, CellMap.read),
    "edition": ("postcodes.npz", b"PK\x03\x04", Edition.read),
    "directory": ("ONSPD.csv", DIRECTORY, lambda path: from_directory(path, {"E06000045": "E06000045"}, fewest=0)),
    "statistics": ("cla_on_31_march.csv", STATISTICS, read_download),
    "return": ("episodes.csv", RETURN.read_bytes()[:900], read_year),
    "return as XML": ("return.xml", XML, lambda path: read_history([path])),
    "mapped table": ("register.csv", REGISTER.encode(), read_register),
}


def spoilt(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few pieces cut, doubled or replaced by something nasty."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data) + 1)
        length = chance.choice([0, 1, 5, 40])
        data = data[:at] + chance.choice([b"", data[at : at + length] * 2, *NASTY]) + data[at + length :]
    return data


@pytest.mark.parametrize("name", READERS)
def test_any_bytes(name: str, tmp_path: Path) -> None:
    file, data, read = READERS[name]
    chance = random.Random(name)
    told: list[str] = []
    for _ in range(ROUNDS):
        path = tmp_path / file
        path.write_bytes(spoilt(data, chance))
        try:
            read(path)
        except MatchingError as fault:
            told.append(str(fault))
    assert len(told) > ROUNDS / 10
    assert all(sentence and "A" * 200 not in sentence for sentence in told), "a long value is repeated whole"


@pytest.mark.parametrize("name", WORKBOOKS)
def test_any_workbook(name: str, tmp_path: Path) -> None:
    """Spoilt as a packed file, and spoilt inside: a load or a sentence, whatever the library behind it raises."""
    sample, read = WORKBOOKS[name]
    data, chance, told = sample.read_bytes(), random.Random(name), list[str]()
    for number in range(ROUNDS // 2):
        path = tmp_path / "spoilt.xlsx"
        path.write_bytes((spoilt if number % 2 else spoilt_inside)(data, chance))
        try:
            read(path)
        except MatchingError as fault:
            told.append(str(fault))
    assert len(told) > ROUNDS / 20


@pytest.mark.parametrize(
    "name", [name for name in READERS if name not in ("edition", "packed matrix", "directory", "return as XML")]
)
def test_a_hundred_megabytes_are_refused_unread(name: str, tmp_path: Path) -> None:
    file, _, read = READERS[name]
    with (tmp_path / file).open("wb") as large:
        large.truncate(100_000_001)
    with pytest.raises(MatchingError, match="100 MB"):
        read(tmp_path / file)


def test_a_packed_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "matrix.csv.gz"
    with gzip.open(path, "wb", compresslevel=9) as packed:
        for _ in range(110):
            packed.write(b"\0" * 1_000_000)
    assert path.stat().st_size < 200_000
    with pytest.raises(MatchingError, match="larger than 100 MB"):
        Matrix.read(path)
