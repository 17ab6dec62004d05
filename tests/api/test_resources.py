"""What the record holds beside children and homes, over HTTP on each database: groups, links, outcomes, policies, files."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from api.db.tables import Decided, KeptFile
from api.security.accounts import now
from api.services import jobs, tables
from api.settings import Settings
from api.worker import work
from matching.cli.places import data_folder
from matching.io.caseload_csv import write_caseload
from tests.api.conftest import Client, Phone, Running
from tests.lib.builders import a_caseload, a_child, a_home

V1 = "/api/v1"
SIGNED = (data_folder() / "policies" / "fostering.toml").read_text(encoding="utf-8")
POLICY = SIGNED.partition("[signed]")[0]  # a draft that nobody has signed yet
LATER = (now().date() + timedelta(days=30)).isoformat()


@pytest.fixture
def officer(service: Running) -> Client:
    return service.by["duty-officer"]


@pytest.fixture(scope="module")
def proven(service: Running) -> Phone:
    """A team manager who can prove that it is they who ask."""
    return Phone(service, "team-manager")


def done(service: Running, asked: Any) -> dict[str, Any]:
    """A job, done by the worker's own functions."""
    assert asked.status_code == 202, asked.text
    job = asked.json()["id"]
    work.do(Settings(), service.store, job)
    reader = Client(service.nobody.http, asked.request.headers["authorization"].removeprefix("Bearer "))
    told: dict[str, Any] = reader.ask("GET", asked.headers["location"]).json()
    return told


def test_a_referral_of_brothers_and_sisters_is_whole_or_nothing(officer: Client) -> None:
    both = [{"ref": "R1", "sex": "female", "sibling_group": "GR"}, {"ref": "R2", "sex": "perhaps"}]
    assert officer.ask("POST", f"{V1}/referrals", {"children": both}).status_code == 422
    assert officer.ask("GET", f"{V1}/children/R1").status_code == 404
    both[1] = {"ref": "R2", "sex": "male", "sibling_group": "GR"}
    assert officer.ask("POST", f"{V1}/referrals", {"children": both}).status_code == 201
    asked = officer.ask("GET", f"{V1}/referrals/R1/questions").json()
    assert asked[0]["friday"]
    assert {"date_of_birth", "home_place"} <= {one["column"] for one in asked if one["friday"]}
    table = officer.ask("GET", f"{V1}/referrals", Accept="text/csv")
    assert {"R1", "R2"} <= {row["ref"] for row in csv.DictReader(io.StringIO(table.text.lstrip("\ufeff")))}


def test_a_friday_form_is_completed_later_fact_by_fact(officer: Client) -> None:
    opened = officer.ask("GET", f"{V1}/children/R1")
    path, told = f"{V1}/children/R1", {"cells": {"date_of_birth": "2018-03-01"}}
    assert officer.ask("PATCH", path, told).status_code == 412
    after = officer.ask("PATCH", path, told, If_Match=opened.headers["etag"])
    assert after.json()["cells"].items() >= {"sex": "female", "date_of_birth": "2018-03-01"}.items()
    assert officer.ask("PATCH", path, told, If_Match=opened.headers["etag"]).status_code == 412


def test_the_plan_of_a_sibling_group(officer: Client) -> None:
    path = f"{V1}/sibling-groups/GR/plan"
    first = officer.ask("PUT", path, {"plan": "together-required"})
    assert first.status_code == 200, first.text
    assert officer.ask("PUT", path, {"plan": "together-preferred"}).status_code == 412
    assert officer.ask("PUT", path, {"plan": "together-preferred"}, If_Match=first.headers["etag"]).status_code == 200
    groups = {one["ref"]: one for one in officer.ask("GET", f"{V1}/sibling-groups").json()}
    assert groups["GR"] == {
        "ref": "GR",
        "waiting": ["R1", "R2"],
        "settled": [],
        "plan": "together-preferred",
        "subsets": [],
    }
    assert officer.ask("PUT", f"{V1}/sibling-groups/nowhere/plan", {"plan": "not-assessed"}).status_code == 404


