"""A caseload as it stood, kept beside the plan that was made of it, with what tells of each person apart."""

import json
from datetime import date
from typing import Any

from api.db.queries import KINDS, PARTS, Maps, hidden_of, ref_of, subject_of
from matching.domain import Caseload
from matching.io.rows import cells_of, row_of


def snapshot(caseload: Caseload) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """A caseload as plain data, from which the same plan can be made again; what tells of a person apart, by whose it is."""
    hidden: dict[str, dict[str, str]] = {}
    told: dict[str, Any] = {"as_of": caseload.as_of.isoformat()}
    for kind, part in PARTS.items():
        told[kind] = []
        for number, row in enumerate(getattr(caseload, part)):
            cells = dict(cells_of(row))
            taken = hidden_of(kind, cells)
            told[kind].append(cells)
            if taken:
                own = hidden.setdefault(subject_of(kind, ref_of(row)), {})
                own |= {f"{kind}|{number}|{column}": text for column, text in taken.items()}
    return json.loads(json.dumps(told)), hidden


def from_snapshot(told: dict[str, Any], hidden: dict[str, str], maps: Maps) -> Caseload:
    """The caseload of a snapshot."""
    rows = {kind: [dict(cells) for cells in told.get(kind, ())] for kind in PARTS}  # older plans knew fewer kinds
    for where, text in hidden.items():
        kind, number, column = where.split("|")
        rows[kind][int(number)][column] = text
    parts = {part: tuple(row_of(KINDS[kind], cells, maps.find) for cells in rows[kind]) for kind, part in PARTS.items()}
    as_of = date.fromisoformat(told["as_of"])
    return Caseload(as_of=as_of, crossings=maps.crossings, adjoining=maps.adjoining, **parts)
