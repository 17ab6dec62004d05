"""A small real route server for tests, in a process of its own: OSRM's and Valhalla's tables over straight lines.

Run as `python -m tests.lib.route_server MODE`; prints its port. One second for each 20 metres of straight line.
"""

import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

METRES_A_SECOND = 20.0
ROOT = Path(__file__).resolve().parents[2]


def seconds(one: tuple[float, float], two: tuple[float, float]) -> float | None:
    """Seconds between points of longitude and latitude; no road to where the second lies north of 52 degrees."""
    east = (one[0] - two[0]) * 111_320 * math.cos(math.radians(50.9))
    north = (one[1] - two[1]) * 111_320
    return None if two[1] > 52 else math.hypot(east, north) / METRES_A_SECOND


def osrm(path: str) -> Any:
    points, query = path.removeprefix("/table/v1/driving/").split("?")
    places = [tuple(map(float, point.split(","))) for point in points.split(";")]
    asked = dict(part.split("=") for part in query.split("&"))
    starts, ends = ([places[int(n)] for n in asked[key].split(";")] for key in ("sources", "destinations"))
    return {"code": "Ok", "durations": [[seconds(one, two) for two in ends] for one in starts]}


def valhalla(body: bytes) -> Any:
    asked = json.loads(body)
    starts, ends = ([(p["lon"], p["lat"]) for p in asked[key]] for key in ("sources", "targets"))
    return {"sources_to_targets": [[{"time": seconds(one, two)} for two in ends] for one in starts]}


class Handler(BaseHTTPRequestHandler):
    """Answers rightly, or wrongly in the way the mode says."""

    mode = "right"

    def do_GET(self) -> None:  # noqa: N802
        self.answer(osrm(self.path))

    def do_POST(self) -> None:  # noqa: N802
        self.answer(valhalla(self.rfile.read(int(self.headers["Content-Length"]))))

    def answer(self, told: Any) -> None:
        right = json.dumps(told).encode()
        body = {"nonsense": b"<html>", "no table": b'{"code": "NoTable"}', "short": b'{"code":"Ok","durations":[[1]]}',
                "negative": right.replace(b"[[0.0", b"[[-9.0"), "large": b" " * 6_000_000 + right}.get(self.mode, right)  # fmt: skip
        if self.mode == "slow":
            time.sleep(5)
        self.send_response({"refuses": 503, "redirects": 302}.get(self.mode, 200))
        if self.mode == "redirects":
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.mode == "drips":
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(0.2)
        else:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def running(mode: str = "right") -> Iterator[str]:
    """The address of a running server; its process ends with the block."""
    command = [sys.executable, "-m", "tests.lib.route_server", mode]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


if __name__ == "__main__":
    Handler.mode = sys.argv[1]
    listening = HTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{listening.server_port}\n")
    sys.stdout.flush()
    listening.serve_forever()