def test_ties_stand_until_they_are_taken_back(officer: Client) -> None:
    tie = {"tie": "apart", "of": "R1", "to": "C3"}
    assert officer.ask("POST", f"{V1}/ties", tie).status_code == 201
    assert officer.ask("POST", f"{V1}/ties", {**tie, "to": "nobody"}).status_code == 404
    assert officer.ask("POST", f"{V1}/ties", {**tie, "of": "C9"}).status_code == 404, "another authority's child"
    assert officer.ask("DELETE", f"{V1}/ties/apart/R1/C3").status_code == 200
    assert officer.ask("DELETE", f"{V1}/ties/apart/R1/C3").status_code == 404


def test_a_link_reserves_adopters_for_one_group_until_its_day(officer: Client) -> None:
    wanted = {"children": ["R1", "R2"], "home": "H2", "expires_on": LATER}
    assert officer.ask("POST", f"{V1}/links", {**wanted, "expires_on": "2020-01-01"}).status_code == 422
    assert officer.ask("POST", f"{V1}/links", {**wanted, "children": ["R1", "C3"]}).status_code == 422
    made = officer.ask("POST", f"{V1}/links", wanted)
    assert made.status_code == 201, made.text
    assert [one["in_force"] for one in made.json()] == [True, True]
    others = officer.ask("POST", f"{V1}/links", {**wanted, "children": ["C3"]})
    assert others.status_code == 409
    assert "reserved for other children" in others.json()["detail"]
    assert officer.ask("POST", f"{V1}/links", {**wanted, "home": "H1"}).status_code == 409
    options = officer.ask("POST", f"{V1}/shortlists", {"children": ["C3"]}).json()["options"]
    assert "H2" not in {one["home"] for one in options}
    for child in ("R1", "R2"):
        assert officer.ask("DELETE", f"{V1}/links/{child}/H2").status_code == 200
    assert officer.ask("GET", f"{V1}/links").json() == []


def test_vacancies_say_how_old_the_word_is_and_a_hold_is_released(officer: Client) -> None:
    assert officer.ask("POST", f"{V1}/homes/H1/confirm").status_code == 200
    fresh = {one["home"]: one for one in officer.ask("GET", f"{V1}/vacancies").json()}
    assert fresh["H1"]["days"] == 0
    assert "H1" not in {one["home"] for one in officer.ask("GET", f"{V1}/vacancies?older_than=1").json()}
    assert officer.ask("POST", f"{V1}/homes/H1/hold", {"hold": "bored"}).status_code == 422
    assert officer.ask("POST", f"{V1}/homes/H1/hold", {"hold": "holiday", "hold_until": LATER}).status_code == 200
    held = officer.ask("POST", f"{V1}/homes/H1/release").json()["cells"]
    assert held["hold"] == "none"
    assert "hold_until" not in held


def test_terms_of_approval_are_set_by_themselves(officer: Client) -> None:
    opened = officer.ask("GET", f"{V1}/homes/H3/approval")
    terms, path = {**opened.json()["cells"], "approval_oldest": "8"}, f"{V1}/homes/H3/approval"
    assert officer.ask("PUT", path, {"cells": terms}).status_code == 412
    assert officer.ask("PUT", path, {"cells": {**terms, "pets": "dog"}}, If_Match="1").status_code == 422
    changed = officer.ask("PUT", path, {"cells": terms}, If_Match=opened.headers["etag"])
    assert changed.json()["cells"]["approval_oldest"] == "8"
    assert officer.ask("GET", f"{V1}/homes/H3").json()["withheld"] == ["place"]


