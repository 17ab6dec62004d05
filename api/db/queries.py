"""The bridge between the record and the core: facts in and out, the caseload of a moment."""

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from api.db.data_keys import keyring
from api.db.readings import Readings
from api.db.sealing import Seal
from api.db.tables import Bed, Fact, PoolMember
from api.errors import NotAllowed, NotHere, Outdated, Taken
from matching.domain import (
    Booking,
    CareType,
    Caseload,
    Child,
    CurrentPlacement,
    Decision,
    Home,
    Refusal,
    Relationship,
    Standing,
    Travel,
    WaterCrossing,
)
from matching.io.cells import FindPlace
from matching.io.rows import cells_of, row_of

KINDS: dict[str, type[Any]] = {
    "child": Child,
    "home": Home,
    "placement": CurrentPlacement,
    "relationship": Relationship,
    "travel": Travel,
    "agreement": Decision,
    "refusal": Refusal,
    "booking": Booking,
}
PARTS = {
    "child": "children",
    "home": "homes",
    "placement": "placements",
    "relationship": "relationships",
    "travel": "travel",
    "agreement": "decisions",
    "refusal": "refusals",
    "booking": "bookings",
}
WHOLE = ("child", "home")  # every cell of these tells of a person
FEW = 20  # rows whose keys are read one by one
SEALED = {"relationship": ("reason",), "agreement": ("reason",), "refusal": ("said",)}


@dataclass(frozen=True)
class Maps:
    """What the core needs of geography, read once, and the facts that were read with it."""

    find: FindPlace
    crossings: tuple[WaterCrossing, ...]
    adjoining: frozenset[tuple[str, str]] | None
    readings: Readings = field(default_factory=Readings, compare=False)


@dataclass(frozen=True)
class Kept:
    """One fact row opened: all its cells, and the version that an edit must name."""

    kind: str
    ref: str
    cells: dict[str, str]
    version: int


def ref_of(value: Any) -> str:
    """The reference under which a value is kept."""
    if isinstance(value, Child | Home):
        return value.ref
    if isinstance(value, Relationship):
        return "|".join((value.tie.value, value.of, value.to or ""))
    if isinstance(value, Decision):
        return "|".join((value.rule, value.child, value.home))
    if isinstance(value, Booking):  # a child comes to the same home again and again
        return "|".join((value.child, value.home, value.first_night.isoformat()))
    return "|".join((value.child, value.home))


def subject_of(kind: str, ref: str) -> str:
    """Whose key seals a fact: the child or home itself; for a tie, the child or group that it is about."""
    parts = ref.split("|")
    if kind in WHOLE:
        return f"{kind}:{ref}"
    if kind == "relationship":
        return f"tie:{parts[1]}"
    return f"child:{parts[1] if kind == 'agreement' else parts[0]}"


def hidden_of(kind: str, cells: dict[str, str]) -> dict[str, str]:
    """Take out of some cells what is to be sealed."""
    columns = [c for c in cells if c != "ref"] if kind in WHOLE else SEALED.get(kind, ())
    return {column: cells.pop(column) for column in columns if column in cells}


def save(
    session: Session, seal: Seal, maps: Maps, kind: str, cells: dict[str, str], version: int | None = None
) -> Kept:
    """Add or change a fact; the cells are read by the data dictionary first.

    Raises `UnreadableFile` with every fault, `Outdated` when `version` is not the one kept; 0 adds, and
    raises `Taken`.
    """
    value = row_of(KINDS[kind], cells, maps.find)
    ref = ref_of(value)
    row = session.get(Fact, (kind, ref), with_for_update=False)
    if version == 0 and row is not None:
        raise _taken(kind)
    if version is not None and version != (row.version if row else 0):
        raise Outdated(
            "It was changed since you opened it.", "Open it again: your text is not lost, put it in once more."
        )
    if row is None:
        row = Fact(kind=kind, ref=ref, cells={}, version=0)
        session.add(row)
    kept = _put(session, row, seal, value)
    session.flush()
    return kept


