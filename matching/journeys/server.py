"""Journeys from a route server of the authority's own: OSRM or Valhalla.

What is sent are grid references of children's areas and of cells, so the server must be on this machine, or named by
the user and reached over https; a postcode's own grid reference is never sent. No proxy, no redirect, a time limit.
"""

import ipaddress
import json
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

import httpx
import numpy as np
import pyproj
import pyproj.network

from matching.domain import Place
from matching.errors import MatchingError, RoadsUnavailable
from matching.journeys.base import Journeys, Minutes

BLOCK = 50  # both servers take tables of 50 by 50 as they come
LARGEST_ANSWER = 5_000_000
TOO_EXACT = frozenset({"unit", "terminated unit"})
Point = tuple[float, float]  # longitude, latitude


class ServerKind(StrEnum):
    """Which program answers."""

    OSRM = "osrm"
    VALHALLA = "valhalla"


@dataclass(frozen=True)
class RouteServer:
    """A route server at an allowed address; raises `MatchingError` for any other.

    `allowed` are host names that may be sent to besides this machine. `seconds` limits each request.
    """

    address: str
    kind: ServerKind = ServerKind.OSRM
    allowed: frozenset[str] = frozenset()
    seconds: float = 10.0
    name: str = field(init=False)

    def __post_init__(self) -> None:
        url = _allowed_address(self.address, self.allowed)
        object.__setattr__(self, "name", f"{self.kind.value} at {url.host}")

    def journeys(self, starts: Sequence[Place], ends: Sequence[Place]) -> Journeys:
        """Minutes from the server, in blocks of 50 by 50; raises `RoadsUnavailable`."""
        for place in (*starts, *ends):
            if place.precision in TOO_EXACT:
                raise MatchingError(
                    "A postcode's own grid reference is never sent to a server. Give its cell or sector."
                )
        from_points, to_points = _points(starts), _points(ends)
        minutes = np.full((len(starts), len(ends)), np.nan)
        with httpx.Client(timeout=self.seconds, trust_env=False, follow_redirects=False) as client:
            for row in range(0, len(starts), BLOCK):
                for column in range(0, len(ends), BLOCK):
                    rows, columns = slice(row, row + BLOCK), slice(column, column + BLOCK)
                    minutes[rows, columns] = self._block(client, from_points[rows], to_points[columns])
        return Journeys.of(minutes, self.name)

    def _block(self, client: httpx.Client, starts: list[Point], ends: list[Point]) -> Minutes:
        ask, read = (_osrm, _osrm_seconds) if self.kind is ServerKind.OSRM else (_valhalla, _valhalla_seconds)
        told = _answer(client, ask(client, self.address.rstrip("/"), starts, ends), self.name, self.seconds)
        try:
            seconds = np.array(read(told), dtype=np.float64)  # null becomes NaN: no road
        except (KeyError, TypeError, ValueError, IndexError):
            raise RoadsUnavailable(f"The answer of {self.name} is not a table of journeys.") from None
        if seconds.shape != (len(starts), len(ends)) or (seconds < 0).any() or np.isinf(seconds).any():
            raise RoadsUnavailable(f"The answer of {self.name} does not fit the question.")
        return np.asarray(seconds / 60.0)


def _allowed_address(address: str, allowed: frozenset[str]) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        raise MatchingError(f"{address!r} is not an address. Write one such as http://127.0.0.1:5000.") from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query:
        raise MatchingError(f"{address!r} is not a plain http address. Write one such as http://127.0.0.1:5000.")
    if _is_this_machine(url.host):
        return url
    if url.host not in allowed:
        raise MatchingError(
            f"The route server {url.host} is not on the list of allowed servers, and where children live is sent to it. "
            f"Run one on this machine, or allow it by name: --allow {url.host}."
        )
    if url.scheme != "https":
        raise MatchingError(f"The route server {url.host} is another machine: its address must begin with https.")
    return url


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=1)
def _to_degrees() -> pyproj.Transformer:
    pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]
    return pyproj.Transformer.from_crs(27700, 4326, always_xy=True)


def _points(places: Sequence[Place]) -> list[Point]:
    """Longitude and latitude, to about a metre."""
    if not places:
        return []
    longitude, latitude = _to_degrees().transform([p.easting for p in places], [p.northing for p in places])
    return [(round(east, 5), round(north, 5)) for east, north in zip(longitude, latitude, strict=True)]


def _osrm(client: httpx.Client, address: str, starts: list[Point], ends: list[Point]) -> httpx.Request:
    points = ";".join(f"{east},{north}" for east, north in (*starts, *ends))
    sources = ";".join(map(str, range(len(starts))))
    destinations = ";".join(map(str, range(len(starts), len(starts) + len(ends))))
    query = f"sources={sources}&destinations={destinations}&annotations=duration"
    return client.build_request("GET", f"{address}/table/v1/driving/{points}?{query}")


def _osrm_seconds(told: Any) -> Any:
    if told["code"] != "Ok":
        raise ValueError
    return told["durations"]


def _valhalla(client: httpx.Client, address: str, starts: list[Point], ends: list[Point]) -> httpx.Request:
    def located(points: Iterable[Point]) -> list[dict[str, float]]:
        return [{"lon": east, "lat": north} for east, north in points]

    question = {"sources": located(starts), "targets": located(ends), "costing": "auto"}
    return client.build_request("POST", f"{address}/sources_to_targets", json=question)


def _valhalla_seconds(told: Any) -> Any:
    return [
        [math.nan if cell["time"] is None else float(cell["time"]) for cell in row]
        for row in told["sources_to_targets"]
    ]


def _answer(client: httpx.Client, request: httpx.Request, name: str, seconds: float) -> Any:
    """The JSON of an answer, read up to a limit."""
    data, deadline = (
        bytearray(),
        time.monotonic() + seconds,
    )  # the limit is for the whole answer, however slowly it drips
    try:
        response = client.send(request, stream=True)
        try:
            for piece in response.iter_bytes():
                data += piece
                if time.monotonic() > deadline:
                    raise RoadsUnavailable(f"{name} did not answer within {seconds:g} seconds.")
                if len(data) > LARGEST_ANSWER:
                    raise RoadsUnavailable(f"The answer of {name} is too large.")
        finally:
            response.close()
    except httpx.TimeoutException:
        raise RoadsUnavailable(f"{name} did not answer within {seconds:g} seconds.") from None
    except httpx.HTTPError as fault:
        raise RoadsUnavailable(f"{name} can not be reached ({type(fault).__name__}).") from None
    if response.status_code != httpx.codes.OK:
        raise RoadsUnavailable(f"{name} refused with status {response.status_code}.")
    try:
        return json.loads(data)
    except ValueError:
        raise RoadsUnavailable(f"The answer of {name} is not JSON.") from None
