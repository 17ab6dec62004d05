"""`make bench`: how long, how much memory and how good, beside peers in the same run; writes docs/benchmarks.md."""

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console

from matching.arrivals.choosing import by_priority, first_come
from matching.candidates import Candidates, find_candidates
from matching.checker import check_plan, count_goals
from matching.describe import outcomes_of
from matching.pairs import Register
from matching.planning import Prepared, decide, placed_by
from matching.policy import Policy, read_policy
from matching.solver import Limits
from matching.synthetic import sample_caseload
from tests.benchmarks import answers, forecasts, hospital_residents, peers, places, returns, shapes, shortlists
from tests.benchmarks.machine import where

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
SIZES = ((40, 270), (120, 150), (500, 400), (500, 220))
SEEDS = (1, 2, 3)
PEER_SECONDS, SHAPE_SECONDS = 60.0, 120.0
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
        return {**shortlists.measured(children, homes, seed), "memory": _memory()}
    if what in ("places", "postcode package", "profile"):
        return {**places.measure(what), "memory": _memory()}
    if what in shapes.SHAPES:
        return _solved(find_candidates(Register(shapes.SHAPES[what]()), policy()), SHAPE_SECONDS)
    return _beside_peers(what, candidates(children, homes, seed))


def _solved(found: Candidates, seconds: float) -> dict[str, Any]:
    """This solver's plan, with the seconds from the judged pairs to the plan."""
    began = time.perf_counter(), time.process_time()
    ready = Prepared(caseload=found.register.caseload, policy=found.policy, found=found)
    solved = decide(ready, {}, Limits(seconds=seconds))
    placed, took = placed_by(found, solved.problem, solved.solution), _since(began)
    reached = zip(solved.solution.achieved, solved.solution.bound, strict=True)
    proven = sum(got == most for got, most in reached)
    proof = "proven, every goal" if solved.solution.proven else f"{proven} goals proven in {seconds:.0f} s"
    size = {"children": len(found.row_of_child), "homes": len(found.register.homes.items)}
    told = {**took, "proof": proof, "memory": _memory(), "blocks": int(found.sets.group.size), **size}
    return {**told, **_quality(found, placed)}


def _beside_peers(what: str, found: Candidates) -> dict[str, Any]:
    if what == "blocks":
        return _solved(found, 300.0)
    if what == "hospital-residents":
        try:
            placed, took, memory = hospital_residents.hospital_residents(found)
        except hospital_residents.NotRunError as why:
            return {"not run": str(why)}
        return {**took, "proof": "none", "memory": memory, **_quality(found, placed)}
    began, proof = (time.perf_counter(), time.process_time()), "none"
    if what == "pairwise":
        placed, gap = peers.pairwise(found, PEER_SECONDS)
        proof = "proven, its own sum" if gap < 1e-9 else f"{gap:.1%} open after {PEER_SECONDS:.0f} s"
    elif what == "highs":
        placed, proof = peers.highs_on_blocks(found, PEER_SECONDS)
    elif what in GREEDY:
        ready = Prepared(caseload=found.register.caseload, policy=found.policy, found=found)
        placed = GREEDY[what](ready, list(found.row_of_child))
    else:
        placed = {"one by one": peers.one_by_one, "assignment": peers.assignment}[what](found)
    return {**_since(began), "proof": proof, "memory": _memory(), **_quality(found, placed)}


def _since(began: tuple[float, float]) -> dict[str, float]:
    """Seconds by the clock, and of processor time over all threads."""
    return {"seconds": time.perf_counter() - began[0], "processor": time.process_time() - began[1]}


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
    if "not run" in told:
        return f"| {size} | {name} | not run: {told['not run']} |" + " |" * 10
    goals = " | ".join(str(value) for value in told["goals"])
    rules = ", ".join(f"{code} {count}" for code, count in told["rules"].items()) or "nothing"
    return (
        f"| {size} | {name} | {told['processor']:.2f} | {told['seconds']:.2f} | {told['memory']} | {told['proof']} "
        f"| {goals} | {told['points']:,} | {told['split']} | {rules} |"
    )


