"""Long work as jobs: asked for over HTTP, done by the worker's own functions, told about, stopped, settled once."""

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from api.db import audit
from api.db.audit import Entry
from api.db.tables import Job, PlanMade
from api.security.accounts import leave
from api.services import jobs
from api.settings import Settings
from api.worker import work
from tests.api.conftest import Running

V1 = "/api/v1"
SETTINGS = Settings()


def asked(service: Running, **wanted: Any) -> dict[str, Any]:
    answer = service.by["duty-officer"].ask("POST", f"{V1}/plans", wanted, Prefer="respond-async")
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{V1}/jobs/{told['id']}"
    assert (told["state"], told["tries"]) == ("waiting", 0)
    return told


def now(service: Running, number: str) -> dict[str, Any]:
    found: dict[str, Any] = service.by["duty-officer"].ask("GET", f"{V1}/jobs/{number}").json()
    return found


def test_a_plan_as_a_job_is_the_plan_that_is_made_at_once(service: Running) -> None:
    officer = service.by["duty-officer"]
    job = asked(service)
    work.do(SETTINGS, service.store, job["id"])
    done = now(service, job["id"])
    assert (done["state"], done["share"], done["tries"]) == ("done", 100, 1)
    plan = officer.ask("GET", f"{V1}/plans/{done['result']['plan']}").json()["plan"]
    assert plan["plan_hash"] == officer.ask("POST", f"{V1}/plans", {}).json()["plan"]["plan_hash"]
    work.do(SETTINGS, service.store, job["id"])
    assert now(service, job["id"]) == done, "what is settled is not done again"


def test_a_job_sent_twice_is_one_job(service: Running) -> None:
    officer = service.by["duty-officer"]
    sent = [
        officer.ask("POST", f"{V1}/plans", {"wait": ["C3"]}, Prefer="respond-async", Idempotency_Key="twice")
        for _ in range(2)
    ]
    assert sent[0].json()["id"] == sent[1].json()["id"]
    assert sent[1].headers["idempotent-replayed"] == "true"


def test_a_job_that_cannot_be_says_why_and_is_tried_again(service: Running) -> None:
    officer = service.by["duty-officer"]
    job = asked(service, pins={"C3": "H3"})
    work.do(SETTINGS, service.store, job["id"])
    failed = now(service, job["id"])
    assert failed["state"] == "failed"
    assert failed["problem"]["status"] == 409
    assert "C3 cannot be planned for H3 now. " in failed["problem"]["detail"]
    again = officer.ask("POST", f"{V1}/jobs/{job['id']}/again")
    assert again.status_code == 202
    assert again.json()["state"] == "waiting"
    assert officer.ask("POST", f"{V1}/jobs/{again.json()['id']}/again").status_code == 409, "it still waits"


def test_a_job_that_was_stopped_leaves_nothing(service: Running) -> None:
    officer = service.by["duty-officer"]
    waiting, running = asked(service), asked(service)
    stopped = officer.ask("POST", f"{V1}/jobs/{waiting['id']}/cancel")
    assert stopped.json()["state"] == "cancelled"
    assert officer.ask("POST", f"{V1}/jobs/{waiting['id']}/cancel").status_code == 409
    assert jobs.begun(service.store, running["id"]) == 1
    assert officer.ask("POST", f"{V1}/jobs/{running['id']}/cancel").json()["state"] == "running"
    before = _plans(service)
    work.do(SETTINGS, service.store, running["id"])
    assert now(service, running["id"])["state"] == "cancelled"
    assert _plans(service) == before


def _plans(service: Running) -> int:
    with service.store.reading() as session:
        return session.query(PlanMade).count()


def test_a_job_whose_process_died_too_often_is_given_up(service: Running) -> None:
    job = asked(service)
    for _ in range(jobs.MOST_TRIES):
        assert jobs.begun(service.store, job["id"])
    work.do(SETTINGS, service.store, job["id"])
    told = now(service, job["id"])
    assert told["state"] == "failed"
    assert "ended 3 times" in told["problem"]["detail"]


def test_a_job_that_wants_too_much_memory_is_told_so(service: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def hungry(_: object) -> None:
        raise MemoryError

    job = asked(service)
    monkeypatch.setitem(work.WORK, jobs.JobKind.PLAN, hungry)
    work.do(SETTINGS, service.store, job["id"])
    assert now(service, job["id"])["problem"]["title"] == "Too large"


def test_other_roles_and_authorities_do_not_find_a_job(service: Running) -> None:
    job = asked(service)
    for who in ("elsewhere", "auditor", "commissioner", "administrator"):
        assert service.by[who].ask("GET", f"{V1}/jobs/{job['id']}").status_code == 404, who
        assert job["id"] not in service.by[who].ask("GET", f"{V1}/jobs").text
    assert service.by["family-finder"].ask("GET", f"{V1}/jobs/{job['id']}").status_code == 200


def test_the_list_has_pages(service: Running) -> None:
    officer = service.by["duty-officer"]
    first = officer.ask("GET", f"{V1}/jobs?limit=2").json()
    second = officer.ask("GET", f"{V1}/jobs?limit=2&before={first['before']}").json()
    numbers = [one["id"] for one in first["items"] + second["items"]]
    assert len(set(numbers)) == 4


def test_the_job_of_somebody_who_has_left_is_not_done(service: Running) -> None:
    finder = service.by["family-finder"]
    job = finder.ask("POST", f"{V1}/plans", {}, Prefer="respond-async").json()
    service.store.transact(lambda session: leave(session, "family-finder"), lambda _: Entry("test", "leave", "p", {}))
    work.do(SETTINGS, service.store, job["id"])
    assert "has left" in now(service, job["id"])["problem"]["detail"]


def test_progress_is_told_as_it_goes(service: Running) -> None:
    officer = service.by["duty-officer"]
    job = asked(service)
    told: list[dict[str, Any]] = []
    path = f"{V1}/jobs/{job['id']}/progress"
    headers = {"Authorization": f"Bearer {officer.token}"}
    with officer.http.stream("GET", path, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line[6:]))
                if told[-1]["state"] == "waiting":
                    work.do(SETTINGS, service.store, job["id"])
    assert told[0]["state"] == "waiting"
    assert told[-1]["state"] == "done"
    assert officer.ask("GET", f"{V1}/jobs/nowhere/progress").status_code == 404


def test_each_end_of_a_job_is_in_the_trail(service: Running) -> None:
    with service.store.reading() as session:
        found = audit.verify(session)
        acts = {entry.act for entry in session.query(audit.AuditEntry)}
        settled = session.query(Job).filter(Job.state.in_(list(jobs.SETTLED))).count()
    assert found.faults == ()
    assert settled > 4
    assert {"ask-plan", "propose-plan", "job-failed", "job-cancelled", "cancel-job", "watch-job"} <= acts


def test_a_settled_job_is_not_written_over(service: Running) -> None:
    job = asked(service)
    work.do(SETTINGS, service.store, job["id"])

    def late(session: Session) -> None:
        jobs.still_wanted(session, job["id"])

    with pytest.raises(jobs.Stopped):
        service.store.transact(late, lambda _: Entry("test", "late", "job", {}))
