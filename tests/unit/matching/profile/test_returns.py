"""Reading a year's CSV files, and several years together, for a profile."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from matching.errors import MatchingError, UnreadableFile
from matching.profile.returns import read_returns

FOLDER = Path(__file__).parents[3] / "data" / "return_of_30"


def copy(folder: Path, name: str = "year") -> Path:
    return Path(shutil.copytree(FOLDER, folder / name))


def test_modules_are_told_by_their_columns(tmp_path: Path) -> None:
    year = copy(tmp_path)
    (year / "episodes.csv").rename(year / "module 2.csv")
    read = read_returns([year])
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
        read = read_returns(folders)
        assert len(read.episodes) == 30
        first = read.episodes[(read.episodes.child == "A2") & (read.episodes.started == "2020-05-10")]
        assert list(first.ended) == [pd.Timestamp(2023, 7, 1)]


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("episodes.csv", "01/06/2019", "2019-06-01", "episodes.csv, row 2, column DECOM: '2019-06-01': is not a date"),
        ("episodes.csv", "A1,01/06/2019", ",01/06/2019", "row 2, column CHILD: may not be empty"),
        ("episodes.csv", "A1,01/06/2019", "A1,", "row 2, column DECOM: may not be empty"),
        ("episodes.csv", "PL_POST", "POST", "column PL_POST: the column is missing"),
        ("header.csv", "ETHNIC", "GROUP", "holds no file of children"),
        ("header.csv", "WBRI", "WB\udcff", "is not a CSV file in UTF-8"),
    ],
)
def test_faults_are_named_and_nothing_is_read(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    year = copy(tmp_path)
    text = (year / file).read_text().replace(old, new, 1)
    (year / file).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UnreadableFile) as told:
        read_returns([year])
    assert words in str(told.value)


def test_two_files_of_one_module_are_refused(tmp_path: Path) -> None:
    year = copy(tmp_path)
    shutil.copy(year / "episodes.csv", year / "again.csv")
    with pytest.raises(UnreadableFile, match="holds episodes, and so does"):
        read_returns([year])


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    with pytest.raises(MatchingError, match="is not a folder"):
        read_returns([tmp_path / "nothing"])
