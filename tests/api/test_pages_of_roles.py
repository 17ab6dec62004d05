"""Pages of commissioner, data manager, auditor, administrator and family finder: what each may, and no case where none may be seen."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.files import keep_file
from api.errors import Wrong
from api.pages.futures import changes_of
from api.sample import AUTHORITY
from api.security.accounts import User
from api.services import jobs
from api.services.jobs import State
from api.services.side_by_side import in_words, side_by_side, unmet
from tests.api.conftest import Running
from tests.api.test_pages import Browser

ANSWERS = """scenario,measure,kind,year,q10,q50,q90,hidden
base,no family found,all,1,8,10,12,False
base,no family found,all,2,9,11,14,False
more homes,no family found,all,2,5,7,9,False
base,no family found,teenagers,2,4,6,8,False
base,no family found,babies,2,,,,True
"""


@pytest.fixture(scope="module")
def at(service: Running) -> Iterator[dict[str, Browser]]:
    names = ("commissioner", "data-manager", "auditor", "administrator", "family-finder")
    found = {name: Browser(service.url).sign_in(name) for name in names}
    yield found
    for browser in found.values():
        browser.http.close()


@pytest.mark.parametrize(
    ("role", "path"),
    [("commissioner", "/futures"), ("data-manager", "/board"), ("auditor", "/trail"), ("administrator", "/people")],
)
def test_each_role_begins_at_its_own_page(at: dict[str, Browser], role: str, path: str) -> None:
    assert at[role].see("/").url.path == path


def test_a_scenario_is_written_by_form_and_what_is_no_number_is_said(at: dict[str, Browser]) -> None:
    wrong = at["commissioner"].send("/futures/scenarios", name="Twenty for teenagers", starts="a tenth", once="f-0")
    assert wrong.status_code == 422
    assert 'href="#starts"' in wrong.text
    assert 'value="Twenty for teenagers"' in wrong.text, "nothing typed is lost"
    told = {"name": "Twenty for teenagers", "starts": "10", "homes": "20", "profile": "teenagers"}
    kept = at["commissioner"].send("/futures/scenarios", **told, once="f-1")
    number = re.findall(r'name="scenario" value="([^"]+)"', kept.text)[0]
    ran = at["commissioner"].send("/futures/run", scenario=number, years="1", runs="50", once="f-2")
    assert "/futures/runs/" in ran.url.path
    assert ran.headers.get("refresh") or "done" in ran.text or "failed" in ran.text


def test_percent_become_factors() -> None:
    told = {"starts": "+10 %", "leaving": "-25", "homes": "20", "profile": "teenagers"}
    campaign = {"profile": "teenagers", "homes": 20}
    assert changes_of(told) == {"demand": {"starts": 1.1}, "supply": {"leaving": 0.75, "campaigns": [campaign]}}
    with pytest.raises(Wrong):
        changes_of({"homes": "many", "profile": "teenagers"})


def _rows() -> list[dict[str, str]]:
    head, *lines = ANSWERS.strip().split("\n")
    return [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]


def test_scenarios_stand_side_by_side_with_ranges_and_small_numbers_stay_hidden() -> None:
    beside = side_by_side(_rows())
    assert beside["year"] == 2
    assert beside["rows"] == [("no family found", {"base": "11 (9 to 14)", "more homes": "7 (5 to 9)"})]
    assert dict(unmet(_rows())["rows"])["babies"] == {"base": ""}
    assert in_words({"hidden": "True", "q50": "3", "q10": "1", "q90": "5"}) == ""


def test_a_run_shows_its_tables_and_its_files(at: dict[str, Browser], service: Running) -> None:
    def act(session: Session) -> str:
        asked = {"scenarios": [], "years": 2, "runs": 50, "seed": 1}
        whose = User("commissioner", ("commissioner",), AUTHORITY)
        row = jobs.ask(session, service.store.seal, whose, jobs.JobKind.FORECAST, asked)
        keep_file(session, service.store.seal, f"job:{row.id}:out", "answers.csv", "text/csv", ANSWERS.encode())
        jobs.settle(row, State.DONE, {"files": ["answers.csv"], "said": ["In year 2, 11 children."], "manifest": {}})
        return row.id

    number = service.store.transact(act, lambda _: Entry("test", "load", "job", {}))
    text = at["commissioner"].see(f"/futures/runs/{number}").text
    assert "11 (9 to 14)" in text
    assert 'app-hatched">too few to show' in text
    assert at["commissioner"].see(f"/futures/runs/{number}/answers.csv").text == ANSWERS
    assert at["family-finder"].see(f"/futures/runs/{number}").status_code == 403
    assert at["commissioner"].see(f"/futures/runs/{number}/tables/nothing").status_code == 404
    assert "no scenario to compare with" in at["commissioner"].see(f"/futures/runs/{number}/tables/against-base").text


def test_a_trial_of_an_import_is_asked_for_and_a_wrong_file_is_said(at: dict[str, Browser]) -> None:
    browser = at["data-manager"]
    none = browser.send("/imports", kind="caseload", trial="yes", once="i-0")
    assert none.status_code == 422
    assert "No file was chosen" in none.text
    files = {"files": ("Amy Smith.csv", b"ref\nC1\n", "text/csv")}
    told = {"kind": "caseload", "trial": "yes", "once": "i-1"}
    wrong = browser.http.post("/imports", data=told, files=files, headers={"Origin": browser.url})
    assert wrong.status_code == 422
    assert "Amy" not in wrong.text, "people write names into names of files"
    files = {"files": ("children.csv", b"ref\nC77\n", "text/csv")}
    asked = browser.http.post("/imports", data={**told, "once": "i-2"}, files=files, headers={"Origin": browser.url})
    assert asked.status_code == 200
    assert "/imports/" in asked.url.path


def test_the_auditor_reads_the_trail_and_whether_it_is_whole(at: dict[str, Browser]) -> None:
    text = at["auditor"].see("/trail").text
    assert "sign in" in text
    assert "The trail is whole" in at["auditor"].see("/trail/verified").text
    assert at["auditor"].see("/trail/plans?again=none").status_code == 404
    assert at["auditor"].see("/children/C1").status_code == 403


def test_people_are_added_leave_and_come_back(at: dict[str, Browser], service: Running) -> None:
    admin = at["administrator"]
    short = admin.send("/people", name="new-officer", roles="duty-officer", password="short", once="p-0")
    assert short.status_code == 422
    assert 'value="new-officer"' in short.text
    assert 'id="r-duty-officer" name="roles" value="duty-officer" checked' in short.text
    told = {"name": "new-officer", "roles": "duty-officer", "authority": "E06000045"}
    assert "new-officer" in admin.send("/people", **told, password="a long enough password", once="p-1").text
    assert admin.send("/people/new-officer/roles", roles="", once="p-3").status_code == 422
    assert "auditor" in admin.send("/people/new-officer/roles", roles="auditor", once="p-4").text
    changed = admin.see("/people/new-officer").text
    assert 'name="roles" value="auditor" checked' in changed
    assert 'name="roles" value="duty-officer" checked' not in changed
    assert admin.see("/people/nobody").status_code == 404
    assert "Is back" in admin.send("/people/new-officer/leave", once="p-2").text
    assert admin.see("/children/C1").status_code == 403


def test_adopters_are_reserved_until_a_day_and_a_day_is_taken_as_people_write_it(at: dict[str, Browser]) -> None:
    finder = at["family-finder"]
    wrong = finder.send("/family-finding/links", children="C3", home="H1", expires_on="soon", once="l-0")
    assert wrong.status_code == 422
    assert 'href="#expires_on"' in wrong.text
    assert 'value="soon"' in wrong.text
    kept = finder.send("/family-finding/links", children="c3", home="h1", expires_on="1 March 2099", once="l-1")
    assert "1 March 2099" in kept.text
    assert "Nobody is reserved" in finder.send("/family-finding/links/withdraw", child="C3", home="H1", once="l-2").text


def test_nothing_is_due_before_its_day_and_an_answer_needs_to_be_chosen(at: dict[str, Browser]) -> None:
    assert "Nothing is due now" in at["family-finder"].see("/outcomes").text
    assert at["family-finder"].send("/outcomes", placed="x", point="72-hours", once="o-1").status_code == 422
