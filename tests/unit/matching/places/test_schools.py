"""Schools from a GIAS extract; the schools here are invented, on real postcodes."""

from pathlib import Path

import pytest

from matching.errors import UnreadableFile
from matching.places import read_schools

HEADER = (
    "URN,LA (code),EstablishmentName,EstablishmentStatus (name),PhaseOfEducation (name),StatutoryLowAge,"
    "StatutoryHighAge,Postcode,HeadTitle (name),HeadFirstName,HeadLastName"
)


def extract(folder: Path, *lines: str, header: str = HEADER, encoding: str = "cp1252") -> Path:
    path = folder / "edubasealldata20260901.csv"
    path.write_bytes(("\r\n".join([header, *lines]) + "\r\n").encode(encoding))
    return path


def test_the_extract_as_downloaded(tmp_path: Path) -> None:
    path = extract(
        tmp_path,
        '900001,852,"Invented Café Primary, Southampton",Open,Primary,4,11,SO14 7LY,Ms,Ada,Invented',
        "900002,852,Old School,Closed,Secondary,11,16,SO17 1BJ,Mr,Bob,Invented",
        "900003,852,No Postcode,Open,Primary,4,11,,,,",
    )
    found = read_schools(path)
    assert set(found) == {"900001", "900002"}
    school = found["900001"]
    assert (school.name, school.postcode) == ("Invented Café Primary, Southampton", "SO14 7LY")
    assert (school.youngest, school.oldest, school.closed) == (4, 11, False)
    assert found["900002"].closed
    assert not any("Invented" in str(getattr(school, name)) for name in ("phase", "status", "postcode"))
    assert "Ada" not in repr(found)


def test_a_list_of_ones_own(tmp_path: Path) -> None:
    assert read_schools(extract(tmp_path, "900001,SO14 7LY", header="urn,postcode"))["900001"].name is None


@pytest.mark.parametrize(
    ("header", "lines", "words"),
    [
        ("URN,EstablishmentName", ["900001,A"], "column Postcode: the column is missing"),
        (HEADER, ["12,852,A,Open,Primary,4,11,SO14 7LY,,,"], "row 2, column URN: '12': is not a number of six digits"),
        (HEADER, ["900001,852,A,Open,Primary,4,11,SO14 7LY,,,"] * 2, "row 3, column URN: '900001': stands twice"),
        (HEADER, ["900001,852,A,Open,Primary,four,11,SO14 7LY,,,"], "'four': is not an age"),
        ("URN,Postcode", ["900001,SO14\x007LY"], "holds NUL"),
    ],
)
def test_faults_are_named(tmp_path: Path, header: str, lines: list[str], words: str) -> None:
    with pytest.raises(UnreadableFile) as told:
        read_schools(extract(tmp_path, *lines, header=header))
    assert words in str(told.value)
