"""From a city to England: how long a plan takes, how much memory, how far from its bound; writes docs/scale.md.

`python -m tests.benchmarks.scale row CHILDREN HOMES SEED [REGION]` measures one size and keeps it in docs/scale.json;
`... page` writes the page from the rows kept; without a word every size up to a region is measured, then the page
written; `... england` the country too (hours on a small machine); `... one ...` tells one size and keeps nothing.
Each size has a process of its own.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import matplotlib
import numpy as np
import psutil
from rich.console import Console

from matching.again import Base, without
from matching.candidates import find_candidates, find_in_chunks, problem_from
from matching.checker import check_plan
from matching.domain import Caseload
from matching.pairs import Register
from matching.planning import MOST_PAIRS, Prepared, placed_by
from matching.policy import read_policy
from matching.solver import Limits, solve
from matching.solver.stages import weights_of
from matching.synthetic import authorities_of, sample_caseload

ROOT = Path(__file__).resolve().parents[2]
PAGE, KEPT = ROOT / "docs" / "scale.md", ROOT / "docs" / "scale.json"
PICTURE = ROOT / "docs" / "pictures" / "scale.svg"
REFERENCE = ROOT / "data" / "reference"
CITIES = ((120, 150), (500, 400), (500, 220), (1000, 1500))
SEEDS = (1, 2, 3, 4, 5)
REGION = (5_000, 3_000, 1, "South East")
ENGLAND = (80_000, 45_000, 1, "England")
SECONDS = {"": 300.0, "South East": 90.0, "England": 890.0}
REFUSALS = 12
MEGABYTE = 1 << 20
Size = tuple[int, int, int, str]  # children, homes, seed, region


def caseload_of(children: int, homes: int, seed: int, region: str) -> Caseload:
    """A city, or a region of several authorities."""
    codes = authorities_of(REFERENCE, region) if region else ()
    return sample_caseload(REFERENCE, children=children, homes=homes, seed=seed, authorities=codes)


def measure(children: int, homes: int, seed: int, region: str = "") -> dict[str, Any]:
    """Seconds of each step, the gap of the goals up to suitability as one sum, what each goal reached and could."""
    workers = (os.cpu_count() or 1) if region == "England" else 1
    told = _measured(children, homes, seed, region, workers)
    if workers > 1:
        told["memory"] = max(told["memory"], _Held.most // MEGABYTE)
    return {**told, "workers": workers}


class _Held(Thread):
    """Looks twice a second at the bytes that this process and those it started hold together."""

    most = 0

    def run(self) -> None:
        while True:
            every = [psutil.Process(), *psutil.Process().children(recursive=True)]
            _Held.most = max(_Held.most, sum(_resident(one) for one in every))
            time.sleep(0.5)


def _resident(process: psutil.Process) -> int:
    with suppress(psutil.NoSuchProcess):
        return int(process.memory_info().rss)
    return 0


def _measured(children: int, homes: int, seed: int, region: str, workers: int) -> dict[str, Any]:
    if workers > 1:
        _Held(daemon=True).start()
    caseload = caseload_of(children, homes, seed, region)
    policy, told = read_policy(ROOT / "data" / "policies" / "fostering.toml"), {"sampled": _memory()}
    began, worked = time.perf_counter(), time.process_time()
    register = Register(caseload)
    if len(caseload.seeking) * len(caseload.homes) <= MOST_PAIRS:
        found, made = find_candidates(register, policy), None
    else:
        found, made = find_in_chunks(register, policy, workers)
    problem = problem_from(found, made=made)
    candidates, began = time.perf_counter() - began, time.perf_counter()
    solution = solve(problem, Limits(seconds=SECONDS[region], workers=workers))
    solving, worked = time.perf_counter() - began, time.process_time() - worked
    placed = placed_by(found, problem, solution)
    weights = weights_of(problem).tolist()
    reached = sum(w * v for w, v in zip(weights, solution.achieved, strict=False))
    short = solution.bound[len(weights) - 1] - solution.achieved[len(weights) - 1]  # of the weighted sum as a whole
    return {
        **told,
        "candidates": candidates,
        "solving": solving,
        "worked": worked,
        "memory": _memory(),
        "proven": solution.proven,
        "gap": short / max(reached + short, 1),
        "blocks": problem.blocks,
        "achieved": solution.achieved,
        "bound": solution.bound,
        "sound": check_plan(caseload, placed, found.policy.settings).sound,
        "steps": solution.seconds,
        "refusals": _refusals(caseload, found, problem, solution) if (children, homes) == (500, 400) else None,
    }


def _refusals(caseload: Caseload, found: Any, problem: Any, solution: Any) -> dict[str, Any]:
    """A home says no to a child of the plan: the very plan from nothing, found from the solved problem kept warm."""
    base = Base(
        ready=Prepared(caseload=caseload, policy=found.policy, found=found),
        found=found,
        problem=problem,
        solution=solution,
    )
    began = time.perf_counter()
    _, times, proven = base.tight, [], 0
    ready = time.perf_counter() - began
    for pair in list(base.home_of.items())[:: max(1, len(base.home_of) // REFUSALS)][:REFUSALS]:
        began = time.perf_counter()
        proven += without(base, [pair]).proven
        times.append(time.perf_counter() - began)
    return {
        "ready": ready,
        "median": sorted(times)[len(times) // 2],
        "slowest": max(times),
        "proven": proven,
        "of": len(times),
    }


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def apart(*size: object) -> dict[str, Any]:
    """Measure in a fresh process."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.scale", "one", *(str(part) for part in size)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(told.stdout.splitlines()[-1]))


