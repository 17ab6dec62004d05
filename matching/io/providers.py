"""Ofsted's lists of registered providers: what stands behind a URN, without names and addresses of homes.

The lists changed with the years; a sheet is known by its headings. Children's homes' addresses are protected: they are not read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from matching.errors import Fault, UnreadableFile
from matching.io.workbook import sheets_of

TOP = 10
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "urn": ("urn",),
    "kind": ("providertype", "provisiontype"),
    "sector": ("sector",),
    "status": ("registrationstatus", "providerstatus", "settingstatus"),
    "authority": ("localauthority", "providerlocalauthority", "providerla"),
    "codes": ("placementcode",),
    "places": ("numberofregisteredplaces", "maxusers", "maximumfosteringplaces", "capacity"),
    "closed": ("deregistrationdate", "closeddate"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredProvider:
    """A provider or setting on Ofsted's list; what the list does not say is `None`."""

    urn: str
    kind: str | None
    sector: str | None
    status: str | None
    authority: str | None
    codes: tuple[str, ...]
    places: int | None
    closed: date | None


def read_providers(path: Path) -> tuple[RegisteredProvider, ...]:
    """Every provider on every sheet that has a URN and a sector; raises `UnreadableFile` when there is none."""
    found = tuple(one for rows in sheets_of(path).values() for one in _providers(rows))
    if not found:
        reason, way_out = "has no sheet with a URN and a sector.", "Use Ofsted's list as it was published."
        raise UnreadableFile(
            (Fault(file=path.name, row=None, column=None, value=None, reason=reason, way_out=way_out),)
        )
    return found


def _providers(rows: list[tuple[Any, ...]]) -> Iterator[RegisteredProvider]:
    for number, row in enumerate(rows[:TOP], 1):
        headings = [re.sub(r"[^a-z]", "", str(cell or "").lower()) for cell in row]
        at = {
            name: next((headings.index(one) for one in names if one in headings), None)
            for name, names in HEADINGS.items()
        }
        if at["urn"] is not None and at["sector"] is not None:
            yield from (_provider(values, at) for values in rows[number:] if _told(values, at["urn"]))
            return


def _told(row: tuple[Any, ...], at: int | None) -> str | None:
    cell = row[at] if at is not None and at < len(row) else None
    text = "" if cell is None else str(cell).strip()
    return None if text in ("", "-") else text


def _provider(row: tuple[Any, ...], at: Mapping[str, int | None]) -> RegisteredProvider:
    places, closed = _told(row, at["places"]), row[at["closed"]] if at["closed"] is not None else None
    return RegisteredProvider(
        urn=str(_told(row, at["urn"])),
        kind=_told(row, at["kind"]),
        sector=_told(row, at["sector"]),
        status=_told(row, at["status"]),
        authority=_told(row, at["authority"]),
        codes=tuple(re.split(r"[,;\s]+", _told(row, at["codes"]) or "")) if _told(row, at["codes"]) else (),
        places=int(float(places)) if places and places.replace(".", "", 1).isdigit() else None,
        closed=closed.date() if isinstance(closed, datetime) else None,
    )
