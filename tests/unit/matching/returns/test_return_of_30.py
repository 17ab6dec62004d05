"""Reading a year's CSV files, and several years together, for a profile."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from matching.errors import MatchingError, UnreadableFile
from matching.returns import read_history

FOLDER = Path(__file__).parents[3] / "data" / "return_of_30"


def copy(folder: Path, name: str = "year") -> Path:
    return Path(shutil.copytree(FOLDER, folder / name))


def test_modules_are_told_by_their_columns(tmp_path: Path) -> None:
    year = copy(tmp_path)
    (year / "episodes.csv").rename(year / "module 2.csv")
    read = read_history([year])
    assert (len(read.children), len(read.episodes), len(read.matched)) == (14, 30, 2)
    assert read.last_day == pd.Timestamp(2024, 3, 31)
    assert read.unaccompanied_on(pd.Timestamp(2024, 3, 31)) == {"A5"}
    assert read.episodes.ended.isna().sum() == 11


def test_a_later_year_closes_what_was_open_before(tmp_path: Path) -> None:
    """2023: A2's second row was not there and its first still open; together nothing is counted twice."""
    before, after = copy(tmp_path, "2023"), copy(tmp_path, "2024")
    lines = (before / "episodes.csv").read_text().splitlines()
    kept = [line for line in lines if line.startswith(("CHILD", "A1,", "A2,10/05/2020"))]
    (before / "episodes.csv").write_text("\n".join(line.replace("01/07/2023,X1,CREQB", ",,") for line in kept) + "\n")
    for folders in ([before, after], [after, before]):
        read = read_history(folders)
        assert len(read.episodes) == 30
        first = read.episodes[(read.episodes.child == "A2") & (read.episodes.started == "2020-05-10")]
        assert list(first.ended) == [pd.Timestamp(2023, 7, 1)]


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("episodes.csv", "01/06/2019", "06.2019", "episodes.csv, row 2, column DECOM: '06.2019': is no date"),
        ("episodes.csv", "01/06/2019", "31/06/2019", "row 2, column DECOM: '31/06/2019': is no date"),
        ("episodes.csv", "01/06/2019", "43617", "row 2, column DECOM: '43617': is no date"),
        ("episodes.csv", "A1,01/06/2019", ",01/06/2019", "row 2, column CHILD: may not be empty"),
        ("episodes.csv", "A1,01/06/2019", "A1,", "row 2, column DECOM: may not be empty"),
        ("episodes.csv", "PL_POST", "POST", "column PL_POST: the column is missing"),
        ("header.csv", "ETHNIC", "GROUP", "holds no file of children"),
        ("episodes.csv", "A1,01/06/2019", "A1,,,01/06/2019", "episodes.csv, row 2: has 15 cells; the header has 13."),
        ("header.csv", "WBRI", "WB\0", "holds NUL characters"),
        ("header.csv", "WBRI", "W" * 30_000, "a line longer than"),
    ],
)
def test_faults_are_named_and_nothing_is_read(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    year = copy(tmp_path)
    text = (year / file).read_text().replace(old, new, 1)
    (year / file).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UnreadableFile) as told:
        read_history([year])
    assert words in str(told.value)


def test_the_same_file_twice_counts_once_and_is_named(tmp_path: Path) -> None:
    year = copy(tmp_path)
    shutil.copy(year / "episodes.csv", year / "again.csv")
    read = read_history([year])
    assert len(read.episodes) == 30
    assert [q.rule for q in read.queries if "holds the same" in q.reason] == ["twice"]


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MatchingError, match="nothing: is missing"):
        read_history([tmp_path / "nothing"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(MatchingError, match="holds no CSV or XML file"):
        read_history([tmp_path / "empty"])


@pytest.mark.parametrize("how", ["semicolons", "bom", "windows", "crlf", "trailing blanks", "an iso date"])
def test_however_it_was_saved_it_is_the_same_return(tmp_path: Path, how: str) -> None:
    year = copy(tmp_path)
    text = (year / "episodes.csv").read_text()
    changed = {
        "semicolons": text.replace(",", ";").encode(),
        "bom": text.encode("utf-8-sig"),
        "windows": text.replace("HOME_POST", "HOME_POST ").encode("cp1252"),
        "crlf": text.replace("\n", "\r\n").encode(),
        "trailing blanks": (text.replace("\n", "  \n") + ",,,,,,,,,,,,\n").encode(),
        "an iso date": text.replace("01/06/2019", "2019-06-01").encode(),
    }[how]
    (year / "episodes.csv").write_bytes(changed)
    plain = read_history([copy(tmp_path, "plain")])
    pd.testing.assert_frame_equal(read_history([year]).episodes, plain.episodes)
