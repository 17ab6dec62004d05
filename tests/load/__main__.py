"""Load on a service of this machine's own: `python -m tests.load [--minutes M] [--officers N ...]`.

Starts the service with the sample city in a folder of its own, lets locust's officers work, with and without a solve and an
import running beside, and prints a table for docs/load.md. Nothing is sent to another machine.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

PORT = 8347
URL = f"http://127.0.0.1:{PORT}"
LIMITS = {"PLACEMENTS_PERSON_REQUESTS": "100000 per minute", "PLACEMENTS_MACHINE_REQUESTS": "100000 per minute"}


@contextmanager
def a_service(folder: Path) -> Iterator[dict[str, str]]:
    """The service and its worker; passwords by role."""
    environment = {**os.environ, **LIMITS, "PLACEMENTS_DATABASE": f"sqlite:///{folder}/placements.db"}
    environment |= {"PLACEMENTS_KEY_FILE": f"{folder}/placements.key"}
    log = (folder / "out").open("w+")
    command = [sys.executable, "-m", "matching.cli", "serve", "--port", str(PORT)]
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.DEVNULL, cwd=folder)
    try:
        _wait(process)
        sys.stderr.write(f"ready after {time.monotonic() - began:.1f} s\n")
        lines = (folder / "out").read_text().splitlines()
        yield {parts[0]: parts[1] for line in lines if len(parts := line.split()) == 2}
    finally:
        process.terminate()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]") -> None:
    for _ in range(1200):
        try:
            if httpx.get(f"{URL}/health/ready", timeout=1).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
        assert process.poll() is None, "the service ended"
    raise AssertionError("the service is not ready after two minutes")


def signed_in(passwords: dict[str, str], name: str) -> str:
    """A session's token."""
    told = {"name": name, "password": passwords[name]}
    return str(httpx.post(f"{URL}/api/v1/session", json=told, timeout=60).json()["token"])


def busy(tokens: dict[str, str], stop: threading.Event) -> None:
    """A plan as a job and an import, again and again, as long as the officers work."""
    officer = {"Authorization": f"Bearer {tokens['duty-officer']}"}
    data = {"Authorization": f"Bearer {tokens['data-manager']}"}
    number = 0
    while not stop.is_set():
        number += 1
        httpx.post(f"{URL}/api/v1/plans", json={}, headers={**officer, "Prefer": "respond-async"}, timeout=60)
        rows = "".join(f"2026-11-23,L{number}-{n},female,E06000045\n" for n in range(2_000))
        files = {"children.csv": f"as_of,ref,sex,authority\n{rows}", "homes.csv": "ref\n"}
        files |= {"placements.csv": "child,home\n", "relationships.csv": "tie,of\n"}
        parts = [("files", (name, text.encode())) for name, text in files.items()]
        told = {"kind": "caseload", "dry_run": "true"}
        httpx.post(f"{URL}/api/v1/imports", data=told, files=parts, headers=data, timeout=60)
        stop.wait(15)


def officers(number: int, minutes: float, token: str, folder: Path) -> dict[str, Any]:
    """What locust says of so many officers: the line of all requests together."""
    out = folder / f"officers-{number}"
    command = [sys.executable, "-m", "locust", "-f", str(Path(__file__).parent / "officers.py"), "--headless"]
    command += ["-u", str(number), "-r", str(max(1, number // 10)), "-t", f"{int(minutes * 60)}s", "--host", URL]
    command += ["--csv", str(out), "--only-summary", "--reset-stats"]
    environment = {**os.environ, "OFFICERS": json.dumps([token])}
    subprocess.run(command, env=environment, check=False, capture_output=True)
    rows = [line.split(",") for line in Path(f"{out}_stats.csv").read_text().splitlines()]
    whole = dict(zip(rows[0], rows[-1], strict=False))
    return {name: whole[name] for name in ("Request Count", "Failure Count", "50%", "95%", "99%", "Requests/s")}


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=5)
    asked.add_argument("--officers", type=int, nargs="+", default=[40, 200])
    told = asked.parse_args()
    say("| officers | beside | requests | failed | p50 ms | p95 ms | p99 ms | a second |")
    say("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="load-") as room, a_service(Path(room)) as passwords:
        tokens = {name: signed_in(passwords, name) for name in ("duty-officer", "data-manager")}
        for number in told.officers:
            for beside in (False, True):
                stop = threading.Event()
                thread = threading.Thread(target=busy, args=(tokens, stop))
                if beside:
                    thread.start()
                found = officers(number, told.minutes, tokens["duty-officer"], Path(room))
                stop.set()
                if beside:
                    thread.join()
                row = " | ".join(str(value) for value in found.values())
                say(f"| {number} | {'a solve, an import' if beside else 'nothing'} | {row} |")


if __name__ == "__main__":
    main()
