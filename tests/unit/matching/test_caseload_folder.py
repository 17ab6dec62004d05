"""The caseload folder: what is written is read back; what is faulty is refused whole, and every fault is named."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from matching.domain import Caseload, Place
from matching.errors import Fault, UnreadableFile
from matching.io.caseload_csv import FILES, fingerprint, read_caseload, write_caseload
from tests.lib.random_caseloads import DISTRICT, PLACES, random_caseload

KNOWN = {place.postcode: place for place in (*PLACES, DISTRICT)}


def find(postcode: str) -> Place | None:
    return KNOWN.get(postcode)


def written(tmp_path: Path, seed: int = 1) -> Path:
    write_caseload(random_caseload(seed, children=5, homes=4, wild=0.3), tmp_path)
    return tmp_path


def refused(folder: Path) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as found:
        read_caseload(folder, find)
    return found.value


def rows_of(caseload: Caseload) -> dict[str, Counter[object]]:
    return {name: Counter(getattr(caseload, name)) for name in FILES}


@pytest.mark.parametrize("seed", range(60))
def test_a_written_caseload_is_read_back_as_it_was(seed: int, tmp_path: Path) -> None:
    caseload = random_caseload(seed, children=6, homes=5, wild=0.5)
    write_caseload(caseload, tmp_path)
    again = read_caseload(tmp_path, find)
    assert rows_of(again) == rows_of(caseload)
    assert again.as_of == caseload.as_of
    assert fingerprint(again) == fingerprint(caseload)


def test_the_order_of_rows_and_columns_plays_no_part(tmp_path: Path) -> None:
    folder = written(tmp_path)
    before = fingerprint(read_caseload(folder, find))
    head, *rows = (folder / "homes.csv").read_text(encoding="utf-8-sig").splitlines()
    assert not any('"' in line for line in (head, *rows)), "this test splits at commas"
    turned = [",".join(reversed(line.split(","))) for line in (head, *reversed(rows))]
    (folder / "homes.csv").write_text("\n".join(turned), encoding="utf-8")
    assert fingerprint(read_caseload(folder, find)) == before


HARM = [
    "",
    "?",
    "ö",
    "2026-02-30",
    "03/04/2024",
    "-1",
    "1e9",
    "=1+1",
    "x" * 5000,
    "yes,no",
    '"',
    "\x00",
    "\n",
    "٣",
    "NaN",
]


@pytest.mark.parametrize("seed", range(80))
def test_harm_to_any_cell_is_refused_with_its_place_or_read(seed: int, tmp_path: Path) -> None:
    """Whatever is written into a cell: a caseload or a list of faults, never another error."""
    draw, folder = random.Random(seed), written(tmp_path, seed % 7)
    file = draw.choice(sorted(path.name for path in folder.glob("*.csv")))
    lines = (folder / file).read_text(encoding="utf-8-sig").split("\n")
    number = draw.randrange(len([line for line in lines if line]))
    cells = lines[number].split(",")
    cells[draw.randrange(len(cells))] = draw.choice(HARM)
    lines[number] = ",".join(cells)
    (folder / file).write_text("\n".join(lines), encoding="utf-8")
    for fault in faults_in(folder):
        assert fault.file
        assert fault.reason
        assert fault.way_out


def faults_in(folder: Path) -> tuple[Fault, ...]:
    try:
        read_caseload(folder, find)
    except UnreadableFile as refusal:
        return refusal.faults or (Fault(file="", row=None, column=None, value=None, reason="", way_out=""),)
    return ()


def edit(folder: Path, file: str, change: Callable[[str], str]) -> Path:
    text = (folder / file).read_text(encoding="utf-8-sig")
    (folder / file).write_text(change(text), encoding="utf-8")
    return folder


def test_every_fault_of_every_file_is_named_at_once(tmp_path: Path) -> None:
    folder = written(tmp_path)
    edit(folder, "children.csv", lambda text: text.replace("C1,", "C1,", 1) + text.splitlines()[1] + "\n")
    edit(folder, "homes.csv", lambda text: text.replace("ref,", "reff,", 1))
    faults = refused(folder).faults
    assert {fault.file for fault in faults} >= {"children.csv", "homes.csv"}
    twice = next(fault for fault in faults if fault.file == "children.csv" and fault.column == "ref")
    assert "already" in twice.reason
    misspelt = next(fault for fault in faults if fault.file == "homes.csv" and "reff" in str(fault))
    assert "ref" in misspelt.way_out


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "placements.csv").unlink()
    assert any(fault.file == "placements.csv" for fault in refused(folder).faults)


def test_a_reference_to_nobody_is_refused(tmp_path: Path) -> None:
    def with_one_more(text: str) -> str:
        told = {"child": "C99", "home": "H1"}
        return text + ",".join(told.get(column, "") for column in text.splitlines()[0].split(",")) + "\n"

    assert "C99" in str(refused(edit(written(tmp_path), "placements.csv", with_one_more)))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text + "\n\n",
    ],
)
def test_a_byte_order_mark_other_line_ends_and_blank_lines_do_no_harm(
    change: Callable[[str], str], tmp_path: Path
) -> None:
    folder = written(tmp_path)
    before = fingerprint(read_caseload(folder, find))
    text = (folder / "children.csv").read_text(encoding="utf-8-sig")
    (folder / "children.csv").write_bytes(change(text).encode("utf-8"))
    assert fingerprint(read_caseload(folder, find)) == before


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    with pytest.raises(UnreadableFile, match="something else"):
        write_caseload(random_caseload(1, children=2, homes=2), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
