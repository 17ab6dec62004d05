"""Nights that are booked, one booking at a time: who sees it, and giving back nights that are not wanted any more."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, or_, select

from api.db import queries
from api.db.queries import Kept
from api.db.tables import Fact
from api.errors import Conflict, NotAllowed, NotHere, Outdated
from api.services.homes import At

CHILD, HOME, LAST = (Fact.cells[column].as_string() for column in ("child", "home", "last_night"))


def some(at: At, child: str | None, after: str, limit: int) -> list[Kept]:
    """Bookings in order of reference, from after a cursor; of one child if they are named."""
    query = _seen(at).where(Fact.ref > after).order_by(Fact.ref).limit(limit)
    rows = at.session.scalars(query.where(child == CHILD) if child else query)
    return [queries.opened(at.session, at.seal, row) for row in rows]


def _seen(at: At) -> Select[Fact]:
    """Bookings of the own children, and nights to come of others in homes that are there for the authority."""
    every = select(Fact).where(Fact.kind == "booking")
    if at.authority is None:
        return every
    ours = select(Fact.ref).where(Fact.kind == "child", or_(Fact.authority == at.authority, Fact.pool == at.authority))
    homes = select(Fact.ref).where(Fact.kind == "home", queries.home_is_there(at.session, at.authority))
    return every.where(or_(CHILD.in_(ours), HOME.in_(homes) & (at.day.isoformat() <= LAST)))


def one(at: At, child: str, home: str, first_night: date) -> Kept:
    """One booking; raises `NotHere` when there is none that the authority sees."""
    ref = "|".join((child, home, first_night.isoformat()))
    row = at.session.scalars(_seen(at).where(Fact.ref == ref)).first()
    if row is None:
        raise NotHere("There is no such booking.", "Look it up in the list.")
    return queries.opened(at.session, at.seal, row)


@dataclass(frozen=True)
class GivenBack:
    """The nights that are free again, and the booking as it stands now; `None` where no night of it is left."""

    first: date
    last: date
    left: Kept | None


def release(at: At, child: str, home: str, first_night: date, version: int | None) -> GivenBack:
    """Give back every night from today on; nights that are over stay, since the child was there.

    Raises `NotAllowed` for another authority's child, `Outdated` for another version, `Conflict` if all nights are over.
    """
    found = one(at, child, home, first_night)
    own = queries.own_children(at.session, at.authority)
    if own is not None and child not in own:
        raise NotAllowed("The child is another authority's.", "Ask those who look after the child.")
    if version is None or version != found.version:
        said = "A release names" if version is None else "It was changed; a release names"
        raise Outdated(f"{said} the version it was made on.", "Open the booking and send its ETag as If-Match.")
    last = date.fromisoformat(found.cells["last_night"])
    if last < at.day:
        raise Conflict("These nights are over.", "Nothing is left to give back.")
    return GivenBack(max(first_night, at.day), last, _left(at, found, first_night))


def _left(at: At, found: Kept, first_night: date) -> Kept | None:
    if first_night >= at.day:
        queries.remove(at.session, "booking", found.ref)
        return None
    yesterday = (at.day - timedelta(days=1)).isoformat()
    return queries.save(at.session, at.seal, at.maps, "booking", {**found.cells, "last_night": yesterday})
