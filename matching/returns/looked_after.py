"""Children of a return as matching knows them: what the return holds, and nothing else.

A return has no home, no brothers and sisters and no needs; those stay not known. Temporary and short-break rows are left
out, as the published counts leave them out.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from matching.domain import Child, LegalStatus
from matching.domain.words import Sex
from matching.returns.history import History
from matching.returns.spells import in_order, open_on

SEX = {"1": Sex.MALE, "2": Sex.FEMALE, "M": Sex.MALE, "F": Sex.FEMALE}
LEGAL = {status.value: status for status in LegalStatus}


def looked_after_on(history: History, day: pd.Timestamp) -> tuple[Child, ...]:
    """Every child looked after at the end of a day, in order of reference."""
    rows = open_on(in_order(history.episodes), day).drop_duplicates("child", keep="last").set_index("child")
    about = history.children.drop_duplicates("child", keep="last").set_index("child")
    alone = history.unaccompanied_on(day)
    return tuple(_child(str(ref), row, _of(about, ref), str(ref) in alone) for ref, row in rows.sort_index().iterrows())


def _of(about: pd.DataFrame, ref: Any) -> Mapping[str, Any]:
    return dict(about.loc[ref]) if ref in about.index else {}


def _child(ref: str, row: "pd.Series[Any]", about: Mapping[str, Any], alone: bool) -> Child:
    return Child(
        ref=ref,
        date_of_birth=born.date() if pd.notna(born := about.get("born")) else None,
        sex=SEX.get(str(about.get("sex"))),
        authority=row.authority or None,
        legal_status=LEGAL.get(str(row.legal_status)),
        ethnicity=_known(about.get("ethnicity")),
        uasc=alone,
    )


def _known(value: Any) -> str | None:
    return str(value) if isinstance(value, str) and value else None
