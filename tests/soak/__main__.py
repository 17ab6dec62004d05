"""Months in minutes: `python -m tests.soak [--months 12] [--every 1] [--database sqlite|postgresql] [--seed 1]`.

Starts the service and its worker on a record of its own with the sample city, on a clock that goes a working day further
with each day that its officers work. Prints a line for each month, for docs/nightly.md. Ends with 1 where something broke, where
memory grew by a tenth or more after the second month, or where the slow requests of the end took a quarter longer than those of the start.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx

from api.db.sealing import Seal
from api.db.store import Store
from api.sample import fill
from api.services.geography import maps
from api.settings import Settings
from matching.working_days import is_working_day
from tests.load.__main__ import LIMITS, a_database
from tests.soak.ahead import CLOCK, today
from tests.soak.checks import breaks
from tests.soak.desk import Desk, Watch
from tests.soak.months import HEAD, Month, seen, verdict
from tests.soak.year import Year

PORT = 8351
MONTH = 30  # days


def megabytes(process: int) -> int:
    """What a process and those that it started hold in memory now; what they share is counted once (PSS)."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    own = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) // 1024
    return own + sum(map(megabytes, started_by(process)))


def processor_seconds(process: int) -> float:
    """What a process, those that it started and those that ended before have used of the processor so far."""
    used = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()[11:15]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK") + sum(map(processor_seconds, started_by(process)))


def started_by(process: int) -> list[int]:
    """Processes that a process started and that still run."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(one) for task in tasks for one in (task / "children").read_text(encoding="ascii").split()]


def on_disk(folder: Path) -> int:
    """What the files of a folder hold, in megabytes."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) >> 20


@contextmanager
def a_service(folder: Path, database: str) -> Iterator[tuple[Store, dict[str, str], int, int]]:
    """The record, passwords by role, and the numbers of the web process and of the worker."""
    settings = Settings(database=database, key_file=folder / "placements.key")
    Seal.from_file(settings.key_file, make=True)
    passwords = dict(fill(settings, today()))
    environment = {**os.environ, **LIMITS, "PLACEMENTS_DATABASE": database}
    environment["PLACEMENTS_KEY_FILE"] = str(settings.key_file)
    command = [sys.executable, "-m", "tests.soak.process"]
    web = subprocess.Popen([*command, "web", str(PORT)], env=environment)
    worker = subprocess.Popen([*command, "worker"], env=environment)
    store = Store(database, Seal.from_file(settings.key_file, make=False))
    try:
        _wait(web)
        yield store, passwords, web.pid, worker.pid
    finally:
        for process in (worker, web):
            process.terminate()
            process.wait()
        store.engine.dispose()


def _wait(process: "subprocess.Popen[bytes]") -> None:
    for _ in range(1200):
        assert process.poll() is None, "the service ended"
        try:
            if httpx.get(f"http://127.0.0.1:{PORT}/health/ready", timeout=1).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the service is not ready after two minutes")


def lived(year: Year, clock: Path, days: range, first: date, every: int) -> None:
    """Live a month: the working days among some days after the first, or one in so many of them."""
    working = [ahead for ahead in days if is_working_day(first + timedelta(ahead))]
    for ahead in working[::every]:
        clock.write_text(str(ahead), encoding="ascii")
        year.day(first + timedelta(ahead))
    year.month()


def soaked(months: int, every: int, kind: str, seed: int) -> list[str]:
    """Live so many months, saying what was seen of each; what does not hold in the end."""
    found = list[Month]()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        clock = folder / "days-ahead"
        clock.write_text("0", encoding="ascii")
        os.environ[CLOCK] = str(clock)
        database = stack.enter_context(a_database(kind, folder))
        store, passwords, web, worker = stack.enter_context(a_service(folder, database))
        http = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=300))
        watch, known, first = Watch(), maps(), today()
        officer, manager = (Desk(http, watch, name, passwords[name]) for name in ("duty-officer", "team-manager"))
        year = Year(officer, manager, random.Random(seed))
        for number in range(months):
            before = processor_seconds(web)
            lived(year, clock, range(number * MONTH, (number + 1) * MONTH), first, every)
            used = processor_seconds(web) - before
            broken = [*watch.breaks, *breaks(store, known, today(), year.told)]
            _tell(number + 1, watch, broken)
            sizes = (megabytes(web), megabytes(worker), on_disk(folder))
            found.append(seen(number + 1, watch, broken, used, sizes))
            _say(str(found[-1]))
    return verdict(found)


def _tell(number: int, watch: Watch, broken: list[str]) -> None:
    """On standard error: each break, and why acts were refused."""
    lines = [*broken, *(f"refused {times} times: {why}" for why, times in watch.conflicts.most_common())]
    sys.stderr.writelines(f"month {number}: {line}\n" for line in lines)


def main() -> int:
    """Run it; 0 when all holds."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--months", type=int, default=12)
    asked.add_argument("--every", type=int, default=1, help="Live each working day, or one in so many.")
    asked.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    _say(f"{HEAD}\n|{' --- |' * 11}")
    wrong = soaked(told.months, told.every, told.database, told.seed)
    _say("\n".join(wrong) or "All holds.")
    return bool(wrong)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
