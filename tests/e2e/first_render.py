"""How soon a page is seen: first contentful paint in Chromium, every page again and again; `make first-render` writes the table."""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.machine import where
from tests.e2e.conftest import Desk, chromium, filled_city, running_city

PAGE = Path(__file__).parents[2] / "docs" / "first-render.md"
TIMES, SLOWEST = 20, 300  # loads of each page; milliseconds at the 95th percentile
SEEN = """() => new Promise(done => {
  const look = () => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    const loaded = performance.getEntriesByType('navigation')[0];
    if (paint) done([paint.startTime, loaded.responseStart - loaded.requestStart]);
    else requestAnimationFrame(look);
  };
  look();
})"""
PAGES = (
    ("duty-officer", "/board"),
    ("duty-officer", "/board/tonight"),
    ("duty-officer", "/refer"),
    ("duty-officer", "/children/C0003"),
    ("duty-officer", "/children/C0013?emergency=yes"),
    ("duty-officer", "/children/C0003/details"),
    ("duty-officer", "/children/C0001/homes/H0012"),
    ("duty-officer", "/meeting"),
    ("duty-officer", "/training"),
    ("team-manager", "/oversight"),
    ("family-finder", "/family-finding"),
    ("commissioner", "/futures"),
    ("data-manager", "/imports"),
    ("auditor", "/trail"),
    ("administrator", "/people"),
)


@dataclass(frozen=True)
class Row:
    """One page: milliseconds to the first paint, and of them until the service answered."""

    path: str
    paints: list[float]
    answers: list[float]


def p95(values: list[float]) -> float:
    """The value that 95 of 100 do not go beyond."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def measured(desk: Desk, path: str) -> Row:
    """Open a page again and again; the first time, when style and script are fetched and plans are made, is left out."""
    found = []
    for _ in range(TIMES + 1):
        desk.open(path)
        found.append(desk.page.evaluate(SEEN))
    return Row(path, [one[0] for one in found[1:]], [one[1] for one in found[1:]])


def main() -> None:
    """Measure every page and write docs/first-render.md."""
    with tempfile.TemporaryDirectory() as full, tempfile.TemporaryDirectory() as work:
        filled = filled_city(Path(full))
        with running_city(filled, Path(work)) as city, chromium() as browser:
            rows = [measured(Desk(city, browser.new_context()).as_role(role), path) for role, path in PAGES]
    PAGE.write_text(_page(rows), encoding="utf-8")


def _page(rows: list[Row]) -> str:
    every = [paint for row in rows for paint in row.paints]
    told = "\n".join(
        f"| `{row.path}` | {statistics.median(row.paints):.0f} | {p95(row.paints):.0f} | {p95(row.answers):.0f} |"
        for row in rows
    )
    return f"""# How soon a page is seen

First contentful paint in Chromium, {TIMES} loads of each page with style and script kept by the browser, one person at a service
with the sample city, in milliseconds. The bar is {SLOWEST} at the 95th percentile; over all pages it is **{p95(every):.0f}**.
What many people at once cost is on [load](load.md).

{where()}. `make first-render` measures again.

| page | median | 95th percentile | of that, until the service answered (95th) |
| --- | ---: | ---: | ---: |
{told}
"""


if __name__ == "__main__":
    main()
