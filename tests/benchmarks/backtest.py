"""`make backtest`: how the yearly forecast would have done on the published series; writes docs/backtest.md."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from matching.published import Series
from matching.sufficiency.yearly import YearlyCounts, forecast_years, from_published, score_origins
from matching.sufficiency.yearly.forecast import Outlook
from matching.sufficiency.yearly.scoring import probability_integral, summary

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "backtest.md"
ORIGINS, HORIZON, FOLDS = range(2016, 2022), 3, 5
FLOW_WORDS = {"stock_31mar": "in care on 31 March", "start": "started", "cease": "ceased"}
AGE_WORDS = {
    "total": "all",
    "u1": "under 1",
    "a1_4": "1 to 4",
    "a5_9": "5 to 9",
    "a10_15": "10 to 15",
    "a16p": "16 and over",
}
COLUMNS = {
    "mape_ours": "MAPE %",
    "mape_last_value": "last value",
    "mape_flows": "flows",
    "mape_drift": "drift",
    "crps": "CRPS",
    "crps_last_value": "CRPS of last value",
    "wis": "WIS",
    "covered_50": "in 50%",
    "covered_80": "in 80%",
    "covered_95": "in 95%",
    "forecasts": "forecasts",
}
SHORT = {
    name: COLUMNS[name]
    for name in ("mape_ours", "mape_last_value", "crps", "crps_last_value", "covered_80", "forecasts")
}


def held_out(series: YearlyCounts) -> pd.DataFrame:
    """Scores of authorities that the method has not seen: each fifth of them forecast with what the others teach."""
    parts = []
    for fold in range(FOLDS):
        areas = series.areas[fold::FOLDS]
        others = series.only([area for area in series.areas if area not in set(areas)])

        def blind(seen: YearlyCounts, origin: int, horizon: int, others: YearlyCounts = others) -> Outlook:
            own_year = seen.only(seen.areas, since=origin - 2)
            return forecast_years(own_year, origin, horizon, borrow=others.until(origin))

        parts.append(score_origins(series.only(areas), ORIGINS, HORIZON, forecast=blind))
    return pd.concat(parts, ignore_index=True)


def page(series: YearlyCounts) -> str:
    """The whole page."""
    scored = score_origins(series, ORIGINS, HORIZON)
    whole = scored[scored.category == "total"]
    stock = whole[whole.flow == "stock_31mar"]
    ages = scored[(scored.category != "total")]
    return TEXT.format(
        whole=_table(summary(whole, ["flow", "horizon"]), COLUMNS),
        origins=_table(summary(stock, ["horizon", "origin"]), COLUMNS),
        ages=_table(summary(ages, ["flow", "category", "horizon"]), SHORT),
        pit=probability_integral(stock).round(1).rename_axis("outcome").reset_index().pipe(_markdown),
        held=_table(summary(held_out(series), ["flow", "category", "horizon"]), SHORT),
        bare=_table(
            summary(score_origins(_without_people(series), ORIGINS, HORIZON), ["flow", "category", "horizon"]).loc[
                ["stock_31mar"]
            ],
            SHORT,
        ),
    )


def _without_people(series: YearlyCounts) -> YearlyCounts:
    return YearlyCounts(series.counts, series.published)


def _table(frame: pd.DataFrame, columns: dict[str, str]) -> str:
    shown = frame[list(columns)].round(1).rename(columns=columns).reset_index()
    return _markdown(shown.replace({"flow": FLOW_WORDS, "category": AGE_WORDS}))


def _markdown(frame: pd.DataFrame) -> str:
    body = frame.astype(object).to_numpy().tolist()
    rows: list[Sequence[object]] = [list(frame.columns), ["---"] * len(frame.columns), *body]
    return "\n".join("| " + " | ".join(str(value) for value in row) + " |" for row in rows)


TEXT = """# How well would it have forecast?

Written by `make backtest` from the published series in `data/reference/statistics`: every authority there, origins 31 March 2016 to 2021,
one to three years ahead, scored to 2022. Each origin sees the series as it stood then and nothing later. MAPE is the mean error in percent;
CRPS and WIS score the whole range, in children, less is better (a peer says one number, whose CRPS is its absolute error). *In 80%* is how
often the outcome lay in the range of 80%. **Last value** repeats the newest count; **flows** keeps starts and the share leaving; **drift**
goes on with three years' average change. What a publisher hid is not scored. Ages of 31 March 2020 were not published.

## All ages

{whole}

## In care, by origin

{origins}

## By age

{ages}

## Where outcomes fell (PIT, in care, all ages)

Percent of outcomes; a sound range has what is due. More above the middle than below: children in care grew in most of these years, and the
forecast takes only a part of the drift.

{pit}

## Authorities never seen

Each fifth of the authorities shows three years up to the origin only; all else is learnt from the other four fifths.

{held}

## Without the population

{bare}

The strength of the drift and of the shrinkage were chosen on these origins, so this page flatters a little; years after 2022 and
authorities that are not in the series are the true test. The ranges at each origin are learnt from origins before it.
"""


if __name__ == "__main__":
    PAGE.write_text(page(from_published(Series.read(ROOT / "data" / "reference" / "statistics"))), encoding="utf-8")
