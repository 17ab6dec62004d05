"""What somebody tries who means harm: each ends in a refusal with a sentence, nothing changed, and no fault of ours."""

import json
from collections.abc import Iterator

import httpx
import pytest

from api.pages.rendering import COOKIE
from tests.api.conftest import PASSWORD, Client, Running
from tests.api.test_resources import done

V1 = "/api/v1"
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]><MESSAGE>&c;</MESSAGE>'


def given(client: Client) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}"}


def test_a_body_whose_length_is_not_told_is_not_read(service: Running) -> None:
    """A stream without an end would fill the memory, past the limit that a told length meets."""

    def stream() -> Iterator[bytes]:
        yield from [b"x" * 100_000] * 10

    answer = service.nobody.http.post(f"{V1}/children", content=stream(), headers=given(service.by["duty-officer"]))
    assert (answer.status_code, answer.json()["title"]) == (411, "Length needed")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"cells": ' * 50_000,
        b'{"seconds": NaN}',
        b'{"seconds": 1e999}',
        b"\xff\xfe{}",
        b'{"a": "\\ud800"}',
    ],
)
@pytest.mark.parametrize("path", ["/plans", "/children", "/decisions"])
def test_no_body_is_a_fault_of_ours(service: Running, path: str, body: bytes) -> None:
    headers = {**given(service.by["duty-officer"]), "Content-Type": "application/json"}
    answer = service.nobody.http.post(V1 + path, content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "ref",
    [
        "C1%0d%0aSet-Cookie:%20a=b",
        "..%2f..%2fetc%2fpasswd",
        "C1%27%20OR%201=1--",
        "%2e%2e",
        "C1|H1",
        "\u202eC1",
        "a" * 5_000,
    ],
)
def test_no_reference_opens_anything_or_reaches_a_header(service: Running, ref: str) -> None:
    answer = service.by["duty-officer"].ask("GET", f"{V1}/children/{ref}")
    assert answer.status_code in (404, 422), answer.text
    assert "set-cookie" not in answer.headers


def test_a_file_with_entities_is_refused_with_a_sentence_and_its_name_leads_nowhere(service: Running) -> None:
    manager = service.by["data-manager"]
    files = [("files", ("../../../tmp/amy-smith.xml", BOMB))]
    asked = manager.http.post(f"{V1}/imports", data={"kind": "ssda903"}, files=files, headers=given(manager))
    told = done(service, asked)
    assert (told["state"], told["problem"]["status"]) == ("failed", 422)
    assert "amy" not in json.dumps(told)
    assert ".." not in json.dumps(told)


def test_a_session_is_never_the_one_that_was_brought_along(service: Running) -> None:
    """Who plants a cookie beforehand does not share the session that begins after."""
    planted = "planted-by-somebody-else"
    with httpx.Client(base_url=service.url, cookies={COOKIE: planted}) as http:
        home = {"Origin": service.url}
        told = http.post("/sign-in", data={"name": "duty-officer", "password": PASSWORD}, headers=home)
        assert told.status_code == 303
        got = told.headers["set-cookie"]
        assert planted not in got
        assert "httponly" in got.lower()
        assert "samesite" in got.lower()
    with httpx.Client(base_url=service.url, cookies={COOKIE: planted}) as http:
        assert http.get("/board").status_code in (303, 401)


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_no_other_page_acts_with_somebodys_session(service: Running, origin: str) -> None:
    token = service.by["duty-officer"].token or ""
    with httpx.Client(base_url=service.url, cookies={COOKIE: token}) as http:
        sent = {"ref": "CSRF1", "sex": "male"}
        answer = http.post("/refer/send", data=sent, headers={"Origin": origin})
        assert answer.status_code == 403, "a form that another page sent"
    assert service.by["duty-officer"].ask("GET", f"{V1}/children/CSRF1").status_code == 404


@pytest.mark.parametrize(
    "to", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(service: Running, to: str) -> None:
    with httpx.Client(base_url=service.url) as http:
        sent = {"name": "auditor", "password": PASSWORD, "to": to, "next": to, "then": to}
        answer = http.post("/sign-in", params={"to": to, "next": to}, data=sent, headers={"Origin": service.url})
        assert "elsewhere" not in answer.headers.get("location", "")
        assert "javascript" not in answer.headers.get("location", "")