def test_outcomes_are_asked_when_their_day_has_come_and_recorded_once(service: Running, officer: Client) -> None:
    for kind in ("accepted", "placed"):
        told = officer.ask("POST", f"{V1}/decisions", {"kind": kind, "children": ["C3"], "home": "H1"})
        assert told.status_code == 201, told.text
    number = told.json()[0]["id"]
    early = officer.ask("POST", f"{V1}/outcomes", {"placed": number, "point": "6-weeks", "found": "settled"})
    assert early.status_code == 422
    with service.store.engine.begin() as connection:
        moved = update(Decided).where(Decided.id == number).values(at=now() - timedelta(days=50))
        connection.execute(moved)
    due = officer.ask("GET", f"{V1}/outcomes/due").json()
    assert [one["point"] for one in due] == ["72-hours", "6-weeks"]
    assert service.by["elsewhere"].ask("GET", f"{V1}/outcomes/due").json() == []
    answer = {"placed": number, "point": "72-hours", "found": "settled-with-support", "said": "Sleeps well."}
    assert officer.ask("POST", f"{V1}/outcomes", answer).status_code == 201
    assert officer.ask("POST", f"{V1}/outcomes", answer).status_code == 409
    assert [one["point"] for one in officer.ask("GET", f"{V1}/outcomes/due").json()] == ["6-weeks"]
    ended = {**answer, "point": "6-weeks", "found": "ended-early-safety"}
    assert officer.ask("POST", f"{V1}/outcomes", ended).json()["stands"] is False
    assert [one["said"] for one in officer.ask("GET", f"{V1}/children/C3/outcomes").json()] == ["Sleeps well."] * 2
    assert "Sleeps" not in service.by["auditor"].ask("GET", f"{V1}/trail?limit=1000").text


def test_a_policy_is_tried_looked_at_and_signed_by_somebody_else(service: Running, officer: Client) -> None:
    manager, director = service.by["team-manager"], service.by["director-of-childrens-services"]
    assert officer.ask("POST", f"{V1}/plans", {}).status_code == 201
    assert manager.ask("POST", f"{V1}/policies", {"text": "name = ["}).status_code == 422
    assert officer.ask("POST", f"{V1}/policies", {"text": POLICY}).status_code == 403
    text = POLICY.replace('version = "', 'version = "next ', 1)
    drafted = manager.ask("POST", f"{V1}/policies", {"text": text})
    assert drafted.status_code == 201, drafted.text
    path = f"{V1}/policies/{drafted.json()['id']}"
    signature = {"active_from": now().date().isoformat(), "children_seen": []}
    untried = director.ask("POST", f"{path}/sign", signature, If_Match=drafted.headers["etag"])
    assert (untried.status_code, "not been tried" in untried.json()["detail"]) == (409, True)
    tried = done(service, manager.ask("POST", f"{path}/trial", {"plans": 5}))
    assert tried["state"] == "done", tried
    now_at = director.ask("GET", path)
    assert director.ask("POST", f"{path}/sign", signature, If_Match=drafted.headers["etag"]).status_code == 412
    before = officer.ask("GET", f"{V1}/policies/active").json()
    names = sorted({one["child"] for one in tried["result"]["changed"]})
    signed = director.ask(
        "POST", f"{path}/sign", {**signature, "children_seen": names}, If_Match=now_at.headers["etag"]
    )
    assert signed.status_code == 200, signed.text
    after = officer.ask("GET", f"{V1}/policies/active").json()
    assert (before["policy_version"], after["policy_version"]) != (after["policy_version"],) * 2
    made = officer.ask("POST", f"{V1}/plans", {}).json()["plan"]["manifest"]["policy"]
    assert made["fingerprint"] == after["fingerprint"]
    assert director.ask("POST", f"{path}/withdraw").status_code == 409, "it is in force"