def add_new(session: Session, seal: Seal, kind: str, value: Any) -> None:
    """Add a fact that is known to be new and read already; many at once are quick."""
    row = Fact(kind=kind, ref=ref_of(value), cells={}, version=0)
    _put(session, row, seal, value)
    session.add(row)


@dataclass(frozen=True)
class FactsNow:
    """Every fact of one moment by kind and reference, as value and version, and the stamps that say so."""

    facts: dict[str, dict[str, tuple[Any, int]]]
    stamps: tuple[str, ...]


def facts_now(session: Session, seal: Seal, maps: Maps) -> FactsNow:
    """All facts, to be compared with others; raises what reading them raises."""
    columns = (Fact.kind, Fact.ref, Fact.stamp, Fact.version)
    rows = session.execute(select(*columns).order_by(Fact.kind, Fact.ref)).all()
    values = maps.readings.facts(session, [row.stamp for row in rows], _reader(session, seal, maps))
    facts: dict[str, dict[str, tuple[Any, int]]] = {kind: {} for kind in KINDS}
    for row, value in zip(rows, values, strict=True):
        facts[row.kind][row.ref] = (value, row.version)
    return FactsNow(facts, tuple(row.stamp for row in rows))


def as_row(session: Session, seal: Seal, kind: str, value: Any, version: int) -> dict[str, Any]:
    """A fact as the columns of its row, for many at once, within the act that writes them."""
    row = Fact(kind=kind, ref=ref_of(value), version=version - 1)
    _put(session, row, seal, value)
    return {column.name: getattr(row, column.name) for column in Fact.__table__.columns}


def _put(session: Session, row: Fact, seal: Seal, value: Any) -> Kept:
    told = cells_of(value)
    hidden = hidden_of(row.kind, told)
    row.authority = value.approved_by if isinstance(value, Home) else getattr(value, "authority", None)
    row.pool, row.changed_on = getattr(value, "pool", None), datetime.now(tz=UTC).date()
    row.cells, row.version, row.stamp = told, row.version + 1, uuid.uuid4().hex
    own = keyring(session, seal).made(subject_of(row.kind, row.ref)) if hidden else seal
    row.sealed = own.close(hidden, "fact", f"{row.kind}:{row.ref}", "sealed") if hidden else None
    return Kept(row.kind, row.ref, {**told, **hidden}, row.version)


def remove(session: Session, kind: str, ref: str) -> None:
    """Take a fact away."""
    row = session.get(Fact, (kind, ref))
    if row is not None:
        session.delete(row)


def one(session: Session, seal: Seal, kind: str, ref: str, authority: str | None, *, to_change: bool = False) -> Kept:
    """One fact; raises `NotHere` when there is none that this authority sees, `NotAllowed` for one it may not change."""
    row = session.get(Fact, (kind, ref))
    bound = authority if kind in WHOLE else None  # whose eyes it is looked at with, if it matters
    if row is None or (bound is not None and not seen(session, row, bound)):
        raise NotHere(f"There is no {kind} with this reference.", "Look it up in the list.")
    if to_change and bound is not None and not seen(session, row, bound, to_change):
        raise NotAllowed(
            f"This {kind} is shared with you; another authority or agency keeps it.", "Ask them to change it."
        )
    return opened(session, seal, row)


def seen(session: Session, row: Fact, authority: str, to_change: bool = False) -> bool:
    """Whether a child or home is there for an authority or pool.

    A child is its own authority's, and its pool's. A home is there for the authority that approved it, for all if none
    did, for every member of its pool, and for the authority whose child lives there; who only shares it does not change it.
    """
    if row.kind == "child":
        return authority in (row.authority, row.pool)
    if to_change or keeps(authority, row.authority, row.pool):
        return keeps(authority, row.authority, row.pool)
    return row.pool in pools_of(session, authority) or row.ref in homes_of_own(session, authority)


def keeps(authority: str, approved_by: str | None, pool: str | None) -> bool:
    """Whether a home is an authority's or pool's own to change: it approved it, or nobody did, or it is the pool."""
    return approved_by in (None, authority) or pool == authority


def pools_of(session: Session, authority: str) -> frozenset[str]:
    """The pools whose homes an authority shares."""
    return frozenset(session.scalars(select(PoolMember.pool).where(PoolMember.authority == authority)))


