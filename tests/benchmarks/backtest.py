"""`make backtest`: how forecasts from 2016 to 2021 did on the public series, beside simpler ones; writes docs/backtest.md."""

import platform
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import matplotlib
import pandas as pd
from rich.console import Console

from matching.sufficiency import Yearly, shipped
from matching.sufficiency.peers import METHODS
from matching.sufficiency.scores import rolled, scored
from matching.sufficiency.yearly import BANDS, CEASE, FLOWS, START, STOCK, TOTAL

matplotlib.use("Agg")
from matplotlib import pyplot as plt

ROOT = Path(__file__).resolve().parents[2]
PAGE, PICTURE = ROOT / "docs" / "backtest.md", ROOT / "docs" / "pictures" / "backtest.svg"
ORIGINS, FURTHEST = range(2016, 2022), 3
FLOW_TITLES = {STOCK: "In care on 31 March", START: "Starts in the year", CEASE: "Leavers in the year"}
BAND_TITLES = {"u1": "under 1", "a1_4": "1 to 4", "a5_9": "5 to 9", "a10_15": "10 to 15", "a16p": "16 and over"}


def main() -> None:
    """Roll, score, draw, write."""
    started = time.perf_counter()
    series = shipped(ROOT / "data" / "reference" / "statistics")
    told = rolled(series, ORIGINS, FURTHEST)
    table = scored(told)
    seconds = time.perf_counter() - started
    _draw(told)
    PAGE.write_text(
        "\n".join([*_head(series, seconds), *_totals(table), *_ages(table), *_origins(told)]) + "\n", encoding="utf-8"
    )
    Console().print(f"Wrote {PAGE.relative_to(ROOT)} and {PICTURE.relative_to(ROOT)} in {seconds:.1f} s.")


def _head(series: Yearly, seconds: float) -> list[str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    made = f"{datetime.now(tz=UTC).date()}, commit {commit.stdout.strip()}, {platform.machine()}, Python {platform.python_version()}"
    return [
        "# How well would it have forecast?",
        "",
        f"Made by `make backtest` ({made}; {seconds:.0f} s). {len(series.areas)} authorities, origins {ORIGINS[0]} to "
        f"{ORIGINS[-1]}, one to three years ahead, up to {series.years[-1]}. Each forecast used nothing after its origin: neither the "
        "expectation nor the width of its ranges. The simpler methods get ranges learnt in the same way, so that they are not beaten for "
        "want of honesty. How it works: [decision 17](decisions/0017-pooled-yearly-forecast.md).",
        "",
        "MAPE: mean error as a share of what came. CRPS: error of the whole distribution, in children; less is better. Coverage: how often "
        "what came lay inside the range. PIT: the largest distance, in points, between a quantile and how often what came lay below it; a "
        "common surprise in one year (2020) moves all authorities together and shows here.",
        "",
        "![What came against the forecast, and how often it lay inside the 80 % range](pictures/backtest.svg)",
        "",
    ]


def _totals(table: pd.DataFrame) -> list[str]:
    lines = ["## In total", ""]
    for flow in FLOWS:
        lines += [
            f"### {FLOW_TITLES[flow]}",
            "",
            "| years ahead | method | cases | MAPE % | mean error | CRPS | inside 50 % | inside 80 % | inside 95 % | PIT |",
        ]
        lines.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        for ahead in range(1, FURTHEST + 1):
            for method in METHODS:
                row = table.loc[(method, flow, TOTAL, ahead)]
                cells = [row.mape, row.mae, row.crps, row.coverage_50, row.coverage_80, row.coverage_95, row.pit]
                lines.append(
                    f"| {ahead} | {method} | {row.cases:.0f} | " + " | ".join(f"{cell:.1f}" for cell in cells) + " |"
                )
        lines.append("")
    return lines


def _ages(table: pd.DataFrame) -> list[str]:
    lines = ["## By age, beside the last value", ""]
    lines += [
        "| | age | years ahead | cases | MAPE % | last value | CRPS | last value | inside 80 % |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for flow in FLOWS:
        for band in BANDS:
            for ahead in range(1, FURTHEST + 1):
                mine, last = table.loc[("forecast", flow, band, ahead)], table.loc[("last value", flow, band, ahead)]
                cells = (
                    f"{mine.mape:.1f} | {last.mape:.1f} | {mine.crps:.1f} | {last.crps:.1f} | {mine.coverage_80:.0f}"
                )
                lines.append(f"| {FLOW_TITLES[flow]} | {BAND_TITLES[band]} | {ahead} | {mine.cases:.0f} | {cells} |")
    return [*lines, ""]


def _origins(told: pd.DataFrame) -> list[str]:
    lines = [
        "## Children in care, by year of the forecast",
        "",
        "| from | years ahead | MAPE % | last value | inside 80 % |",
        "| --- | --- | --- | --- | --- |",
    ]
    total = told[(told.flow == STOCK) & (told.category == TOTAL)]
    for origin, rows in total.groupby("origin"):
        table = scored(rows)
        for ahead in sorted(set(rows.horizon)):
            mine, last = table.loc[("forecast", STOCK, TOTAL, ahead)], table.loc[("last value", STOCK, TOTAL, ahead)]
            lines.append(f"| {origin} | {ahead} | {mine.mape:.1f} | {last.mape:.1f} | {mine.coverage_80:.0f} |")
    return lines


def _draw(told: pd.DataFrame) -> None:
    plt.rcParams["svg.hashsalt"] = "backtest"
    total = told[(told.method == "forecast") & (told.flow == STOCK) & (told.category == TOTAL)]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    for ahead, colour in zip(range(1, FURTHEST + 1), ("#1d70b8", "#00703c", "#f47738"), strict=True):
        rows = total[total.horizon == ahead]
        left.scatter(
            rows["mean"], rows.actual, s=7, alpha=0.5, color=colour, label=f"{ahead} year{'s' * (ahead > 1)} ahead"
        )
        inside = ((rows.actual >= rows.q10) & (rows.actual <= rows.q90)).groupby(rows.origin).mean() * 100
        right.plot(inside.index, inside, marker="o", color=colour)
    most = float(total.actual.max())
    left.plot([10, most], [10, most], color="#505a5f", linewidth=1)
    left.set(xscale="log", yscale="log", xlabel="children in care, as forecast", ylabel="as it came")
    left.legend(frameon=False)
    right.axhspan(75, 90, color="#f3f2f1")
    right.set(
        ylim=(50, 100), xlabel="forecast from", ylabel="% of authorities inside the 80 % range", xticks=list(ORIGINS)
    )
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(PICTURE, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
