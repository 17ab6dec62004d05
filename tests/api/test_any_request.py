"""Any request that the description allows, from a role that may and from others: no fault of ours, answers as described."""

import os
from collections import Counter
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from api.security.roles import MAY, May, Role
from tests.api.conftest import Running
from tests.api.test_service import NAMED, ROUTES, permission_of

NIGHTLY = bool(os.environ.get("NIGHTLY"))
EXAMPLES = 500 if NIGHTLY else 3
NOT_ASKED = {
    ("DELETE", "/api/v1/session"),  # ends the session of whoever asks
    ("GET", "/api/v1/jobs/{job_id}/progress"),  # a stream that lasts as long as the job
}
NEEDS = {(method, route.path): permission_of(route) for route, method in ROUTES}


def asking(needed: May | None) -> list[str]:
    """One role that may and one that may not; at night every role."""
    if NIGHTLY:
        return [role.value for role in Role]
    may = [role.value for role in Role if needed in (None, May.SELF) or needed in MAY[role]]
    others = [role.value for role in Role if role.value not in may]
    return [may[0], *others[:1]]


def ask(service: Running, operation: Any, reached: Counter[int]) -> None:
    """Ask one operation in many ways."""
    roles = asking(NEEDS[(operation.method.upper(), operation.path)])

    @given(case=operation.as_strategy(), known=st.booleans())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def asked(case: Case, known: bool) -> None:
        if known:  # a child or home that is there, so that not every path ends at 404
            case.path_parameters.update({k: NAMED[k] for k in case.path_parameters if k in NAMED})
        for role in roles:
            given_ = {"Authorization": f"Bearer {service.by[role].token}"}
            answer = case.call(headers=given_, timeout=60)
            case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
            reached[answer.status_code] += 1

    asked()


def test_no_request_is_a_fault_of_ours(service: Running) -> None:
    described = schemathesis.openapi.from_url(f"{service.url}/api/openapi.json")
    reached: Counter[int] = Counter()
    for found in described.get_all_operations():
        operation = found.ok()
        if (operation.method.upper(), operation.path) not in NOT_ASKED:
            ask(service, operation, reached)
    refused = reached[401] + reached[404]
    assert sum(reached.values()) > 300, reached
    assert refused < sum(reached.values()) / 2, f"mostly refused at the door: {reached}"
    assert reached[200] + reached[201] + reached[202] > 40, reached
