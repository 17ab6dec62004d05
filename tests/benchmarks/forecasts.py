"""How long a forecast takes and how much memory, and the open demand model beside it; `python -m tests.benchmarks.forecasts`.

`section()` writes the part of docs/benchmarks.md. Each measurement runs in a process of its own.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from matching.sufficiency.forecast import City, city_of, forecast
from matching.sufficiency.parameters import published_parameters
from matching.sufficiency.scenario import Scenario
from matching.synthetic import sample_caseload
from tests.lib.builders import fostering

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "data" / "reference"
MEBIBYTE = 1024
# scenarios beside the base case, runs, children who live in the homes
CASES = {
    "1,000 runs": (0, 1000, 300),
    "500 runs": (0, 500, 300),
    "500 runs, half the children": (0, 500, 150),
    "20 paired scenarios of 500 runs": (19, 500, 300),
}
PEER = "cs-demand-model==0.5.1"


def city(placed: int) -> City:
    """A city of about 550 children (with 300 in the homes) and 270 homes."""
    here = sample_caseload(REFERENCE, children=30, homes=270, placed=placed, seed=1)
    referrals = sample_caseload(REFERENCE, children=300, homes=1, seed=1001)
    return city_of(here, referrals, fostering(), published_parameters(REFERENCE))


def measure(name: str) -> dict[str, Any]:
    """One case: children, seconds of wall and of both cores, and memory of this process and the largest worker (MiB)."""
    scenarios, runs, placed = CASES[name]
    asked = [Scenario(f"s{number}", demand={"starts": 1 + number / 50}) for number in range(scenarios)]
    here = city(placed)
    before = time.perf_counter()
    forecast(here, asked, years=5, runs=runs, workers=2)
    seconds = time.perf_counter() - before
    own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "children": len(here.stock.kind),
        "seconds": seconds,
        "here": own.ru_maxrss // MEBIBYTE,
        "worker": workers.ru_maxrss // MEBIBYTE,
    }


def apart(name: str) -> dict[str, Any]:
    """Measure in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.forecasts", name], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


PEER_SCRIPT = """
import json, sys, time
from datetime import date
import pandas as pd
began = time.perf_counter()
from cs_demand_model import Config
from cs_demand_model.population_stats import PopulationStats
from cs_demand_model.prediction import ModelPredictor
from cs_demand_model.rpc.state import *  # noqa
"""


def peer() -> str:
    """What `cs-demand-model` says of being installed beside us, in an environment of its own; one sentence."""
    with tempfile.TemporaryDirectory(prefix="peer-") as room:
        subprocess.run([sys.executable, "-m", "venv", room], check=True, capture_output=True)
        done = subprocess.run(
            [f"{room}/bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check", PEER],
            capture_output=True,
            text=True,
            env={**os.environ, "PIP_NO_INPUT": "1"},
        )
        if done.returncode:
            return f"`{PEER}` could not be installed here: {done.stderr.strip().splitlines()[-1]}"
        return "installed"


def main() -> None:
    """Every case, one line each."""
    for name in CASES:
        told = apart(name)
        sys.stdout.write(f"{name}: {told}\n")


if __name__ == "__main__":
    if len(sys.argv) == 2:
        sys.stdout.write(json.dumps(measure(sys.argv[1])) + "\n")
    else:
        main()
