"""A history as spans of care that can be counted: who was in care when, at what age, for how long, and how they left.

The window opens with the first return: children in care then enter it already there (left truncation), and those still in
care at its end are censored. Time in care that began before the first return may be longer than the rows tell.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.errors import MatchingError
from matching.returns.history import History
from matching.returns.spells import PERIOD, in_order
from matching.sufficiency.figures import AGE_EDGES, AGES, LAST_AGE
from matching.wording import counted

Floats = npt.NDArray[np.float64]
YEAR = 365.25
DURATION_EDGES = (0.0, 8 / 52, 0.5, 1.0, 2.0, 5.0, 30.0)
DURATIONS = ("0w", "8w", "6m", "1y", "2y", "5y")
CAUSES = ("home", "guardian", "adopted", "other")
# codes of the return by what they mean for a child; whoever leaves at 18 ages out, whatever the code
CAUSE_OF = {
    **dict.fromkeys(("E4A", "E4B", "E13"), "home"),
    **dict.fromkeys(("E41", "E43", "E44", "E45", "E46", "E47", "E48"), "guardian"),
    **dict.fromkeys(("E11", "E12"), "adopted"),
}
# years added to a time in care whose beginning no return holds
BEGAN_BEFORE = 1.0
OLDEST, EARLIEST = 26.0, -1.0
# ends in a year, and as a share of those in later years, from which an extract covers it
FEWEST_ENDS, LIKE_OTHERS = 5, 0.4


@dataclass(frozen=True)
class Spans:
    """Periods of care in years from the start of the window, `length` years long.

    `began` and `ended` (inf while open) may lie outside it; `age` at `began`; `cause` of leaving or empty; `alone` whether
    unaccompanied; `group` numbers children who started on one day from one home.
    """

    began: Floats
    ended: Floats
    age: Floats
    cause: npt.NDArray[np.str_]
    alone: npt.NDArray[np.bool_]
    group: npt.NDArray[np.int64]
    length: float
    first_day: pd.Timestamp
    last_day: pd.Timestamp
    dropped: tuple[str, ...]

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Periods that began within the window."""
        return np.asarray((self.began > 0) & (self.began <= self.length))

    @property
    def open(self) -> npt.NDArray[np.bool_]:
        """Periods open at the end of the window."""
        return np.asarray((self.began <= self.length) & (self.ended > self.length))

    @property
    def left(self) -> npt.NDArray[np.bool_]:
        """Periods that ended within the window before 18."""
        return np.asarray(
            (self.ended > 0) & (self.ended <= self.length) & (self.age + self.ended - self.began < LAST_AGE)
        )


def spans_of(history: History) -> Spans:
    """Spans of the newest run of returns without a gap; raises `MatchingError` where nothing can be counted."""
    if not history.years:
        raise MatchingError(
            "The returns hold no episode, so nothing can be learnt. Give those of a year with children."
        )
    from_year, gap = _covered(history)
    first, last = pd.Timestamp(from_year - 1, 3, 31), history.last_day
    found, vanished = _left_unseen(_periods(history), history.last_day.year)
    periods, dropped = _sound(found)
    began, born = (_years(periods[name], first) for name in ("started", "born"))
    ended = _years(periods.ended, first)
    began = np.where(periods.told & (began <= 0), began, np.where(began <= 0, began - BEGAN_BEFORE, began))
    return Spans(
        began=began,
        ended=np.where(np.isnan(ended), np.inf, ended),
        age=began - born,
        cause=np.array([CAUSE_OF.get(str(code), "other") for code in periods.ended_because]),
        alone=periods.child.isin(set(history.unaccompanied.child)).to_numpy(),
        group=_groups(periods),
        length=(last - first).days / YEAR,
        first_day=first,
        last_day=last,
        dropped=(*gap, *begun_late(history), *vanished, *dropped),
    )


def begun_late(history: History) -> list[str]:
    """A sentence where periods begin after the end of the newest return, which no return can hold."""
    late = int((history.periods.started > history.last_day).sum())
    if not late:
        return []
    many = counted(late, "period of care begins", "periods of care begin")
    left = "is" if late == 1 else "are"
    return [
        f"{many} after {history.last_day:%d %B %Y}, when the newest return ends, and {left} left out: correct the dates."
    ]


def _covered(history: History) -> tuple[int, list[str]]:
    """The first year that is covered whole, and a sentence where a gap cuts the history short.

    A year is covered by its return, or by an extract of several years: one that holds about as many ends as the years after it.
    """
    years = history.years
    whole = next(n for n in range(1, len(years) + 2) if years[-1] - n not in years)
    first = years[-1] - whole + 1
    ended = history.episodes.ended.dropna()
    ends = (ended.dt.year + (ended.dt.dayofyear > 90 + ended.dt.is_leap_year)).value_counts()
    usual = float(np.median([ends.get(year, 0) for year in range(first, years[-1] + 1)]))
    while ends.get(first - 1, 0) >= max(FEWEST_ENDS, usual * LIKE_OTHERS):
        first -= 1
    if first <= years[0]:
        return first, []
    told = counted(years[-1] - first + 1, "year", "years")
    return first, [f"The returns have a gap before {first}: only the {told} after it are learnt from."]


