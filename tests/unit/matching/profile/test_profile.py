"""A profile of a generated return: tables equal plain counts, the page says what the pictures show."""

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from matching.places import PostcodeBook
from matching.profile.page import write_profile
from matching.profile.profile import Profile, Setting, neighbours_named, profile_of
from matching.published import Series, nearest
from tests.lib.builders import DATA
from tests.lib.returns import frames, random_return

DAY = pd.Timestamp(2024, 3, 31)
SOUTHAMPTON = "E06000045"


@pytest.fixture(scope="module")
def setting() -> Setting:
    series, book = Series.read(DATA / "reference" / "statistics"), PostcodeBook.read(DATA / "reference")
    among = set(series.looked_after.index.get_level_values("authority"))
    neighbours = neighbours_named(nearest(series.features, SOUTHAMPTON, among), book.authorities.listed.names)
    return Setting(SOUTHAMPTON, "Southampton", DAY, neighbours, series, book)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_return(tmp_path_factory.mktemp("return"), seed=1, children=650)


@pytest.fixture(scope="module")
def profile(setting: Setting, folder: Path) -> Profile:
    return profile_of(*frames(folder), setting)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plainly_here(folder: Path) -> list[dict[str, str]]:
    """The open rows at the end of the day, counted without the library: no row ends after the day."""
    return [row for row in rows(folder / "episodes.csv") if not row["DEC"] and row["LS"] not in ("V3", "V4")]


def test_tables_equal_plain_counts(profile: Profile, folder: Path) -> None:
    here = plainly_here(folder)
    tables = {table.breakdown.code: table for table in profile.tables}
    assert tables["placement"].total == 5 * round(len(here) / 5)
    foster = sum(row["PLACE"].startswith("U") for row in here)
    assert tables["placement"].rows.loc["foster", "count"] == 5 * round(foster / 5)
    own = sum(row["PLACE_PROVIDER"] == "PR1" for row in here)
    assert tables["provider"].rows.loc["own", "percent"] == pytest.approx(
        100 * 5 * round(own / 5) / (5 * round(len(here) / 5))
    )
    nowhere = sum(not row["HOME_POST"] for row in here)
    assert tables["distance"].rows.loc["not_known", "count"] == 5 * round(nowhere / 5)
    assert tables["distance"].years == {"published": 2022, "neighbours": 2022, "england": 2024}


def test_beside_it_stand_published_figures(profile: Profile) -> None:
    placement = next(table for table in profile.tables if table.breakdown.code == "placement").rows
    assert placement.loc["foster", "published"] == pytest.approx(100 * 430 / 561)
    assert placement.loc["foster", "england"] == pytest.approx(70, abs=0.5)
    assert (placement.neighbours_low <= placement.neighbours_high).sum() > 5
    figures = {figure.indicator.code: figure for figure in profile.figures}
    assert figures["over-20-miles"].england == 22
    assert figures["placements-in-year"].england == 10
    assert profile.fostering.loc["vacancy", "own"] == pytest.approx(100 * 40 / 385)
    assert profile.fostering.loc["siblings_to_plan", "england"] == pytest.approx(86.1, abs=0.1)
    assert profile.rates.loc[2022, "own"] == pytest.approx(1e4 * 561 / 49978)


def test_few_children_are_never_shown(profile: Profile, setting: Setting) -> None:
    for table in profile.tables:
        shown = table.rows["count"].dropna()
        assert (shown % 5 == 0).all()
    small = profile_of(*frames(Path(__file__).parents[3] / "data" / "return_of_30"), setting)
    assert all(figure.percent is None or figure.percent in (0, 100) or figure.of >= 10 for figure in small.figures)
    assert {figure.indicator.code: figure.percent for figure in small.figures}["placements-in-year"] is None


def test_the_folder_holds_page_tables_and_pictures(profile: Profile, tmp_path: Path) -> None:
    names = {path.name for path in write_profile(profile, tmp_path / "one")}
    codes = {table.breakdown.code for table in profile.tables}
    assert {f"{code}.csv" for code in codes} | {f"{code}.svg" for code in codes} < names
    page = (tmp_path / "one" / "profile.html").read_text()
    assert page.count("<img ") == page.count('alt="') == len(codes) + 1
    assert page.count("<table>") == len(codes) + 3  # each picture has its table beside it
    assert "Open Government Licence" in page
    assert not re.findall(r"https?://", page)
    assert "Foster carers: Southampton" in page
    for code in codes:
        assert f'src="{code}.svg"' in page
        assert (tmp_path / "one" / f"{code}.svg").read_text().count("<svg") == 1


def test_the_same_return_gives_the_same_bytes(profile: Profile, tmp_path: Path) -> None:
    one, two = ({p.name: p.read_bytes() for p in write_profile(profile, tmp_path / name)} for name in ("one", "two"))
    assert one == two


def test_no_childs_reference_or_postcode_is_written(profile: Profile, folder: Path, tmp_path: Path) -> None:
    text = "".join(path.read_text() for path in write_profile(profile, tmp_path))
    assert not any(row["CHILD"] in text for row in rows(folder / "header.csv"))
    assert not any(code in text for code in ("SO14 7LY", "RG21 4AH"))


def test_nothing_known_is_not_none(setting: Setting, folder: Path) -> None:
    """Without postcodes nobody is over 20 miles away, and that is not shown as 0%."""
    children, episodes = frames(folder)
    bare = profile_of(children, episodes.assign(home_postcode=None, placement_postcode=None), setting)
    figures = {figure.indicator.code: figure for figure in bare.figures}
    for code in ("over-20-miles", "inside-boundary"):
        assert figures[code].percent is None
        assert figures[code].not_known == 100
