"""The service over HTTP, on each database: who may do what, one effect for one act, the Friday story from end to end."""

import re
from typing import Any

import httpx
from fastapi.routing import APIRoute

from api.db import audit
from api.dependencies import Needs
from api.main import create_app
from api.routes import ROUTERS
from api.security.roles import MAY, May, Role
from api.settings import Settings
from tests.api.conftest import ELSEWHERE, PASSWORD, Client, Running
from tests.lib.builders import TODAY

ROUTES = [
    (route, sorted(route.methods)[0]) for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)
]
V1 = "/api/v1"


def permission_of(route: APIRoute) -> May | None:
    """What a route asks for; `None` if it says that it is public."""
    if (route.openapi_extra or {}).get("x-public"):
        return None
    found = [d.call.what for d in _all(route.dependant) if isinstance(d.call, Needs)]
    assert len(found) == 1, f"{route.path} declares {len(found)} permissions"
    return found[0]


def _all(dependant: Any) -> list[Any]:
    return [dependant, *(inner for one in dependant.dependencies for inner in _all(one))]


def test_every_route_declares_its_permission_and_none_is_overlooked() -> None:
    paths = {
        (path, method.upper()) for path, told in create_app(Settings()).openapi()["paths"].items() for method in told
    }
    assert paths == {(route.path, method) for route, method in ROUTES}
    assert len(ROUTES) > 70
    public = [route.path for route, _ in ROUTES if permission_of(route) is None]
    probes = ["/health", "/health/live", "/health/ready", "/metrics"]
    assert sorted(public) == [f"{V1}/session", *probes]


def test_nobody_gets_in_without_a_session(service: Running) -> None:
    for route, method in ROUTES:
        if permission_of(route) is not None:
            answer = service.nobody.ask(method, filled(route.path), {})
            assert answer.status_code == 401, route.path
            assert answer.headers["content-type"] == "application/problem+json"


NAMED = {
    "ref": "C1",
    "child": "C1",
    "home": "H1",
    "of": "C1",
    "to": "C3",
    "tie": "apart",
    "rule": "sibling-plan",
    "first_night": "2026-12-04",
}


def filled(path: str) -> str:
    """A path with something in each place: a child or home that is there, else what nobody has."""
    return re.sub(r"{(\w+)}", lambda found: NAMED.get(found[1], "nowhere"), path)


def test_each_role_may_do_what_the_table_says_and_nothing_else(service: Running) -> None:
    tried = 0
    for role in Role:
        for route, method in ROUTES:
            needs = permission_of(route)
            if needs is None or (method, route.path) == ("DELETE", f"{V1}/session") or route.path == f"{V1}/plans":
                continue
            body: Any = {"plainly": "wrong"} if method in ("POST", "PUT") else None
            answer = service.by[role].ask(method, filled(route.path), body)
            allowed = needs is May.SELF or needs in MAY[role]
            refused = answer.status_code == 403 and "needs a fresh proof" not in answer.text
            assert refused == (not allowed), (role, method, route.path, answer.text)
            assert answer.status_code < 500
            tried += 1
    assert tried > 1000


def test_an_administrator_sees_no_case(service: Running) -> None:
    assert MAY[Role.ADMINISTRATOR] == {May.MANAGE_PEOPLE}
    assert service.by["administrator"].ask("GET", f"{V1}/children").status_code == 403


def test_another_authoritys_child_is_not_there(service: Running) -> None:
    """Not there and not ours are the same answer, so that nobody can find out."""
    mine, other = service.by["duty-officer"], service.by["elsewhere"]
    missing, theirs = mine.ask("GET", f"{V1}/children/C77"), mine.ask("GET", f"{V1}/children/C9")
    assert missing.status_code == theirs.status_code == 404
    assert missing.json() == theirs.json()
    assert other.ask("GET", f"{V1}/children/C9").status_code == 200
    assert [one["ref"] for one in other.ask("GET", f"{V1}/children").json()["items"]] == ["C9"]