def _line(children: int, homes: int, seed: int, region: str, told: dict[str, Any]) -> str:
    proof = "every goal and the lot" if told["proven"] else f"gap {told['gap']:.4%}"
    goals = ", ".join(
        str(got) if got == most else f"{got} of {most}"
        for got, most in zip(told["achieved"][:4], told["bound"][:4], strict=True)
    )
    where = f", {region}" if region else ""
    return (
        f"| {children:,} x {homes:,}{where}, seed {seed} | {told['blocks']:,} | {told['candidates']:.1f} | {told['solving']:.1f} "
        f"| {told['worked']:.1f} | {told['memory']} | {proof} | {goals} | {'yes' if told['sound'] else 'NO'} |"
    )


def row(size: Size) -> None:
    """Measure one size and keep it, in place of what was kept of it before."""
    kept = {tuple(one["size"]): one for one in _kept()}
    when = f"{date.today().isoformat()}, commit {_commit()}"  # noqa: DTZ011
    kept[size] = {"size": list(size), "when": when, **apart(*size)}
    KEPT.write_text(json.dumps(list(kept.values()), indent=1) + "\n", encoding="utf-8")
    Console().print(_line(*size, kept[size]))


def _kept() -> list[dict[str, Any]]:
    return list(json.loads(KEPT.read_text(encoding="utf-8"))) if KEPT.exists() else []


def page() -> str:
    """The page of the rows that are kept."""
    kept = sorted(_kept(), key=lambda one: (one["size"][3], one["size"][0], -one["size"][1], one["size"][2]))
    again = [(one["size"], one["refusals"]) for one in kept if one["refusals"]]
    return TEMPLATE.format(
        when=f"{', '.join(sorted({one['when'] for one in kept}))}; Python {platform.python_version()}, {_processor()}",
        rows="\n".join(_line(*one["size"], one) for one in kept),
        again="\n".join(
            f"| {size[0]} x {size[1]}, seed {size[2]} | {r['ready']:.2f} | {r['median']:.2f} | {r['slowest']:.2f} "
            f"| {r['proven']} of {r['of']} |"
            for size, r in again
        ),
    )


def picture() -> None:
    """Seconds and memory of the rows that are kept, against their blocks."""
    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "scale"
    kept = _kept()
    blocks = [one["blocks"] for one in kept]
    told = {
        "seconds, from facts to the plan": [one["candidates"] + one["solving"] for one in kept],
        "memory of the process, MB": [one["memory"] for one in kept],
    }
    figure, every = pyplot.subplots(1, 2, figsize=(8, 3.2))
    for axes, (name, values) in zip(every, told.items(), strict=True):
        axes.scatter(blocks, values, s=22, color="#1d70b8")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_ylim(10 ** np.floor(np.log10(min(values))), 10 ** np.ceil(np.log10(max(values))))
        axes.yaxis.set_major_formatter("{x:,.10g}")
        axes.xaxis.set_major_formatter(lambda x, _: f"{x / 1e6:g} m" if x >= 1e6 else f"{x / 1e3:g} k")
        axes.yaxis.set_minor_formatter("")
        axes.set_xlabel("blocks (k: thousands, m: millions)")
        axes.set_title(name, fontsize=10, loc="left")
        axes.grid(which="major", color="#b1b4b6", linewidth=0.5)
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(PICTURE, format="svg", metadata={"Date": None})
    pyplot.close(figure)


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return told.stdout.strip()


def _processor() -> str:
    names = [
        row for row in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if row.startswith("model name")
    ]
    return f"{names[0].split(':')[1].strip()}, {len(names)} cores" if names else "processor not told"


TEMPLATE = (ROOT / "tests" / "benchmarks" / "scale.md.in").read_text(encoding="utf-8")


def _size(words: list[str]) -> Size:
    return int(words[0]), int(words[1]), int(words[2]), "".join(words[3:4])


if __name__ == "__main__":
    what, rest = (sys.argv[1] if len(sys.argv) > 1 else "all"), sys.argv[2:]
    if what == "one":
        sys.stdout.write(json.dumps(measure(*_size(rest))) + "\n")
    else:
        every: list[Size] = [(*size, seed, "") for size in CITIES for seed in SEEDS]
        asked = {"row": [_size(rest)] if rest else [], "page": [], "all": [*every, REGION]}
        for size in asked.get(what, [*every, REGION, ENGLAND]):
            row(size)
        picture()
        PAGE.write_text(page(), encoding="utf-8")
