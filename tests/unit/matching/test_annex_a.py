"""Annex A: children who wait and adopters who wait, whatever the layout; what the lists do not hold is asked."""

import random
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from matching.again import base_of
from matching.cli import main
from matching.cli.places import data_folder
from matching.domain import HomeKind, LegalStatus, Standing
from matching.errors import UnreadableFile
from matching.io.annex_a import read_annex_a
from matching.planning import prepare
from matching.policy import read_policy

SAMPLE = Path(__file__).parents[2] / "data" / "annex-a" / "Annex_A_2024_Jan.xlsx"
DAY = date(2024, 1, 31)
CHILD = ["Child Unique ID", "Family identifier", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)", "Does the Child have a Disability", "Date the Child Entered Care", "Date of Decision that Child Should be Placed for Adoption", "Date of Placement Order", "Date of Matching Child and Prospective Adopters", "Date Placed for Adoption", "Date of Adoption Order", "Date of Decision that Child Should No Longer be Placed for Adoption"]  # fmt: skip
ADOPTER = ["Individual adopter identifier", "Family identifier", "Gender", "Is the (prospective) adopter fostering for adoption?", "Date application approved", "Date adopter matched with child(ren)", "Date child/children placed with adopter(s)", "Date of leaving adoption process"]  # fmt: skip
D = datetime
CHILDREN: list[list[Any]] = [
    ["C1", None, "a) Male", "WBRI", D(2021, 5, 1), 2, "b) No", D(2022, 1, 1), D(2023, 6, 1), D(2023, 7, 1), None, None, None, None],
    ["C2", "F1", "Female", "WBRI", D(2020, 5, 1), 3, "Y", D(2022, 1, 1), D(2023, 6, 1), D(2023, 7, 1), D(2023, 12, 1), None, None, None],
    ["C3", None, "b) Female", "WBRI", "14/02/2022", 1, "", D(2022, 3, 1), D(2023, 9, 1), None, None, None, None, None],
    ["C4", "F9", "Male", "WBRI", D(2019, 5, 1), 4, "No", D(2020, 1, 1), D(2021, 6, 1), D(2021, 7, 1), D(2021, 8, 1), D(2021, 9, 1), D(2022, 9, 1), None],
    ["C5", None, "Male", "WBRI", D(2018, 5, 1), 5, "No", D(2020, 1, 1), D(2021, 6, 1), D(2021, 7, 1), None, None, None, D(2023, 1, 1)],
]  # fmt: skip
ADOPTERS: list[list[Any]] = [
    [101, "F1", "Male", "No", D(2023, 3, 1), D(2023, 12, 1), None, None],
    [102, "F1", "Female", "No", D(2023, 3, 1), D(2023, 12, 1), None, None],
    [103, "F2", "Female", "a) Yes", D(2023, 10, 1), None, None, None],
    [104, "F3", "Female", "No", None, None, None, None],
    [105, "F4", "Female", "No", D(2022, 10, 1), None, None, D(2023, 1, 1)],
]


def made(path: Path, *, seed: int = 0, rows_above: int = 0, titles: tuple[str, str] = ("List 10", "List 11")) -> Path:
    """A workbook with its columns in another order, headings lower down and cells merged above them."""
    book = Workbook()
    for title, headings, rows in zip(titles, (CHILD, ADOPTER), (CHILDREN, ADOPTERS), strict=True):
        sheet = book.create_sheet(title)
        order = list(range(len(headings)))
        random.Random(seed).shuffle(order)
        for number in range(rows_above):
            sheet.cell(number + 1, 1, "Annex A: please fill in every column")
            sheet.merge_cells(start_row=number + 1, start_column=1, end_row=number + 1, end_column=6)
        for at, row in enumerate([headings, *rows], rows_above + 1):
            for column, source in enumerate(order, 1):
                sheet.cell(at, column, row[source])
    care = book.create_sheet("List 8")
    care.append(["Child Unique ID", "Date Started to be Looked After", "Child's Legal Status", "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N))"])  # fmt: skip
    care.append(["C3", D(2022, 3, 1), "C2: FCO", "b) No"])
    book.save(path)
    return path


@pytest.mark.parametrize(("seed", "above", "titles"), [(0, 0, ("List 10", "List 11")), (1, 3, ("10. Adoption", "11"))])
def test_who_waits_is_read_whatever_the_layout(tmp_path: Path, seed: int, above: int, titles: tuple[str, str]) -> None:
    found = read_annex_a(made(tmp_path / "annex.xlsx", seed=seed, rows_above=above, titles=titles), DAY)
    children, homes = {c.ref: c for c in found.caseload.children}, {h.ref: h for h in found.caseload.homes}
    assert set(children) == {"C1", "C2", "C3"}
    assert set(homes) == {"F1", "F2"}
    assert children["C1"].legal_status is LegalStatus.PLACEMENT_ORDER
    assert children["C3"].legal_status is LegalStatus.FULL_CARE_ORDER, "as list 8 has it"
    assert (children["C3"].uasc, children["C1"].uasc) == (False, None)
    assert children["C3"].date_of_birth == date(2022, 2, 14)
    assert children["C2"].disabled is True
    assert children["C3"].disabled is None
    assert (homes["F1"].carers, homes["F1"].kind) == (2, HomeKind.ADOPTIVE)
    assert homes["F2"].early_permanence is True
    (link,) = found.caseload.placements
    assert (link.child, link.home, link.standing) == ("C2", "F1", Standing.LINKED)


def test_what_is_missing_is_asked_and_never_made_up(tmp_path: Path) -> None:
    found = read_annex_a(made(tmp_path / "annex.xlsx"), DAY)
    asked = " ".join(map(str, found.questions))
    assert "brothers and sisters" in asked
    assert "C3: is there a placement order or the parents' consent?" in asked
    assert "C1: is there" not in asked
    assert all(home.bedrooms is None and home.places_free is None for home in found.caseload.homes)
    assert "2 children are placed or adopted already" in " ".join(map(str, found.left_out))
    policy = read_policy(data_folder() / "policies" / "adoption.toml")
    assert base_of(prepare(found.caseload, policy)).home_of == {}, "nobody is placed on what is not known"


def test_the_open_sample_holds_nobody_who_waits() -> None:
    """Five children, all adopted; five adopters, all with a child: read by hand."""
    found = read_annex_a(SAMPLE, DAY)
    assert (found.caseload.children, found.caseload.homes) == ((), ())
    assert [str(one)[:2] for one in found.left_out] == ["5 ", "5 "]


def test_faults_name_sheet_and_row(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(CHILD)
    sheet.append(["C1", None, "Male", "WBRI", "31/02/2021", 2, "No", None, "soon"])
    book.save(tmp_path / "faulty.xlsx")
    with pytest.raises(UnreadableFile) as refused:
        read_annex_a(tmp_path / "faulty.xlsx", DAY)
    told = [str(fault) for fault in refused.value.faults]
    assert any("sheet Sheet, row 2, column born: '31/02/2021': is no date" in one for one in told)
    assert any("column decided: 'soon'" in one for one in told)
    assert any("has no list of adopters" in one for one in told)


def test_the_command_writes_a_caseload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(tmp_path / "annex.xlsx")
    monkeypatch.setattr("sys.argv", ["placements", "annex-a", str(path), "--out", str(tmp_path / "adoption"), "--as-of", "2024-01-31"])  # fmt: skip
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert "3 children wait for adopters, 2 families" in " ".join(capsys.readouterr().out.split())
    assert (tmp_path / "adoption" / "children.csv").is_file()
