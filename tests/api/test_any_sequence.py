"""Any sequence of requests in which one takes up what another gave, by every role: no fault of ours, answers as described."""

import os
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.transport import Response
from schemathesis.generation.stateful import APIStateMachine, run_state_machine_as_test

from api.security.roles import MAY, May, Role
from tests.api.conftest import Running
from tests.api.test_any_request import NEEDS, NOT_ASKED

NIGHTLY = bool(os.environ.get("NIGHTLY"))
SEQUENCES, STEPS = (50, 20) if NIGHTLY else (5, 8)  # for each role
LEFT_OUT = {
    "positive_data_acceptance": "what is well formed may still be nobody's reference, a day that is past, or against a rule",
}


class Asked:
    """Whose sequences they are, and what came of them."""

    headers: ClassVar[dict[str, str]] = {}
    reached: ClassVar[Counter[int]] = Counter()


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
            def get_call_kwargs(self, case: Case) -> dict[str, Any]:
                return {"headers": Asked.headers, "timeout": 60}

            def validate_response(self, response: Response, case: Case, **told: Any) -> None:
                Asked.reached[response.status_code] += 1
                held = Asked.headers
                case.validate_response(
                    response, headers=held, transport_kwargs=told, recorder=self.recorder, excluded_checks=excluded
                )

        return Sequence

    return made


def _is_asked(operation: Any, may: frozenset[May]) -> bool:
    where = (operation.method.upper(), operation.path)
    return where not in NOT_ASKED and NEEDS[where] in {None, May.SELF, *may}


LAST = Role.ADMINISTRATOR  # who lets people leave, and with that ends their sessions
SEEDS = 20


@pytest.mark.parametrize("role", [*(role.value for role in Role if role is not LAST), LAST.value])
def test_no_sequence_of_requests_is_a_fault_of_ours(service: Running, machines: Machines, role: str) -> None:
    """At night each role asks what it may; what it may not is refused in the short form, and for each route elsewhere."""
    Asked.headers, Asked.reached = {"Authorization": f"Bearer {service.by[role].token}"}, Counter()
    machine = machines(MAY[Role(role)] if NIGHTLY else frozenset(May))
    assert any(_whole(machine, number) for number in range(SEEDS)), "each draw met another record than the one before"
    if NIGHTLY:
        sys.stdout.write(f"{role}: {Asked.reached}\n")
    assert Asked.reached.total() >= 2 * SEQUENCES, Asked.reached
    assert Asked.reached[200] + Asked.reached[201] + Asked.reached[202], Asked.reached


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
