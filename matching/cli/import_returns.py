"""`placements import`: the statutory return of one or more years as one history."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from matching.cli.reports import write_report
from matching.errors import UnreadableFile

SHOWN = 12


def import_returns(
    returns: Annotated[
        list[Path], typer.Argument(metavar="RETURNS...", help="Files or folders of SSDA903 returns, CSV or XML.")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write the history to, as tidy CSV.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write every fault and query to this file: .csv or .json.")
    ] = None,
) -> None:
    """Read returns of any years and authorities as one history; all of it or, with every fault named, nothing."""
    # frames take a second to import, which no other command should wait for
    from matching.returns import read_history
    from matching.returns.writing import changes, write_history

    try:
        history = read_history(returns)
    except UnreadableFile as refused:
        write_report(report, [asdict(fault) for fault in refused.faults])
        raise
    write_report(report, [asdict(query) for query in history.queries])
    screen = Console()
    _summary(screen, history)
    if out is None:
        return
    found = changes(history, out)
    for one in found:
        screen.print(f"{one.name}: {one.added} rows new, {one.removed} gone, {one.changed} otherwise.")
    if not found:
        screen.print(f"{out} holds this history already; nothing is changed.")
    elif dry_run:
        screen.print("Nothing was written.")
    else:
        write_history(history, out)
        screen.print(f"Written to {out}.")


def _summary(screen: Console, history: Any) -> None:
    years = ", ".join(f"{year - 1}-{year % 100:02}" for year in history.years)
    open_ = int(history.episodes.ended.isna().sum())
    screen.print(
        f"Returns of {years}: {len(history.children)} children, {len(history.episodes)} episodes ({open_} open), "
        f"{len(history.periods)} periods of care, {len(history.placements)} placements; "
        f"{history.in_care_on(history.last_day)} children in care on {history.last_day:%d %B %Y}."
    )
    if history.queries:
        _queries(screen, history.queries)


def _queries(screen: Console, queries: Sequence[Any]) -> None:
    count = Counter((query.rule, query.column, query.reason) for query in queries)
    table = Table(
        title=f"{len(queries)} rows that the return's validation would question; they are read all the same",
        title_justify="left",
    )
    for name in ("rows", "rule", "column", "what"):
        table.add_column(name, justify="right" if name == "rows" else "left")
    for (rule, column, reason), number in count.most_common(SHOWN):
        table.add_row(str(number), rule, column, reason)
    screen.print(table)
    if len(count) > SHOWN:
        screen.print(f"And {len(count) - SHOWN} other kinds; --report lists every row.")
