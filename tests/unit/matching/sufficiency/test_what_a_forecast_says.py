"""What a forecast says: pictures, sentences, files, and who is expected in the next weeks."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from openpyxl import load_workbook
from pypdf import PdfReader

from matching.sufficiency.forecast import City, Forecast, forecast
from matching.sufficiency.next_month import MONTH, expected_children
from matching.sufficiency.sentences import _apart, _best_scenario, sentences
from matching.sufficiency.summary import MOST_LETTERS
from tests.lib.command import placements


def test_one_line_gives_a_picture_and_sentences_say_the_range(made: Forecast) -> None:
    picture = made.plot()
    shown = picture._repr_html_()
    assert f'alt="{picture.alt}"' in shown
    assert "The table behind it" in shown
    figure = picture.figure
    assert figure.axes[0].get_title(loc="left") == "Children in care"
    assert len(figure.axes[0].lines) == 3
    said = sentences(made)
    assert "in 8 of 10 runs" in said["short"][0]
    assert any(sentence.startswith("recruit: ") for sentence in said["money"])
    assert any("borrowed or assumed" in warning for warning in made.warnings)


def test_the_command_writes_tables_pictures_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text('name = "Recruit"\n[[supply.campaigns]]\nprofile = "teenagers"\nhomes = 10\n')
    caseload, out = tmp_path / "city", tmp_path / "out"
    assert placements("sample", str(caseload), "--children", "5", "--homes", "40") == 0
    asked = ["--caseload", str(caseload), "--scenario", str(tmp_path / "s.toml"), "--years", "1", "--runs", "4"]
    assert placements("forecast", *asked, "--out", str(out)) == 0
    written = {path.name for path in out.iterdir()}
    assert {"answers.csv", "assumptions.csv", "sufficiency.xlsx", "map.svg", "children-in-care.png"} <= written
    page = (out / "sufficiency.html").read_text()
    assert 'alt="Children in care in year 1.' in page
    assert "Assumptions" in page
    paper = PdfReader(out / "sufficiency.pdf")
    assert len(paper.pages) == 4
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = " ".join("".join(one.extract_text() for one in paper.pages).split())
    for sentence in (
        "Most places are needed for",
        "On the duty desk",
        "No history was given: who comes",
        "staying put at 18",
        "A named person decides".lower(),
    ):
        assert sentence.lower() in text.lower()
    captured = capsys.readouterr()
    assert "start with sufficiency.html or sufficiency.pdf" in "".join(captured.out.replace("\n", " "))
    assert "4 runs: the ends of the ranges are rough" in captured.err
    sheet = load_workbook(out / "sufficiency.xlsx")["assumptions"]
    assert sheet.column_dimensions["F"].width == MOST_LETTERS, "sources can be read"
    asked = ["--child", "C0001", "--pool", "--expected", str(out / "expected.csv"), "--draws", "0", "--json"]
    assert placements("shortlist", str(caseload), *asked) == 0
    homes = json.loads(capsys.readouterr().out)["options"]
    assert homes
    assert all(home["cost_to_others"]["expected_without"] is not None for home in homes)


def test_one_year_has_its_ranges_in_the_picture_too(city: City) -> None:
    made = forecast(city, years=1, runs=2)
    axes = made.plot("places free").figure.axes[0]
    assert len(axes.collections) == 3
    assert all(isinstance(drawn, LineCollection) for drawn in axes.collections)
    assert axes.get_xticks().tolist() == [1]
    nothing = replace(made, table=made.table.assign(hidden=True)).plot("no family found").figure.axes[0]
    assert [text.get_text() for text in nothing.texts] == ["few: 5 or less in every year"]


def test_a_scenario_that_helps_less_than_half_a_child_is_not_said_to_help(made: Forecast) -> None:
    row = {
        "scenario": "a",
        "measure": "places needed",
        "kind": "all",
        "area": "all",
        "year": 1,
        "mean": -0.3,
        "q10": -0.6,
        "q50": -0.3,
        "q90": -0.1,
    }
    said = [_best_scenario(replace(made, against_base=pd.DataFrame([row | more])), 1) for more in ({}, {"q50": -2.0})]
    assert said[0] == "No scenario surely leaves fewer children without a family than the base case."
    assert said[1] is not None
    assert "2 fewer at a time" in said[1]


def test_pounds_are_said_as_more_or_less_than_the_base_case() -> None:
    assert [_apart(pounds) for pounds in (-4_210_000, 30_000, -20_000, 8_100_000)] == [
        "£4.2 million less",
        "as much",
        "as much",
        "£8.1 million more",
    ]


def test_who_is_expected_is_one_future_of_the_middle_size_on_the_citys_date(city: City) -> None:
    expected = expected_children(city, runs=9, seed=3)
    assert expected == expected_children(city, runs=9, seed=3)
    sizes = sorted(len(expected_children(city, runs=1, seed=seed)) for seed in range(8))
    assert sizes[0] < sizes[-1], "months differ"
    assert [child.ref for child in expected] == [f"E{number:03d}" for number in range(1, len(expected) + 1)]
    assert all(child.age_on(city.as_of) is None or 0 <= child.age_on(city.as_of) < 18 for child in expected)
    groups = Counter(child.sibling_group for child in expected if child.sibling_group)
    assert all(size > 1 for size in groups.values())
    yearly = city.parameters["starts"] * len(city.stock.kind)
    middle = len(expected_children(city, runs=101, seed=1))
    assert 0.5 < middle / (yearly * MONTH / 52) < 1.5