def test_where_a_home_lies_leaves_nowhere(service: Running) -> None:
    """Every answer that a duty officer gets, with the trail, holds no postcode of a home."""
    officer = service.by["duty-officer"]
    said = [officer.ask("GET", path).text for path in (f"{V1}/homes", f"{V1}/homes/H1", f"{V1}/plans")]
    said.append(officer.ask("POST", f"{V1}/shortlists", {"children": ["C3"]}).text)
    said.append(service.by["auditor"].ask("GET", f"{V1}/trail?limit=1000").text)
    assert all("SO14" not in text for text in said)
    assert officer.ask("GET", f"{V1}/homes/H1").json()["withheld"] == ["place"]


def test_a_wrong_request_names_field_and_way_out_and_says_nothing_back(service: Running) -> None:
    officer = service.by["duty-officer"]
    answer = officer.ask("POST", f"{V1}/decisions", {"kind": "maybe", "children": ["secret-name"], "home": "H1"})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["fields"]] == ["body.kind"]
    assert "secret-name" not in answer.text
    wrong = officer.ask("POST", f"{V1}/children", {"cells": {"ref": "C50", "sex": "perhaps", "shoe_size": "4"}})
    assert wrong.status_code == 422
    assert {one["field"] for one in wrong.json()["fields"]} == {"sex", "shoe_size"}
    assert officer.ask("GET", f"{V1}/children/C50").status_code == 404


def test_an_edit_on_an_old_version_is_refused(service: Running) -> None:
    officer = service.by["duty-officer"]
    opened = officer.ask("GET", f"{V1}/children/C3")
    cells = {**opened.json()["cells"], "own_words": "I like swimming."}
    path, tag = f"{V1}/children/C3", opened.headers["etag"]
    assert officer.ask("PUT", path, {"cells": cells}).status_code == 412
    assert officer.ask("PUT", path, {"cells": cells}, If_Match=tag).status_code == 200
    late = officer.ask("PUT", path, {"cells": {**cells, "own_words": "lost?"}}, If_Match=tag)
    assert late.status_code == 412
    assert officer.ask("GET", path).json()["cells"]["own_words"] == "I like swimming."


def test_a_home_edited_without_its_place_keeps_it(service: Running) -> None:
    officer = service.by["duty-officer"]
    opened = officer.ask("GET", f"{V1}/homes/H3")
    cells = {**opened.json()["cells"], "pets": "dog"}
    changed = officer.ask("PUT", f"{V1}/homes/H3", {"cells": cells}, If_Match=opened.headers["etag"])
    assert changed.status_code == 200
    assert changed.json()["withheld"] == ["place"]


def test_a_request_sent_twice_acts_once(service: Running) -> None:
    officer = service.by["duty-officer"]
    body = {"cells": {"ref": "C60", "sex": "male"}}
    first = officer.ask("POST", f"{V1}/children", body, Idempotency_Key="one-referral")
    again = officer.ask("POST", f"{V1}/children", body, Idempotency_Key="one-referral")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    other = officer.ask("POST", f"{V1}/children", {"cells": {"ref": "C61"}}, Idempotency_Key="one-referral")
    assert other.status_code == 422
    assert officer.ask("POST", f"{V1}/children", body).status_code == 412, "the child is there already"


def test_who_tries_references_of_others_is_told_nothing_of_them_and_waits(service: Running) -> None:
    finder = service.by["family-finder"]
    own, theirs = ({"cells": {"ref": ref, "sex": "male"}} for ref in ("C1", "C9"))
    first, second = (finder.ask("POST", f"{V1}/children", body) for body in (own, theirs))
    assert (first.status_code, first.json()) == (second.status_code, second.json()), "whose it is, is not told"
    for _ in range(3):
        assert finder.ask("POST", f"{V1}/referrals", {"children": [theirs["cells"]]}).status_code == 412
    new = {"cells": {"ref": "C62", "sex": "male"}}
    for body in (theirs, new):
        late = finder.ask("POST", f"{V1}/children", body)
        assert (late.status_code, int(late.headers["retry-after"]) > 600) == (429, True), (
            "taken or not is not told any more"
        )
    assert service.by["team-manager"].ask("POST", f"{V1}/children", new).status_code == 201, (
        "others are not slowed down"
    )


