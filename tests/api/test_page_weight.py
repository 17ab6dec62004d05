"""Pages of a city of 200 children weigh 150 kB at most, whatever part is shown, and every child is on one of them."""

import gzip
import re
from collections.abc import Iterator
from datetime import date

import pytest

from api.db.sealing import Seal
from api.db.store import Store
from api.pages import rendering
from matching.cli.places import data_folder
from matching.synthetic import sample_caseload
from tests.api.conftest import UNHURRIED, serving
from tests.api.test_pages import ASSETS, Browser

HEAVIEST = 150_000  # bytes as they go over the line
CITY = sample_caseload(data_folder() / "reference", children=200, homes=350, as_of=date(2026, 11, 27))
WAITING = sorted(child.ref for child in CITY.seeking)
PLACED, FORCED = r'name="now-(\w+)" value="(\w+)"', r"C0\d+=H\d+"


@pytest.fixture(scope="module")
def officer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """An officer of a city of 200 children who wait, with a plan for them that a second on the solver made."""
    folder = tmp_path_factory.mktemp("city")
    store = Store(f"sqlite:///{folder}/placements.db", Seal.from_file(folder / "placements.key", make=True))
    store.migrate()
    with serving(store, CITY, UNHURRIED.model_copy(update={"plan_seconds": 1.0})) as service:
        browser = Browser(service.url, timeout=300).sign_in("duty-officer")
        assert browser.send("/meeting", once="w-1").status_code == 200
        yield browser
        browser.http.close()
    store.engine.dispose()


@pytest.fixture(scope="module")
def beside() -> int:
    """What style and script weigh."""
    return sum(len(gzip.compress((rendering.STATIC / name).read_bytes())) for name in ASSETS)


def parts(officer: Browser, path: str, name: str) -> list[str]:
    """The texts of all parts of a list of a page."""
    first = officer.see(path)
    numbers = re.findall(rf'(?:[?&;]{name}=|name="{name}" value=")(\d+)', first.text)
    joined = "&" if "?" in path else "?"
    return [officer.see(f"{path}{joined}{name}={number}").text for number in sorted(set(numbers), key=int)]


def test_the_meeting_shows_every_child_once_and_no_part_is_heavy(officer: Browser, beside: int) -> None:
    first = officer.see("/meeting").text
    numbers = re.findall(r'name="turn" value="(\d+)"', first)
    texts = [officer.see(f"/meeting?part={number}").text for number in numbers]
    assert len(texts) == 5
    assert max(len(text.encode()) for text in texts) + beside <= HEAVIEST
    shown = [ref for text in texts for ref in re.findall(r'name="to-(\w+)"', text)]
    assert sorted(shown) == WAITING
    for child in (WAITING[0], WAITING[111], WAITING[-1]):
        assert f'name="to-{child}"' in officer.see(f"/meeting?child={child.lower()}").text
        assert officer.see(f"/find?q={child}").url.path == f"/children/{child}"


@pytest.mark.parametrize(
    ("path", "name", "at_least"),
    [
        ("/meeting/grid", "part", 200),
        ("/meeting/grid", "homes", 40),
        ("/board", "later", 100),
        ("/board", "vacant", 50),
    ],
)
def test_no_part_of_a_long_list_is_heavy_and_each_row_is_on_one(
    officer: Browser, beside: int, path: str, name: str, at_least: int
) -> None:
    texts = parts(officer, path, name)
    assert len(texts) > 1
    assert max(len(text.encode()) for text in texts) + beside <= HEAVIEST
    found = [row for text in texts for row in _rows(text, name)]
    assert len(found) == len(set(found)) >= at_least


def _rows(text: str, name: str) -> list[str]:
    """The references in the rows, or columns, of one list of a page."""
    if name in ("part", "homes"):
        return re.findall(r'<th scope="row"><a [^>]*>(\w+)' if name == "part" else r'<th scope="col">(\w+)', text)
    told = text[text.index(f'aria-labelledby="{"vacancies" if name == "vacant" else name}"') :].partition("</table>")[0]
    return re.findall(r'scope="row"[^>]*>(?:<a [^>]*>)?(\w+)', told)


@pytest.mark.parametrize(
    "path",
    [
        "/meeting/since",
        "/meeting/alternatives",
        "/meeting/fairness",
        "/board/tonight",
        "/find?q=C",
        "/outcomes",
        "/family-finding",
        "/training",
    ],
)
def test_no_other_page_is_heavy(officer: Browser, beside: int, path: str) -> None:
    answer = officer.see(path)
    assert answer.status_code == 200
    assert len(answer.content) + beside <= HEAVIEST


def test_what_was_asked_on_one_part_goes_along_to_another_and_into_the_plan(officer: Browser) -> None:
    first = officer.see("/meeting").text
    since = re.findall(r'name="since" value="([^"]+)"', first)[0]
    (one, there), (other, here), (third, _) = re.findall(PLACED, first)[:3]
    told = {
        f"now-{one}": there,
        f"ask-{one}": "stays",
        f"now-{other}": here,
        f"ask-{other}": "not-there",
        "wait": third,
    }
    turned = officer.send("/meeting", turn="3", since=since, once="w-3", **told)
    assert f'value="{one}={there}"' in turned.text
    assert f'value="{other}={here}"' in turned.text
    assert f'name="wait" maxlength="20000" aria-describedby="wait-hint" value="{third}"' in turned.text
    assert f'name="to-{WAITING[80]}"' in turned.text, "the third part of forty is shown"
    kept = {"pins": f"{one}={there}", "forbidden": f"{other}={here}", "wait": third}
    back = officer.send("/meeting", turn="1", since=since, once="w-4", **kept).text
    assert f'name="was-{one}" value="stays"' in back, "and stands in the row, too"
    again = officer.send("/meeting", since=since, once="w-5", **kept).text
    assert (one, there) in re.findall(PLACED, again)
    assert (other, here) not in re.findall(PLACED, again)
    assert third not in dict(re.findall(PLACED, again))


def test_a_choice_that_is_changed_in_a_row_is_newer_than_the_boxes(officer: Browser) -> None:
    """What was asked before stands in the boxes; who changes their mind in the row need not change the box as well."""
    child, home = re.findall(PLACED, officer.see("/meeting").text)[0]
    row = {f"now-{child}": home, f"was-{child}": "stays", "pins": f"{child}={home}", "turn": "1"}
    assert f'name="was-{child}" value="waits"' in officer.send("/meeting", **row, **{f"ask-{child}": "waits"}).text
    assert f'name="was-{child}"' not in officer.send("/meeting", **row, **{f"ask-{child}": ""}).text
    unchanged = officer.send("/meeting", **{**row, f"ask-{child}": "stays", "pins": f"{child}=H0001"}).text
    assert f'value="{child}=H0001"' in unchanged, "a box that was changed is newer than a row that was not"


def test_what_is_no_pair_is_refused_and_stays_on_the_screen(officer: Browser) -> None:
    answer = officer.send("/meeting", pins="C0001 H0012", once="w-6")
    assert answer.status_code == 422
    assert "Write child and home as C0001=H0012" in answer.text
    assert 'value="C0001 H0012"' in answer.text
