"""References that are there, learnt from answers, put in place of those that nobody has; so that sequences of requests mean something."""

import re
from typing import Any
from zlib import crc32

from schemathesis import Case

from tests.api.conftest import PASSWORD

WHOSE = {"child": "children", "children": "children", "of": "children", "to": "children", "home": "homes", "plan": "plans", "since": "plans", "placed": "decisions"}  # fmt: skip
KINDS = {"child": "children", "home": "homes"}
BEFORE = {
    "referrals": "children",
    "since": "plans",
}  # what a number is of, where the word before it in the path is another
NAMES = ("id", "number", "ref", "name", "plan_id")
NEW_CHILD = {"date_of_birth": "2018-03-01", "sex": "female", "care_type": "short-term"}
NOT_FOR_US = frozenset({"administrator", ""})  # who asks last of all does not send themself away


class References:
    """What is known to be there, by kind, and the last version seen of each address."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.there = {"children": ["C1", "C2", "C3"], "homes": ["H1", "H2", "H3"], "sibling-groups": ["G1"]}
        self.versions: dict[str, str] = {}
        self.bookings: list[dict[str, str]] = []
        self.keys = 0

    def learn(self, case: Case, body: Any, etag: str | None) -> None:
        """Take in what an answer told of."""
        if etag:
            self.versions[case.formatted_path] = etag
        last = [part for part in case.operation.path.split("/") if not part.startswith("{")][-1]
        for row in _rows(body):
            if "first_night" in row and "child" in row:
                self.bookings.append({name: row[name] for name in ("child", "home", "first_night")})
            for name in NAMES:
                self._add(last, row.get(name))
            for name, kind in WHOSE.items():
                self._add(kind, row.get(name))

    def _add(self, kind: str, told: Any) -> None:
        known = self.there.setdefault(kind, [])
        if isinstance(told, str) and told not in known and told not in NOT_FOR_US:
            known.append(told)
            del known[:-30]

    def real(self, kind: str, made: Any) -> Any:
        """One that is there for one that was made up; seven times of eight, so that others are asked for, too."""
        known, draw = self.there.get(kind), crc32(repr(made).encode())
        return made if not known or made in known or draw % 8 == 0 else known[draw // 8 % len(known)]

    def put_in(self, case: Case) -> None:
        """In the path, the body and the version of a well-formed request."""
        if case.meta is None or not case.meta.generation.mode.is_positive:
            return
        for name, made in list(case.path_parameters.items()):
            case.path_parameters[name] = self.real(self._kind(case, name), made)
        if "first_night" in case.path_parameters and self.bookings:
            case.path_parameters.update(self.bookings[self.keys % len(self.bookings)])
        if isinstance(case.body, dict):
            case.body = {name: self._body(case, name, value) for name, value in case.body.items()}
            if case.operation.path.endswith("/session") and case.method == "POST":
                case.body = {"name": self.role, "password": PASSWORD}
        self._head(case)

    def _head(self, case: Case) -> None:
        """A key of its own for each request, seven times of eight, and the version that was seen last."""
        self.keys += 1
        if case.headers.get("Idempotency-Key") is not None and self.keys % 8:
            case.headers["Idempotency-Key"] = f"{self.role}-{self.keys}"
        if case.headers.get("If-Match") is not None:
            case.headers["If-Match"] = self.versions.get(case.formatted_path, '"1"')

    def _kind(self, case: Case, name: str) -> str:
        if name == "ref" and "{kind}" in case.operation.path:
            return KINDS.get(str(case.path_parameters.get("kind")), "")
        before = re.search(rf"([\w-]+)/{{{name}}}", case.operation.path)
        word = before[1] if before else ""
        return WHOSE.get(name) or BEFORE.get(word, word)

    def _body(self, case: Case, name: str, value: Any) -> Any:
        if name == "cells":
            new = {"ref": f"S{crc32(repr(value).encode()):08x}", **NEW_CHILD}
            return (
                new if case.method == "POST" else {"places_free": "1"} if "/homes" in case.path else {"sex": "female"}
            )
        if name == "ref" and isinstance(case.body, dict):
            return self.real(KINDS.get(str(case.body.get("kind")), ""), value)
        if name in ("pins", "forbidden"):
            return {"C3": self.real("homes", value)} if name == "pins" and value else type(value)()
        if name in WHOSE and isinstance(value, list):
            return [self.real(WHOSE[name], value or "one")]
        return self.real(WHOSE[name], value) if name in WHOSE and isinstance(value, str) else value


def _rows(body: Any) -> list[dict[str, Any]]:
    """An answer as the rows that it tells of."""
    if isinstance(body, dict):
        return [body, *_rows(body.get("items"))]
    return [one for one in body if isinstance(one, dict)] if isinstance(body, list) else []