def home_is_there(session: Session, authority: str) -> ColumnElement[bool]:
    """Of a row of a home: whether it is there for an authority or pool, as `seen` says."""
    pools = {authority, *pools_of(session, authority)}
    whose = or_(Fact.authority == authority, Fact.authority.is_(None), Fact.pool.in_(pools))
    return or_(whose, Fact.ref.in_(homes_of_own(session, authority)))


def homes_of_own(session: Session, authority: str) -> frozenset[str]:
    """Homes in which children of an authority or pool live, or which are agreed for them, whoever approved the home."""
    own = own_children(session, authority) or frozenset()
    pairs = (ref.split("|") for ref in session.scalars(select(Fact.ref).where(Fact.kind == "placement")))
    return frozenset(home for child, home in pairs if child in own)


def is_there(session: Session, kind: str, ref: str) -> bool:
    """Whether a reference is taken, by anybody."""
    return session.get(Fact, (kind, ref)) is not None


def must_be_new(session: Session, kind: str, ref: str) -> None:
    """Raise `Taken` for a reference that is taken, as saving it as new would."""
    if is_there(session, kind, ref):
        raise _taken(kind)


def _taken(kind: str) -> Taken:
    way = "Choose another one, or open that one if it is yours."
    return Taken(f"There is a {kind} with this reference already.", way, ({"field": "ref", "reason": "is taken"},))


def some(session: Session, seal: Seal, kind: str, authority: str | None, after: str, limit: int) -> list[Kept]:
    """Facts in order of reference, from after a cursor."""
    query = select(Fact).where(Fact.kind == kind, Fact.ref > after).order_by(Fact.ref).limit(limit)
    if authority and kind == "child":
        query = query.where(or_(Fact.authority == authority, Fact.pool == authority))
    elif authority and kind == "home":
        query = query.where(home_is_there(session, authority))
    return [opened(session, seal, row) for row in session.scalars(query)]


def own_children(session: Session, authority: str | None) -> frozenset[str] | None:
    """References of the children of an authority or pool; `None` for somebody who is not bound to one."""
    if authority is None:
        return None
    theirs = or_(Fact.authority == authority, Fact.pool == authority)
    return frozenset(session.scalars(select(Fact.ref).where(Fact.kind == "child", theirs)))


def opened(session: Session, seal: Seal, row: Fact) -> Kept:
    """A row with its sealed cells."""
    hidden: dict[str, str] = {}
    if row.sealed is not None:
        own = keyring(session, seal).of(subject_of(row.kind, row.ref))
        hidden = own.open(row.sealed, "fact", f"{row.kind}:{row.ref}", "sealed")
    return Kept(row.kind, row.ref, {**row.cells, **hidden}, row.version)


def load_caseload(session: Session, seal: Seal, maps: Maps, as_of: date, authority: str | None = None) -> Caseload:
    """The caseload of this moment, as far as an authority or pool sees; places already promised are no longer free."""
    in_order = select(Fact.stamp).order_by(Fact.kind, Fact.ref).subquery()
    state = session.scalar(select(func.aggregate_strings(in_order.c.stamp, " ")))  # one cell, not a row for each fact
    beds = tuple(
        (home, child) for home, child in session.execute(select(Bed.home, Bed.child).order_by(Bed.home, Bed.number))
    )
    pools = pools_of(session, authority) if authority else frozenset()
    key = (as_of, authority, pools, state, beds)

    def make() -> Caseload:
        """Only what changed since it was last read is read again."""
        stamps = session.execute(select(Fact.kind, Fact.stamp).order_by(Fact.kind, Fact.ref)).all()
        found = maps.readings.facts(session, [stamp for _, stamp in stamps], _reader(session, seal, maps))
        return _made(maps, as_of, authority, pools, stamps, found, beds)

    return maps.readings.caseload(key, make)


