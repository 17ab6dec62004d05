"""The figures a forecast stands on: an authority's own where its returns say enough, its neighbours' and England's beside."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console

from matching.cli.places import data_folder, postcode_book, read_folder
from matching.cli.show_backtest import told, written
from matching.domain import Caseload
from matching.geo import AuthorityMap
from matching.profile.where import lies_where
from matching.published import Series
from matching.returns import History, read_history
from matching.returns.spells import in_order, open_on
from matching.sufficiency.figures import OWN, Parameters
from matching.sufficiency.lengths import cumulative_incidence
from matching.sufficiency.looking_back import looking_back
from matching.sufficiency.neighbours import as_of
from matching.sufficiency.own_history import (
    Learnt,
    area_of,
    check_origin,
    forecast_history,
    learn,
    notes_of,
    with_living,
)
from matching.sufficiency.parameters import published_parameters
from matching.sufficiency.review import page, shown
from matching.sufficiency.spans import begun_late
from matching.sufficiency.supply_rates import own_supply
from matching.wording import counted

NEWEST = 9999


def borrowing(reference: Path, authority: str | None) -> Callable[[int], Parameters]:
    """The figures that an authority without returns would have had in a year."""
    england, series = published_parameters(reference), Series.read(reference / "statistics")
    return lambda year: as_of(england, series, year, authority)


def figures_for(
    history: Sequence[Path], reference: Path, authority: str | None = None, registers: Sequence[Caseload] = ()
) -> tuple[Parameters, tuple[str, ...]]:
    """Figures and notes: own by how much history there is, else of neighbours where the authority is named, else England's."""
    borrowed = borrowing(reference, authority)(NEWEST) if authority else published_parameters(reference)
    called = authority and (AuthorityMap.read(reference).name(authority) or authority)
    whose = f"the statistical neighbours of {called}" if called else "England"
    figures, notes = borrowed, [f"No history was given: who comes and how long children stay is as in {whose}."]
    if history:
        read = read_history(history)
        learnt = learn(read, borrowed)
        figures, notes = with_living(learnt, read, _miles(read, authority)), [_learnt_from(learnt), *notes_of(learnt)]
    own = own_supply(figures, registers) if registers else {}
    return Parameters({**figures.figures, **own}), tuple(notes)


def _learnt_from(learnt: Learnt) -> str:
    """How many children the returns end with: beside the caseload's number a reader sees whether they belong together."""
    in_care = int(learnt.spans.open.sum())
    return f"The returns end on 31 March {learnt.spans.last_day.year} with {counted(in_care, 'child', 'children')} in care."


def _miles(history: History, authority: str | None) -> "pd.Series[float]":
    """Miles from home on the last day, by child, where the postcodes of this installation know both."""
    here = open_on(in_order(history.episodes), history.last_day).drop_duplicates("child", keep="last")
    return lies_where(here, postcode_book(), authority or area_of(history)).miles


def figures_to(out: Path, history: Sequence[Path], authority: str | None, registers: Sequence[Path]) -> None:
    """Write every figure with its range and source, and say how many are whose."""
    read = [read_folder(path) for path in registers]
    figures, notes = figures_for(history, data_folder() / "reference", authority, read)
    table = figures.table()
    written(table, out)
    for note in notes:
        told(note)
    counts = table.kind.value_counts()
    kinds = ", ".join(f"{counts[kind]} {kind}" for kind in counts.index)
    Console().print(f"Wrote {len(table)} figures ({kinds}) to {out}.")


def history_to(out: Path, history: Sequence[Path], origin: int | None, horizon: int, authority: str | None) -> None:
    """Forecast from a year of an authority's own returns, with nothing later, and write the table."""
    read = read_history(history)
    year = read.last_day.year if origin is None else origin
    known = check_origin(read, year)
    made = forecast_history(known, borrowing(data_folder() / "reference", authority)(year), horizon)
    table = made.table if authority is None else made.table.assign(area_code=authority)
    written(table, out)
    for warning in (*begun_late(read), *made.warnings):
        told(warning)
    Console().print(f"Wrote {len(table)} rows, {year + 1} to {year + horizon}, to {out}.")


def review_to(out: Path, history: Sequence[Path], horizon: int, authority: str | None) -> None:
    """Write how forecasts from each earlier year would have done, and how last year's did."""
    read = read_history(history)
    borrow = borrowing(data_folder() / "reference", authority)
    back = looking_back(read, borrow, horizon)
    learnt = learn(read, borrow(read.last_day.year))
    notes = (*notes_of(learnt), *back.sentences)
    out.mkdir(parents=True, exist_ok=True)
    figures = with_living(learnt, read, _miles(read, authority)).table()
    leaving = cumulative_incidence(learnt.spans).round(3).reset_index()
    tables = {"figures": figures, "leaving": leaving}
    if len(back.scores):
        tables |= {"scores": back.scores.round(2).reset_index(), "forecasts": shown(back.told)}
    for name, table in tables.items():
        written(table, out / f"{name}.csv")
    (out / "review.md").write_text(page(back, notes, tables), encoding="utf-8")
    for sentence in notes:
        Console().print(sentence)
    own = int((figures.kind == OWN).sum())
    Console().print(f"{own} figures are the authority's own. Written to {out}; start with review.md.")
