"""The report of how forecasts did: sentences, scores beside the last value, small counts hidden."""

from collections.abc import Mapping, Sequence

import pandas as pd

from matching.sufficiency.futures import QUANTILES
from matching.sufficiency.looking_back import AGE_WORDS, FLOW_WORDS, OURS, LookingBack, score_of
from matching.sufficiency.spans import CAUSES
from matching.sufficiency.yearly import TOTAL
from matching.suppression import SMALL

KEPT = ["method", "origin", "horizon", "flow", "category", "mean", *QUANTILES, "actual", "last"]


def shown(told: pd.DataFrame) -> pd.DataFrame:
    """Forecasts beside what came, counts of 1 to 5 children hidden, and with them the next smallest age of the same year."""
    table = told[KEPT].copy()
    for column in ("actual", "last"):
        table[column] = _hidden(table, column)
    return table


def _hidden(table: pd.DataFrame, column: str) -> "pd.Series[float]":
    """A column of counts without those that are small or that would give a small one away by their total."""
    small = table[column].between(1, SMALL)
    ages = table.category.isin(AGE_WORDS)
    case = ["method", "origin", "horizon", "flow"]
    alone = small & ages & (small & ages).groupby([table[key] for key in case]).transform("sum").eq(1)
    spared = table[column].where(ages & ~small)
    least = spared.groupby([table[key] for key in case]).transform("min")
    needs = alone.groupby([table[key] for key in case]).transform("any")
    beside = needs & ages & ~small & (table[column] == least)
    single = ~ages & (table.category != TOTAL) & small
    return table[column].where(~(small | beside | single))


def page(back: LookingBack, notes: Sequence[str], tables: Mapping[str, pd.DataFrame]) -> str:
    """The report in Markdown."""
    lines = ["# How did we forecast?", "", *(f"- {note}" for note in notes), ""]
    if len(back.scores):
        lines += ["## Beside the last value", "", *_scores(back.scores)]
    lines += ["## How children leave", "", _leaving(tables["leaving"])]
    return "\n".join(lines) + "\n"


def _scores(scores: pd.DataFrame) -> list[str]:
    lines = [
        "MAPE: mean error as a share of what came, in %. CRPS: error of the whole distribution, in children; over these quantiles it is the "
        "weighted interval score. Inside: how often what came lay in the range, in %. PIT: the largest distance, in points, between a quantile "
        "and how often what came lay below it. Less is better, but for inside.",
        "",
        "| | age | years ahead | cases | MAPE | last value | flows | drift | CRPS | last value | inside 50 | inside 80 | inside 95 | PIT |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for flow, words in FLOW_WORDS.items():
        for category, age in {TOTAL: "all", **AGE_WORDS}.items():
            for ahead in sorted({int(one) for one in scores.index.get_level_values("horizon")}):
                rows = [
                    score_of(scores, name, flow, category, ahead) for name in (OURS, "last value", "flows", "drift")
                ]
                mine, last, flows, drift = rows
                cells = [mine.mape, last.mape, flows.mape, drift.mape, mine.crps, last.crps]
                cells += [mine.coverage_50, mine.coverage_80, mine.coverage_95, mine.pit]
                told = " | ".join("-" if pd.isna(cell) else f"{cell:.1f}" for cell in cells)
                lines.append(f"| {words} | {age} | {ahead} | {mine.cases:.0f} | {told} |")
    return [*lines, ""]


def _leaving(table: pd.DataFrame) -> str:
    head = (
        "Share of children who have left by each way, in %, by years in care (Aalen-Johansen; children in care before the first return "
        "count from then).\n\n"
        "| years in care | home | guardian | adopted | other | at 18 | children watched |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    )
    rows = [
        f"| {row['years']:g} | "
        + " | ".join(f"{100 * row[way]:.0f}" for way in (*CAUSES, "18"))
        + f" | {row['children']} |"
        for row in table.to_dict("records")
    ]
    return head + "\n".join(rows)
