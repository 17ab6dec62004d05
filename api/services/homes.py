"""Acts on homes: which places can be used and how sure that is, holds, terms of approval."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from api.db import queries
from api.db.queries import Kept, Maps
from api.db.sealing import Seal
from api.errors import Outdated, Wrong
from matching.domain import Approval, Caseload, Home
from matching.domain.facts import facts_of

APPROVAL = frozenset(f"approval_{fact.column}" for fact in facts_of(Approval))


@dataclass(frozen=True)
class At:
    """What an act on the record needs at hand."""

    session: Session
    seal: Seal
    maps: Maps
    day: date
    authority: str | None = None


def confirm(at: At, ref: str, role: str, told: dict[str, str] | None = None) -> Kept:
    """The carer says today which places can be used; without words, that what is recorded still holds."""
    return _with(at, ref, {**(told or {}), "confirmed_on": at.day.isoformat(), "confirmed_by": role})


def hold(at: At, ref: str, why: str, until: str | None) -> Kept:
    """The home may not be asked for now, until a day if one is given."""
    return _with(at, ref, {"hold": why, "hold_until": until or ""})


def release(at: At, ref: str) -> Kept:
    """The home may be asked for again."""
    return _with(at, ref, {"hold": "none", "hold_until": ""})


def _with(at: At, ref: str, new: dict[str, str]) -> Kept:
    before = queries.one(at.session, at.seal, "home", ref, at.authority, to_change=True)
    cells = {column: text for column, text in {**before.cells, **new}.items() if text}
    return queries.save(at.session, at.seal, at.maps, "home", cells)


def approve(at: At, ref: str, terms: dict[str, str], version: int | None) -> Kept:
    """All terms of approval anew; raises `Wrong` for a column that is no term, `Outdated` for an older version."""
    if strange := sorted(set(terms) - APPROVAL):
        told = tuple({"field": column, "reason": "is no term of approval"} for column in strange)
        raise Wrong("Only terms of approval are set here.", "They are: " + ", ".join(sorted(APPROVAL)) + ".", told)
    if version is None:
        raise Outdated("An edit names the version it was made on.", "Send the ETag as If-Match.")
    before = queries.one(at.session, at.seal, "home", ref, at.authority, to_change=True)
    rest = {column: text for column, text in before.cells.items() if column not in APPROVAL}
    return queries.save(at.session, at.seal, at.maps, "home", {**rest, **terms}, version)


def vacancies(caseload: Caseload, older_than: int, authority: str | None) -> list[dict[str, Any]]:
    """Homes with a usable place, those confirmed longest ago first; `older_than` days leaves out the fresh ones.

    `yours` says whether this authority or pool may confirm the place; who only shares a home asks those who approved it.
    """
    found = [
        {
            **_vacancy(home, caseload.as_of),
            "yours": authority is None or queries.keeps(authority, home.approved_by, home.pool),
        }
        for home in caseload.homes
        if home.places_free
    ]
    kept = [one for one in found if one["days"] is None or one["days"] >= older_than]
    return sorted(kept, key=lambda one: (-(one["days"] if one["days"] is not None else 10**6), one["home"]))


def _vacancy(home: Home, day: date) -> dict[str, Any]:
    return {
        "home": home.ref,
        "places_free": home.places_free,
        "youngest": home.approval.youngest,
        "oldest": home.approval.oldest,
        "hold": home.hold.value if home.hold else None,
        "hold_until": home.hold_until.isoformat() if home.hold_until else None,
        "short_notice": home.short_notice,
        "confirmed_on": home.confirmed_on.isoformat() if home.confirmed_on else None,
        "confirmed_by": home.confirmed_by,
        "days": (day - home.confirmed_on).days if home.confirmed_on else None,
    }
