"""One series for an authority whose code changed on the way, under the code of its newest row."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import pandas as pd

from matching.places.authorities import CodeChange


def newest_codes(
    counts: pd.DataFrame, people: pd.DataFrame | None, changes: Sequence[CodeChange]
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Both tables (`area_code`, `year`) with each recoded authority under the code of its newest row of counts.

    Where both codes have a row of the same cell the newer code's is kept. Authorities that were merged or split stay apart.
    """
    later = recoded(changes)
    land = {code: _last(code, later) for code in set(counts.area_code) | set(later) | set(later.values())}
    newest = counts.assign(land=counts.area_code.map(land)).sort_values(["year", "area_code"], kind="stable")
    told = dict(zip(newest.land, newest.area_code, strict=True))
    named = {code: told.get(place, code) for code, place in land.items()}
    keys = ["year", "area_code", "flow", "category"]
    found = _renamed(counts, named).drop_duplicates(keys, keep="last")
    if people is None:
        return found, None
    return found, _renamed(people, named).drop_duplicates(["year", "area_code"], keep="last")


def recoded(changes: Sequence[CodeChange]) -> dict[str, str]:
    """Later code by code, of authorities that kept their land."""
    before, after = Counter(one.code for one in changes), Counter(one.later_code for one in changes)
    return {one.code: one.later_code for one in changes if before[one.code] == after[one.later_code] == 1}


def gone(areas: Sequence[str], day: date, changes: Sequence[CodeChange]) -> list[str]:
    """Those of some authorities that were merged or split up to a day, so that nothing of them is to come."""
    since = {one.code for one in changes if one.since <= day} - set(recoded(changes))
    return [area for area in areas if area in since]


def held_as(asked: Sequence[str], areas: Sequence[str], changes: Sequence[CodeChange]) -> list[str]:
    """The codes asked for, under the code that the areas hold them with."""
    later = recoded(changes)
    named = {_last(area, later): area for area in areas}
    return [code if code in areas else named.get(_last(code, later), code) for code in asked]


def _last(code: str, later: dict[str, str]) -> str:
    while code in later:
        code = later[code]
    return code


def _renamed(table: pd.DataFrame, named: dict[str, str]) -> pd.DataFrame:
    """Rows of the older code first, so that the newer one's are kept."""
    return (
        table.sort_values("area_code", kind="stable")
        .assign(area_code=lambda rows: rows.area_code.map(lambda code: named.get(code, code)))
        .reset_index(drop=True)
    )
