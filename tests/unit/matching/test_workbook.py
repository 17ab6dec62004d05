"""The caseload as one workbook: empty to fill in, filled in the same as the folder, hostile ones refused unopened."""

import csv
import json
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from matching.cli import main
from matching.cli.places import data_folder, read_folder
from matching.domain import Caseload
from matching.errors import UnreadableFile
from matching.io.caseload_csv import FILES, fingerprint, write_caseload
from matching.io.rows import cells_of
from matching.io.workbook import write_template
from matching.synthetic import sample_caseload


@pytest.fixture(scope="module")
def sample() -> Caseload:
    return sample_caseload(data_folder() / "reference", children=12, homes=30, seed=4)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, sample: Caseload) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "caseload.xlsx"
    write_template(path, sample)
    return path


def fill(empty: Path, caseload: Caseload, path: Path) -> Path:
    """Fill in the template as people do: dates as dates, whole numbers as numbers."""
    book = load_workbook(empty)
    for name in FILES:
        sheet = book[name]
        columns = [cell.value for cell in sheet[1]]
        for number, row in enumerate(getattr(caseload, name), 2):
            cells: dict[str, Any] = {**cells_of(row), "as_of": caseload.as_of}
            for at, column in enumerate(columns, 1):
                sheet.cell(number, at, as_typed(cells.get(str(column))))
    book.save(path)
    return path


def as_typed(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    if text.isdigit() and (text == "0" or not text.startswith("0")):
        return int(text)
    if len(text) == 10 and text[4] == text[7] == "-":
        return date.fromisoformat(text)
    return text


def test_a_workbook_filled_in_is_the_same_caseload_as_the_folder(empty: Path, sample: Caseload, tmp_path: Path) -> None:
    write_caseload(sample, tmp_path / "folder")
    book = fill(empty, sample, tmp_path / "filled.xlsx")
    assert fingerprint(read_folder(book)) == fingerprint(read_folder(tmp_path / "folder"))


def test_the_template_says_what_each_column_means(empty: Path) -> None:
    book = load_workbook(empty)
    assert book.sheetnames == [*FILES, "dictionary"]
    children = book["children"]
    assert [cell.value for cell in children[1]][:3] == ["as_of", "ref", "date_of_birth"]
    assert "never a name" in children.cell(1, 2).comment.text
    lists = {str(rule.sqref): rule.formula1 for rule in children.data_validations.dataValidation}
    assert '"female,male,other"' in lists.values()
    examples = {(row[0].value, row[1].value): row[5].value for row in book["dictionary"].iter_rows(min_row=2)}
    assert examples["homes", "kind"] == "foster"


def test_faults_name_sheet_row_and_column(empty: Path, sample: Caseload, tmp_path: Path) -> None:
    path = fill(empty, sample, tmp_path / "faulty.xlsx")
    book = load_workbook(path)
    sheet = book["children"]
    columns = [cell.value for cell in sheet[1]]
    sheet.cell(4, columns.index("sex") + 1, "boy")
    sheet.cell(6, columns.index("date_of_birth") + 1, "03/04/2015")
    book.save(path)
    with pytest.raises(UnreadableFile) as refused:
        read_folder(path)
    told = [str(fault) for fault in refused.value.faults]
    assert any(one.startswith("faulty.xlsx, sheet children, row 4, column sex: 'boy'") for one in told)
    assert any(one.startswith("faulty.xlsx, sheet children, row 6, column date_of_birth: '03/04/2015'") for one in told)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_every_fault_goes_to_a_report_too(
    empty: Path, sample: Caseload, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, report = fill(empty, sample, tmp_path / "whole.xlsx"), tmp_path / f"faults.{form}"
    assert run(monkeypatch, "read", str(path), "--report", str(report)) == 0
    assert report.read_text() == ("[]\n" if form == "json" else "file,row,column,value,reason,way_out\n")
    book = load_workbook(path)
    book["children"].cell(3, 4, "boy")
    book.save(path)
    assert run(monkeypatch, "read", str(path), "--report", str(report)) == 2
    told = json.loads(report.read_text()) if form == "json" else list(csv.DictReader(report.read_text().splitlines()))
    assert [(one["file"], int(one["row"]), one["value"]) for one in told] == [("whole.xlsx, sheet children", 3, "boy")]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["placements", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_an_empty_row_between_keeps_the_numbers(empty: Path, sample: Caseload, tmp_path: Path) -> None:
    path = fill(empty, sample, tmp_path / "gap.xlsx")
    book = load_workbook(path)
    book["homes"].insert_rows(5)
    book["homes"].cell(8, 1, "")
    book.save(path)
    with pytest.raises(UnreadableFile, match="sheet homes, row 8, column ref"):
        read_folder(path)


def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(3):
            packed.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 90_000_000)
    started = time.perf_counter()
    with pytest.raises(UnreadableFile, match="would unpack to"):
        read_folder(path)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 nothing", b"children,homes\n", b"\xd0\xcf\x11\xe0 an old workbook"]
)
def test_what_is_no_workbook_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wrong.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="is no Excel workbook"):
        read_folder(path)


def test_a_workbook_of_something_else_says_what_is_missing(tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(UnreadableFile, match="other.xlsx, sheet children"):
        read_folder(tmp_path / "other.xlsx")


def test_the_command_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["placements", "template", "--out", str(tmp_path / "new" / "caseload.xlsx")])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert load_workbook(tmp_path / "new" / "caseload.xlsx").sheetnames[0] == "children"
