"""Nobody sees, changes or finds out about what is not theirs: every route that there is, from the lists of routes themselves.

A marker stands in each text of some records. Every route is asked by roles of all kinds, for own records and for those of
elsewhere; what must not be told is looked for in every answer, in the log, in the files of the database and in a copy.
"""

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.db import queries
from api.db.audit import Entry
from api.db.copies import keys_beside, write_copy
from api.db.tables import Base, PoolMember, SignedIn
from api.pages import PAGES
from api.pages.rendering import COOKIE
from api.routes import ROUTERS
from api.security.accounts import User
from api.security.roles import CASES, MAY, May, Role
from api.services import contacts
from matching.domain import Booking, Child, CurrentPlacement, Decision, Home
from matching.domain.facts import facts_of
from matching.domain.refusals import Refusal
from tests.api.conftest import AUTHORITY, ELSEWHERE, Running
from tests.api.test_pages import permission_of as of_a_page
from tests.api.test_service import permission_of
from tests.lib.builders import TODAY, a_child, a_home

V1 = "/api/v1"
CONTACT = {
    "name": "CANARY-{}-name",
    "address": "CANARY-{}-address",
    "postcode": "CANARY-{}-pc",
    "telephone": "CANARY-{}-tel",
}
NIGHT = date(2099, 1, 1)
NO_TEXT = {"ref", "authority", "sibling_group", "pool", "early_permanence_home", "agency", "approved_by", "confirmed_by", "ethnicity", "move_requested"}  # fmt: skip
ROUTES = [
    (route, sorted(route.methods)[0], page)
    for routers, page in ((ROUTERS, False), (PAGES, True))
    for router in routers
    for route in router.routes
    if isinstance(route, APIRoute)
]
ASKING = (Role.DUTY_OFFICER, Role.DIRECTOR, Role.DATA_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR, Role.COMMISSIONER)


def needs_of(route: APIRoute, page: bool) -> May | None:
    return of_a_page(route) if page else permission_of(route)


def marked(value: Child | Home) -> Child | Home:
    """The same with a marker in each of its texts."""
    texts = {f.path[0] for f in facts_of(type(value)) if f.type in (str, str | None) and len(f.path) == 1} - NO_TEXT
    for name in texts:
        object.__setattr__(value, name, f"CANARY-{value.ref}-{name}")
    return value


def fill(session: Session, seal: Any) -> None:
    """Own: CX in HX. Elsewhere's: C8 in HP, which a pool shares with us; C7 and H7, which are none of our business."""
    for child in (a_child("CX", 8, sibling_group="GX"), a_child("C8", 9, authority=ELSEWHERE, sibling_group="G8"), a_child("C7", 7, authority=ELSEWHERE)):  # fmt: skip
        queries.add_new(session, seal, "child", marked(child))
    for home in (a_home("HX", approved_by=AUTHORITY), a_home("HP", approved_by=ELSEWHERE, pool="SOUTH"), a_home("H7", approved_by=ELSEWHERE)):  # fmt: skip
        queries.add_new(session, seal, "home", marked(home))
    queries.add_new(session, seal, "placement", CurrentPlacement(child="C8", home="HP"))
    for child, home in (("C8", "HP"), ("C7", "H7")):
        said = f"CANARY-{child}-why"
        agreed = Decision(
            rule="sibling-plan", child=child, home=home, role="service-manager", reason=said, decided_on=TODAY
        )
        queries.add_new(session, seal, "agreement", agreed)
        queries.add_new(session, seal, "booking", Booking(child=child, home="H7", first_night=NIGHT, last_night=NIGHT))
        cells = {"child": child, "home": "H2", "by": "carer", "reason": "timing", "on": TODAY.isoformat(), "said": f"CANARY-{child}-said"}  # fmt: skip
        queries.add_new(session, seal, "refusal", Refusal(**_read(cells)))
    session.add_all(PoolMember(pool="SOUTH", authority=code) for code in (AUTHORITY, ELSEWHERE))
    for authority, kind, refs in ((AUTHORITY, "child", ["CX"]), (AUTHORITY, "home", ["HX"]), (ELSEWHERE, "child", ["C8", "C7"]), (ELSEWHERE, "home", ["HP", "H7"])):  # fmt: skip
        for ref in refs:
            told = {name: text.format(ref) for name, text in CONTACT.items()}
            contacts.put(session, seal, User("test", ("duty-officer",), authority), kind, ref, told)


