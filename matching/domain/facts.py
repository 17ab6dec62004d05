"""How a fact about a child or a home is declared: once, with its meaning.

The same declaration is the typed field, the column of the caseload folder and the line in the data
dictionary. A value of `None` means *not known*; "we know there is none" is always a value of its own
(`False`, an empty set, a named choice).
"""

from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, get_type_hints


@dataclass(frozen=True, slots=True)
class Fact:
    """One declared fact: its column name, where it sits in the value, its type and meaning."""

    column: str
    path: tuple[str, ...]
    type: Any
    meaning: str
    required: bool


def fact(meaning: str, *, default: Any = None) -> Any:
    """Declare a fact that may be not known (`None`) unless another default is given."""
    return field(default=default, metadata={"meaning": meaning})


def required(meaning: str) -> Any:
    """Declare a fact without which the row makes no sense."""
    return field(metadata={"meaning": meaning})


def part(kind: type, prefix: str) -> Any:
    """Declare a group of facts that have a type of their own; its columns carry the prefix."""
    return field(default_factory=kind, metadata={"prefix": prefix})


def facts_of(kind: Any) -> tuple[Fact, ...]:
    """Every fact that a type declares, parts included, in the order written."""
    return _read_once(kind)


@cache
def _read_once(kind: Any) -> tuple[Fact, ...]:
    return tuple(_declared(kind))


def _declared(kind: type, prefix: str = "", path: tuple[str, ...] = ()) -> Iterator[Fact]:
    hints = get_type_hints(kind)
    for item in fields(kind):
        here = (*path, item.name)
        if is_dataclass(hints[item.name]) and "prefix" in item.metadata:
            yield from _declared(hints[item.name], item.metadata["prefix"], here)
        elif "meaning" in item.metadata:
            yield Fact(prefix + item.name, here, hints[item.name], item.metadata["meaning"], _is_required(item))


def _is_required(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING
