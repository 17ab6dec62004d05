"""Any sequence of requests in which one takes up what another gave, by every role: no fault of ours, answers as described."""

import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from itertools import count
from typing import Any, ClassVar

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.generation.stateful import APIStateMachine, run_state_machine_as_test
from sqlalchemy.orm import Session

from api.db import queries
from api.db.audit import Entry
from api.sample import AUTHORITY
from api.security.accounts import User
from api.security.roles import MAY, May, Role
from api.services import jobs, matching
from api.services.jobs import JobKind
from matching.cli.places import data_folder
from matching.domain import Booking
from tests.api.conftest import PASSWORD, Client, Running
from tests.api.references import References
from tests.api.test_any_request import NEEDS, NOT_ASKED

NIGHTLY = bool(os.environ.get("NIGHTLY"))
SEQUENCES, STEPS = (50, 20) if NIGHTLY else (5, 8)  # for each role
LEFT_OUT = {
    "positive_data_acceptance": "what is well formed may still be nobody's reference, a day that is past, or against a rule: "
    "the record's own refusal (409, 412, 422); below stands what it asks beyond that",
}


class Asked:
    """Whose sequences they are, what is known to be there, and what came of them."""

    headers: ClassVar[dict[str, str]] = {}
    reached: ClassVar[Counter[int]] = Counter()
    bare: ClassVar[Counter[int]] = Counter()  # of requests whose head the tool spoilt: most come without a session
    known: ClassVar[References] = References("")
    sign_in: ClassVar[Callable[[], None]]


def well_formed_is_never_malformed(_: Any, response: Response, case: Case) -> None:
    """What the description calls well formed is not refused as a field of the wrong kind; but a form can not say null."""
    mode = case.meta.generation.mode if case.meta and case.media_type != "multipart/form-data" else None
    if mode is not None and mode.is_positive and response.status_code in (400, 415, 422):
        told = response.json()
        assert not told["detail"].endswith("fields are wrong; nothing was changed."), (
            case.operation.label,
            told["fields"],
        )


Machines = Callable[[frozenset[May]], type[APIStateMachine]]


@pytest.fixture(scope="module")
def machines(service: Running) -> Machines:
    """Sequences of what some permissions open; which request takes up what another gave is worked out from the description."""
    load_all_checks()
    excluded = [CHECKS.get_one(name) for name in LEFT_OUT]

    @cache
    def made(may: frozenset[May]) -> type[APIStateMachine]:
        described = schemathesis.openapi.from_url(f"{service.url}/api/openapi.json")
        asked = described.include(lambda context: _is_asked(context.operation, may))

        class Sequence(asked.as_state_machine()):  # type: ignore[misc]
            def before_call(self, case: Case) -> None:
                Asked.known.put_in(case)

            def after_call(self, response: Response, case: Case) -> None:
                if response.status_code < 300 and "json" in str(response.headers.get("content-type")):
                    etag = response.headers.get("etag")
                    Asked.known.learn(case, response.json(), etag[0] if etag else None)
                if response.status_code == 401 and case.headers is not None:
                    Asked.sign_in()

            def get_call_kwargs(self, case: Case) -> dict[str, Any]:
                return {"headers": {} if _without_session(case) else Asked.headers, "timeout": 60}

            def validate_response(self, response: Response, case: Case, **told: Any) -> None:
                bare = _without_session(case)
                (Asked.bare if bare else Asked.reached)[response.status_code] += 1
                held = {} if bare else Asked.headers
                case.validate_response(
                    response,
                    headers=held,
                    transport_kwargs=told,
                    recorder=self.recorder,
                    excluded_checks=excluded,
                    additional_checks=[well_formed_is_never_malformed],
                )

        return Sequence

    return made


def _without_session(case: Case) -> bool:
    """Whether the tool made the head of a request wrong, which it mostly does by leaving the session out."""
    head = case.meta.components.get(ParameterLocation.HEADER) if case.meta else None
    return head is not None and head.mode.is_negative


def _is_asked(operation: Any, may: frozenset[May]) -> bool:
    where = (operation.method.upper(), operation.path)
    return where not in NOT_ASKED and NEEDS[where] in {None, May.SELF, *may}


LAST = Role.ADMINISTRATOR  # who lets people leave, and with that ends their sessions
SEEDS = 20


