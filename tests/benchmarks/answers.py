"""How long an answer takes once everybody is planned: what it takes, scarcity, doubts, steadiness, a newcomer."""

import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from matching.again import Base, base_of
from matching.alternatives import alternatives
from matching.doubts import doubts
from matching.explain import UsedElsewhere
from matching.planning import prepare
from matching.policy import read_policy
from matching.scarcity import cost_of_taking, pool_of
from matching.shortlist import shortlist
from matching.steadiness import proposals_of
from matching.synthetic import sample_caseload
from matching.what_it_takes import what_it_takes

ROOT = Path(__file__).resolve().parents[2]
Ask = Callable[[Base, str], str]
ASKED = 20


def _what_it_takes(base: Base, child: str) -> str:
    home = Random(child).choice(base.problem.homes)
    return type(what_it_takes(base, child, home).answer).__name__


def _used_elsewhere(base: Base, child: str) -> str:
    """A home that is possible for the child and not proposed: the answer that must plan again."""
    row = base.problem.holding(base.found.row_of_child[child])
    open_ = sorted({base.problem.homes[h] for h in base.problem.block_home[row]} - {base.home_of.get(child, "")})
    if not open_:
        return "no other home"
    answer = what_it_takes(base, child, Random(child).choice(open_)).answer
    settled = isinstance(answer, UsedElsewhere) and all(cost.proven for cost in answer.costs)
    return "proven" if settled else "the most it costs"


def _scarcity(base: Base, child: str) -> str:
    found = shortlist(base.found.register, base.ready.policy, [child])
    pool = pool_of(base, found.children)
    costs = [cost_of_taking(pool, option.home) for option in found.options]
    return "proven" if all(cost.proven for cost in costs) else "the most it costs"


def _newcomer(base: Base, child: str) -> str:
    placed = {ref: home for ref, home in base.home_of.items() if ref != child}
    found = shortlist(base.found.register, base.ready.policy, [child], beside=placed)
    return "a home is left" if found.options else "none is left"


def _doubts(base: Base, child: str) -> str:
    return "facts found" if child in base.home_of and doubts(base, child) else "none"


def _steadiness(base: Base, child: str) -> str:
    return "settled" if not proposals_of(base, seed=1).open else "partly settled"


def _alternatives(base: Base, child: str) -> str:
    return f"{len(alternatives(base).plans)} plans"


QUESTIONS: dict[str, tuple[str, Ask, int, tuple[tuple[int, int], ...]]] = {
    "what-it-takes": ("what it takes, any home", _what_it_takes, ASKED, ((120, 150), (500, 400))),
    "used-elsewhere": ("what it costs, a possible home", _used_elsewhere, ASKED, ((120, 150), (500, 400))),
    "scarcity": ("shortlist with what each home costs others", _scarcity, ASKED, ((120, 150), (300, 2000))),
    "newcomer": ("a newcomer beside the plan", _newcomer, ASKED, ((120, 150), (300, 2000))),
    "doubts": ("facts to check first", _doubts, 3, ((120, 150),)),
    "steadiness": ("200 draws of the weights, whole plan", _steadiness, 1, ((120, 150),)),
    "alternatives": ("five other plans", _alternatives, 1, ((120, 150),)),
}


def measured(what: str, children: int, homes: int, seed: int) -> dict[str, Any]:
    """One question asked of some children; `first` holds what is made once, such as the warm relaxation."""
    _, ask, times_asked, _ = QUESTIONS[what]
    caseload = sample_caseload(ROOT / "data" / "reference", children=children, homes=homes, seed=seed)
    base = base_of(prepare(caseload, read_policy(ROOT / "data" / "policies" / "fostering.toml")))
    refs = list(base.home_of)[:: max(1, len(base.home_of) // times_asked)][:times_asked]
    began = time.perf_counter()
    said = [ask(base, refs[0])]
    first, times = time.perf_counter() - began, []
    for ref in refs[1:]:
        began = time.perf_counter()
        said.append(ask(base, ref))
        times.append(time.perf_counter() - began)
    times = sorted(times) or [first]
    told = {word: said.count(word) for word in dict.fromkeys(sorted(said))}
    return {"first": first, "median": times[len(times) // 2], "slowest": times[-1], "said": told}


def section(apart: Callable[[str, int, int, int], dict[str, Any]]) -> str:
    """The part of the page about answers; each line measured in a process of its own."""
    rows = []
    for what, (title, _, _, sizes) in QUESTIONS.items():
        for children, homes in sizes:
            told = apart(what, children, homes, 1)
            said = ", ".join(f"{word}: {count}" for word, count in told["said"].items())
            seconds = " | ".join(f"{told[name]:.2f}" for name in ("first", "median", "slowest"))
            rows.append(f"| {title} | {children} x {homes} | {seconds} | {said} |")
    return TEMPLATE.format(rows="\n".join(rows), asked=ASKED)


TEMPLATE = """
## Answers about a plan

Once everybody is planned: seconds for the first question (which makes what all later ones share), the median and the
slowest of the next, asked of up to {asked} children spread over the plan. "The most it costs" is said where no better
plan was found and none was ruled out; goals before suitability are mostly proven even then.

| Question | Size | First | Median | Slowest | Answers |
|---|---|---|---|---|---|
{rows}
"""