def test_five_wrong_tries_close_a_name_and_leaving_ends_a_session(service: Running) -> None:
    admin, nobody = service.by["administrator"], service.nobody
    told = {"name": "new.person", "roles": ["duty-officer"], "authority": "E06000045", "password": PASSWORD}
    assert admin.ask("POST", f"{V1}/people", {**told, "password": "short"}).status_code == 422
    assert admin.ask("POST", f"{V1}/people", told).status_code == 201
    token = nobody.ask("POST", f"{V1}/session", {"name": "new.person", "password": PASSWORD}).json()["token"]
    person = Client(nobody.http, token)
    assert person.ask("GET", f"{V1}/children").status_code == 200
    assert admin.ask("POST", f"{V1}/people/new.person/leave").status_code == 200
    assert person.ask("GET", f"{V1}/children").status_code == 401
    wrong = [nobody.ask("POST", f"{V1}/session", {"name": "analyst", "password": "no"}).status_code for _ in range(6)]
    assert wrong == [401] * 5 + [429]
    unknown = nobody.ask("POST", f"{V1}/session", {"name": "who", "password": "no"})
    assert unknown.json()["detail"] == "The name, the password or the code is wrong."


def test_the_friday_story_from_referral_to_recorded_placement(service: Running) -> None:
    officer, manager = service.by["duty-officer"], service.by["service-manager"]
    cells = {"ref": "F1", "date_of_birth": "2018-03-01", "sex": "female", "deadline": "emergency", "needs_home_by": TODAY.isoformat(), "care_type": "short-term", "home_place": "SO14 7", "places_to_avoid": "none", "risk_harm_sexual": "no", "own_words": "I want my bear."}  # fmt: skip
    assert len(cells) <= 12
    assert officer.ask("POST", f"{V1}/children", {"cells": cells}).status_code == 201
    found = officer.ask("POST", f"{V1}/shortlists", {"children": ["F1"], "emergency": True})
    assert found.status_code == 200, found.text
    missing = {need["code"] for home in found.json()["near_misses"] for need in home["needs"]}
    assert missing, "a Friday form leaves questions, and they are named"
    opened = officer.ask("GET", f"{V1}/children/F1")
    known = officer.ask("GET", f"{V1}/children/C3").json()["cells"]
    whole = {**{c: t for c, t in known.items() if c not in ("ref", "own_words")}, **opened.json()["cells"]}
    assert officer.ask("PUT", f"{V1}/children/F1", {"cells": whole}, If_Match=opened.headers["etag"]).status_code == 200
    options = officer.ask("POST", f"{V1}/shortlists", {"children": ["F1"], "emergency": True}).json()["options"]
    home = options[0]["home"]
    assert (
        officer.ask("POST", f"{V1}/homes/{home}/vacancy", {"places_free": 1, "place_state": "vacant"}).status_code
        == 200
    )
    plan = officer.ask("POST", f"{V1}/plans", {"pins": {"F1": home}})
    assert plan.status_code == 201, plan.text
    made = plan.json()
    assert {"child": "F1", "home": home}.items() <= next(
        p for p in made["plan"]["placements"] if p["child"] == "F1"
    ).items()
    table = officer.ask("GET", f"{V1}/plans/{made['id']}", Accept="text/csv")
    assert f"F1,{home}" in table.text.splitlines()
    decided = {"kind": "accepted", "children": ["F1"], "home": home, "plan": made["id"]}
    assert officer.ask("POST", f"{V1}/decisions", decided).status_code == 201
    late = officer.ask("POST", f"{V1}/decisions", {**decided, "children": ["C3"]})
    assert late.status_code == 409
    assert "A place there was promised to another child" in late.json()["detail"]
    assert officer.ask("POST", f"{V1}/decisions", {**decided, "kind": "placed"}).status_code == 201
    assert officer.ask("GET", f"{V1}/homes/{home}").json()["cells"]["place_state"] == "filled"
    history = [one["kind"] for one in officer.ask("GET", f"{V1}/children/F1/decisions").json()]
    assert history == ["accepted", "placed"]
    assert manager.ask("POST", f"{V1}/decisions", decided).status_code == 403
    trail = service.by["auditor"].ask("GET", f"{V1}/trail?limit=1000&about=child:F1").json()
    acts = [entry["act"] for entry in trail]
    assert acts[0] == "refer"
    assert {"read-child", "change-child", "decide-accepted", "decide-placed", "read-decisions"} <= set(acts)
    assert "bear" not in str(trail)


