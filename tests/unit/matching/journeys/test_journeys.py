"""Journeys: estimated, from a matrix on file, from a real server in a process of its own, and one for another."""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from matching.domain import Place, Travel
from matching.errors import MatchingError, RoadsUnavailable, UnreadableFile
from matching.geo import Gazetteer, miles_between, read_crossings
from matching.journeys import Estimate, FirstOf, Journeys, Matrix, Remembered, RouteServer, ServerKind, journeys_of
from matching.pairs import Register
from matching.pairs.travel import family_home, minutes_to
from tests.lib.builders import a_caseload, a_child, a_home
from tests.lib.route_server import METRES_A_SECOND, running

REFERENCE = Path(__file__).parents[4] / "data" / "reference"
CROSSINGS = read_crossings(REFERENCE)
NAMES = ("SO14 7", "SO45 6", "PO12 1", "PO1 3", "PO30 1", "SO23 8")


@pytest.fixture(scope="module")
def places() -> list[Place]:
    gazetteer = Gazetteer.read(REFERENCE)
    return [gazetteer.places[name] for name in NAMES]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running() as address:
        yield address


def test_the_estimate_is_the_one_that_matching_makes(places: list[Place]) -> None:
    children = [a_child(f"C{n}", home_place=place) for n, place in enumerate(places)]
    homes = [a_home(f"H{n}", place=place) for n, place in enumerate(places)]
    register = Register(a_caseload(*children, *homes, crossings=CROSSINGS))
    told = Estimate(CROSSINGS).journeys(places, places)
    assert np.allclose(told.minutes, minutes_to(register.pairs(children), family_home))
    assert told.minutes[0, 1] > 20 > Estimate(()).journeys(places, places).minutes[0, 1]  # Hythe, round the water
    assert told.counts() == {Estimate(CROSSINGS).name: 36}


def test_a_matrix_is_read_by_sector_both_ways(tmp_path: Path, places: list[Place]) -> None:
    text = "from,to,minutes,miles\nSO14 7,SO45 6,31,14\nso23 8,SO14 7,24,\n"
    for path, data in ((tmp_path / "m.csv", text.encode()), (tmp_path / "m.csv.gz", gzip.compress(text.encode()))):
        path.write_bytes(data)
        told = Matrix.read(path).journeys(places, places)
        assert (told.minutes[0, 1], told.minutes[1, 0], told.minutes[0, 5]) == (31, 31, 24)
        assert np.isnan(told.minutes[0, 2])
        assert told.counts() == {f"matrix {path.name}": 4}


def test_a_cell_is_looked_up_by_the_sector_it_is_named_after(places: list[Place]) -> None:
    cell = Place(postcode="SO14 7 area", easting=0, northing=0, precision="cell")
    assert Matrix({("SO14 7", "SO45 6"): 31.0}, "m").journeys([cell], [places[1]]).minutes[0, 0] == 31


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b,c\n", "the first columns are not from, to, minutes"),
        ("from,to,minutes\nSO14 7,SO45 6,soon\n", "row 2: 'SO14 7,SO45 6,soon': minutes are not a number"),
        ("from,to,minutes\nSO14 7,SO45 6,-1\n", "minutes are not a number from 0 to 1440"),
        ("from,to,minutes\nSO14 7,SO45 6,1\nSO14 7,SO45 6,2\n", "row 3: 'SO14 7,SO45 6,2': contradicts"),
        ("from,to,minutes\nSO14 7\n", "does not name two sectors"),
    ],
)
def test_a_faulty_matrix_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "m.csv"
    path.write_text(text)
    with pytest.raises(UnreadableFile) as told:
        Matrix.read(path)
    assert words in str(told.value)


@pytest.mark.parametrize("kind", ServerKind)
def test_both_kinds_of_server_answer(server: str, places: list[Place], kind: ServerKind) -> None:
    told = RouteServer(server, kind).journeys(places, places[:2])
    east, north = (
        np.array([getattr(place, axis) for place in places], dtype=float) for axis in ("easting", "northing")
    )
    metres = miles_between(east[:, None], north[:, None], east[None, :2], north[None, :2]) * 1609.344
    assert told.minutes == pytest.approx(metres / METRES_A_SECOND / 60, rel=0.01, abs=0.01)


