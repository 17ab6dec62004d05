"""`placements places` as a user meets it: postcodes, cells, journeys, schools, editions."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from matching.cli.places import data_folder
from tests.lib.command import placements
from tests.lib.route_server import running

STREETS = ["SO14 7LY", "SO17 1BJ", "SO16 6YD", "SO15 2JU", "SO19 9DA", "SO18 2NF"]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample city whose first homes have whole postcodes and whose first child's school has a number."""
    folder = tmp_path_factory.mktemp("city") / "caseload"
    assert placements("sample", str(folder), "--children", "6", "--homes", "40", "--seed", "3") == 0
    change(folder / "homes.csv", "place", {f"H{n:04}": STREETS[n % len(STREETS)] for n in range(1, 31)})
    change(folder / "children.csv", "school_place", {"C0001": "900001"})
    change(folder / "children.csv", "places_to_avoid", {"C0001": "SO17 1BJ"})
    return folder


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schools") / "extract.csv"
    path.write_text("URN,EstablishmentStatus (name),Postcode\n900001,Open,SO16 6YD\n900002,Closed,SO14 7LY\n")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def change(path: Path, column: str, values: dict[str, str]) -> None:
    found = rows(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, column: values.get(row["ref"], row[column])} for row in found)


@pytest.fixture(scope="module")
def located(city: Path, extract: Path) -> Path:
    out = city.parent / "located"
    assert placements("places", "locate", str(city), "--out", str(out), "--schools", str(extract)) == 0
    return out


def test_postcodes_need_no_quotes_and_say_the_edition(capsys: pytest.CaptureFixture[str]) -> None:
    assert placements("places", "SO14", "7LY", "SO45", "6AU", "--from", "SO17 1BJ") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "SO14 7LY is in Bargate ward, Southampton. precision unit, authority E06000045 Southampton" in told
    assert "It is in an adjoining authority. It is 4.4 miles in a straight line, not over 20." in told
    assert "minutes by road, an estimate" in told
    assert "Code-Point Open May 2025" in told
    assert "Contains OS data © Crown copyright" in told


def test_every_postcode_gets_an_answer_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["S0147LY", "EH1 1YZ", "PO30 1AA", "nonsense", "PO12"]
    assert placements("places", "find", *asked, "--authority", "Southampton", "--from", "SO14 7LY", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [place["precision"] for place in told["places"]] == [
        "unknown",
        "outcode",
        "terminated unit",
        "unknown",
        "outcode",
    ]
    assert told["places"][0]["suggestions"] == ["SO14 7LY"]
    assert told["places"][4]["from"]["over_20_miles"] is None
    assert "Open Government Licence" in told["attribution"]


def test_an_unknown_authority_is_a_fault_of_the_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert placements("places", "SO14 7LY", "--authority", "Atlantis") == 2
    assert "There is no upper-tier authority 'Atlantis'" in capsys.readouterr().err


def test_located_homes_have_cells_and_no_postcodes(located: Path) -> None:
    homes = {row["ref"]: row["place"] for row in rows(located / "homes.csv")}
    known = [place for place in homes.values() if place]
    assert all(place.endswith(" area") or " area" in place for place in known)
    assert min(known.count(place) for place in set(known)) >= 5
    text = "".join(path.read_text() for path in located.iterdir())
    assert not any(street in text for street in STREETS)
    assert {row["cell"] for row in rows(located / "cells.csv")} == set(known)


def test_schools_by_number_and_areas_to_avoid(located: Path) -> None:
    child = next(row for row in rows(located / "children.csv") if row["ref"] == "C0001")
    assert child["school_place"] == "SO16 6"
    assert child["places_to_avoid"] == "SO17 1"
    near = [row for row in rows(located / "relationships.csv") if row["of"] == "C0001" and row["tie"] == "no-contact"]
    assert len(near) >= 5  # a whole cell, so that the answer finds no home


def test_a_located_folder_plans_like_any_other(located: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = located.parent / "plan.json"
    assert placements("propose", str(located), "--out", str(plan)) == 0
    assert placements("check", str(located), str(plan)) == 0
    assert "Checker: sound" in capsys.readouterr().out


def test_the_map_stays_while_homes_join_and_is_redrawn_by_request(
    city: Path, located: Path, extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = [str(city), "--schools", str(extract), "--cells", str(located / "cells.csv")]
    assert placements("places", "locate", *again, "--out", str(tmp_path / "again")) == 0
    assert (tmp_path / "again" / "cells.csv").read_bytes() == (located / "cells.csv").read_bytes()
    change(city / "homes.csv", "place", {"H0031": "SO19 9DA"})  # a home moves; the map in --out stays in use
    assert placements("places", "locate", *again[:3], "--out", str(tmp_path / "again")) == 0
    assert (tmp_path / "again" / "cells.csv").read_bytes() == (located / "cells.csv").read_bytes()
    assert placements("places", "locate", *again, "--out", str(tmp_path / "redrawn"), "--redraw") == 0
    assert placements("places", "locate", str(city), "--out", str(tmp_path / "x"), "--redraw") == 2
    assert "Name it with --cells" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("school_place", "900009", "is not a school in your extract"),
        ("school_place", "900002", "is the number of a closed school"),
        ("home_place", "ZZ9 9ZZ", "We do not know the postcode ZZ9 9ZZ"),
        ("home_place", "EH1 1YZ", "EH1 1YZ is in Scotland"),
    ],
)
def test_a_place_that_is_not_known_refuses_the_whole_folder(
    city: Path, extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], column: str, value: str, words: str
) -> None:
    folder = Path(shutil.copytree(city, tmp_path / "faulty"))
    change(folder / "children.csv", column, {"C0002": value})
    out = tmp_path / "out"
    assert placements("places", "locate", str(folder), "--out", str(out), "--schools", str(extract)) == 2
    told = capsys.readouterr().err
    assert words in told
    assert f"column {column}" in told
    assert not out.exists()