def test_a_stricter_policy_lists_the_children_to_be_looked_at(
    service: Running, officer: Client, tmp_path: Path
) -> None:
    """Who signs names each child whose proposal would change; a later text is tried anew."""
    manager, director = service.by["team-manager"], service.by["director-of-childrens-services"]
    children = [a_child(f"L{number}", 5 + number) for number in range(1, 8)]  # more than there are homes
    more = _folder(tmp_path, *children, a_home("L-H", places_free=3))
    assert done(service, _sent(service, "data-manager", "caseload", more))["state"] == "done"
    planned = officer.ask("POST", f"{V1}/plans", {}).json()["plan"]["placements"]
    homes = [one["home"] for one in planned]
    alone = {one["home"] for one in planned if one["child"].startswith("L")}  # who has no brothers or sisters
    assert any(homes.count(home) > 1 for home in alone), "two who are no brothers or sisters would share a home"
    limit = "[rules.usual-fostering-limit]\nlimit = "
    text = POLICY.replace(f"{limit}3", f"{limit}1", 1)
    drafted = manager.ask("POST", f"{V1}/policies", {"text": text})
    assert drafted.status_code == 201, drafted.text
    path = f"{V1}/policies/{drafted.json()['id']}"
    tried = done(service, manager.ask("POST", f"{path}/trial", {"plans": 5}))
    assert tried["state"] == "done", tried
    changed = sorted({one["child"] for one in tried["result"]["changed"]})
    assert changed, "they no longer can"
    etag = director.ask("GET", path).headers["etag"]
    signature = {"active_from": LATER, "children_seen": changed[1:]}
    unseen = director.ask("POST", f"{path}/sign", signature, If_Match=etag)
    assert (unseen.status_code, changed[0] in unseen.text) == (409, True)
    manager_etag = manager.ask("GET", path).headers["etag"]
    again = manager.ask("PUT", path, {"text": text + "\n# another\n"}, If_Match=manager_etag)
    assert again.json()["tried"] is None
    signature = {"active_from": LATER, "children_seen": changed}
    assert director.ask("POST", f"{path}/sign", signature, If_Match=again.headers["etag"]).status_code == 409, "untried"
    assert done(service, manager.ask("POST", f"{path}/trial", {"plans": 5}))["state"] == "done"
    signed = director.ask("POST", f"{path}/sign", signature, If_Match=director.ask("GET", path).headers["etag"])
    assert signed.status_code == 200, signed.text
    assert director.ask("POST", f"{path}/withdraw").json()["state"] == "withdrawn"


def _sent(service: Running, who: str, kind: str, files: dict[str, bytes], **told: str) -> Any:
    client = service.by[who]
    parts = [("files", (name, content)) for name, content in files.items()]
    headers = {"Authorization": f"Bearer {client.token}"}
    return client.http.post(f"{V1}/imports", data={"kind": kind, **told}, files=parts, headers=headers)


def _folder(tmp_path: Path, *rows: Any) -> dict[str, bytes]:
    write_caseload(a_caseload(*rows), tmp_path / "caseload")
    return {path.name: path.read_bytes() for path in (tmp_path / "caseload").iterdir()}


def test_an_import_is_tried_done_and_done_again_without_effect(service: Running, tmp_path: Path) -> None:
    files = _folder(tmp_path, a_child("I1", 9), a_child("I2", 7), a_home("I-H", places_free=1))
    tried = done(service, _sent(service, "data-manager", "caseload", files, dry_run="true"))
    assert tried["result"]["rows"]["children"] == {"new": 2, "changed": 0, "same": 0}
    assert service.by["duty-officer"].ask("GET", f"{V1}/children/I1").status_code == 404
    did = done(service, _sent(service, "data-manager", "caseload", files))
    assert did["state"] == "done", did
    assert service.by["duty-officer"].ask("GET", f"{V1}/children/I1").status_code == 200
    again = done(service, _sent(service, "data-manager", "caseload", files))
    assert again["result"]["nothing_to_do"] is True
    changed = _folder(tmp_path, a_child("I1", 9, own_words="I like maths."), a_child("I2", 7), a_home("I-H"))
    assert done(service, _sent(service, "data-manager", "caseload", changed))["result"]["rows"]["children"] == {
        "new": 0,
        "changed": 1,
        "same": 1,
    }
    kept = service.by["duty-officer"].ask("GET", f"{V1}/children/I1").json()
    assert kept["cells"]["own_words"] == "I like maths."
    assert kept["version"] == 2


