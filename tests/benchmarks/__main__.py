"""`make bench`: how long, how much memory and how good, beside peers in the same run; writes docs/benchmarks.md."""

import json
import platform
import resource
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from matching.candidates import Candidates, find_candidates
from matching.checker import check_plan, count_goals
from matching.describe import outcomes_of
from matching.pairs import Register
from matching.planning import Prepared, decide, placed_by
from matching.policy import Policy, read_policy
from matching.shortlist import shortlist
from matching.solver import Limits
from matching.synthetic import sample_caseload
from tests.benchmarks import answers, peers, places, returns

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
SIZES = ((40, 270), (120, 150), (500, 400), (500, 220))
SEEDS = (1, 2, 3)
PAIRWISE_SECONDS = 60.0
SHOWN = ("deadlines", "placed", "siblings-required", "siblings-together")


def policy() -> Policy:
    return read_policy(ROOT / "data" / "policies" / "fostering.toml")


def candidates(children: int, homes: int, seed: int) -> Candidates:
    caseload = sample_caseload(ROOT / "data" / "reference", children=children, homes=homes, seed=seed)
    return find_candidates(Register(caseload), policy())


def measure(what: str, children: int, homes: int, seed: int) -> dict[str, Any]:
    """One measurement; run in a process of its own, so that its peak memory is its own."""
    if what in answers.QUESTIONS:
        return answers.measured(what, children, homes, seed)
    if what == "shortlist":
        return _shortlists(children, homes, seed)
    if what in ("places", "postcode package", "profile"):
        return {**places.measure(what), "memory": _memory()}
    found = candidates(children, homes, seed)
    began, proof = time.perf_counter(), "none"
    if what == "blocks":
        ready = Prepared(caseload=found.register.caseload, policy=found.policy, found=found)
        solved = decide(ready, {}, Limits(seconds=300.0))
        placed = placed_by(found, solved.problem, solved.solution)
        proof = "proven, every goal" if solved.solution.proven else "not proven in 300 s"
    elif what == "pairwise":
        placed, gap = peers.pairwise(found, PAIRWISE_SECONDS)
        proof = "proven, its own sum" if gap < 1e-9 else f"{gap:.1%} open after {PAIRWISE_SECONDS:.0f} s"
    else:
        placed = {"one by one": peers.one_by_one, "assignment": peers.assignment}[what](found)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "proof": proof, "memory": _memory(), **_quality(found, placed)}


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _quality(found: Candidates, placed: list[tuple[str, str]]) -> dict[str, Any]:
    caseload, settings = found.register.caseload, found.policy.settings
    counted = count_goals(caseload, placed, settings)
    breaches = Counter(breach.rule for breach in check_plan(caseload, placed, settings).breaches)
    whole = {child for child, _ in placed}
    split = sum(
        not outcome.as_planned
        for outcome in outcomes_of(caseload, placed)
        if outcome.plan == "together-required" and {ref for ref, _ in outcome.homes} & whole
    )
    points = sum(
        int(found.judged.total[found.row_of_child[child], found.register.home_index[home]]) for child, home in placed
    )
    return {
        "goals": [counted[code] for code in SHOWN],
        "points": points,
        "broken": sum(breaches.values()),
        "rules": dict(breaches.most_common(3)),
        "split": split,
    }


def _shortlists(children: int, homes: int, seed: int) -> dict[str, Any]:
    caseload = sample_caseload(ROOT / "data" / "reference", children=children, homes=homes, seed=seed)
    register, chosen = Register(caseload), policy()
    groups = [group.children for group in caseload.groups if len(group.children) > 1][:40]
    began = time.perf_counter()
    shortlist(register, chosen, groups[0], emergency=True)
    first, times = time.perf_counter() - began, []
    for group in groups:
        began = time.perf_counter()
        shortlist(register, chosen, group, emergency=True)
        times.append(time.perf_counter() - began)
    times.sort()
    return {"first": first, "median": times[len(times) // 2], "slowest": times[-1], "memory": _memory()}


def apart(what: str, children: int, homes: int, seed: int) -> dict[str, Any]:
    """Measure in a fresh process."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", what, str(children), str(homes), str(seed)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(told.stdout.splitlines()[-1]))


def _line(size: str, name: str, told: dict[str, Any]) -> str:
    goals = " | ".join(str(value) for value in told["goals"])
    rules = ", ".join(f"{code} {count}" for code, count in told["rules"].items()) or "nothing"
    return (
        f"| {size} | {name} | {told['seconds']:.2f} | {told['memory']} | {told['proof']} "
        f"| {goals} | {told['points']:,} | {told['split']} | {rules} |"
    )


NAMES = {
    "blocks": "**this solver**",
    "pairwise": "CP-SAT, one variable a pair, defaults",
    "one by one": "first come, first served",
    "assignment": "SciPy assignment of single children",
}


def page(console: Console) -> str:
    """Run everything; the page as text."""
    rows = []
    for children, homes in SIZES:
        size = f"{children} x {homes}"
        for what, seed in [*(("blocks", seed) for seed in SEEDS), *((peer, SEEDS[0]) for peer in list(NAMES)[1:])]:
            rows.append(_line(f"{size}, seed {seed}", NAMES[what], apart(what, children, homes, seed)))
            console.print(rows[-1])
    asked = apart("shortlist", 300, 2000, 1)
    told = TEMPLATE.format(
        rows="\n".join(rows),
        where=_where(),
        pairwise=int(PAIRWISE_SECONDS),
        **{key: f"{asked[key] * 1000:.0f}" for key in ("first", "median", "slowest")},
    )
    of_places = places.section(*(apart(what, 0, 0, 0) for what in ("places", "postcode package", "profile")))
    return told + answers.section(apart) + of_places + "\n" + returns.section() + "\n"


def _where() -> str:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    model = next((x.split(":")[1].strip() for x in _cpu() if x.startswith("model name")), platform.machine())
    return f"{date.today().isoformat()}, commit {commit.strip()}, Python {platform.python_version()}, {model}, 2 cores"  # noqa: DTZ011


def _cpu() -> list[str]:
    info = Path("/proc/cpuinfo")
    return info.read_text(encoding="utf-8").splitlines() if info.exists() else []


TEMPLATE = """# Benchmarks

Written by `make bench`; nothing here is from memory. Measured on {where}.

## From candidates to a plan

The sample city, children who need a home x homes. Time covers everything from the judged pairs to the plan: building
the problem, all goals in order with their proof, and the tie-break. Memory is the peak of the whole process (MB), each
measured in a process of its own. Urgent, placed, required groups kept and pairs together are counted by the checker; the
points are the criteria's. *Split* counts groups that must be together and were placed otherwise. *Broken* counts what
the checker finds wrong, by rule (three largest).

| Size | Method | Seconds | MB | Proof | Urgent | Placed | Required kept | Pairs together | Points | Split | Broken |
|---|---|---|---|---|---|---|---|---|---|---|---|
{rows}

The pair model gets {pairwise} s. The assignment is blind to brothers and sisters, so what it places is no plan: it shows
how many places there are, and what ignoring families would break.

## Shortlist

One sibling group against 2,000 homes, every rule judged, with reasons and near misses: the first after loading takes
{first} ms (facts become columns), then {median} ms (median of 40 groups), {slowest} ms at the slowest.
"""


if __name__ == "__main__":
    if len(sys.argv) == 5:
        sys.stdout.write(json.dumps(measure(sys.argv[1], *map(int, sys.argv[2:5]))) + "\n")
    else:
        PAGE.write_text(page(Console()), encoding="utf-8")
