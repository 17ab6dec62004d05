"""A year of arrivals on many invented cities: each way of choosing beside the most that hindsight could reach.

`python -m tests.benchmarks.arrivals [SEEDS] [WORKERS]` writes docs/year-of-arrivals.md and its picture.
"""

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import matplotlib
from joblib import Parallel, delayed
from scipy import stats

from matching.arrivals import Replayed, compared
from matching.arrivals.drawing import a_year
from matching.arrivals.guard import FIRST_COME, POINTS
from matching.policy import read_policy
from tests.benchmarks.machine import where

ROOT = Path(__file__).resolve().parents[2]
REFERENCE, POLICY = ROOT / "data" / "reference", ROOT / "data" / "policies" / "fostering.toml"
PAGE, PICTURE = ROOT / "docs" / "year-of-arrivals.md", ROOT / "docs" / "pictures" / "year-of-arrivals.svg"
SEEDS, PAST = 20, tuple(range(1_000, 10_000, 1_000))
CITY = {"children": 90, "homes": 80, "placed": 125, "waiting": 15}
FIRST, PLAN, PRICES, SHIPS = FIRST_COME, "daily best plan", "best plan with prices", "what ships"
WAYS = (FIRST, PLAN, PRICES, SHIPS)


def one_city(seed: int, sizes: dict[str, int] | None = None) -> dict[str, Any]:
    """One year of one city under every way of choosing; prices and the guard have seen years before only."""
    sizes, policy = sizes or CITY, read_policy(POLICY)
    year, *past = (a_year(REFERENCE, city=seed, year=seed + before, **sizes) for before in (0, *PAST))
    began = time.perf_counter()
    found = compared(year, tuple(past), policy)
    return {
        "seed": seed,
        "ways": {name: _figures(one) for name, one in {**found.ways, SHIPS: found.shipped}.items()},
        "most": list(found.most.achieved),
        "bound": list(found.most.bound),
        "ships": found.ships.name,
        "because": found.ships.because,
        "fell back": found.fell_back,
        "came": found.came,
        "seconds": time.perf_counter() - began,
    }


def _figures(one: Replayed) -> dict[str, float]:
    return {
        "placed": one.placed,
        "pairs": one.pairs_together,
        "points": one.points,
        "miles": one.miles,
        "stop-gaps": one.stop_gaps,
        "waited": statistics.fmean([move.waited for move in one.moves] or [0.0]),
    }


