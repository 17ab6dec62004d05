"""What a recorded fact might be instead: the few other values that are worth asking about."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_origin

from matching.domain import Approval, CareType, Caseload, Child, Home, Place, Risks
from matching.domain.facts import Fact, facts_of
from matching.io.cells import core_type

T = TypeVar("T", Child, Home)
NEVER_ASKED = ("ref", "sibling_group", "move_requested", "named_children", "exempted_children", "stays")  # references
BY_NIGHTS = (CareType.SHORT_BREAK, CareType.RESPITE)  # another question altogether, not another answer to this one
YEARS = (-1, 1)
PARENT_FROM = 12  # years


def otherwise(subject: T, caseload: Caseload, read: frozenset[str]) -> Iterator[tuple[Fact, T]]:
    """Each fact that is `read` (names of fields), and the child or home with another value of it."""
    for fact in facts_of(type(subject)):
        if fact.path[-1] in read and fact.path[-1] not in NEVER_ASKED:
            recorded = value_of(subject, fact)
            if recorded in BY_NIGHTS or _beyond_doubt(subject, fact, caseload):
                continue
            for value in _values(fact, recorded, caseload, type(subject)):
                if value != recorded and value is not None and value not in BY_NIGHTS:
                    yield fact, _with(subject, fact.path, value)


def _beyond_doubt(subject: Child | Home, fact: Fact, caseload: Caseload) -> bool:
    """Whether nobody would ask: a small child has no baby, and who asks for nights comes without a parent."""
    if not isinstance(subject, Child):
        return False
    age = subject.age_on(caseload.as_of)
    small = fact.path[-1] == "brings_baby" and age is not None and age < PARENT_FROM
    return small or (fact.path[-1] == "with_parent" and subject.by_nights)


def value_of(subject: Any, fact: Fact) -> Any:
    """The recorded value; `None` is not known."""
    for name in fact.path:
        subject = getattr(subject, name)
    return subject


def _with(subject: Any, path: tuple[str, ...], value: Any) -> Any:
    if len(path) == 1:
        return replace(subject, **{path[0]: value})
    return replace(subject, **{path[0]: _with(getattr(subject, path[0]), path[1:], value)})


def _values(fact: Fact, recorded: Any, caseload: Caseload, subject: type[Any]) -> Iterable[Any]:
    kind = core_type(fact.type)
    if kind is bool:
        return (True, False)
    if kind is date:
        return _dates(fact, recorded, caseload)
    if kind is int:
        return () if recorded is None else [recorded + step for step in (-1, 1) if recorded + step >= 0]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return tuple(kind)
    if get_origin(kind) in (frozenset, tuple):
        return _collections(kind, recorded)
    if kind is str or kind is Place:
        return _elsewhere(fact, recorded, caseload, subject)
    return ()


def _dates(fact: Fact, recorded: date | None, caseload: Caseload) -> list[date]:
    """A year more or less; for the end of something, the day before the caseload's."""
    if fact.path[-1] in ("ends_on", "hold_until", "exemption_ends"):
        return [caseload.as_of - timedelta(days=1)]
    return [] if recorded is None else [recorded + timedelta(days=round(365.25 * years)) for years in YEARS]


def _collections(kind: Any, recorded: Any) -> list[Any]:
    """Nothing; all but one; one more, where the words are known."""
    item, made = get_args(kind)[0], get_origin(kind)
    words = tuple(item) if isinstance(item, type) and issubclass(item, StrEnum) else ()
    if made is tuple or not words:
        return [made()] if recorded else []
    now = recorded or frozenset()
    return list(dict.fromkeys([frozenset(), *(now - {one} for one in sorted(now)), *(now | {one} for one in words)]))


def _elsewhere(fact: Fact, recorded: Any, caseload: Caseload, subject: type[Any]) -> list[Any]:
    """Values that others have: all texts that occur; of places, the first by postcode of each authority."""
    every = (value_of(one, fact) for one in (caseload.children if subject is Child else caseload.homes))
    found = sorted({value for value in every if value is not None}, key=str)
    if found and isinstance(found[0], Place):
        return list({place.authority: place for place in reversed(found) if place != recorded}.values())[:4]
    return found[:6]


class Noted:
    """Something that reads like a child or home and notes in `seen` the names of the facts that are read."""

    def __init__(self, value: Any, seen: set[str]) -> None:
        self._value, self._seen = value, seen

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._value, name)
        self._seen.add("date_of_birth" if name == "age_on" else name)
        return Noted(found, self._seen) if isinstance(found, Approval | Risks) else found