def test_journeys_from_a_matrix_and_a_server(located: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(located, tmp_path / "located"))
    matrix = tmp_path / "matrix.csv"
    child = next(row for row in rows(folder / "children.csv") if row["ref"] == "C0001")
    cell = rows(folder / "cells.csv")[0]["cell"]
    matrix.write_text(f"from,to,minutes\n{child['home_place']},{cell.removesuffix(' area')},17\n")
    with running() as address:
        assert placements("places", "journeys", str(folder), "--matrix", str(matrix), "--server", address) == 0
    told = capsys.readouterr().out
    assert "1 journey between areas: matrix matrix.csv" in told
    assert "journeys between areas: osrm at 127.0.0.1" in told
    travel = rows(folder / "travel.csv")
    homes = {row["ref"] for row in rows(folder / "homes.csv") if row["place"] == cell}
    assert {row["minutes_to_home"] for row in travel if row["child"] == "C0001" and row["home"] in homes} == {"17.0"}


def test_a_server_that_fails_is_said_and_nothing_is_written_as_known(
    located: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(located, tmp_path / "located"))
    with running("refuses") as address:
        assert placements("places", "journeys", str(folder), "--server", address) == 0
    assert "refused with status 503. Another source stands in." in " ".join(capsys.readouterr().out.split())
    assert not (folder / "travel.csv").exists()
    assert placements("places", "journeys", str(folder), "--server", "https://router.example") == 2
    assert "not on the list of allowed servers" in capsys.readouterr().err
    assert placements("places", "journeys", str(folder)) == 2


def test_an_edition_that_broke_off_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "data"
    shutil.copytree(data_folder(), own)
    monkeypatch.setenv("PLACEMENTS_DATA", str(own))
    before = (own / "reference" / "postcodes.npz").read_bytes()
    source = tmp_path / "ONSPD.csv"
    source.write_text("pcds,doterm,lad25cd,wd25cd,east1m,north1m,gridind\nSO14 7LY,,E06000045,,441792,112191,1\n")
    assert placements("places", "update", "--from", str(source)) == 2
    assert "holds 1 English postcodes" in capsys.readouterr().err
    assert (own / "reference" / "postcodes.npz").read_bytes() == before
