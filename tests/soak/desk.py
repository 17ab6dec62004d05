"""Somebody at work over HTTP: every request is timed, and what no request may answer is kept as a break."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

TELLS = (200, 201, 202, 409)  # 409: a place is gone or a rule stands in the way; the service says which


@dataclass
class Watch:
    """What was seen: seconds of each request since they were last taken, and breaks."""

    seconds: list[float] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    conflicts: Counter[str] = field(default_factory=Counter)

    def seen(self, method: str, path: str, answer: httpx.Response, took: float) -> None:
        """Keep one answer."""
        self.seconds.append(took)
        if answer.status_code == 409:
            self.conflicts[answer.json()["detail"][:90]] += 1
        if answer.status_code not in TELLS:
            self.breaks.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")


class Desk:
    """One person of a role, signed in for the day."""

    def __init__(self, http: httpx.Client, watch: Watch, name: str, password: str) -> None:
        self._http, self._watch, self._given = http, watch, {"name": name, "password": password}
        self._headers: dict[str, str] = {}

    def sign_in(self) -> None:
        """A new session, for the pages as for the rest."""
        self._headers = {}
        token = self.ask("POST", "/api/v1/session", self._given).json()["token"]
        self._headers = {"Authorization": f"Bearer {token}", "Cookie": f"placements_session={token}"}

    def ask(self, method: str, path: str, body: Any = None, **more: str) -> httpx.Response:
        """One request, timed."""
        began = time.perf_counter()
        headers = {**self._headers, **{name.replace("_", "-"): text for name, text in more.items()}}
        answer = self._http.request(method, path, json=body, headers=headers)
        self._watch.seen(method, path, answer, time.perf_counter() - began)
        return answer

    def look(self, path: str) -> Any:
        """How far something is, again and again: not timed, since it is no work."""
        return self._http.get(path, headers=self._headers).raise_for_status().json()

    def send(self, path: str, **fields: str) -> httpx.Response:
        """A form of a page; where it leads to is looked at too."""
        began = time.perf_counter()
        origin = {"Origin": str(self._http.base_url).rstrip("/")}
        answer = self._http.post(path, data=fields, headers={**self._headers, **origin}, follow_redirects=True)
        self._watch.seen("POST", path, answer, time.perf_counter() - began)
        return answer
