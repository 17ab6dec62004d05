"""What operators ask of a running service: alive, ready, figures, quiet logs, and its description from our own files."""

import json
import logging
import re

import pytest

from api import telemetry
from tests.api.conftest import Running

V1 = "/api/v1"


def test_alive_and_ready(service: Running) -> None:
    assert service.nobody.ask("GET", "/health/live").json() == {"status": "live"}
    assert service.nobody.ask("GET", "/health/ready").json() == {"status": "ready"}


def test_a_record_with_other_tables_is_not_ready(service: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(service.store), "is_up_to_date", lambda _: False)
    answer = service.nobody.ask("GET", "/health/ready")
    assert (answer.status_code, answer.json()["missing"]) == (503, "tables")
    assert "placements_ready 0.0" in service.nobody.ask("GET", "/metrics").text


def test_figures_count_routes_as_declared_and_hold_no_reference(service: Running) -> None:
    officer = service.by["duty-officer"]
    assert officer.ask("GET", f"{V1}/children/C1").status_code == 200
    assert officer.ask("POST", f"{V1}/plans", {}, Prefer="respond-async").status_code == 202
    told = service.nobody.ask("GET", "/metrics").text
    assert re.search(r'placements_requests_total{method="GET",route="/api/v1/children/{ref}",status="200"} \d', told)
    assert 'placements_jobs{state="waiting"} 1.0' in told
    assert "placements_oldest_job_seconds" in told
    assert not re.search(r"\bC1\b|duty-officer", told)


def test_a_log_line_is_json_without_reference_or_name(service: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="placements"):
        service.by["duty-officer"].ask("GET", f"{V1}/children/C3")
    lines = [record for record in caplog.records if record.name == "placements"]
    assert lines
    assert lines[-1].route == "/api/v1/children/{ref}"  # type: ignore[attr-defined]
    telemetry.log_as_json()
    handler = telemetry.LOG.handlers[0]
    try:
        told = json.loads(handler.format(lines[-1]))
    finally:
        telemetry.LOG.removeHandler(handler)
        telemetry.LOG.propagate = True
    assert {"at", "level", "what", "method", "route", "status", "milliseconds"} <= told.keys()
    assert "C3" not in json.dumps(told)


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_description_loads_nothing_from_elsewhere_and_runs_nothing_inline(service: Running, page: str) -> None:
    answer = service.nobody.ask("GET", f"/api/{page}")
    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert not re.search(r"<script[^>]*>[^<]", answer.text)
    for path in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
        assert path.startswith("/static/")
        assert service.nobody.ask("GET", path).status_code == 200, path


def test_no_two_models_of_the_description_share_a_name(service: Running) -> None:
    """Generators of clients drop the second one, and with it the answer."""
    told = service.nobody.ask("GET", "/api/openapi.json").json()
    assert [name for name in told["components"]["schemas"] if "__" in name] == []


def test_every_body_in_the_description_has_an_example(service: Running) -> None:
    told = service.nobody.ask("GET", "/api/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    bodies = {
        body["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
        for path in told["paths"].values()
        for one in path.values()
        if (body := one.get("requestBody")) and "application/json" in body["content"]
    }
    without = sorted(name for name in bodies if "examples" not in told["components"]["schemas"][name])
    assert not without, without
    assert len(bodies) > 20