def test_a_faulty_import_changes_nothing_and_names_row_and_column(service: Running, tmp_path: Path) -> None:
    files = _folder(tmp_path, a_child("J1", 9), a_child("J2", 7))
    files["children.csv"] = files["children.csv"].replace(b"J2", b"J1")
    told = done(service, _sent(service, "data-manager", "caseload", files))
    assert told["state"] == "failed"
    assert told["problem"]["status"] == 422
    assert {"field", "reason", "way_out"} <= told["problem"]["fields"][0].keys()
    assert service.by["duty-officer"].ask("GET", f"{V1}/children/J1").status_code == 404
    theirs = _folder(tmp_path, a_child("J3", 9, authority="E10000014"))
    assert "another authority's" in str(done(service, _sent(service, "data-manager", "caseload", theirs))["problem"])
    assert _sent(service, "data-manager", "caseload", {"amy-smith.pdf": b"x"}).status_code == 422
    assert _sent(service, "data-manager", "annex-a", {"a.csv": b"x"}).status_code == 422
    assert _sent(service, "duty-officer", "caseload", files).status_code == 403


def test_returns_are_kept_for_the_forecast_under_names_of_ours(service: Running) -> None:
    here = Path(__file__).resolve().parents[1] / "data" / "returns" / "three-years"
    files = {f"of-amy-{n}{path.suffix}": path.read_bytes() for n, path in enumerate(sorted(here.rglob("*.csv")))}
    if not files:
        pytest.fail(f"no returns under {here}")
    told = done(service, _sent(service, "data-manager", "ssda903", files))
    assert told["state"] == "done", told
    assert "amy" not in str(told)
    assert told["result"]["episodes"] > 0
    again = done(service, _sent(service, "data-manager", "ssda903", files))
    assert again["result"]["nothing_to_do"] is True


def test_an_export_asks_for_a_fresh_proof(service: Running, proven: Phone) -> None:
    wanted = {"what": "homes"}
    unproven = service.by["team-manager"].ask("POST", f"{V1}/exports", wanted)
    assert unproven.status_code == 403
    assert "fresh proof" in unproven.json()["detail"]
    assert proven.prove().ask("POST", f"{V1}/exports", wanted).status_code == 202
    service.clock.ahead += timedelta(minutes=6)
    assert proven.client.ask("POST", f"{V1}/exports", wanted).status_code == 403


def test_an_export_holds_no_formula_and_no_place_of_a_home(service: Running, officer: Client, proven: Phone) -> None:
    manager = proven.prove()
    assert officer.ask("POST", f"{V1}/exports", {"what": "homes"}).status_code == 403
    evil = {"cells": {"ref": "X1", "own_words": "=HYPERLINK(1)", "sex": "female"}}
    assert officer.ask("POST", f"{V1}/children", evil).status_code == 201
    for form in ("csv", "xlsx"):
        job = done(service, manager.ask("POST", f"{V1}/exports", {"what": "children", "format": form}))
        assert job["state"] == "done", job
        taken = manager.ask("GET", f"{V1}/jobs/{job['id']}/files/children.{form}")
        assert taken.status_code == 200
        cells = _cells(form, taken.content)
        assert any("HYPERLINK" in cell for cell in cells)
        assert not any(cell.startswith("=") for cell in cells)
    homes = done(service, manager.ask("POST", f"{V1}/exports", {"what": "homes"}))
    assert b"SO14" not in manager.ask("GET", f"{V1}/jobs/{homes['id']}/files/homes.csv").content
    assert manager.ask("GET", f"{V1}/jobs/{homes['id']}/files/other.csv").status_code == 404
    for what in ("decisions", "outcomes"):
        assert done(service, manager.ask("POST", f"{V1}/exports", {"what": what}))["state"] == "done"
    assert manager.ask("POST", f"{V1}/exports", {"what": "plan", "plan": "nowhere"}).status_code == 404


