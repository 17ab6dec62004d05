"""Where children live, how long a placement lasts, where they move next: from an authority's own placements and England's."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd

from matching.returns.history import History
from matching.sufficiency.borrowed_living import MOVED_FROM, MOVED_TO
from matching.sufficiency.figures import BORROWED, OWN, PRIOR_EVENTS, Parameter, Parameters
from matching.sufficiency.lengths import share_of
from matching.sufficiency.spans import YEAR, spans_of

# codes of the return, of all years, by kind of home
KIND_OF = {
    **dict.fromkeys(("U1", "U2", "U3"), "kin"),
    **dict.fromkeys(("U4", "U5", "U6"), "foster"),
    **dict.fromkeys(("K1", "K2", "K3", "R1", "R2", "R3", "R5", "S1"), "residential"),
    **dict.fromkeys(("H5", "P2", "P3", "Z11", "Z12", "Z13", "Z14"), "supported"),
    "P1": "with_parents",
    **dict.fromkeys(("A3", "A4", "A5", "A6"), "adoption"),
}
FEWEST_ENDS = 10  # fewer ended placements say nothing of the shape of a curve
FAR_MILES, SIXTEEN = 20.0, 16.0
WEEK = 7.0


def own_living(borrowed: Parameters, history: History) -> dict[str, Parameter]:
    """Shares of children by kind of home, moves a child year, lengths of placements (Weibull) and where a move leads.

    Placements that were open when the returns begin enter then, those still open are censored (lifelines).
    """
    spans = spans_of(history)
    lived = _placements(history, spans.first_day, spans.last_day)
    now = lived[lived.open]
    found = {
        name: share_of(borrowed.figures[name], int((now.kind == name).sum()), len(now))
        for name in ("kin", "residential", "with_parents")
    }
    found["supported_at_16"] = _supported(borrowed.figures["supported_at_16"], lived, history, spans.first_day)
    found["moves"] = _moves(borrowed.figures["moves"], lived)
    for kind in MOVED_FROM:
        found |= _length(borrowed, kind, lived[lived.kind == kind])
    return found | _next(borrowed, lived)


def own_distance(borrowed: Parameters, miles: "pd.Series[float]") -> dict[str, Parameter]:
    """Share of placements over 20 miles from home, of those whose postcodes are both whole and known."""
    known = miles.dropna()
    return {"over_20_miles": share_of(borrowed.figures["over_20_miles"], int((known > FAR_MILES).sum()), len(known))}


def _placements(history: History, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Placements within the window: kind, days before it and in all, whether ended in it, whether open at its end, next kind."""
    rows = history.placements.sort_values(["child", "period", "started"], kind="stable")
    rows = rows.assign(kind=[KIND_OF.get(str(code), "other") for code in rows.placement])
    rows["next"] = rows.groupby(["child", "period"]).kind.shift(-1)
    sound = (rows.started <= last) & (rows.ended.isna() | (rows.ended >= rows.started))
    rows = rows[sound & (rows.ended.isna() | (rows.ended > first))].copy()
    rows["open"] = rows.ended.isna() | (rows.ended > last)
    rows["entry"] = (first - rows.started).dt.days.clip(lower=0)
    rows["days"] = (rows.ended.where(~rows.open, last) - rows.started).dt.days
    return rows[(rows.days > rows.entry) | rows.open]


def _supported(prior: Parameter, lived: pd.DataFrame, history: History, first: pd.Timestamp) -> Parameter:
    """Of those who start at 16 or over, the share whose first home is a supported one."""
    begun = lived[(lived.started > first)].drop_duplicates(["child", "period"])
    born = begun.child.map(history.children.set_index("child").born)
    old = begun[((begun.started - born).dt.days / YEAR) >= SIXTEEN]
    return share_of(prior, int((old.kind == "supported").sum()), len(old))


def _moves(prior: Parameter, lived: pd.DataFrame) -> Parameter:
    """Moves from one home to another, a child year, with England's worth as many moves as elsewhere."""
    moves = int((~lived.open & lived.next.notna()).sum())
    time = float((lived.days - lived.entry).sum()) / YEAR
    shape, rate = PRIOR_EVENTS + moves, PRIOR_EVENTS / prior.value + time
    step = 1.96 * np.sqrt(shape) / rate
    share = moves / shape
    source = f"own: {moves} moves in {time:.0f} child years ({share:.0%}); rest: {prior.source}"
    kind = OWN if share >= 0.5 else prior.kind
    return replace(
        prior, value=shape / rate, low=shape / rate - step, high=shape / rate + step, source=source, kind=kind
    )


def _length(borrowed: Parameters, kind: str, lived: pd.DataFrame) -> dict[str, Parameter]:
    """Shape and scale (weeks) of how long placements of a kind last, drawn to the published ones by how few ended."""
    names = (f"stay_shape_{kind}", f"stay_weeks_{kind}")
    ended = int((~lived.open).sum())
    if ended < FEWEST_ENDS:
        return {name: replace(borrowed.figures[name], source=_few(borrowed.figures[name], ended)) for name in names}
    from lifelines import WeibullFitter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it says of its steps is of no use to a reader
        fit = WeibullFitter().fit(
            lived.days.clip(lower=1), ~lived.open, entry=lived.entry.where(lived.entry < lived.days, 0)
        )
    own = (float(fit.rho_), float(fit.lambda_) / WEEK)
    weight = ended / (ended + PRIOR_EVENTS)
    spread = {names[0]: 0.8 / np.sqrt(ended), names[1]: 1.1 / (np.sqrt(ended) * own[0])}
    found = {}
    for name, value in zip(names, own, strict=True):
        prior = borrowed.figures[name]
        log = weight * np.log(value) + (1 - weight) * np.log(prior.value)
        source = f"own: {ended} placements that ended ({weight:.0%}); rest: {prior.source}"
        low, high = (float(np.exp(log + side * 1.96 * spread[name])) for side in (-1, 1))
        found[name] = Parameter(float(np.exp(log)), low, high, prior.unit, source, OWN if weight >= 0.5 else BORROWED)
    return found


def _few(prior: Parameter, ended: int) -> str:
    return f"{ended} placements ended in the history; {prior.source}" if ended else prior.source


def _next(borrowed: Parameters, lived: pd.DataFrame) -> dict[str, Parameter]:
    moved = lived[~lived.open & lived.next.isin(MOVED_TO)]
    found = {}
    for kind in MOVED_FROM:
        here = moved[moved.kind == kind]
        for to in MOVED_TO:
            name = f"from_{kind}_to_{to}"
            found[name] = share_of(borrowed.figures[name], int((here.next == to).sum()), len(here))
    return found
