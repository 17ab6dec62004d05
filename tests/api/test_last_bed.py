"""The last place of a home, asked for over HTTP by several processes at the same moment: one gets it, the rest are told."""

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack

from sqlalchemy.orm import Session

from api.db import beds, queries
from api.db.audit import Entry
from api.sample import AUTHORITY
from tests.api.conftest import Running
from tests.lib.builders import a_child, a_home

NIGHTLY = bool(os.environ.get("NIGHTLY"))
ROUNDS = {2: 4, 4: 3} if not NIGHTLY else {2: 500, 4: 500, 16: 500}
V1 = "/api/v1"

ASKING = """
import json, sys
import httpx

url, token, me, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
with httpx.Client(base_url=url, timeout=120, headers={"Authorization": f"Bearer {token}"}) as http:
    print("ready", flush=True)
    for _ in range(rounds):
        number = sys.stdin.readline().strip()
        asked = {"kind": "accepted", "children": [f"race-{number}-{me}"], "home": f"race-{number}"}
        answer = http.post("/api/v1/decisions", json=asked)
        told = answer.json()
        detail = told.get("detail", "") if isinstance(told, dict) else ""
        print(json.dumps([answer.status_code, detail]), flush=True)
"""


def test_one_process_wins_the_last_place_and_the_rest_are_told_what_changed(service: Running) -> None:
    for actors, rounds in ROUNDS.items():
        assert _last_places(service, actors, rounds) == rounds, "each place was given once"


def _last_places(service: Running, actors: int, rounds: int) -> int:
    """Rounds in which one won, the rest were told what changed; how many there were."""
    given = 0
    names = [f"{actors}-{number}" for number in range(rounds)]
    with ExitStack() as running:
        askers = [running.enter_context(_asker(service, who, rounds)) for who in range(actors)]
        assert [_line(asker) for asker in askers] == ["ready"] * actors
        for name in names:
            _prepare(service, name, actors)
            answers = _asked_at_once(askers, name)
            assert Counter(status for status, _ in answers) == {201: 1, 409: actors - 1}, answers
            assert all("promised to another child at" in said for status, said in answers if status == 409), answers
            given += 1
            _tidy(service, name, actors)
    return given


def _asked_at_once(askers: "list[subprocess.Popen[str]]", name: str) -> list[tuple[int, str]]:
    for asker in askers:
        assert asker.stdin is not None
        asker.stdin.write(f"{name}\n")
        asker.stdin.flush()
    return [tuple(json.loads(_line(asker))) for asker in askers]


def _asker(service: Running, who: int, rounds: int) -> "subprocess.Popen[str]":
    token = service.by["duty-officer"].token or ""
    command = [sys.executable, "-c", ASKING, service.url, token, str(who), str(rounds)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _line(asker: "subprocess.Popen[str]") -> str:
    assert asker.stdout is not None
    return asker.stdout.readline().strip()


def _prepare(service: Running, name: str, actors: int) -> None:
    """One home with one place, and a child for each who will ask."""

    def act(session: Session) -> None:
        queries.add_new(session, service.store.seal, "home", a_home(f"race-{name}", places_free=1))
        for who in range(actors):
            child = a_child(f"race-{name}-{who}", 8, authority=AUTHORITY)
            queries.add_new(session, service.store.seal, "child", child)

    service.store.transact(act, lambda _: Entry("test", "prepare", "race", {}))


def _tidy(service: Running, name: str, actors: int) -> None:
    """The caseload stays small, so that each round costs the same."""

    def act(session: Session) -> None:
        for who in range(actors):
            beds.give_back_place(session, f"race-{name}-{who}", f"race-{name}")
            queries.remove(session, "child", f"race-{name}-{who}")
        queries.remove(session, "home", f"race-{name}")

    service.store.transact(act, lambda _: Entry("test", "tidy", "race", {}))
