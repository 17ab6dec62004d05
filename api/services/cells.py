"""The record's own map of cells: drawn once from the homes that are in it and kept, so that no later home redraws it."""

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.sealing import Seal
from api.db.store import Store
from api.db.tables import Note
from api.security.accounts import now
from api.services.notes import NoteKind
from matching.cli.places import crossings, gazetteer
from matching.domain import Caseload, Place
from matching.places.cells import PRECISION, CellMap, Part
from matching.places.drawing import Middle, draw_cells

NAME = "cells"


def cells_of(store: Store, caseload: Caseload) -> CellMap:
    """The map that is kept; the first who asks has it drawn."""
    with store.reading() as session:
        kept = _kept(session, store.seal)
    if kept is not None:
        return kept
    drawn = draw_cells((home.place for home in caseload.homes if home.place), _middles(), crossings())

    def act(session: Session) -> CellMap:
        """Keep the map that was drawn, unless somebody was quicker: a second one would give homes away."""
        found = _kept(session, store.seal)
        if found is None:
            sealed = store.seal.close({"map": json.dumps(_told(drawn))}, "note", NAME, "sealed")
            session.add(Note(id=NAME, kind=NoteKind.CELLS.value, about=NAME, by="system", at=now(), sealed=sealed))
        return found or drawn

    return store.transact(act, lambda found: Entry("system", "draw-cells", "cells", {"cells": len(found.cells)}))


def _middles() -> dict[Part, Middle]:
    """The middle of every sector, as the record knows sectors; each counts the same."""
    sectors = [place for place in gazetteer().places.values() if " " in place.postcode]
    return {Part(p.postcode, p.authority or ""): Middle(p.easting, p.northing, 1) for p in sectors}


def _kept(session: Session, seal: Seal) -> CellMap | None:
    row = session.scalars(select(Note).where(Note.kind == NoteKind.CELLS.value)).first()
    return None if row is None else _read(json.loads(seal.open(row.sealed, "note", row.id, "sealed")["map"]))


def _told(cells: CellMap) -> dict[str, Any]:
    return {
        "cells": [[p.postcode, p.easting, p.northing, p.authority] for p in cells.cells.values()],
        "parts": [[part.sector, part.authority, name] for part, name in cells.cell_of_part.items()],
    }


def _read(told: dict[str, Any]) -> CellMap:
    places = [
        Place(postcode=name, easting=east, northing=north, authority=authority, precision=PRECISION)
        for name, east, north, authority in told["cells"]
    ]
    parts = {Part(sector, authority): name for sector, authority, name in told["parts"]}
    return CellMap({place.postcode: place for place in places}, parts)
