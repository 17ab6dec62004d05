"""A kept plan can be made again, to the same answer; another policy shows whose proposal would change."""

from pathlib import Path

import pytest

from api.db.audit import Entry
from api.db.data_keys import Erased, destroy, open_each
from api.db.tables import PlanMade
from api.errors import NotHere
from api.services import answers
from api.services.geography import maps
from api.services.replaying import replay
from matching.cli.places import data_folder
from matching.policy import read_policy
from tests.api.conftest import Running
from tests.api.test_pages import Browser

POLICY = data_folder() / "policies" / "fostering.toml"


def made(service: Running) -> str:
    officer = service.by["duty-officer"]
    first = officer.ask("POST", "/api/v1/plans", {})
    assert first.status_code == 201, first.text
    again = officer.ask("POST", "/api/v1/plans", {"wait": ["C3"], "since": first.json()["id"]})
    return str(again.json()["id"])


def test_a_plan_is_made_again_to_the_same_answer(service: Running) -> None:
    number = made(service)
    with service.store.reading() as session:
        found = replay(session, service.store, maps(), number)
    assert found.same
    assert found.changed == ()


def test_another_policy_names_the_children_whose_home_would_differ(service: Running, tmp_path: Path) -> None:
    number = made(service)
    other = tmp_path / "other.toml"
    other.write_text(POLICY.read_text().partition("[signed]")[0].replace('version = "', 'version = "draft of ', 1))
    with service.store.reading() as session:
        found = replay(session, service.store, maps(), number, read_policy(other))
    assert not found.same, "the hash of a plan holds its policy"
    assert found.changed == (), "nothing but the name of the version differs"


def test_a_plan_that_is_not_there_is_said_to_be_missing(service: Running) -> None:
    with service.store.reading() as session, pytest.raises(NotHere, match="no plan with this number"):
        replay(session, service.store, maps(), "nowhere")


def test_what_tells_of_a_person_is_sealed_in_a_kept_plan_with_that_persons_key(service: Running) -> None:
    number = made(service)
    with service.store.reading() as session:
        row = session.get(PlanMade, number)
        assert row is not None
        assert "SO14" not in str(row.caseload)
        assert {"ref": "C1"} in row.caseload["child"], "nothing but the reference stays open"  # type: ignore[operator]
        assert b"SO14" not in (row.sealed or b"")
        opened = open_each(session, service.store.seal, row.sealed, "plan", number)
    assert any(text.startswith("SO14") for text in opened.values())


def test_a_plan_with_somebody_who_was_erased_says_so(service: Running) -> None:
    number = made(service)
    service.store.transact(lambda s: destroy(s, ["child:C2"]), lambda _: Entry("test", "erase", "child:C2", {}))
    with service.store.reading() as session, pytest.raises(Erased, match="was erased when its time was over"):
        replay(session, service.store, maps(), number)


def test_the_plan_after_a_no_is_found_from_the_one_before_and_is_the_one_made_afresh(
    service: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = service.by["duty-officer"]
    browser = Browser(service.url).sign_in("duty-officer")
    assert browser.see("/meeting/alternatives").status_code == 200, "it compares with the plan of this moment"
    browser.http.close()
    first = officer.ask("POST", "/api/v1/plans", {}).json()["plan"]
    child, home = first["placements"][0]["child"], first["placements"][0]["home"]
    no = {"child": child, "home": home, "by": "carer", "reason": "timing"}
    assert officer.ask("POST", "/api/v1/refusals", no).status_code == 201
    with monkeypatch.context() as patched:
        patched.setattr("api.services.matching.made", lambda *_: pytest.fail("planned from nothing"))
        after = officer.ask("POST", "/api/v1/plans", {})
    assert after.status_code == 201
    told = after.json()["plan"]
    assert told["status"] == "optimal"
    assert (child, home) not in {(one["child"], one["home"]) for one in told["placements"]}
    answers._bases.clear()
    afresh = officer.ask("POST", "/api/v1/plans", {}).json()["plan"]
    assert (afresh["plan_hash"], afresh["goals"]) == (told["plan_hash"], told["goals"])