def _read(cells: dict[str, str]) -> dict[str, Any]:
    from api.main import maps
    from matching.io.rows import row_of

    value = row_of(Refusal, cells, maps().find)
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@pytest.fixture(scope="module")
def world(service: Running) -> Running:
    service.store.transact(
        lambda session: fill(session, service.store.seal), lambda _: Entry("test", "fill", "sample", {})
    )
    with service.store.engine.begin() as connection:
        connection.execute(update(SignedIn).values(proved_at=service.clock()))
    return service


# what each route that changes something is asked with: child, home and number stand for what it is about
BODIES: dict[str, dict[str, Any]] = {
    "PUT /children/{ref}": {"cells": {"sex": "male"}},
    "PATCH /children/{ref}": {"cells": {"sex": "male"}},
    "PUT /homes/{ref}": {"cells": {"kind": "foster"}},
    "PATCH /homes/{ref}": {"cells": {"kind": "foster"}},
    "PUT /sibling-groups/{ref}/plan": {"plan": "together-required"},
    "POST /ties": {"tie": "apart", "of": "<child>", "to": "C1"},
    "DELETE /ties/{tie}/{of}/{to}": {},
    "POST /links": {"children": ["<child>"], "home": "H1", "expires_on": "2099-01-01"},
    "DELETE /links/{child}/{home}": {},
    "DELETE /bookings/{child}/{home}/{first_night}": {},
    "POST /homes/{ref}/vacancy": {"places_free": 1, "place_state": "vacant"},
    "POST /homes/{ref}/confirm": {},
    "POST /homes/{ref}/hold": {"hold": "none"},
    "POST /homes/{ref}/release": {},
    "PUT /homes/{ref}/approval": {"cells": {"oldest": "12"}},
    "POST /shortlists": {"children": ["<child>"]},
    "POST /plans": {"pins": {"<child>": "H1"}},
    "POST /decisions": {"kind": "accepted", "children": ["<child>"], "home": "H1"},
    "POST /agreements": {"rule": "sibling-plan", "child": "<child>", "home": "H1", "reason": "asked for"},
    "POST /refusals": {"child": "<child>", "home": "H1", "by": "carer", "reason": "timing"},
    "PUT /homes/{ref}/contact": {"name": "taken over"},
    "PUT /children/{ref}/contact": {"name": "taken over"},
    "POST /releases": {"kind": "child", "ref": "<child>", "fields": ["name"], "reason": "To see whether it is there."},
    "POST /releases/{number}/answer": {"agreed": True},
    "POST /releases/{number}/open": {},
    "POST /glass/{number}/review": {"justified": True, "finding": "Nothing to be found."},
    "POST /notices/{number}/seen": {},
    "POST /retention/holds": {"kind": "child", "ref": "<child>", "reason": "To see whether it is there."},
    "DELETE /retention/holds/{number}": {},
    "POST /retention/{kind}/{ref}/erase": {},
    "POST /subject-access/{kind}/{ref}": {},
    "DELETE /agreements/{rule}/{child}/{home}": {},
    "DELETE /refusals/{child}/{home}": {},
    "POST /outcomes": {"placed": "<number>", "point": "72-hours", "found": "settled"},
}
# routes that change something and are about nothing that exists, with why
ABOUT_NOTHING = {
    "POST /referrals", "POST /children", "POST /glass",  # new; and glass, whose purpose is to find, is tested by itself
    "POST /policies", "PUT /policies/{policy_id}", "POST /policies/{policy_id}/trial", "POST /policies/{policy_id}/sign",
    "POST /policies/{policy_id}/withdraw", "POST /scenarios", "PUT /scenarios/{scenario}", "POST /forecasts", "POST /imports",
    "POST /exports",
}  # fmt: skip


def named(route: APIRoute, method: str) -> str:
    return f"{method} {route.path.removeprefix(V1)}"


def about(path: str, child: str, home: str) -> str:
    """A path about one child or home."""
    ref = home if "/homes/{ref}" in path else f"G{child[1:]}" if "sibling-groups" in path else child
    names = {"ref": ref, "child": child, "home": home, "of": child, "to": "C1", "tie": "apart", "rule": "sibling-plan", "kind": "child", "number": child, "name": "health", "first_night": "2099-01-01"}  # fmt: skip
    return re.sub(r"\{(\w+)\}", lambda found: names.get(found.group(1), "x"), path)


