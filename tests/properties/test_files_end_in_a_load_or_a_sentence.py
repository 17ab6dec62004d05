"""Whatever bytes a file of places, journeys, statistics or returns holds: it is read, or a named fault is told."""

import gzip
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from matching.errors import MatchingError
from matching.journeys import Matrix
from matching.places import CellMap, read_schools
from matching.places.edition import Edition
from matching.places.making import from_directory
from matching.published import read_download
from matching.returns import read_history

ROUNDS = 2_000 if os.environ.get("NIGHTLY") else 60
RETURN = Path(__file__).parents[1] / "data" / "return_of_30" / "episodes.csv"
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


READERS: dict[str, tuple[str, bytes, Read]] = {
    "matrix": ("matrix.csv", MATRIX, Matrix.read),
    "packed matrix": ("matrix.csv.gz", gzip.compress(MATRIX), Matrix.read),
    "schools": ("schools.csv", SCHOOLS, read_schools),
    "cells": ("cells.csv", CELLS, CellMap.read),
    "edition": ("postcodes.npz", b"PK\x03\x04", Edition.read),
    "directory": ("ONSPD.csv", DIRECTORY, lambda path: from_directory(path, {"E06000045": "E06000045"}, fewest=0)),
    "statistics": ("cla_on_31_march.csv", STATISTICS, read_download),
    "return": ("episodes.csv", RETURN.read_bytes()[:900], read_year),
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


@pytest.mark.parametrize("name", [name for name in READERS if name not in ("edition", "packed matrix", "directory")])
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