def _periods(history: History) -> pd.DataFrame:
    rows = in_order(history.episodes)
    begun = rows.drop_duplicates(PERIOD).set_index(PERIOD)[["new_because", "home_postcode"]]
    seen = rows.drop_duplicates(PERIOD, keep="last").set_index(PERIOD).year.rename("seen")
    told = begun.join(seen).reset_index()
    return history.periods.merge(told, on=PERIOD).assign(told=lambda found: found.new_because == "S")


def _left_unseen(periods: pd.DataFrame, last: int) -> tuple[pd.DataFrame, list[str]]:
    """Periods that are open in an older return and in none after it end with that return's year: they are in care no more."""
    lost = periods.ended.isna() & (periods.seen < last)
    if not lost.any():
        return periods, []
    ends = pd.to_datetime(dict(year=periods.seen, month=4, day=1)).where(
        lambda day: day > periods.started, periods.started
    )
    many = counted(int(lost.sum()), "period of care is", "periods of care are")
    sentence = f"{many} open in an older return and in none after it: taken to have ended with that return."
    return periods.assign(ended=periods.ended.where(~lost, ends)), [sentence]


def _sound(periods: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Periods that can be counted, and a sentence for each kind that can not."""
    unborn = periods.born.isna()
    backwards = periods.ended.notna() & (periods.ended < periods.started)
    age = (periods.started - periods.born).dt.days / YEAR
    odd = (age < EARLIEST) | (age > OLDEST)
    for wrong, told in (
        (unborn, "have no date of birth"),
        (backwards & ~unborn, "end before they begin"),
        (odd & ~unborn & ~backwards, "begin before birth or after 26"),
    ):
        if wrong.all() and len(periods):
            raise MatchingError(f"All periods of care {told}. Correct the dates.")
    sentences = [
        f"{counted(int(wrong.sum()), 'period of care', 'periods of care')} {told} {'is' if wrong.sum() == 1 else 'are'} left out: "
        "correct the dates."
        for wrong, told in (
            (unborn, "without a date of birth"),
            (backwards, "with an end before the start"),
            (odd & ~unborn, "with a start before birth or after 26"),
        )
        if wrong.any()
    ]
    return periods[~(unborn | backwards | odd)].reset_index(drop=True), sentences


def _groups(periods: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Numbers of those who started on one day from one home postcode; without a postcode everybody alone."""
    home = periods.home_postcode.fillna("").astype(str)
    key = home.where(home != "", periods.child.astype(str)) + periods.started.astype(str)
    return np.asarray(pd.factorize(key)[0], dtype=np.int64)


def _years(days: "pd.Series[pd.Timestamp]", first: pd.Timestamp) -> Floats:
    return np.asarray((days - first).dt.days.to_numpy(dtype=float) / YEAR)


def time_and_leavers(spans: Spans, half_life: float) -> tuple[Floats, Floats]:
    """Child years and leavers before 18 by age and time in care, shape (ages, durations); newer years weigh more.

    A year's weight halves with each `half_life` years before the end of the window.
    """
    time, leavers = by_year(spans)
    weight = 0.5 ** ((np.arange(len(time)) + 0.5) / half_life)
    return np.tensordot(weight, time, 1), np.tensordot(weight, leavers, 1)


def by_year(spans: Spans) -> tuple[Floats, Floats]:
    """Child years and leavers before 18, shape (years back from the end of the window, ages, durations)."""
    years = max(int(np.ceil(spans.length - 1e-6)), 1)
    leavers = np.zeros((years, len(AGES), len(DURATIONS)))
    in_care = (spans.ended - spans.began)[spans.left]
    age = np.searchsorted(AGE_EDGES, spans.age[spans.left] + in_care, side="right") - 1
    piece = np.searchsorted(DURATION_EDGES, in_care, side="right") - 1
    back = np.minimum((spans.length - spans.ended[spans.left]).astype(int), years - 1)
    np.add.at(leavers, (back, *(np.clip(at, 0, len(of) - 1) for at, of in ((age, AGES), (piece, DURATIONS)))), 1.0)
    return np.stack([_child_years(spans, spans.length - back) for back in range(years)]), leavers


def _child_years(spans: Spans, until: float) -> Floats:
    """Child years by age and time in care of the year before a time, within the window."""
    born, time = spans.began - spans.age, np.zeros((len(AGES), len(DURATIONS)))
    first, last = np.maximum(spans.began, max(until - 1, 0.0)), np.minimum(spans.ended, until)
    for a, d in np.ndindex(time.shape):
        since = np.maximum.reduce([first, born + AGE_EDGES[a], spans.began + DURATION_EDGES[d]])
        to = np.minimum.reduce([last, born + AGE_EDGES[a + 1], spans.began + DURATION_EDGES[d + 1]])
        time[a, d] = np.clip(to - since, 0, None).sum()
    return time