def filled(body: Any, child: str) -> Any:
    return json.loads(json.dumps(body).replace("<child>", child).replace("<number>", child))


def who_may(needs: May) -> list[Role]:
    return [role for role in Role if needs in MAY[role]]


def plain(answer: httpx.Response, child: str, home: str) -> tuple[int, str]:
    """What an answer says, whoever it is about."""
    text = re.sub(rf"\b(?:{child}|{home}|G{child[1:]})\b", "<ref>", answer.text)
    return answer.status_code, text


def test_every_route_that_changes_something_about_somebody_is_tried() -> None:
    changing = {
        named(route, method)
        for route, method, page in ROUTES
        if not page and method != "GET" and permission_of(route) in CASES
    }
    assert changing == BODIES.keys() | ABOUT_NOTHING
    assert len(BODIES) > 30


def test_what_is_elsewheres_is_answered_as_what_is_not_there_and_stays_as_it_is(world: Running) -> None:
    """Each write about C7 and H7, and about C8 who lives beside ours in a shared home: as about somebody who does not exist."""
    before = theirs(world)
    tried = 0
    for route, method, page in ROUTES:
        needs = needs_of(route, page)
        if (
            page
            or needs not in CASES
            or named(route, method) in ABOUT_NOTHING
            or "{" not in route.path
            and method == "GET"
        ):
            continue
        body = BODIES.get(named(route, method))
        for role in who_may(needs)[:2]:
            said = {}
            for child, home in (("C7", "H7"), ("C8", "H7"), ("C-none", "H-none")):
                asked = filled(body, child) if body is not None and method != "GET" else None
                answer = world.by[role].ask(method, about(route.path, child, home), asked, If_Match="1")
                said[child] = plain(answer, child, home)
                assert answer.status_code >= 400, (role, named(route, method), answer.text)
                assert answer.status_code < 500, (role, named(route, method), answer.text)
                tried += 1
            assert said["C7"] == said["C-none"], (role, named(route, method))
            assert said["C8"] == said["C-none"], (role, named(route, method))
    assert tried > 150
    assert theirs(world) == before


def theirs(world: Running) -> list[str]:
    """Every row about elsewhere's children and homes, but for the trail."""
    with world.store.reading() as session:
        tables = [
            table for table in Base.metadata.sorted_tables if table.name not in ("audit", "answered", "signed_in")
        ]
        rows = [str(tuple(row)) for table in tables for row in session.execute(select(table))]
    return sorted(row for row in rows if re.search(r"'(?:C7|C8|H7|HP)\b", row))


def test_a_home_of_a_pool_is_seen_and_not_changed(world: Running) -> None:
    officer = world.by["duty-officer"]
    assert officer.ask("GET", f"{V1}/homes/HP").status_code == 200
    assert officer.ask("GET", f"{V1}/homes/H7").status_code == 404
    assert {"HP", "HX"} <= {one["ref"] for one in officer.ask("GET", f"{V1}/homes?limit=200").json()["items"]}
    assert "H7" not in officer.ask("GET", f"{V1}/homes?limit=200").text
    for method, path, body in (("POST", "/homes/HP/confirm", {}), ("PUT", "/homes/HP/contact", {"name": "x"}), ("POST", "/homes/HP/hold", {"hold": "none"})):  # fmt: skip
        refused = officer.ask(method, V1 + path, body)
        assert refused.status_code == 403, path
        assert "another authority" in refused.json()["detail"]
    yours = {one["home"]: one["yours"] for one in officer.ask("GET", f"{V1}/vacancies").json()}
    assert (yours["HP"], yours["HX"]) == (False, True), "who only shares a home asks those who approved it"
    admin = world.by["administrator"]
    assert admin.ask("PUT", f"{V1}/pools/SOUTH", {"authorities": [ELSEWHERE]}).status_code == 200
    assert officer.ask("GET", f"{V1}/homes/HP").status_code == 404, "out of the pool"
    assert admin.ask("PUT", f"{V1}/pools/SOUTH", {"authorities": [AUTHORITY, ELSEWHERE]}).status_code == 200
    assert officer.ask("GET", f"{V1}/homes/HP").status_code == 200


