"""What shows a name or an address, and what opens a record of elsewhere: two people, a fresh proof, a reason, an end."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from api.db import audit
from api.db.data_keys import Erased, keyring
from api.db.tables import Fact
from matching.working_days import is_working_day
from tests.api.conftest import Client, Phone, Running, signed_in

V1 = "/api/v1"
CONTACT = {"name": "Jo Carer", "address": "1 Canary Row", "postcode": "SO14 7LY", "telephone": "023 8000 0000"}
ASKED = {"kind": "home", "ref": "H1", "fields": ["address"], "reason": "To bring the child there tonight."}
REASON = "Found alone at the station; whom to ring?"


@pytest.fixture(scope="module")
def officer(service: Running) -> Phone:
    return Phone(service, "duty-officer")


@pytest.fixture(scope="module")
def manager(service: Running) -> Phone:
    return Phone(service, "team-manager")


@pytest.fixture(scope="module", autouse=True)
def known(service: Running) -> None:
    answer = signed_in(service.nobody, "duty-officer").ask("PUT", f"{V1}/homes/H1/contact", CONTACT)
    assert answer.json() == {"withheld": ["name", "address", "postcode", "telephone"]}


def ask(client: Client, **told: Any) -> httpx.Response:
    return client.ask("POST", f"{V1}/releases", {**ASKED, **told})


def test_an_address_is_opened_once_by_who_asked_after_a_second_person_agreed(
    service: Running, officer: Phone, manager: Phone
) -> None:
    asked = ask(officer.prove())
    assert asked.status_code == 201, asked.text
    path = f"{V1}/releases/{asked.json()['id']}"
    assert officer.client.ask("POST", f"{path}/open").status_code == 409, "not agreed yet"
    assert officer.client.ask("POST", f"{path}/answer", {"agreed": True}).status_code == 403
    waiting = manager.client.ask("GET", f"{V1}/releases").json()
    assert [(one["ref"], one["reason"]) for one in waiting] == [("H1", ASKED["reason"])]
    assert manager.prove().ask("POST", f"{path}/answer", {"agreed": True}).status_code == 200
    assert manager.client.ask("POST", f"{path}/open").status_code == 404, "who agreed does not see it"
    opened = officer.prove().ask("POST", f"{path}/open", Idempotency_Key="open-1")
    assert opened.json() == {
        "kind": "home", "ref": "H1", "contact": {"address": "1 Canary Row"}, "withheld": ["name", "postcode", "telephone"],
    }  # fmt: skip
    assert officer.client.ask("POST", f"{path}/open", Idempotency_Key="open-1").status_code == 409, "once"
    trail = signed_in(service.nobody, "auditor").ask("GET", f"{V1}/trail?limit=1000&about=home:H1").text
    assert "ask-release" in trail
    assert "Canary" not in trail


def test_each_step_needs_a_proof_of_the_last_five_minutes(service: Running, officer: Phone, manager: Phone) -> None:
    service.clock.ahead += timedelta(minutes=6)
    assert ask(officer.client).status_code == 403
    number = ask(officer.prove()).json()["id"]
    service.clock.ahead += timedelta(minutes=6)
    assert manager.client.ask("POST", f"{V1}/releases/{number}/answer", {"agreed": True}).status_code == 403
    assert manager.prove().ask("POST", f"{V1}/releases/{number}/answer", {"agreed": True}).status_code == 200
    officer.prove()
    service.clock.ahead += timedelta(minutes=15)
    officer.prove()
    late = officer.client.ask("POST", f"{V1}/releases/{number}/open")
    assert late.status_code == 409, "a quarter of an hour after it was agreed it is over"


def test_nobody_agrees_to_their_own_and_a_no_is_a_no(service: Running, officer: Phone, manager: Phone) -> None:
    own = ask(manager.prove()).json()["id"]
    assert manager.client.ask("POST", f"{V1}/releases/{own}/answer", {"agreed": True}).status_code == 404
    number = ask(officer.prove()).json()["id"]
    assert manager.prove().ask("POST", f"{V1}/releases/{number}/answer", {"agreed": False}).status_code == 200
    assert officer.prove().ask("POST", f"{V1}/releases/{number}/open").status_code == 409
    assert manager.prove().ask("POST", f"{V1}/releases/{number}/answer", {"agreed": True}).status_code == 404


def test_what_is_not_there_or_not_theirs_is_not_found(service: Running, officer: Phone) -> None:
    assert ask(officer.prove(), ref="H77").status_code == ask(officer.client, kind="child", ref="C9").status_code == 404
    assert ask(officer.client, ref="H2").status_code == 422, "nothing is known of H2"
    for path in ("/homes/H77/contact", "/children/C9/contact"):
        assert officer.client.ask("GET", V1 + path).status_code == 404
        assert officer.client.ask("PUT", V1 + path, CONTACT).status_code == 404
    assert officer.client.ask("GET", f"{V1}/homes/H1/contact").json()["withheld"] == list(CONTACT)


def test_breaking_the_glass_opens_one_record_for_an_hour(service: Running, officer: Phone) -> None:
    assert officer.client.ask("GET", f"{V1}/children/C9").status_code == 404
    assert officer.client.ask("POST", f"{V1}/glass", {"child": "C9", "reason": "short"}).status_code == 422
    assert officer.client.ask("POST", f"{V1}/glass", {"child": "C77", "reason": REASON}).status_code == 404
    assert officer.client.ask("POST", f"{V1}/glass", {"child": "C1", "reason": REASON}).status_code == 409
    broken = officer.client.ask("POST", f"{V1}/glass", {"child": "C9", "reason": REASON})
    assert broken.status_code == 201, broken.text
    path = f"{V1}/glass/{broken.json()['id']}/record"
    assert officer.client.ask("GET", path).json()["ref"] == "C9"
    assert officer.client.ask("GET", f"{V1}/children/C9").status_code == 404, "nothing else has opened"
    assert signed_in(service.nobody, "family-finder").ask("GET", path).status_code == 404, "and for nobody else"
    service.clock.ahead += timedelta(minutes=59)
    assert signed_in_again(service, officer).ask("GET", path).status_code == 200
    service.clock.ahead += timedelta(minutes=2)
    assert signed_in_again(service, officer).ask("GET", path).status_code == 404
    by = date.fromisoformat(broken.json()["review_by"])
    assert is_working_day(by)
    assert timedelta(0) < by - date.fromisoformat(broken.json()["opened_at"][:10]) <= timedelta(days=5)


def signed_in_again(service: Running, phone: Phone) -> Client:
    """An hour is longer than an idle session lasts."""
    return signed_in(service.nobody, phone.name, phone.code())


def test_managers_of_both_authorities_are_told_at_once_and_somebody_else_reviews(
    service: Running, officer: Phone
) -> None:
    service.clock.ahead = timedelta(minutes=10) + service.clock.ahead
    manager = signed_in(service.nobody, "nominated-officer")
    seen = [(one["what"], one["about"], one["by"]) for one in manager.ask("GET", f"{V1}/notices").json()]
    assert ("glass-broken", "child:C9", "duty-officer") in seen
    theirs = signed_in(service.nobody, "elsewhere")
    assert theirs.ask("GET", f"{V1}/notices").status_code == 403, "a duty officer is no manager"
    look = manager.ask("GET", f"{V1}/glass").json()[0]
    assert look["reason"] == REASON
    found = {"justified": True, "finding": "The child was found and brought home."}
    assert manager.ask("POST", f"{V1}/glass/{look['id']}/review", found).json()["reviewed_by"] == "nominated-officer"
    assert manager.ask("POST", f"{V1}/glass/{look['id']}/review", found).status_code == 404
    assert manager.ask("GET", f"{V1}/glass").json() == []
    notice = manager.ask("GET", f"{V1}/notices").json()[0]["id"]
    assert manager.ask("POST", f"{V1}/notices/{notice}/seen").status_code == 200
    assert notice not in {one["id"] for one in manager.ask("GET", f"{V1}/notices").json()}


def changed_long_ago(service: Running, ref: str) -> None:
    with service.store.engine.begin() as connection:
        connection.execute(update(Fact).where(Fact.ref == ref).values(changed_on=date(2020, 1, 1)))


def test_who_is_due_is_erased_but_for_a_legal_hold_and_the_trail_stays_whole(service: Running) -> None:
    keeper = Phone(service, "data-manager")
    erase = f"{V1}/retention/child/C3/erase"
    assert keeper.prove().ask("POST", erase).status_code == 409, "the time is not over"
    refused = {"child": "C3", "home": "H1", "by": "carer", "reason": "timing", "said": "CANARY-SAID"}
    assert signed_in(service.nobody, "family-finder").ask("POST", f"{V1}/refusals", refused).status_code == 201
    changed_long_ago(service, "C3")
    assert [one["ref"] for one in keeper.client.ask("GET", f"{V1}/retention/due").json()] == ["C3"]
    held = keeper.client.ask(
        "POST", f"{V1}/retention/holds", {"kind": "child", "ref": "C3", "reason": "An inquiry is under way."}
    )
    assert held.status_code == 201, held.text
    assert keeper.prove().ask("POST", erase).status_code == 409
    assert keeper.client.ask("DELETE", f"{V1}/retention/holds/{held.json()['id']}").status_code == 409, (
        "a second person lifts it"
    )
    with service.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE legal_hold SET set_by = 'another.manager'")
    assert keeper.client.ask("DELETE", f"{V1}/retention/holds/{held.json()['id']}").status_code == 200
    service.clock.ahead += timedelta(minutes=6)
    assert keeper.client.ask("POST", erase).status_code == 403, "without a fresh proof nobody is erased"
    gone = keeper.prove().ask("POST", erase)
    assert gone.json() == {"subject": "child:C3", "rule": "working-copy-of-a-child"}
    assert keeper.client.ask("GET", f"{V1}/children/C3").status_code == 404
    with service.store.reading() as session:
        assert session.get(Fact, ("child", "C3")) is None
        assert session.get(Fact, ("refusal", "C3|H1")) is None
        with pytest.raises(Erased):
            keyring(session, service.store.seal).of("child:C3")
        assert audit.verify(session).faults == ()


def test_what_the_record_holds_of_somebody_is_gathered_for_them_and_what_is_others_is_withheld_and_named(
    service: Running,
) -> None:
    service.clock.ahead += timedelta(minutes=1)
    finder = signed_in(service.nobody, "family-finder")
    told = {
        "child": "C1",
        "home": "H2",
        "by": "carer",
        "reason": "timing",
        "said": "THEIRS: we could never cope with her.",
    }
    assert finder.ask("POST", f"{V1}/refusals", told).status_code == 201
    assert finder.ask("POST", f"{V1}/children/C1/contact", {}).status_code == 405
    assert finder.ask("PUT", f"{V1}/children/C1/contact", {"name": "Amy Canary"}).status_code == 200
    admin = signed_in(service.nobody, "administrator")
    assert admin.ask("DELETE", f"{V1}/people/data-manager/second-factor").status_code == 200
    keeper = Phone(service, "data-manager")
    path = f"{V1}/subject-access/child/C1"
    service.clock.ahead += timedelta(minutes=6)
    assert keeper.client.ask("POST", path).status_code == 403
    whole = keeper.prove().ask("POST", path)
    assert whole.status_code == 200, whole.text
    held = whole.json()
    assert held["contact"] == {"name": "Amy Canary"}
    assert held["facts"]["date_of_birth"]
    assert {"kind": "refusal", "home": "H2", "by": "carer"}.items() <= next(
        t for t in held["ties"] if t["kind"] == "refusal"
    ).items()
    assert "THEIRS" not in whole.text
    assert any("words are theirs" in line for line in held["withheld"])
    assert any(one["act"] == "change-contact" for one in held["who_looked_or_changed"])
    page = keeper.client.ask("POST", path, Accept="text/html")
    assert page.headers["content-type"].startswith("text/html")
    assert "Amy Canary" in page.text
    paper = keeper.client.ask("POST", path, Accept="application/pdf")
    assert paper.content.startswith(b"%PDF")
    assert keeper.client.ask("POST", f"{V1}/subject-access/child/C9").status_code == 404
    trail = signed_in(service.nobody, "auditor").ask("GET", f"{V1}/trail?limit=1000&about=child:C1").json()
    assert [one["act"] for one in trail].count("subject-access") == 3
    assert "Canary" not in str(trail)