def table(cities: list[dict[str, Any]]) -> str:
    """All cities together, by way of choosing."""
    lines = ["| | Placed | of those who came | Pairs kept | Points | Miles (mean) | Stop-gaps | Days waited (mean) |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    came = sum(city["came"] for city in cities)
    for way in WAYS:
        told = [city["ways"][way] for city in cities]
        total = {key: sum(one[key] for one in told) for key in ("placed", "pairs", "points", "stop-gaps")}
        mean = {key: statistics.fmean(one[key] for one in told) for key in ("miles", "waited")}
        lines.append(
            f"| {way} | {total['placed']:,.0f} | {total['placed'] / came:.1%} | {total['pairs']:,.0f} | {total['points']:,.0f} "
            f"| {mean['miles']:.1f} | {total['stop-gaps']:,.0f} | {mean['waited']:.1f} |"
        )
    most, bound = ([sum(city[key][goal] for city in cities) for goal in range(3)] for key in ("most", "bound"))
    proof = "proven" if most == bound else f"at most {bound[0]:,} placed"
    lines.append(
        f"| **in hindsight, at most** ({proof}) | {most[0]:,} | {most[0] / came:.1%} | {most[1]:,} | {most[2]:,} | | | |"
    )
    return "\n".join(lines)


def by_city(cities: list[dict[str, Any]]) -> str:
    """Children placed and pairs kept in each city."""
    lines = ["| Seed | " + " | ".join(WAYS[:3]) + " | in hindsight | what ships |", "|---|---|---|---|---|---|"]
    for city in cities:
        ways = [f"{city['ways'][way]['placed']}, {city['ways'][way]['pairs']}" for way in WAYS[:3]]
        lines.append(
            f"| {city['seed']} | {' | '.join(ways)} | {city['most'][0]}, {city['most'][1]} | {_shipped(city)} |"
        )
    return "\n".join(lines)


def _shipped(city: dict[str, Any]) -> str:
    """Which way ships in a city, and what became of it."""
    if city["ships"] == FIRST:
        return FIRST
    until = "all year" if city["fell back"] is None else f"until day {city['fell back']}, then {FIRST}"
    return f"{city['ships']} {until}: {city['ways'][SHIPS]['placed']}, {city['ways'][SHIPS]['pairs']}"


def behind(cities: list[dict[str, Any]], way: str) -> list[int]:
    """Seeds on which a way did worse than first come, first served: children, then pairs, then points."""

    def result(city: dict[str, Any], name: str) -> list[float]:
        return [city["ways"][name][key] for key in ("placed", "pairs", "points")]

    return [city["seed"] for city in cities if result(city, way) < result(city, FIRST)]


def fewer(cities: list[dict[str, Any]], way: str) -> list[int]:
    """Seeds on which a way placed fewer children than first come, first served."""
    return [city["seed"] for city in cities if city["ways"][way]["placed"] < city["ways"][FIRST]["placed"]]


def apart(cities: list[dict[str, Any]], way: str) -> str:
    """Children placed a year more than first come, first served: the mean over cities with its 95% range."""
    more = [city["ways"][way]["placed"] - city["ways"][FIRST]["placed"] for city in cities]
    half = (
        float(stats.t.ppf(0.975, len(more) - 1)) * statistics.stdev(more) / len(more) ** 0.5 if len(more) > 1 else 0.0
    )
    mean = statistics.fmean(more)
    return f"{mean:+.1f} children a year and city ({mean - half:+.1f} to {mean + half:+.1f})"


def picture(cities: list[dict[str, Any]]) -> None:
    """Children placed, city by city, between first come, first served and hindsight."""
    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "year of arrivals"
    figure, axes = pyplot.subplots(figsize=(8, 3.6))
    seeds = range(len(cities))
    marks = {FIRST: ("o", "#505a5f"), PLAN: ("s", "#1d70b8"), PRICES: ("^", "#d4351c")}
    for shift, (way, (mark, colour)) in enumerate(marks.items()):
        at = [seed + 0.22 * (shift - 1) for seed in seeds]
        axes.scatter(at, [city["ways"][way]["placed"] for city in cities], marker=mark, color=colour, s=22, label=way)
    for seed, city in zip(seeds, cities, strict=True):
        axes.hlines(
            city["most"][0], seed - 0.4, seed + 0.4, color="#0b0c0c", label=None if seed else "in hindsight, at most"
        )
    axes.set_xticks(list(seeds), [str(city["seed"]) for city in cities])
    axes.set_xlabel("invented city (seed)")
    axes.set_ylabel("children placed in the year")
    axes.legend(frameon=False, fontsize=8, ncols=4, loc="upper center", bbox_to_anchor=(0.5, 1.14))
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(PICTURE, format="svg", metadata={"Date": None}, bbox_inches="tight")
    pyplot.close(figure)


def page(cities: list[dict[str, Any]]) -> str:
    """The page in words."""
    told = {way: (fewer(cities, way), behind(cities, way)) for way in (PLAN, PRICES, SHIPS)}
    lines = [
        f"- *{way}*: {apart(cities, way)}. It placed fewer children than first come, first served {_seeds(few)}; with pairs kept and points counted too it was behind {_seeds(worse)}."
        for way, (few, worse) in told.items()
    ]
    ships = {name: sum(city["ships"] == name for city in cities) for name in sorted({city["ships"] for city in cities})}
    return TEMPLATE.format(
        where=where(),
        seeds=len(cities),
        table=table(cities),
        by_city=by_city(cities),
        behind="\n".join(lines),
        ships="; ".join(f"{name} in {number}" for name, number in ships.items()),
        fell=_seeds([city["seed"] for city in cities if city["fell back"] is not None]),
        points=int(POINTS),
        minutes=sum(city["seconds"] for city in cities) / 60,
        **CITY,
    )


def _seeds(found: list[int]) -> str:
    named = "seed" if len(found) == 1 else "seeds"
    return f"on {len(found)} ({named} {', '.join(map(str, found))})" if found else "on none"


TEMPLATE = """# A year of arrivals

Written by `python -m tests.benchmarks.arrivals`; nothing here is from memory. Measured on {where}; {minutes:.0f} minutes
of replays in all.

A plan for everybody who waits is best on its day. But children come one by one, and a place given today is not there
tomorrow. So a whole year is replayed, day by day, in {seeds} invented cities: {homes} homes, {placed} children who live in them on
the first day, {waiting} who wait and {children} who come over the year. Places become free as children leave care or move on, by
the published rates of the forecast. Every day on which somebody comes, and once a week while somebody waits, homes are
chosen by the product's own rules and criteria; the independent checker reads every day's choice. Who has no home after
14 days lives elsewhere.

- **first come, first served**: each group in turn takes the best home for as many of its children as can stay together.
- **daily best plan**: the plan of `placements propose` for all who wait that day.
- **best plan with prices**: the same, but in suitability a place that later children will need more gives way to one that
  they will not. The price of a place is what one more of its *segment* (kind, ages, room for several) was worth in two
  earlier years, from the duals of their hindsight; one child more in the year counts {points:,} points. Goals before suitability stay.
- **in hindsight**: the most that any choice could have reached had everything been known, proven by the product's solver.
  It is a bound and not a plan: groups come as late as patience allows, and those who come in the year suit each other.
- **what ships**: prices, if in seven other years of the same city they placed more children than first come, first served in each
  (a way no better would come to that less than once in a hundred cities); else the plan alone, if it was so; else first come, first
  served. And it is watched: each day looks back to what first come, first served would have done with the same arrivals up to
  the evening before. Once it has placed fewer children, or as many with fewer pairs kept, first come, first served takes over
  for the rest of the year.

{table}

Pairs of brothers and sisters count if both were placed in the year. A *stop-gap* is a child who had to live somewhere else
first, or all along: one move more than needed.

![Children placed in each city](pictures/year-of-arrivals.svg)

## Never worse?

Beside first come, first served, on the same arrivals (mean over the cities, 95 % range):

{behind}
- The guard chose, over the cities: {ships}. In the year it fell back {fell}.

Other years promise nothing about this one: the guard keeps out a way that was not clearly better before, and the watch ends one
that falls behind. What was lost by then may stay lost: places given cannot be taken back.

## City by city

Children placed, pairs kept.

{by_city}
"""


def main(seeds: int, workers: int) -> None:
    """Replay, then write the page and the picture."""
    cities = Parallel(n_jobs=workers)(delayed(one_city)(seed) for seed in range(1, seeds + 1))
    (ROOT / "docs" / "pictures").mkdir(exist_ok=True)
    picture(cities)
    PAGE.write_text(page(cities), encoding="utf-8")
    sys.stdout.write(json.dumps(cities) + "\n")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(given[0] if given else SEEDS, given[1] if len(given) > 1 else 2)
