"""The stable-matching package `matching` 1.4.3 as a peer: hospital-residents, in an environment of its own.

It has the import name of ours, so it is built and run apart: a virtual environment beside ours, one call in isolated mode.
"""

import json
import subprocess
import sysconfig
import venv
from pathlib import Path

import numpy as np

from matching.candidates import Candidates
from matching.domain import Verdict
from tests.benchmarks.peers import Placed, free_places

WANTED = "matching==1.4.3"
PLACE = Path(sysconfig.get_path("purelib")).parents[2] / ".peer-hospital-residents"
SECONDS = 300


class NotRunError(Exception):
    """Why the peer could not be measured."""


def python() -> Path:
    """The peer's own interpreter, built once; raises `NotRunError` where the package can not be had."""
    interpreter = PLACE / "bin" / "python"
    if not (PLACE / "ready").exists():
        venv.create(PLACE, with_pip=True, clear=True)
        told = subprocess.run(
            [interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", WANTED],
            capture_output=True,
            text=True,
        )
        if told.returncode:
            raise NotRunError(
                f"{WANTED} could not be installed: {(told.stderr.splitlines() or ['no reason given'])[-1]}"
            )
        (PLACE / "ready").touch()
    return interpreter


def hospital_residents(found: Candidates) -> tuple[Placed, dict[str, float], int]:
    """Who goes where when every child counts alone, the seconds (clock and processor), and the peak memory (MB) of the peer's process."""
    children = [str(child.ref) for child in found.judged.pairs.children.items]
    homes = [household.home.ref for household in found.register.homes.items]
    told = subprocess.run(
        [python(), "-I", "-c", INSIDE], input=json.dumps(_game(found)), capture_output=True, text=True, timeout=SECONDS
    )
    if told.returncode:
        raise NotRunError(f"{WANTED} stopped: {told.stderr.splitlines()[-1]}")
    answer = json.loads(told.stdout)
    placed = [(children[int(child)], homes[int(home)]) for home, taken in answer["placed"].items() for child in taken]
    return sorted(placed), {key: answer[key] for key in ("seconds", "processor")}, answer["memory"]


def _game(found: Candidates) -> dict[str, object]:
    """Children rank possible homes by points, homes rank children likewise; places are the homes' capacities."""
    possible, points = found.judged.verdict == Verdict.MET, found.judged.total
    places = free_places(found)
    open_to = possible & (np.array(places) > 0)[None, :]
    wants = {int(c): _ranked(open_to[c], points[c]) for c in np.flatnonzero(open_to.any(axis=1))}
    takes = {int(h): _ranked(open_to[:, h], points[:, h]) for h in np.flatnonzero(open_to.any(axis=0))}
    return {"wants": wants, "takes": takes, "places": {home: places[home] for home in takes}}


def _ranked(open_to: np.ndarray, points: np.ndarray) -> list[int]:
    return [int(i) for i in np.argsort(-points, kind="stable") if open_to[i]]


INSIDE = """
import json, resource, sys, time, threading, warnings
warnings.simplefilter("ignore")
sys.setrecursionlimit(1_000_000)
threading.stack_size(512 * 1024 * 1024)

def play():
    from matching.games import HospitalResident
    told = json.load(sys.stdin)
    began, used = time.perf_counter(), time.process_time()
    game = HospitalResident.create_from_dictionaries(
        {int(k): v for k, v in told["wants"].items()},
        {int(k): v for k, v in told["takes"].items()},
        {int(k): v for k, v in told["places"].items()},
    )
    solved = game.solve(optimal="resident")
    placed = {str(home.name): [int(child.name) for child in taken] for home, taken in solved.items()}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    took = {"seconds": time.perf_counter() - began, "processor": time.process_time() - used}
    print(json.dumps({"placed": placed, "memory": memory, **took}))

thread = threading.Thread(target=play)
thread.start()
thread.join()
"""