def test_large_tables_go_in_blocks_and_no_road_is_not_known(server: str) -> None:
    line = [Place(postcode=f"SO{n} 1", easting=440_000 + 100 * n, northing=110_000) for n in range(120)]
    north = Place(postcode="ZE1 0", easting=447_000, northing=1_141_000)
    told = RouteServer(server).journeys(line, [line[0], north])
    assert told.minutes[:, 0] == pytest.approx(np.arange(120) * 100 / METRES_A_SECOND / 60, rel=0.01, abs=0.01)
    assert np.isnan(told.minutes[:, 1]).all()


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("slow", "did not answer within 0.5 seconds"),
        ("drips", "did not answer within 0.5 seconds"),
        ("nonsense", "is not JSON"),
        ("no table", "is not a table of journeys"),
        ("short", "does not fit the question"),
        ("negative", "does not fit the question"),
        ("large", "is too large"),
        ("refuses", "refused with status 503"),
        ("redirects", "refused with status 302"),
    ],
)
def test_what_a_server_fails_to_answer_is_estimated_and_said(places: list[Place], mode: str, words: str) -> None:
    estimate, patience = Estimate(CROSSINGS), 0.5 if "0.5 seconds" in words else 60.0
    with running(mode) as address:
        told = FirstOf((RouteServer(address, seconds=patience), estimate)).journeys(places, places)
    assert np.array_equal(told.minutes, estimate.journeys(places, places).minutes)
    assert words in str(told.notes[0])
    assert "Another source stands in" in str(told.notes[0])
    assert told.counts()[estimate.name] == 36


def test_a_server_that_is_not_there(places: list[Place]) -> None:
    with pytest.raises(RoadsUnavailable, match="can not be reached"):
        RouteServer("http://127.0.0.1:9").journeys(places[:1], places[1:2])


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://router.example", "not on the list of allowed servers"),
        ("https://127.0.0.1.example", "not on the list of allowed servers"),
        ("http://allowed.example", "must begin with https"),
        ("ftp://127.0.0.1", "not a plain http address"),
        ("http://user:word@127.0.0.1", "not a plain http address"),
        ("127.0.0.1:5000", "not a plain http address"),
        ("", "not a plain http address"),
    ],
)
def test_only_this_machine_and_named_ones_over_https(address: str, words: str) -> None:
    with pytest.raises(MatchingError, match=words):
        RouteServer(address, allowed=frozenset({"allowed.example"}))
    assert RouteServer("https://allowed.example", allowed=frozenset({"allowed.example"})).name


def test_a_postcodes_own_grid_reference_is_never_sent(server: str) -> None:
    exact = Place(postcode="SO14 7LY", easting=441_792, northing=112_191, precision="unit")
    with pytest.raises(MatchingError, match="never sent"):
        RouteServer(server).journeys([exact], [exact])


@dataclass
class Counted:
    """A source that counts what it is asked."""

    name: str = "counted"
    asked: list[int] = field(default_factory=list)

    def journeys(self, starts: Sequence[Place], ends: Sequence[Place]) -> Journeys:
        self.asked.append(len(starts) * len(ends))
        return Journeys.of(np.full((len(starts), len(ends)), 7.0), self.name)


def test_nothing_is_asked_twice(places: list[Place]) -> None:
    roads = Counted()
    remembered = Remembered(roads)
    for _ in range(3):
        assert (remembered.journeys(places[:2], places).minutes == 7).all()
    remembered.journeys(places[:3], places)
    assert roads.asked == [12, 6]


def test_a_caseload_is_filled_and_what_was_given_stays(places: list[Place]) -> None:
    caseload = a_caseload(
        a_child("C1", home_place=places[0], school_place=places[5]),
        a_home("H1", place=places[1]),
        a_home("H2", place=places[2]),
        a_home("H3", place=None),
        travel=(Travel(child="C1", home="H1", minutes_to_home=55.0, miles_to_home=3.0),),
    )
    estimate = Estimate(CROSSINGS)
    matrix = Matrix({("SO14 7", "SO45 6"): 31.0, ("SO14 7", "PO12 1"): 40.0, ("SO23 8", "SO45 6"): 35.0}, "m")
    found = journeys_of(caseload, FirstOf((matrix, estimate)), left_out=estimate.name)
    rows = {row.home: row for row in found.travel}
    assert set(rows) == {"H1", "H2"}
    assert (rows["H1"].minutes_to_home, rows["H1"].miles_to_home, rows["H1"].minutes_to_school) == (55.0, 3.0, 35.0)
    assert (rows["H2"].minutes_to_home, rows["H2"].minutes_to_school) == (40.0, None)  # estimated: left to matching
    assert found.counts == {"m": 3, estimate.name: 1}
    assert any("1 journey is not known to m" in str(note) for note in found.notes)
