"""`placements profile` as a user meets it."""

from pathlib import Path

import pytest

from tests.lib.command import placements
from tests.lib.returns import random_return

RETURN_OF_30 = Path(__file__).parents[2] / "data" / "return_of_30"


def test_a_profile_of_a_city(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    year = random_return(tmp_path / "return", seed=2, children=500)
    out = tmp_path / "out"
    assert placements("profile", str(year), "--authority", "southampton", "--out", str(out)) == 0
    told = capsys.readouterr().out
    assert "Southampton on 31 March 2024" in told
    assert "Three or more" in told
    assert "Not known" in told
    assert "profile.html" in "".join(told.split())
    page = (out / "profile.html").read_text()
    assert "not the Department for Education&#x27;s own list" in page
    assert len(list(out.glob("*.svg"))) == 8


def test_neighbours_can_be_named_and_newer_statistics_brought(tmp_path: Path) -> None:
    newer = tmp_path / "la_cla_on_31_march_by_characteristics.csv"
    newer.write_text(
        "time_period,geographic_level,new_la_code,cla_group,characteristic,number\n"
        "2023,Local authority,E06000044,Age group,Total children,400\n"
        "2023,Local authority,E06000044,Age group,Under 1 year,100\n"
    )
    out, named = tmp_path / "out", ["--neighbours", "E06000044", "--statistics", str(newer)]
    assert placements("profile", str(RETURN_OF_30), "--authority", "E06000045", "--out", str(out), *named) == 0
    assert "statistical neighbours (as named): Portsmouth" in (out / "profile.html").read_text()
    assert "25.0" in (out / "age.csv").read_text().splitlines()[1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--authority", "Atlantis"], "There is no upper-tier authority"),
        (["--authority", "E06000045", "--year", "2031"], "there is no 31 March 2031"),
        (["--authority", "E06000045", "--neighbours", "Atlantis"], "There is no upper-tier authority"),
        (["--authority", "E06000045", "--statistics", "nothing.csv"], "nothing.csv"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert placements("profile", str(RETURN_OF_30), "--out", str(tmp_path / "out"), *options) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