def _made(
    maps: Maps,
    as_of: date,
    authority: str | None,
    pools: frozenset[str],
    stamps: Sequence[Row[str, str]],
    found: list[Any],
    beds: tuple[tuple[str, str], ...],
) -> Caseload:
    rows: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for (kind, _), value in zip(stamps, found, strict=True):
        rows[kind].append(value)
    _move_in(beds, rows)
    if authority:
        _only_seen(rows, authority, pools, as_of)
    _without_strangers(rows)
    promised = Counter(home for home, _ in beds)
    rows["home"] = [_with_promised(home, promised[home.ref]) for home in rows["home"]]
    parts = {PARTS[kind]: tuple(found) for kind, found in rows.items()}
    return Caseload(as_of=as_of, crossings=maps.crossings, adjoining=maps.adjoining, **parts)


def _reader(session: Session, seal: Seal, maps: Maps) -> Callable[[Sequence[Fact]], list[Any]]:
    """How rows become values: their keys in one query when there are many."""

    def read(rows: Sequence[Fact]) -> list[Any]:
        """The facts of some rows; of many, all keys are read at once."""
        if len(rows) > FEW:
            keyring(session, seal).load_all()
        return [row_of(KINDS[row.kind], opened(session, seal, row).cells, maps.find) for row in rows]

    return read


def _move_in(beds: tuple[tuple[str, str], ...], rows: dict[str, list[Any]]) -> None:
    """Children to whom a place is promised count as living there: nobody plans for them again, all count beside them."""
    promised = {child: home for home, child in beds}
    stay = [p for p in rows["placement"] if not (p.child in promised and p.standing is not Standing.LINKED)]
    rows["placement"] = stay + [CurrentPlacement(child=child, home=home) for child, home in sorted(promised.items())]
    rows["child"] = [replace(c, move_requested=None) if c.ref in promised else c for c in rows["child"]]


def _only_seen(rows: dict[str, list[Any]], authority: str, pools: frozenset[str], as_of: date) -> None:
    """Leave what an authority sees: own children, homes that are there for it, who else lives in those or is booked there.

    Children of others who live in such a home stay in it, and are not asked for homes; nor are those who come for nights.
    """
    mine = {c.ref for c in rows["child"] if authority in (c.authority, c.pool)}
    lived_in = {p.home for p in rows["placement"] if p.child in mine}
    whose = (authority, None)
    rows["home"] = [
        h for h in rows["home"] if h.approved_by in whose or h.pool in {authority, *pools} or h.ref in lived_in
    ]
    homes = {home.ref for home in rows["home"]}
    current = [p for p in rows["placement"] if p.standing is Standing.CURRENT and p.home in homes]
    booked = [b for b in rows["booking"] if b.home in homes and b.last_night >= as_of]
    beside = {p.child for p in current} - mine
    visiting = {b.child for b in booked} - mine - beside
    children = [c for c in rows["child"] if c.ref in mine | beside | visiting]
    children = [replace(c, move_requested=None) if c.ref in beside else c for c in children]
    rows["child"] = [_visitor(c) if c.ref in visiting else c for c in children]
    rows["booking"] = [b for b in rows["booking"] if b.child in mine or b in booked]
    rows["placement"] = [p for p in rows["placement"] if p.child in mine or p in current]


def _visitor(child: Child) -> Child:
    """Another's child as one who comes for the booked nights and asks for nothing."""
    care = child.care_type if child.by_nights else CareType.SHORT_BREAK
    return replace(child, move_requested=None, stays=(), care_type=care)


def _without_strangers(rows: dict[str, list[Any]]) -> None:
    """Leave out what is said of children and homes that are not in these rows."""
    children, homes = {child.ref for child in rows["child"]}, {home.ref for home in rows["home"]}
    for kind in ("placement", "travel", "agreement", "refusal", "booking"):
        rows[kind] = [row for row in rows[kind] if row.child in children and row.home in homes]
    groups = {child.sibling_group for child in rows["child"]}
    known = children | homes | {None}
    rows["relationship"] = [row for row in rows["relationship"] if row.of in children | groups and row.to in known]


def _with_promised(home: Home, promised: int) -> Home:
    return (
        home
        if home.places_free is None or not promised
        else replace(home, places_free=max(0, home.places_free - promised))
    )
