"""Any request that the description allows, from each kind of role: no fault of ours, and the answers it describes."""

import os

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from tests.api.conftest import Running

EXAMPLES = 500 if os.environ.get("NIGHTLY") else 4
ROLES = ("duty-officer", "service-manager", "administrator", "auditor")
ENDS_SESSIONS = ("DELETE", "/api/v1/session")


def test_no_request_is_a_fault_of_ours(service: Running) -> None:
    described = schemathesis.openapi.from_url(f"{service.url}/api/openapi.json")
    reached: dict[int, int] = {}
    for found in described.get_all_operations():
        operation = found.ok()
        if (operation.method.upper(), operation.path) == ENDS_SESSIONS:
            continue

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def asked(case: Case) -> None:
            for role in ROLES:
                given_ = {"Authorization": f"Bearer {service.by[role].token}"}
                answer = case.call(headers=given_, timeout=60)
                case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
                reached[answer.status_code] = reached.get(answer.status_code, 0) + 1

        asked()
    assert reached.get(200, 0) + reached.get(201, 0) > 10, reached
    assert sum(reached.values()) > 200, reached