def test_who_may_agrees_to_lift_a_rule_for_one_child_and_home(service: Running) -> None:
    told = {"rule": "usual-fostering-limit", "child": "C1", "home": "H2", "reason": "asked for"}
    director, manager, officer = (
        service.by[n] for n in ("director-of-childrens-services", "service-manager", "duty-officer")
    )
    assert officer.ask("POST", f"{V1}/agreements", told).status_code == 403
    assert manager.ask("POST", f"{V1}/agreements", {**told, "rule": "carer-said-no"}).status_code == 422
    split = {**told, "rule": "sibling-plan"}
    assert director.ask("POST", f"{V1}/agreements", split).status_code == 403
    kept = manager.ask("POST", f"{V1}/agreements", split)
    assert kept.status_code == 201
    assert kept.json()["role"] == "service-manager"


def test_a_no_is_kept_to(service: Running) -> None:
    officer = service.by["duty-officer"]
    before = officer.ask("POST", f"{V1}/shortlists", {"children": ["C3"]}).json()
    home = before["options"][0]["home"]
    no = {"child": "C3", "home": home, "by": "carer", "reason": "timing", "said": "Not this month."}
    assert officer.ask("POST", f"{V1}/refusals", no).status_code == 201
    after = officer.ask("POST", f"{V1}/shortlists", {"children": ["C3"]}).json()
    assert home not in {option["home"] for option in after["options"]}


def test_override_and_withdrawal_need_a_reason(service: Running) -> None:
    officer = service.by["duty-officer"]
    told = {"kind": "overridden", "children": ["C3"], "home": "H3"}
    assert officer.ask("POST", f"{V1}/decisions", told).status_code == 422
    refused = officer.ask("POST", f"{V1}/decisions", {**told, "reason": "They know each other."})
    assert refused.status_code == 409
    assert any(one["field"] == "approved-ages" for one in refused.json()["fields"]), "H3 is approved up to 6"
    assert (
        "The must-have “The child's age is within the home's approval” is not met for C3 at H3."
        in refused.json()["detail"]
    )


def test_after_all_this_the_trail_is_whole(service: Running) -> None:
    before = service.by["auditor"].ask("GET", f"{V1}/trail/verified").json()
    for _ in range(5):
        assert service.by["duty-officer"].ask("GET", f"{V1}/children/C1").status_code == 200
    found = service.by["auditor"].ask("GET", f"{V1}/trail/verified").json()
    assert found["faults"] == []
    assert found["entries"] == before["entries"] + 5
    with service.store.reading() as session:
        assert audit.verify(session, (found["entries"], found["head"])).faults == ()


def test_protective_headers_and_no_page_from_elsewhere(service: Running) -> None:
    answer: httpx.Response = service.nobody.ask("GET", "/health")
    assert answer.json() == {"status": "well"}
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert service.nobody.ask("GET", "/docs").status_code == 404
    assert ELSEWHERE not in answer.text


def test_every_example_of_a_body_is_read_and_a_policy_like_the_example_is_a_policy(service: Running) -> None:
    """Who copies an example is not told that its fields are wrong; what it is about may be nobody's."""
    described = service.nobody.ask("GET", "/api/openapi.json").json()
    tried = 0
    for route, method in ROUTES:
        needs = permission_of(route)
        content = described["paths"][route.path][method.lower()].get("requestBody", {}).get("content", {})
        name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rsplit("/")[-1]
        for example in described["components"]["schemas"].get(name, {}).get("examples", []):
            role = next((role for role in Role if needs in MAY[role]), Role.AUDITOR)
            answer = service.by[role].ask(method, filled(route.path), example)
            assert "fields are wrong" not in answer.text, (method, route.path, answer.text)
            assert answer.status_code < 500, (method, route.path)
            assert route.path != f"{V1}/policies" or answer.status_code == 201, answer.text
            tried += 1
    assert tried > 20
