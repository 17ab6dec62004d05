"""A home that another authority approved is there for whose child lives in it: it can be rung, refused and chosen, not changed."""

from collections.abc import Iterator

import pytest

from api.db.store import Store
from api.sample import AUTHORITY
from tests.api.conftest import ELSEWHERE, Running, serving
from tests.lib.builders import a_caseload, a_child, a_home

V1 = "/api/v1"


@pytest.fixture(scope="module")
def service(store: Store) -> Iterator[Running]:
    """Ours lives at HE, theirs at HN; both homes are theirs. Two of ours wait."""
    children = [a_child(ref, 8, authority=AUTHORITY) for ref in ("L1", "W1", "W2")]
    children.append(a_child("T1", 8, authority=ELSEWHERE))
    homes = [a_home(ref, approved_by=ELSEWHERE, authority=ELSEWHERE, places_free=2) for ref in ("HE", "HN")]
    with serving(store, a_caseload(*children, *homes, lives={"L1": "HE", "T1": "HN"})) as running:
        yield running


def test_what_is_offered_can_be_refused_and_chosen(service: Running) -> None:
    officer = service.by["duty-officer"]
    found = officer.ask("POST", f"{V1}/shortlists", {"children": ["W1"]}).json()
    offered = [one["home"] for one in (*found["options"], *found["near_misses"])]
    assert "HE" in offered
    assert "HN" not in offered
    no = officer.ask("POST", f"{V1}/refusals", {"child": "W2", "home": "HE", "by": "carer", "reason": "timing"})
    assert no.status_code == 201, no.text
    yes = officer.ask("POST", f"{V1}/decisions", {"kind": "accepted", "children": ["W1"], "home": "HE"})
    assert yes.status_code in (201, 409), yes.text
    assert "There is no home" not in yes.text
    assert officer.ask("GET", f"{V1}/homes/HE").status_code == 200
    assert "place" in officer.ask("GET", f"{V1}/homes/HE").json()["withheld"]


def test_it_is_in_the_list_and_its_vacancy_is_confirmed_by_who_approved_it(service: Running) -> None:
    officer = service.by["duty-officer"]
    assert [one["ref"] for one in officer.ask("GET", f"{V1}/homes").json()["items"]] == ["HE"]
    assert {one["home"]: one["yours"] for one in officer.ask("GET", f"{V1}/vacancies").json()} == {"HE": False}
    assert officer.ask("POST", f"{V1}/homes/HE/confirm").status_code == 403
    assert service.by["elsewhere"].ask("POST", f"{V1}/homes/HE/confirm").status_code == 200


def test_a_home_without_a_child_of_ours_is_not_there(service: Running) -> None:
    officer = service.by["duty-officer"]
    assert officer.ask("GET", f"{V1}/homes/HN").status_code == 404
    no = {"child": "W2", "home": "HN", "by": "carer", "reason": "timing"}
    assert officer.ask("POST", f"{V1}/refusals", no).status_code == 404
