"""Scenarios of the forecast, written down so that they can be run again and side by side."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import ScenarioKept
from api.errors import NotHere, Outdated
from api.security.accounts import User, now


def keep(session: Session, user: User, name: str, changes: dict[str, Any]) -> ScenarioKept:
    """Write down a scenario; raises `PolicyRefused` with every fault."""
    _read(name, changes)
    row = ScenarioKept(
        id=str(uuid.uuid4()), authority=user.authority, name=name, changes=changes, by=user.name, at=now(), version=1
    )
    session.add(row)
    session.flush()
    return row


def _read(name: str, changes: dict[str, Any]) -> None:
    """Raise `PolicyRefused` with every fault of a scenario."""
    from matching.sufficiency.scenario_file import scenario_from  # forecasts bring much along that no other route needs

    scenario_from({**changes, "name": name})


def change(
    session: Session, user: User, scenario: str, name: str, changes: dict[str, Any], version: int | None
) -> ScenarioKept:
    """Write it anew; raises `Outdated` for an older version."""
    row = of(session, user, scenario)
    if version != row.version:
        raise Outdated("It was changed since you opened it.", "Open it again, and send its ETag as If-Match.")
    _read(name, changes)
    row.name, row.changes, row.by, row.at, row.version = name, changes, user.name, now(), row.version + 1
    session.flush()
    return row


def of(session: Session, user: User, scenario: str) -> ScenarioKept:
    """One scenario of the person's authority; raises `NotHere`."""
    row = session.get(ScenarioKept, scenario)
    if row is None or user.authority not in (None, row.authority):
        raise NotHere("There is no scenario with this number.", "Look it up in the list of scenarios.")
    return row


def every(session: Session, user: User) -> list[ScenarioKept]:
    """The scenarios of the person's authority, by name."""
    query = select(ScenarioKept).order_by(ScenarioKept.name, ScenarioKept.id).limit(500)
    return list(session.scalars(query.where(ScenarioKept.authority == user.authority) if user.authority else query))


def as_told(row: ScenarioKept) -> dict[str, Any]:
    """A scenario as it is shown."""
    told = {name: getattr(row, name) for name in ("id", "name", "changes", "by", "version")}
    return {**told, "at": row.at.isoformat()}
