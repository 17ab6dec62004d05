"""How long a forecast takes and how much memory, and the open demand model beside it; `python -m tests.benchmarks.forecasts`.

`section()` writes the part of docs/benchmarks.md. Each measurement runs in a process of its own.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
from joblib.externals.loky import get_reusable_executor

from matching.cli.own_figures import borrowing
from matching.returns import read_history
from matching.sufficiency.forecast import City, city_of, forecast
from matching.sufficiency.own_history import check_origin, forecast_history
from matching.sufficiency.parameters import published_parameters
from matching.sufficiency.scenario import Scenario
from matching.synthetic import sample_caseload
from matching.synthetic.histories import CareTruth, invented_returns, write_returns
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
ORIGIN = 2022


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
    before, began = time.perf_counter(), time.process_time()
    forecast(here, asked, years=5, runs=runs, workers=2)
    seconds = time.perf_counter() - before
    # workers are counted once they have ended
    get_reusable_executor().shutdown(wait=True)
    own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "children": len(here.stock.kind),
        "seconds": seconds,
        "processor": sum(used.ru_utime + used.ru_stime for used in (own, workers)) - began,
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
import json, resource, sys, time
began = time.perf_counter()
from cs_demand_model import DemandModellingDataContainer, ModelPredictor, PopulationStats
from cs_demand_model.config import Config
from cs_demand_model.datastore import fs_datastore
config = Config()
data = DemandModellingDataContainer(fs_datastore(sys.argv[1]), config)
stats = PopulationStats(data.enriched_view, config)
first = data.end_date.replace(year=data.end_date.year - 3)
predictor = ModelPredictor.from_model(stats, first, data.end_date)
told = predictor.predict(3 * 365, progress=False)
inside = [name for name in told.columns if "NOT_IN_CARE" not in name]
total = told[inside].sum(axis=1)
ahead = [float(total.iloc[min(365 * year, len(total)) - 1]) for year in (1, 2, 3)]
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"ahead": ahead, "seconds": time.perf_counter() - began, "memory": memory}))
"""


def peer(returns: Path) -> dict[str, Any] | str:
    """`cs-demand-model` in an environment of its own on these returns: its totals one to three years ahead; or why not."""
    with tempfile.TemporaryDirectory(prefix="peer-") as room:
        subprocess.run([sys.executable, "-m", "venv", room], check=True, capture_output=True)
        python = f"{room}/bin/python"
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", PEER]
        done = subprocess.run(pip, capture_output=True, text=True)
        if done.returncode:
            return f"`{PEER}` could not be installed: {done.stderr.strip().splitlines()[-1]}"
        told = subprocess.run([python, "-W", "ignore", "-c", PEER_SCRIPT, str(returns)], capture_output=True, text=True)
        return dict(json.loads(told.stdout.splitlines()[-1])) if not told.returncode else told.stderr.splitlines()[-1]


def ours(returns: Path) -> dict[str, Any]:
    """The same of this forecast from returns: totals one to three years ahead with their 80% ranges."""
    began = time.perf_counter()
    read = read_history(sorted(returns.iterdir()))
    made = forecast_history(check_origin(read, ORIGIN), borrowing(REFERENCE, None)(ORIGIN), 3)
    rows = made.table[(made.table.flow == "stock_31mar") & (made.table.category == "total")].sort_values("horizon")
    seconds = time.perf_counter() - began
    ranges = list(zip(rows.q10, rows.q90, strict=True))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEBIBYTE
    return {"ahead": rows["mean"].tolist(), "ranges": ranges, "seconds": seconds, "memory": memory}


def beside(room: Path) -> str:
    """One invented authority whose truth is known, five years of returns, both forecasts: lines of a table."""
    modules = invented_returns(CareTruth(), ORIGIN - 8, ORIGIN + 3, seed=1)
    write_returns(modules, room, range(ORIGIN - 4, ORIGIN + 1))
    episodes = modules["episodes"]
    days = [pd.Timestamp(ORIGIN + year, 3, 31) for year in (0, 1, 2, 3)]
    now, *truth = [int(((day >= episodes.DECOM) & ~(day >= episodes.DEC)).sum()) for day in days]
    lines = [
        f"| what came | {' | '.join(str(one) for one in truth)} | | |",
        f"| last value | {' | '.join([str(now)] * 3)} | | |",
    ]
    for name, told in (("**this forecast, from returns**", ours(room)), (f"`{PEER}`, daily steps", peer(room))):
        if isinstance(told, str):
            lines.append(f"| {name} | {told} | | | | |")
            continue
        ahead = " | ".join(f"{one:.0f}" for one in told["ahead"])
        lines.append(f"| {name} | {ahead} | {told['seconds']:.1f} | {told['memory']} |")
    return "\n".join(lines)


def section() -> str:
    """The part of the benchmark page on forecasts."""
    rows = []
    for name in CASES:
        told = apart(name)
        rows.append(
            f"| {name} | {told['children']} | {told['seconds']:.1f} | {told['processor']:.1f} | {told['here']} | {told['worker']} |"
        )
    with tempfile.TemporaryDirectory(prefix="history-") as room:
        return PAGE.format(rows="\n".join(rows), beside=beside(Path(room)))


PAGE = """## Forecasts

A city of 270 homes over five years, two workers: every child and home of every run through the rules and criteria. Time from the judged
kinds of referral to the tables with their ranges; memory (MiB) of this process and of the largest worker.

| case | children | seconds | of processor time | MiB here | MiB worker |
| --- | --- | --- | --- | --- | --- |
{rows}

The open demand model beside our forecast from returns: an invented authority, five years of its returns, children in care one to three
years ahead. It forecasts numbers by age and kind of placement; homes, needs, areas, ranges, scenarios of supply and recruitment it does not.

| forecast | 1 year | 2 years | 3 years | seconds | MiB |
| --- | --- | --- | --- | --- | --- |
{beside}
"""


if __name__ == "__main__":
    if len(sys.argv) == 2:
        sys.stdout.write(json.dumps(measure(sys.argv[1])) + "\n")
    else:
        sys.stdout.write(section())
