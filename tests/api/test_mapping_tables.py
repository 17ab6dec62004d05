"""A carer register as it is: mapped by form, tried with every fault by row and column, brought in, and the mapping kept."""

import re
import tomllib
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import select

from api.db import queries
from api.db.tables import Job
from api.services import jobs
from api.services.table_mapping import _toml
from api.settings import Settings
from api.worker import work
from tests.api.conftest import Running
from tests.api.test_pages import Browser

REGISTER = """Carer ref;Type of home;Approved from age;To age;Free places;Notes
H77;Foster;3;11;1;likes dogs
H78;Fostering household;0;4;2;
H79;Foster;five;9;1;
"""


@pytest.fixture(scope="module")
def manager(service: Running) -> Iterator[Browser]:
    browser = Browser(service.url).sign_in("data-manager")
    yield browser
    browser.http.close()


def begin(manager: Browser, content: str, **more: str) -> httpx.Response:
    files = {"table-file": ("Carers of Amy.csv", content.encode(), "text/csv")}
    told = {"table": "homes", "start": "", **more}
    return manager.http.post("/imports/mapping", data=told, files=files, headers={"Origin": manager.url})


def field_of(text: str, heading: str) -> str:
    """The name of the choice beside one of their headings."""
    return re.findall(rf'name="(col-\d+)" aria-label="Our column for {heading}"', text)[0]


def worked(service: Running, answer: httpx.Response, manager: Browser) -> str:
    """The page of a job after the worker did it."""
    number = answer.url.path.rsplit("/", 1)[-1]
    work.do(Settings(), service.store, number)
    return manager.see(f"/imports/{number}").text


def test_a_register_is_mapped_tried_with_every_fault_and_brought_in(manager: Browser, service: Running) -> None:
    page = begin(manager, REGISTER)
    assert "3 rows, 6 columns" in page.text
    assert "Each row needs" in page.text
    assert "Amy" not in page.text
    here = page.url.path
    ours = {
        "Carer ref": "ref",
        "Type of home": "kind",
        "Approved from age": "approval_youngest",
        "To age": "approval_oldest",
        "Free places": "places_free",
    }
    form = {field_of(page.text, theirs): column for theirs, column in ours.items()}
    told = {**form, "dates": "%d/%m/%Y", "name": "Carer register"}
    codes = manager.send(here, **told, what="keep", once="m-1")
    assert "Fostering household" in codes.text, "their codes are asked for once their column is chosen"
    unnamed = worked(service, manager.send(here, **told, what="try", once="m-2"), manager)
    assert "is no code of the mapping" in unnamed
    assert "Nothing was brought in" in unnamed
    words = {"code-kind-0": "foster", "code-kind-1": "foster"}
    spoilt = worked(service, manager.send(here, **told, **words, what="try", once="m-3"), manager)
    assert "Approved from age" in spoilt, "the fault is told by their column"
    assert ">4<" in spoilt, "and by the row that a spreadsheet shows"
    right = begin(manager, REGISTER.replace("five", "5"))
    trial = worked(service, manager.send(right.url.path, **told, **words, what="try", once="m-4"), manager)
    assert "Tried; nothing was changed" in trial
    assert "Nothing was taken from: Notes" in trial
    with service.store.reading() as session:
        assert "H77" not in {one.ref for one in queries.some(session, service.store.seal, "home", None, "", 500)}
    done = worked(service, manager.send(right.url.path, **told, **words, what="bring", once="m-5"), manager)
    assert "Brought in" in done
    with service.store.reading() as session:
        kept = queries.one(session, service.store.seal, "home", "H78", None)
    assert kept.cells["approval_oldest"] == "4"
    assert '<option value="Carer register">' in manager.see("/imports").text, "kept for the next time"
    again = begin(manager, REGISTER, start="Carer register")
    assert "Each row needs" not in again.text
    assert 'value="foster" selected' in again.text
    assert "[codes.kind]" in manager.see(f"{again.url.path}/mapping.toml").text


def test_two_columns_for_one_of_ours_are_refused_and_what_was_chosen_stays(manager: Browser) -> None:
    page = begin(manager, REGISTER)
    form = {field_of(page.text, "To age"): "approval_oldest", field_of(page.text, "Free places"): "approval_oldest"}
    wrong = manager.send(page.url.path, **form, what="keep", once="m-6")
    assert wrong.status_code == 422
    assert "stand for the same column" in wrong.text
    assert wrong.text.count('value="approval_oldest" selected') == 2


def test_a_table_is_of_who_sent_it_alone_and_a_file_that_is_none_is_said(manager: Browser, service: Running) -> None:
    assert begin(manager, "").status_code == 422
    assert begin(manager, "\0\0").status_code == 422
    assert begin(manager, REGISTER, table="plans").status_code == 422
    page = begin(manager, REGISTER)
    officer = Browser(service.url).sign_in("duty-officer")
    assert officer.see(page.url.path).status_code == 403
    assert manager.see("/imports/mapping/none").status_code == 404
    assert manager.see("/imports/mapping/00000000-0000-0000-0000-000000000000").status_code == 404
    officer.http.close()


def test_a_table_that_nobody_finished_is_gone_after_a_day(
    manager: Browser, service: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = begin(manager, REGISTER)
    tomorrow = jobs.now() + jobs.WAITS * 2
    monkeypatch.setattr(jobs, "now", lambda: tomorrow)
    assert jobs.drop_old_files(service.store, 30) >= 2
    assert manager.see(page.url.path).status_code == 404
    with service.store.reading() as session:
        assert session.scalars(select(Job.state)).all(), "jobs stay"


def test_any_letter_of_a_heading_or_code_survives_the_mapping_file() -> None:
    told = {"columns": {"ref": 'Carer \U0001f600 "ref"'}, "codes": {"kind": {"é\U0001f600": "foster"}}}
    read = tomllib.loads(_toml("homes", told))
    assert (read["columns"], read["codes"]) == (told["columns"], told["codes"])