MORE = {"roles": ["administrator"], "authority": ELSEWHERE, "active": False, "by": "somebody", "made_by": "somebody", "version": 99, "at": "2000-01-01", "id": "x", "ref": "C-new"}  # fmt: skip


def test_no_write_takes_a_field_that_is_not_its_own(world: Running) -> None:
    """Mass assignment: each body of each route with fields of the tables beside its own."""
    tried = 0
    for route, method, page in ROUTES:
        body = BODIES.get(named(route, method))
        if page or not body:
            continue
        for field, value in MORE.items():
            if field in (filled(body, "CX")):
                continue
            role = who_may(permission_of(route) or May.SELF)[0]
            sent = {**filled(body, "CX"), field: value}
            answer = world.by[role].ask(method, about(route.path, "CX", "HX"), sent, If_Match="999")
            assert answer.status_code == 422, (named(route, method), field, answer.text)
            tried += 1
    assert tried > 100


def test_whose_a_child_is_can_not_be_edited(world: Running) -> None:
    officer = world.by["duty-officer"]
    opened = officer.ask("GET", f"{V1}/children/CX")
    for method in ("PUT", "PATCH"):
        cells = {**opened.json()["cells"], "authority": ELSEWHERE}
        answer = officer.ask(method, f"{V1}/children/CX", {"cells": cells}, If_Match=opened.headers["etag"])
        assert answer.status_code == 422, (method, answer.text)
    new = officer.ask("POST", f"{V1}/children", {"cells": {"ref": "C-stolen", "authority": ELSEWHERE}})
    assert new.status_code == 422
    told = {"children": [{"ref": "C-stolen", "authority": ELSEWHERE}]}
    assert officer.ask("POST", f"{V1}/referrals", told).status_code == 422


def said_by(answer: httpx.Response) -> str:
    """Everything that an answer says: head, text, and the text of a PDF with what it says of itself."""
    head = str(sorted(answer.headers.items()))
    if answer.headers.get("content-type", "").startswith("application/pdf"):
        paper = PdfReader(io.BytesIO(answer.content))
        return head + str(paper.metadata) + "".join(sheet.extract_text() for sheet in paper.pages)
    return head + answer.text


def may_tell(role: Role, marker: str) -> bool:
    """The pairs of role and marker that there are: texts of own records to who sees cases; a shared home's to the same."""
    whose, what = re.fullmatch(r"CANARY-(\w+)-(\w+)", marker).groups()  # type: ignore[union-attr]
    in_contact = what in ("name", "address", "pc", "tel")
    return whose in ("CX", "HX", "HP") and not in_contact and May.SEE_CASES in MAY[role]


@pytest.fixture
def browser(world: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=world.url, timeout=60) as made:
        yield made


def test_no_marker_leaves_outside_the_listed_pairs(
    world: Running, browser: httpx.Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asked, met = 0, set()
    for role in ASKING:
        cookie = {"Cookie": f"{COOKIE}={world.by[role].token}"}
        for route, method, page in ROUTES:
            needs = needs_of(route, page)
            if method != "GET" or needs is None or "progress" in route.path:
                continue
            may = needs is May.SELF or needs in MAY[role]
            for child, home in (
                (("CX", "HX"), ("C8", "HP"), ("C7", "H7")) if may and "{" in route.path else (("CX", "HX"),)
            ):
                path = about(route.path, child, home)
                answer = browser.get(path, headers=cookie) if page else world.by[role].ask("GET", path)
                asked += 1
                for marker in set(re.findall(r"CANARY-\w+-\w+", said_by(answer))):
                    assert may_tell(role, marker), (role, method, path, marker)
                    met.add((role, marker))
                assert answer.status_code < 500, (role, path)
    assert asked > 200
    assert {role for role, _ in met} >= {Role.DUTY_OFFICER, Role.DIRECTOR}, "the crawl sees what it may"
    assert any(marker == "CANARY-CX-own_words" for _, marker in met)
    assert "CANARY" not in caplog.text
    copy = tmp_path / "record.copy"
    write_copy(world.store, copy)
    files = [copy, keys_beside(copy)]
    if world.store.engine.dialect.name == "sqlite":
        files += [one for one in Path(str(world.store.engine.url.database)).parent.iterdir() if one.is_file()]
    for file in files:
        assert b"CANARY" not in file.read_bytes(), file.name
