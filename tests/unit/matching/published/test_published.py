"""Published series as shipped and as downloaded, and statistical neighbours."""

from pathlib import Path

import pandas as pd
import pytest

from matching.errors import MatchingError, UnknownReference, UnreadableFile
from matching.published import ENGLAND, Series, nearest, read_download
from tests.lib.builders import DATA

SOUTHAMPTON, HAMPSHIRE = "E06000045", "E10000014"
HEADER = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,new_la_code,old_la_code,"
    "la_name,cla_group,characteristic,number,percentage"
)
NATIONAL = "{year},Reporting year,National,E92000001,England,,,,,,{group},{label},{number},"
LOCAL = "{year},Reporting year,Local authority,E92000001,England,E12000008,South East,{code},852,Southampton,{group},{label},{number},"


@pytest.fixture(scope="module")
def series() -> Series:
    return Series.read(DATA / "reference" / "statistics")


@pytest.mark.parametrize(
    ("area", "year", "measure", "count"),
    [
        (SOUTHAMPTON, 2022, "stock", 561),
        (SOUTHAMPTON, 2018, "stock", 522),
        (SOUTHAMPTON, 2022, "started", 227),
        (SOUTHAMPTON, 2022, "ceased", 167),
        (SOUTHAMPTON, 2022, "stock.placement.foster", 430),
        (SOUTHAMPTON, 2022, "stock.locality.inside", 204),
        (SOUTHAMPTON, 2022, "stock.distance.over_20", 151),
        (SOUTHAMPTON, 2022, "stock.provider.own", 234),
        (SOUTHAMPTON, 2022, "stock.uasc", 26),
        (SOUTHAMPTON, 2021, "children_0_17", 49388),
        (ENGLAND, 2022, "stock", 82090),
        (ENGLAND, 2020, "stock", 80000),
    ],
)
def test_figures_are_those_published(series: Series, area: str, year: int, measure: str, count: int) -> None:
    assert series.looked_after.loc[(year, area), measure] == pytest.approx(count, abs=60 if area == ENGLAND else 0)
    assert series.latest(area, measure, year) == (year, series.looked_after.loc[(year, area), measure])


def test_fostering_costs_and_englands_shape(series: Series) -> None:
    own = series.fostering.loc[(2018, SOUTHAMPTON)]
    assert [own[name] for name in ("places_approved", "places_filled", "places_vacant", "places_not_available")] == [
        385,
        250,
        40,
        95,
    ]
    assert series.costs.loc[(2022, SOUTHAMPTON), "residential_unit_cost"] == 5700
    assert series.england_percent("change.PLACE", 2024) == (2024, 24.0)
    assert series.england_percent("three_or_more_placements", 2023) == (2023, 11.0)
    assert series.england_percent("long_term_stability", 2023) is None  # published for 2024
    assert series.england_percent("nothing", 2024) is None
    assert series.latest("E99999999", "stock", 2024) is None


def test_a_suppressed_count_is_not_zero(series: Series) -> None:
    assert pd.isna(series.looked_after.loc[(2022, SOUTHAMPTON), "started.need.N2"])
    assert series.looked_after.loc[(2022, SOUTHAMPTON), "started.need.N3"] == 0


def download(
    folder: Path, *lines: str, name: str = "la_cla_on_31_march_by_characteristics.csv", header: str = HEADER
) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8-sig")
    return path


def lines(year: str, group: str, counts: dict[str, str]) -> list[str]:
    return [
        LOCAL.format(year=year, code=SOUTHAMPTON, group=group, label=label, number=number)
        for label, number in counts.items()
    ]


def test_an_official_download_in_its_own_layout(tmp_path: Path, series: Series) -> None:
    path = download(
        tmp_path,
        *lines("202223", "Age group", {"Total children": "570", "Under 1 year": "30", "16 years and over": "c"}),
        *lines(
            "202223", "Placement", {"1. Total foster placements": "430", "1a Total foster placements inside": "200"}
        ),
        *lines("202223", "Placement", {"8. Total other placements": "z", "Total children": "570"}),
        *lines("202223", "Gender", {"Total children": "570", "Female": "250"}),
        NATIONAL.format(year="202223", group="Age group", label="Total children", number='"83,840"'),
    )
    table = read_download(path)
    own = table.loc[(2023, SOUTHAMPTON)]
    assert own["stock"] == 570
    assert own["stock.age.u1"] == 30
    assert own["stock.placement.foster"] == 430
    assert "stock.age.a16p" not in table  # suppressed for everybody
    assert table.loc[(2023, ENGLAND), "stock"] == 83840
    newer = series.with_download(table)
    assert newer.latest(SOUTHAMPTON, "stock", 2030) == (2023, 570.0)
    assert newer.latest(SOUTHAMPTON, "stock.distance.over_20", 2030) == (2022, 151.0)
    assert newer.latest(HAMPSHIRE, "stock", 2030) == series.latest(HAMPSHIRE, "stock", 2030)


def test_the_table_is_told_by_its_name(tmp_path: Path) -> None:
    rows = lines("2023", "Age on starting", {"Total children": "227", "Under 1 year": "43"})
    found = read_download(download(tmp_path, *rows, name="la_cla_started_to_be_looked_after.csv"))
    assert found.loc[(2023, SOUTHAMPTON), "started.age.u1"] == 43
    with pytest.raises(MatchingError, match="is not one of the tables"):
        read_download(download(tmp_path, *rows, name="download.csv"))


@pytest.mark.parametrize(
    ("rows", "header", "words"),
    [
        ([], HEADER.replace("cla_group,", ""), "cla_group: the column is missing"),
        (lines("23", "Age group", {"Total children": "1"}), HEADER, "row 2, column time_period: '23': is not a year"),
        (lines("2023", "Age group", {"Total children": "many"}), HEADER, "row 2, column number: 'many'"),
        (lines("2023", "Star sign", {"Aries": "12"}), HEADER, "holds no characteristic that we know"),
    ],
)
def test_a_faulty_download_is_refused(tmp_path: Path, rows: list[str], header: str, words: str) -> None:
    with pytest.raises(UnreadableFile) as told:
        read_download(download(tmp_path, *rows, header=header))
    assert words in str(told.value)


def test_neighbours_are_alike_and_london_is_apart(series: Series) -> None:
    among = set(series.looked_after.index.get_level_values("authority"))
    found = nearest(series.features, SOUTHAMPTON, among)
    assert len(found) == 10
    assert [one.distance for one in found] == sorted(one.distance for one in found)
    assert not any(one.authority in (SOUTHAMPTON, ENGLAND) or one.authority.startswith("E09") for one in found)
    assert all(one.authority in among for one in found)
    assert all(one.authority.startswith("E09") for one in nearest(series.features, "E09000028", among))
    urban = series.features.urban_share
    assert min(urban[one.authority] for one in found) > 0.9  # Southampton is all urban
    with pytest.raises(UnknownReference, match="--neighbours"):
        nearest(series.features, "E06000063", among)  # Cumberland: its children are not published for 2020


def test_missing_statistics_are_named(tmp_path: Path) -> None:
    with pytest.raises(MatchingError, match=r"looked_after\.csv is missing"):
        Series.read(tmp_path)
