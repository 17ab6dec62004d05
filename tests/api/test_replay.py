"""A kept plan can be made again, to the same answer; another policy shows whose proposal would change."""

from pathlib import Path

import pytest

from api.db.tables import PlanMade
from api.errors import NotHere
from api.services.geography import maps
from api.services.replaying import replay
from matching.cli.places import data_folder
from matching.policy import read_policy
from tests.api.conftest import Running

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
    other.write_text(POLICY.read_text().replace('version = "', 'version = "draft of ', 1))
    with service.store.reading() as session:
        found = replay(session, service.store, maps(), number, read_policy(other))
    assert not found.same, "the hash of a plan holds its policy"
    assert found.changed == (), "nothing but the name of the version differs"


def test_a_plan_that_is_not_there_is_said_to_be_missing(service: Running) -> None:
    with service.store.reading() as session, pytest.raises(NotHere, match="no plan with this number"):
        replay(session, service.store, maps(), "nowhere")


def test_where_people_live_is_sealed_in_a_kept_plan(service: Running) -> None:
    number = made(service)
    with service.store.reading() as session:
        row = session.get(PlanMade, number)
        assert row is not None
        assert "SO14" not in str(row.caseload)
        assert b"SO14" not in (row.sealed or b"")
        places = service.store.seal.open(row.sealed, "plan", number, "caseload")
    assert any(place.startswith("SO14") for place in places.values())
