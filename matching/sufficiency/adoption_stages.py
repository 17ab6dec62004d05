"""How long each stage on the way to an adoption takes: decision, match, moving in, order."""

from collections.abc import Iterator

import pandas as pd

from matching.returns.history import History
from matching.sufficiency.figures import BORROWED, OWN, Parameter, Parameters
from matching.sufficiency.living import KIND_OF

ADOPTED = ("E11", "E12")
MONTH = 30.4375
WORTH = 10.0  # children whose published mean counts as much as own ones
STAGES = {
    "adoption_to_decision": ("entered", "decided"),
    "adoption_to_match": ("decided", "matched"),
    "adoption_to_move": ("matched", "moved_in"),
    "adoption_to_order": ("moved_in", "adopted"),
}


def own_stages(borrowed: Parameters, history: History) -> dict[str, Parameter]:
    """Mean months of each stage of the children adopted in the returns, drawn to England's by how few there are."""
    days = _days(history)
    return {name: _mean(borrowed.figures[name], days[to] - days[since]) for name, (since, to) in STAGES.items()}


def _days(history: History) -> pd.DataFrame:
    """One row for each child adopted: entered, decided, matched, moved_in, adopted; what is not told is missing."""
    last = history.periods[history.periods.ended_because.isin(ADOPTED)].drop_duplicates("child", keep="last")
    found = last.set_index("child")[["started", "ended"]].set_axis(["entered", "adopted"], axis=1)
    return pd.concat([found, *_others(history)], axis=1).reindex(found.index)


def _others(history: History) -> Iterator["pd.Series[pd.Timestamp]"]:
    decided = history.tables["to_be_adopted"]
    yield decided.groupby("child").decided.max().rename("decided")
    yield history.matched.groupby(level=0).max().rename("matched")
    homes = history.placements
    with_adopters = homes[[KIND_OF.get(str(code)) == "adoption" for code in homes.placement]]
    yield with_adopters.groupby("child").started.min().rename("moved_in")


def _mean(prior: Parameter, between: "pd.Series[pd.Timedelta]") -> Parameter:
    months = between.dt.days.dropna() / MONTH
    months = months[months >= 0]
    count = len(months)
    if not count:
        return prior
    value = (float(months.sum()) + WORTH * prior.value) / (count + WORTH)
    step = 1.96 * value * 0.6 / (count + WORTH) ** 0.5
    source = f"own: {count} adopted ({count / (count + WORTH):.0%}); rest: {prior.source}"
    kind = OWN if count >= WORTH else BORROWED
    return Parameter(value, max(value - step, 0.0), value + step, prior.unit, source, kind)