def test_files_of_jobs_are_removed_when_their_days_are_over(service: Running, proven: Phone) -> None:
    manager = proven.prove()
    job = done(service, manager.ask("POST", f"{V1}/exports", {"what": "homes"}))
    path = f"{V1}/jobs/{job['id']}/files/homes.csv"
    assert jobs.drop_old_files(service.store, 30) == 0
    assert manager.ask("GET", path).status_code == 200
    with service.store.engine.begin() as connection:
        connection.execute(update(KeptFile).values(at=now() - timedelta(days=31)))
    assert jobs.drop_old_files(service.store, 30) > 0
    assert manager.ask("GET", path).status_code == 404
    assert manager.ask("GET", f"{V1}/jobs/{job['id']}").json()["result"] == job["result"]


def _cells(form: str, content: bytes) -> list[str]:
    if form == "csv":
        return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("=1+1", "'=1+1"),
        ("-3", "-3"),
        ("-1+1|x", "'-1+1|x"),
        ("@SUM", "'@SUM"),
        (-2.5, -2.5),
        (None, ""),
        (True, "yes"),
    ],
)
def test_no_cell_is_a_formula_and_numbers_stay(cell: Any, told: Any) -> None:
    assert tables.safe(cell) == told


def test_scenarios_are_the_authoritys_own_and_a_forecast_runs_them(service: Running) -> None:
    commissioner = service.by["commissioner"]
    wrong = {"name": "W", "changes": {"demand": {"starts": 99}}}
    assert commissioner.ask("POST", f"{V1}/scenarios", wrong).status_code == 422
    told = {"name": "Teenagers", "changes": {"supply": {"campaigns": [{"profile": "teenagers", "homes": 5}]}}}
    kept = commissioner.ask("POST", f"{V1}/scenarios", told)
    assert kept.status_code == 201, kept.text
    path = f"{V1}/scenarios/{kept.json()['id']}"
    assert commissioner.ask("PUT", path, {**told, "name": "More"}).status_code == 412
    assert commissioner.ask("PUT", path, {**told, "name": "More"}, If_Match='"1"').status_code == 200
    assert [one["name"] for one in service.by["analyst"].ask("GET", f"{V1}/scenarios").json()] == ["More"]
    assert service.by["duty-officer"].ask("GET", path).status_code == 403
    wanted = {"scenarios": [kept.json()["id"]], "years": 1, "runs": 2}
    job = done(service, commissioner.ask("POST", f"{V1}/forecasts", wanted))
    assert job["state"] == "done", job
    assert "answers.csv" in job["result"]["files"]
    assert commissioner.ask("GET", f"{V1}/jobs/{job['id']}/files/answers.csv").status_code == 200
    assert job["result"]["manifest"]["scenarios"] == ["base case", "More"]


def test_agreements_and_refusals_are_listed_and_taken_back(service: Running, officer: Client) -> None:
    manager = service.by["service-manager"]
    told = {"rule": "sibling-plan", "child": "C1", "home": "H2", "reason": "asked", "expires_on": LATER}
    assert manager.ask("POST", f"{V1}/agreements", told).status_code == 201
    assert [one["in_force"] for one in officer.ask("GET", f"{V1}/agreements").json()] == [True]
    assert (
        service.by["director-of-childrens-services"].ask("DELETE", f"{V1}/agreements/sibling-plan/C1/H2").status_code
        == 403
    )
    assert manager.ask("DELETE", f"{V1}/agreements/sibling-plan/C1/H2").status_code == 200
    no = {"child": "C1", "home": "H2", "by": "carer", "reason": "timing"}
    assert officer.ask("POST", f"{V1}/refusals", no).status_code == 201
    assert "C1" in officer.ask("GET", f"{V1}/refusals", Accept="text/csv").text
    assert officer.ask("DELETE", f"{V1}/refusals/C1/H2").status_code == 200
    assert officer.ask("GET", f"{V1}/refusals").json() == []
