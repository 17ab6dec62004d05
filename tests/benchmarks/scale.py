"""From a city to England: how long a plan takes, how much memory, how far from its bound; writes docs/scale.md.

`python -m tests.benchmarks.scale` measures every size up to a region; `... england` the country too (hours on a small
machine); `... one CHILDREN HOMES SEED [REGION]` one size, as JSON. Each size has a process of its own.
"""

import json
import platform
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from matching.again import Base
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
PAGE = ROOT / "docs" / "scale.md"
REFERENCE = ROOT / "data" / "reference"
CITIES = ((120, 150), (500, 400), (500, 220), (1000, 1500))
SEEDS = (1, 2, 3, 4, 5)
REGION = (5_000, 3_000, 1, "South East")
ENGLAND = (80_000, 45_000, 1, "England")
SECONDS = {"": 300.0, "South East": 90.0, "England": 1_200.0}
REFUSALS = 12


def caseload_of(children: int, homes: int, seed: int, region: str) -> Caseload:
    """A city, or a region of several authorities."""
    codes = authorities_of(REFERENCE, region) if region else ()
    return sample_caseload(REFERENCE, children=children, homes=homes, seed=seed, authorities=codes)


def measure(children: int, homes: int, seed: int, region: str = "", workers: int = 1) -> dict[str, Any]:
    """Seconds of each step, the gap of the goals up to suitability as one sum, what each goal reached and could."""
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
    weights = weights_of(problem)
    reached, most = (
        sum(w * v for w, v in zip(weights.tolist(), of, strict=False)) for of in (solution.achieved, solution.bound)
    )
    return {
        **told,
        "candidates": candidates,
        "solving": solving,
        "worked": worked,
        "memory": _memory(),
        "proven": solution.proven,
        "gap": (most - reached) / max(most, 1),
        "blocks": problem.blocks,
        "achieved": solution.achieved,
        "bound": solution.bound,
        "sound": check_plan(caseload, placed, found.policy.settings).sound,
        "steps": solution.seconds,
        "refusals": _refusals(caseload, found, problem, solution) if (children, homes) == (500, 400) else None,
    }


def _refusals(caseload: Caseload, found: Any, problem: Any, solution: Any) -> dict[str, Any]:
    """A home says no to a child of the plan: planned again from the solved problem kept warm."""
    base = Base(
        ready=Prepared(caseload=caseload, policy=found.policy, found=found),
        found=found,
        problem=problem,
        solution=solution,
    )
    began = time.perf_counter()
    warm, times, proven = base.warm, [], 0
    ready = time.perf_counter() - began
    for block in solution.chosen[:: max(1, len(solution.chosen) // REFUSALS)][:REFUSALS]:
        began = time.perf_counter()
        keep = (problem.block_group != problem.block_group[block]) | (problem.block_home != problem.block_home[block])
        proven += warm.best(keep).proven
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


def page(console: Console, england: bool) -> str:
    """Measure everything; the page as text."""
    lines, refusals = [], []
    sizes: list[tuple[int, int, int, str]] = [(*size, seed, "") for size in CITIES for seed in SEEDS]
    for size in [*sizes, REGION, *([ENGLAND] if england else [])]:
        told = apart(*size)
        lines.append(_line(*size, told))
        if told["refusals"]:
            refusals.append(told["refusals"])
        console.print(lines[-1])
    when = f"{date.today().isoformat()}, commit {_commit()}, Python {platform.python_version()}, {_processor()}"  # noqa: DTZ011
    again = "\n".join(
        f"| 500 x 400, seed {seed} | {r['ready']:.2f} | {r['median']:.2f} | {r['slowest']:.2f} | {r['proven']} of {r['of']} |"
        for seed, r in zip(SEEDS, refusals, strict=True)
    )
    return TEMPLATE.format(when=when, rows="\n".join(lines), again=again)


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return told.stdout.strip()


def _processor() -> str:
    names = [
        row for row in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if row.startswith("model name")
    ]
    return f"{names[0].split(':')[1].strip()}, {len(names)} cores" if names else "processor not told"


TEMPLATE = (ROOT / "tests" / "benchmarks" / "scale.md.in").read_text(encoding="utf-8")

if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        size = sys.argv[2:]
        sys.stdout.write(json.dumps(measure(int(size[0]), int(size[1]), int(size[2]), "".join(size[3:4]))) + "\n")
    else:
        PAGE.write_text(page(Console(), "england" in sys.argv[1:]), encoding="utf-8")
