"""What the return's own validation would question: read all the same, and named with its rule number.

Numbers are those of the return's validation rules; texts are ours.
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from matching.returns.modules import CODES, CODES_BESIDE
from matching.returns.reading import Query, Read

UNDER_SIXTEEN, YOUNG_OFFENDER = 16, 10  # years
POLICE_DAYS, EMERGENCY_DAYS, BREAK_DAYS = 3, 21, 17
SUPPORTED = ("K3", "H5", "P2")


def asked(
    tables: Mapping[str, pd.DataFrame], typed: Mapping[Read, pd.DataFrame], years: Mapping[Read, int]
) -> Iterator[Query]:
    """Every query, file by file, then those between modules."""
    born = tables["children"].drop_duplicates("child").set_index("child").born
    for read, table in typed.items():
        if read.module.name == "episodes":
            yield from _codes(read, table)
            yield from _episodes(read, table, born)
            yield from _late(read, table, years[read])
        if read.module.name == "children":
            yield from _at(
                read, table[table.duplicated("child")], "twice", "CHILD", "the child stands in the module twice"
            )
        for column, codes in CODES_BESIDE.get(read.module.name, {}).items():
            yield from _not_of_year(read, table, column, codes, years[read])
    yield from _between(tables, typed)


def _late(read: Read, table: pd.DataFrame, year: int) -> Iterator[Query]:
    """Rows that begin after the 31 March of their return's year, which is 0 where no return has a row."""
    if year:
        late = table[table.started > pd.Timestamp(year, 3, 31)]
        yield from _at(read, late, "dates", "DECOM", "begins after the year of its return")


def _not_of_year(
    read: Read, table: pd.DataFrame, column: str, codes: Mapping[str, tuple[int, int]], year: int
) -> Iterator[Query]:
    """Codes of a module beside the episodes that its year's return does not hold."""
    told = table[column].dropna().str.upper()
    yield from _at(read, table.loc[told.index[~told.isin(codes)]], "code", column, "is no code of the return")
    held = {code for code, (first, last) in codes.items() if first <= year <= last}
    other = told.index[told.isin(codes) & ~told.isin(held)]
    yield from _at(read, table.loc[other], "code", column, "is no code of that year's return")


def _codes(read: Read, table: pd.DataFrame) -> Iterator[Query]:
    """Codes that the return of the row's year does not hold."""
    newest = table.ended.fillna(table.started)
    year = newest.dt.year + (newest > pd.to_datetime(dict(year=newest.dt.year, month=3, day=31))).astype(int)
    for column, codes in CODES.items():
        first = table[column].map({code: years[0] for code, years in codes.items()})
        last = table[column].map({code: years[1] for code, years in codes.items()})
        known = table[column].notna()
        yield from _at(read, table[known & first.isna()], "code", column, "is no code of the return")
        when = known & first.notna() & ((year > last) | ((year < first) & table.ended.notna()))
        yield from _at(read, table[when], "code", column, "is no code of that year's return")


def _episodes(read: Read, table: pd.DataFrame, born: "pd.Series[pd.Timestamp]") -> Iterator[Query]:
    rows = table.sort_values(["child", "started", "ended"], kind="stable")
    before = rows.groupby("child").ended.shift()
    opened_before = rows.groupby("child").cumcount() > 0
    birth = rows.child.map(born)
    lasted = (rows.ended - rows.started).dt.days
    goes_on = opened_before & (before == rows.started)
    same_status = rows.legal_status == rows.groupby("child").legal_status.shift()
    same_kind = rows.placement == rows.groupby("child").placement.shift()
    checks = {
        ("503", "DECOM"): (rows.duplicated(["child", "started"]), "begins on the same day as another row of the child"),
        ("501", "DECOM"): (opened_before & ((before > rows.started) | before.isna()), "begins before the row before it has ended"),
        ("433", "RNE"): (opened_before & (before == rows.started) & (rows.new_because == "S"), "begins a period of care, though the one before goes on"),
        ("431", "RNE"): (opened_before & (before < rows.started) & (rows.new_because != "S"), "goes on with a period of care, though there was a gap"),
        ("434", "RNE"): (goes_on & (rows.new_because == "L") & (same_status | ~same_kind), "says that the legal status alone changed, and something else did"),
        ("435", "RNE"): (goes_on & rows.new_because.isin(["P", "T"]) & ~same_status, "says that the placement alone changed, and the legal status did too"),
        ("436", "RNE"): (goes_on & rows.new_because.isin(["B", "U"]) & same_status, "says that legal status and placement changed, and the status did not"),
        ("504", "CIN"): ((before == rows.started) & (rows.need != rows.groupby("child").need.shift()), "has another need than the row before it in the same period"),
        ("dates", "DEC"): (rows.ended < rows.started, "ends before it begins"),
        ("dates", "DECOM"): (rows.started < birth, "begins before the child was born"),
        ("371", "PLACE"): (rows.placement.isin(SUPPORTED) & ((rows.started - birth).dt.days < UNDER_SIXTEEN * 365.25), "is supported accommodation for a child under 16"),
        ("372", "PLACE"): ((rows.placement == "R5") & ((rows.started - birth).dt.days < YOUNG_OFFENDER * 365.25), "is a young offender institution for a child under 10"),
        ("361", "LS"): ((rows.legal_status == "L1") & (lasted > POLICE_DAYS), "is police protection for longer than 72 hours"),
        ("362", "LS"): ((rows.legal_status == "L2") & (lasted > EMERGENCY_DAYS), "is an emergency protection order for longer than 21 days"),
        ("365", "LS"): ((rows.legal_status == "V3") & (lasted > BREAK_DAYS), "is a short break of more than 17 days"),
        ("378", "PLACE"): ((rows.placement == "P1") & (rows.legal_status == "V2"), "is with parents under section 20"),
        ("384", "PLACE"): (rows.placement.isin(["U1", "U4"]) & rows.legal_status.isin(["V3", "V4"]), "is long-term fostering as a short break"),
    }  # fmt: skip
    for (rule, column), (wrong, reason) in checks.items():
        yield from _at(read, rows[wrong], rule, column, reason)


def _between(tables: Mapping[str, pd.DataFrame], typed: Mapping[Read, pd.DataFrame]) -> Iterator[Query]:
    """Children in one module and not in the other."""
    listed, cared = set(tables["children"].child), set(tables["episodes"].child)
    names = {read.module.name: read.file.name for read in typed}
    without, unknown = len(listed - cared), len(cared - listed)
    if without:
        yield Query(
            "module", names["children"], None, "CHILD", f"{without} children have no episode; they may be care leavers"
        )
    if unknown:
        yield Query(
            "module", names["episodes"], None, "CHILD", f"{unknown} children with episodes are not in the header"
        )


def _at(read: Read, rows: pd.DataFrame, rule: str, column: str, reason: str) -> Iterator[Query]:
    names = {ours: theirs for theirs, ours in read.module.columns.items()}
    for row in rows.index:
        yield Query(rule, read.file.name, int(row), names.get(column, column), reason)