def _shape_line(shape: str, told: dict[str, Any]) -> str:
    goals = " | ".join(str(value) for value in told["goals"])
    rules = ", ".join(f"{code} {count}" for code, count in told["rules"].items()) or "nothing"
    return (
        f"| {shape} | {told['children']} | {told['homes']} | {told['blocks']:,} | {told['processor']:.2f} | {told['seconds']:.2f} | {told['memory']} "
        f"| {told['proof']} | {goals} | {rules} |"
    )


NAMES = {
    "blocks": "**this solver**",
    "pairwise": "CP-SAT, one variable a pair, defaults",
    "highs": "HiGHS on the same blocks and rows",
    "by arrival": "greedy on the same blocks, by order",
    "by priority": "greedy on the same blocks, urgent and large groups first",
    "one by one": "first come, first served, blind to the other children of a home",
    "assignment": "SciPy assignment of single children",
    "hospital-residents": "`matching` 1.4.3, hospital-residents, single children",
}
GREEDY = {"by arrival": first_come, "by priority": by_priority}


def page(console: Console) -> str:
    """Run everything; the page as text."""
    rows = []
    for children, homes in SIZES:
        size = f"{children} x {homes}"
        for what, seed in [*(("blocks", seed) for seed in SEEDS), *((peer, SEEDS[0]) for peer in list(NAMES)[1:])]:
            rows.append(_line(f"{size}, seed {seed}", NAMES[what], apart(what, children, homes, seed)))
            console.print(rows[-1])
    told = TEMPLATE.format(
        rows="\n".join(rows),
        where=where(),
        pairwise=int(PEER_SECONDS),
        shapes="\n".join(_shape_line(shape, apart(shape, 0, 0, 0)) for shape in shapes.SHAPES),
        shape_seconds=int(SHAPE_SECONDS),
        shortlists=shortlists.section(apart),
    )
    of_places = places.section(*(apart(what, 0, 0, 0) for what in ("places", "postcode package", "profile")))
    return told + answers.section(apart) + of_places + "\n" + returns.section() + "\n" + forecasts.section()


TEMPLATE = """# Benchmarks

Written by `make bench`; nothing here is from memory. Measured on {where}.

## From candidates to a plan

The sample city, children who need a home x homes. Time covers everything from the judged pairs to the plan: building
the problem, all goals in order with their proof, and the tie-break: seconds of processor time, over all threads, and by the
clock, which is longer where others use the cores too. Memory is the peak of the whole process (MB), each
measured in a process of its own. Urgent, placed, required groups kept and pairs together are counted by the checker; the
points are the criteria's. *Split* counts groups that must be together and were placed otherwise. *Broken* counts what
the checker finds wrong, by rule (three largest).

| Size | Method | Processor | Clock | MB | Proof | Urgent | Placed | Required kept | Pairs together | Points | Split | Broken |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
{rows}

The pair model gets {pairwise} s. The assignment is blind to brothers and sisters, so what it places is no plan: it shows
how many places there are, and what ignoring families would break.

Greedy on the same blocks keeps every rule, also between those who come; it takes each group in turn. The last three see
no brothers and sisters, or not the other children of a home. HiGHS gets the same {pairwise} s for all goals together.

## Shapes that break solvers

The checker reads each plan. At most {shape_seconds} s.

| Shape | Children | Homes | Blocks | Processor | Clock | MB | Proof | Urgent | Placed | Required kept | Pairs together | Broken |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
{shapes}

{shortlists}
"""


if __name__ == "__main__":
    if len(sys.argv) == 5:
        sys.stdout.write(json.dumps(measure(sys.argv[1], *map(int, sys.argv[2:5]))) + "\n")
    else:
        PAGE.write_text(page(Console()), encoding="utf-8")
