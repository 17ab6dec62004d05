"""`make calibrate`: forecasts of invented authorities whose truth is known, beside what came; writes docs/calibration.md.

A run that was stopped goes on where it was, if the commit is the same. `HOMES_OF=COMMIT` takes the cities of homes from a run
of an older commit, where nothing that they stand on has changed since; the page says so.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from joblib import Parallel, delayed

from matching.sufficiency.figures import Parameters
from matching.sufficiency.looking_back import AGE_WORDS, FLOW_WORDS
from matching.sufficiency.parameters import published_parameters
from matching.sufficiency.scores import scored
from matching.sufficiency.yearly import STOCK, TOTAL
from matching.wording import listed
from tests.lib.cities import A_SEED, KINDS, Years, authorities_of, compared, tried
from tests.lib.recruiting import covered

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "calibration.md"
SEEDS, WORKERS = (int(os.environ.get(name, usual)) for name, usual in (("SEEDS", "20"), ("WORKERS", "2")))
HOMES_OF = os.environ.get("HOMES_OF", "")
RUNS, FUTURES = 60, 40
WANTED = (72, 88)  # how often, in %, an 80% range is to hold
KIND_WORDS = {
    "stationary": "nothing changes",
    "growing": "starts grow by 4 to 10% a year",
    "shocked": "two years before, 1.4 to 1.9 times as many teenagers and 0.55 to 0.8 times as many under fives start",
}
CATEGORIES = {TOTAL: "all", **AGE_WORDS}
HOMES = "homes"
# what was tried, its processor seconds, its rows
Part = tuple[str, float, pd.DataFrame]


def main() -> None:
    """Invent, forecast and compare, one seed after the other; the page holds all seeds so far."""
    borrowed, commit = published_parameters(ROOT / "data" / "reference"), _commit()
    _folder(commit).mkdir(exist_ok=True)
    parts: list[Part] = []
    for seed in range(SEEDS):
        wanted = [*((kind, number) for number in authorities_of(seed) for kind in KINDS), (HOMES, seed)]
        parts += Parallel(n_jobs=WORKERS)(
            delayed(_part)(_folder(HOMES_OF or commit if what == HOMES else commit), what, number, borrowed)
            for what, number in wanted
        )
        PAGE.write_text("\n".join(_page(parts, seed + 1, commit)) + "\n", encoding="utf-8")
        sys.stderr.write(f"{datetime.now(tz=UTC):%H:%M} {seed + 1} of {SEEDS} seeds\n")
    sys.stdout.write(f"Wrote {PAGE.relative_to(ROOT)}.\n")


def _folder(commit: str) -> Path:
    return Path(tempfile.gettempdir()) / f"calibration-{commit}"


def _part(folder: Path, what: str, number: int, borrowed: Parameters) -> Part:
    """One invented authority and its processor seconds; read again where a run that was stopped has kept it."""
    kept = folder / f"{what}-{number}.pkl"
    if not kept.exists():
        began = time.process_time()
        homes = what == HOMES
        told = covered(number, borrowed, runs=RUNS, futures=FUTURES) if homes else tried(what, number, borrowed)
        pd.to_pickle((what, time.process_time() - began, told), kept)
    found: Part = pd.read_pickle(kept)
    return found


def _page(parts: list[Part], seeds: int, commit: str) -> list[str]:
    told = pd.concat([rows for what, _, rows in parts if what != HOMES], ignore_index=True)
    homes = pd.concat([rows for what, _, rows in parts if what == HOMES], ignore_index=True)
    head = _head(seeds, sum(seconds for _, seconds, _ in parts), commit)
    return [*head, *_stock(told), *_ages(told), *_flows(told), *_horizons(told), *_recruitment(homes, seeds)]


def _commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip()


def _head(seeds: int, seconds: float, commit: str) -> list[str]:
    years = Years()
    made = f"{datetime.now(tz=UTC).date()}, commit {commit}, {platform.machine()}, Python {platform.python_version()}"
    return [
        "# Does it know what it does not know?",
        "",
        f"Made by `make calibrate` ({made}; {seconds:.0f} s of processor time). {seeds} seeds with {A_SEED} invented authorities of each kind, 80 to 300 starts a year, each with a "
        f"truth of its own that is smooth in age and time in care; returns of {years.origin - years.first + 1} years, then a forecast of "
        f"{years.ahead} years from them alone, then what came of the same truth. How it works: "
        "[decision 19](decisions/0019-children-learnt-from-returns.md). An authority's own returns are tried in the same way by "
        "`placements forecast review`.",
        "",
        *(f"- **{kind}**: {words}" for kind, words in KIND_WORDS.items()),
        "",
        "Error: mean distance in children, over authorities and years ahead. Ratio: of the last value's; below 1 is better than no change. "
        "Inside: how often what came lay in the range, in %. In brackets: standard errors over authorities.",
        "",
        f"Why {A_SEED} authorities a seed: the {years.ahead} years ahead of one authority miss together, so that twenty of them say how often an 80% range "
        "holds only to some 7 points, and a perfect forecast would by chance be outside 72 to 88 in one age or another. "
        f"{A_SEED * seeds} say it to some {7 * (20 / (A_SEED * seeds)) ** 0.5:.0f}. What was changed since the last run was chosen on authorities of other seeds (20 and above).",
        "",
        *([f"Seeds {seeds} to {SEEDS - 1} are not in it yet.", ""] if seeds < SEEDS else []),
    ]


def _stock(told: pd.DataFrame) -> list[str]:
    table = compared(told[told.flow == STOCK], ["kind", "category"])
    rows = [(f"{kind} | {age}", table.loc[(kind, name)]) for kind in KINDS for name, age in CATEGORIES.items()]
    return ["## Children in care on 31 March", "", *_table("| kind | age", rows), "", _outside(rows), ""]


def _outside(rows: list[tuple[str, "pd.Series[float]"]]) -> str:
    low, high = WANTED
    out = [
        f"{what.replace(' | ', ', ')} ({row.inside_80:.0f} ± {row.inside_80_se:.0f})"
        for what, row in rows
        if not low <= row.inside_80 <= high
    ]
    return f"80% ranges that held less than {low} or more than {high}: {listed(out) if out else 'none'}."


def _ages(told: pd.DataFrame) -> list[str]:
    """Each age over all kinds: more authorities, so that what is common shows."""
    table = compared(told[told.flow == STOCK], ["category"])
    rows = [(age, table.loc[name]) for name, age in CATEGORIES.items()]
    return ["## Children in care by age, all kinds together", "", *_table("| age", rows, "| --- "), ""]


def _recruitment(told: pd.DataFrame, seeds: int) -> list[str]:
    lines = [
        "",
        "## Homes said to be enough",
        "",
        f"{seeds} invented cities of 40 homes. The true figures of each are one draw that the forecast knows only by the ranges. Homes by profile "
        "and area are said to be enough, at each confidence, for a target of two thirds of the unmet need that half of the runs exceed; "
        f"then {FUTURES} futures of the truth are run with them. *Kept*: the share of futures in which no twelve months exceed the target. "
        "*Not found*: cities where 80 homes were not enough, which the forecast then says; *where found* leaves them out, and gives the standard error over cities.",
        "",
        *([f"Of commit {HOMES_OF}: nothing that these cities stand on has changed since.", ""] if HOMES_OF else []),
        "| confidence | homes, mean | kept % | not found | kept % where found |",
        "| --- | --- | --- | --- | --- |",
    ]
    for confidence, rows in told.groupby("confidence"):
        found = 100 * rows.kept[rows.found]
        lines.append(
            f"| {confidence:.0%} | {rows.homes.mean():.0f} | {100 * rows.kept.mean():.0f} | {(~rows.found).sum()} "
            f"| {found.mean():.0f} (± {found.sem():.0f}) |"
        )
    return lines


def _flows(told: pd.DataFrame) -> list[str]:
    flows = [flow for flow in FLOW_WORDS if flow != STOCK]
    table = compared(told[told.category == TOTAL], ["kind", "flow"])
    rows = [(f"{kind} | {FLOW_WORDS[flow]}", table.loc[(kind, flow)]) for kind in KINDS for flow in flows]
    return ["## Starts and leavers in a year", "", *_table("| kind | of", rows), ""]


def _horizons(told: pd.DataFrame) -> list[str]:
    ages = told[told.flow == STOCK]
    table = compared(ages, ["kind", "horizon"])
    pit = scored(ages.assign(flow=ages.kind, category="all")).pit
    rows = [(f"{kind} | {ahead}", table.loc[(kind, ahead)]) for kind in KINDS for ahead in sorted(set(told.horizon))]
    lines = _table("| kind | years ahead", rows)
    worst = ", ".join(f"{kind} {pit.xs(kind, level='flow').max():.0f}" for kind in KINDS)
    return ["## By years ahead, all ages together", "", *lines, "", f"PIT, the largest distance in points: {worst}."]


def _table(first: str, rows: list[tuple[str, "pd.Series[float]"]], columns: str = "| --- | --- ") -> Iterator[str]:
    yield f"{first} | cases | error | last value | ratio | inside 50 | inside 80 | inside 95 |"
    yield columns + "| --- | --- | --- | --- | --- | --- | --- |"
    for what, row in rows:
        cells = [
            f"{row.cases:.0f}",
            f"{row.error:.1f}",
            f"{row.last_error:.1f}",
            f"{row.ratio:.2f} (± {row.ratio_se:.2f})",
        ]
        cells += [f"{row.inside_50:.0f}", f"{row.inside_80:.0f} (± {row.inside_80_se:.0f})", f"{row.inside_95:.0f}"]
        yield f"| {what} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
