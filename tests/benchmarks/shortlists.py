"""How soon the homes for one sibling group are there: the first after loading, then groups never asked about, then again."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib

from matching.pairs import Register
from matching.policy import read_policy
from matching.shortlist import Shortlist, shortlist
from matching.synthetic import sample_caseload

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "pictures" / "shortlist.svg"
SIZES = (400, 1_000, 2_000, 3_000, 10_000, 45_000)
TARGETS = {400: 2, 3_000: 10, 45_000: 100}  # milliseconds
GROUPS = 40


def measured(children: int, homes: int, seed: int) -> dict[str, Any]:
    """Seconds: loading, first shortlist, medians and p95 of groups new to it, of groups asked again, with all words."""
    caseload = sample_caseload(ROOT / "data" / "reference", children=children, homes=homes, seed=seed)
    policy = read_policy(ROOT / "data" / "policies" / "fostering.toml")
    groups = [group.children for group in caseload.groups if len(group.children) > 1][: GROUPS + 1]
    began = time.process_time()
    register = Register(caseload)
    loaded = time.process_time() - began

    def ask(group: Sequence[str]) -> Shortlist:
        return shortlist(register, policy, group, emergency=True)

    first = _times(ask, groups[:1])[0][0]
    new, again = _times(ask, groups[1:]), _times(ask, groups[1:])
    words = _times(lambda group: _worded(ask(group)), groups[1:])
    return {
        "loaded": loaded,
        "first": first,
        "new": _middle([one for one, _ in new]),
        "new clock": _middle([clock for _, clock in new]),
        "new p95": sorted(one for one, _ in new)[int(0.95 * (len(new) - 1))],
        "again": _middle([one for one, _ in again]),
        "words": _middle([one for one, _ in words]),
        "largest": max(map(len, groups)),
    }


def _times(ask: Callable[[Sequence[str]], Any], groups: Sequence[Sequence[str]]) -> list[tuple[float, float]]:
    """Processor time of this process, and time by the clock, for each group."""
    times = []
    for group in groups:
        began = time.process_time(), time.perf_counter()
        ask(group)
        times.append((time.process_time() - began[0], time.perf_counter() - began[1]))
    return times


def _middle(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def _worded(found: Shortlist) -> int:
    """Put into words all that is shown: the homes in order and the near misses."""
    return sum(len(option.children) + len(option.to_settle) for option in found.options) + len(found.near_misses)


def section(apart: Callable[[str, int, int, int], dict[str, Any]]) -> str:
    """The section of the page, and its picture."""
    told = {homes: apart("shortlist", 300, homes, 1) for homes in SIZES}
    picture(told)
    rows = [
        f"| {homes:,} | {TARGETS.get(homes, '')} | {one['new'] * 1000:.1f} | {one['new p95'] * 1000:.1f} | {one['new clock'] * 1000:.1f} | {one['again'] * 1000:.1f} "
        f"| {one['words'] * 1000:.0f} | {one['first'] * 1000:,.0f} | {one['loaded'] * 1000:,.0f} | {one['memory']} |"
        for homes, one in told.items()
    ]
    return TEMPLATE.format(rows="\n".join(rows), groups=GROUPS)


def picture(told: dict[int, dict[str, Any]]) -> None:
    """Time and memory against the number of homes."""
    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "shortlist"
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(8, 3.2))
    homes = list(told)
    for key, name in (
        ("first", "first after loading"),
        ("words", "in words"),
        ("new", "a new group"),
        ("again", "asked again"),
    ):
        left.plot(homes, [told[size][key] * 1000 for size in homes], marker="o", markersize=3, label=name)
    left.plot(
        list(TARGETS), list(TARGETS.values()), linestyle="none", marker="_", color="black", label="target, new group"
    )
    left.set(xscale="log", yscale="log", xlabel="homes", ylabel="milliseconds")
    left.legend(frameon=False, fontsize=7)
    right.plot(homes, [told[size]["memory"] for size in homes], marker="o", markersize=3)
    right.set(xscale="log", xlabel="homes", ylabel="MB in all", ylim=(0, None))
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(PICTURE, format="svg", metadata={"Date": None})
    pyplot.close(figure)


TEMPLATE = """## Shortlist

One sibling group against all homes, in an emergency: every rule and criterion judged, homes in order, near misses, and the
codes of every rule in the way of every home. Milliseconds of processor time (and, of a new group, by the clock, when
others may use the cores too), median of {groups} groups that were never asked about before, and
of the same groups asked again. Words are made when a home is looked at; *in words* is with all that is shown: five homes
with their reasons for each child, and three near misses. The *first* after loading makes columns of facts.

| Homes | Target | New group | p95 | By the clock | Asked again | In words | First | Loading | MB |
|---|---|---|---|---|---|---|---|---|---|
{rows}

![Time and memory of a shortlist](pictures/shortlist.svg)"""