@pytest.mark.parametrize("role", [*(role.value for role in Role if role is not LAST), LAST.value])
def test_no_sequence_of_requests_is_a_fault_of_ours(service: Running, machines: Machines, role: str) -> None:
    """At night each role asks what it may; what it may not is refused in the short form, and for each route elsewhere."""
    Asked.headers, Asked.reached = {"Authorization": f"Bearer {service.by[role].token}"}, Counter()
    Asked.bare = Counter()
    Asked.known, Asked.sign_in = References(role), lambda: _sign_in_again(service, role)
    machine = machines(MAY[Role(role)] if NIGHTLY else frozenset(May))
    _begin(service, Client(service.nobody.http, service.by[role].token), Role(role))
    assert any(_whole(machine, number) for number in range(SEEDS)), "each draw met another record than the one before"
    if NIGHTLY:
        sys.stdout.write(f"{role}: {Asked.reached}; with a spoilt head: {Asked.bare}\n")
    assert Asked.reached.total() >= 2 * SEQUENCES, Asked.reached
    # an auditor's only sequences are about jobs, and none is there for who may ask for none
    if role != Role.AUDITOR.value:
        assert Asked.reached[200] + Asked.reached[201] + Asked.reached[202], Asked.reached
        refused = Asked.reached[401] + Asked.reached[404]
        assert not NIGHTLY or refused < Asked.reached.total() / 2, f"mostly refused at the door: {Asked.reached}"


def _begin(service: Running, client: Client, role: Role) -> None:
    """Something of each kind that the role may ask for, so that its requests find more than an empty record."""
    user, may, seal = User(role.value, (role.value,), AUTHORITY), MAY[role], service.store.seal

    def act(session: Session) -> int:
        for _ in range(5):
            first = FRIDAY_NIGHT + timedelta(days=7 * next(WEEKS))
            booked = Booking(child="C1", home="H2", first_night=first, last_night=first + timedelta(days=1))
            queries.add_new(session, seal, "booking", booked)
            Asked.known.bookings.append({"child": "C1", "home": "H2", "first_night": first.isoformat()})
            jobs.ask(session, seal, user, JobKind.PLAN, matching.Asked({}, (), None, 1.0).told())
        return 10

    service.store.transact(act, lambda rows: Entry("test", "load", "sample", {"rows": rows}))
    if May.PROPOSE in may:
        client.ask("POST", "/api/v1/plans", {})
    drafted = service.by["team-manager"].ask("POST", "/api/v1/policies", {"text": POLICY.read_text(encoding="utf-8")})
    assert drafted.status_code == 201, drafted.text
    for kind, what in LISTS.items():
        answer = client.ask("GET", f"/api/v1/{kind}") if what in (May.SELF, *may) else None
        if answer is not None and answer.status_code == 200:
            Asked.known.there.setdefault(kind, []).extend(_named(answer.json()))


def _named(body: Any) -> list[str]:
    """The names of what is listed."""
    rows = body.get("items", []) if isinstance(body, dict) else body
    told = [str(row[name]) for row in rows for name in ("id", "number", "name") if name in row]
    return [name for name in told if name != LAST.value]


LISTS = {"plans": May.SEE_CASES, "policies": May.SEE_CASES, "scenarios": May.FORECAST, "jobs": May.SELF, "people": May.MANAGE_PEOPLE}  # fmt: skip
POLICY = data_folder() / "policies" / "fostering.toml"
FRIDAY_NIGHT, WEEKS = date(2099, 1, 2), count()


def _sign_in_again(service: Running, role: str) -> None:
    """A session that a sequence has ended is begun anew, unless it was only a request without one that was refused."""
    if service.nobody.http.get("/api/v1/session", headers=Asked.headers).status_code == 401:
        told = {"name": role, "password": PASSWORD}
        answer = service.nobody.ask("POST", "/api/v1/session", told)
        if answer.status_code == 201:
            Asked.headers["Authorization"] = f"Bearer {answer.json()['token']}"


def _whole(machine: type[APIStateMachine], number: int) -> bool:
    """Ask as many sequences as are wanted; the record changes beneath the draws, and where they notice they begin anew."""
    try:
        run_state_machine_as_test(
            seed(number)(machine),
            settings=settings(
                max_examples=SEQUENCES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    except FlakyStrategyDefinition:
        return False
    return True
