"""One cell to one typed value and back; an empty cell is not known, the word `none` is known to be empty."""

import math
import types
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin

from matching.domain import Place

FindPlace = Callable[[str], Place | None]
NONE = "none"
RISKY = ("=", "+", "-", "@", "\t", "\r")
LONGEST_TEXT = 2_000


class CellFault(ValueError):
    """What is wrong with a cell, and the way out."""

    def __init__(self, reason: str, way_out: str) -> None:
        super().__init__(reason)
        self.reason, self.way_out = reason, way_out


@cache
def core_type(hint: Any) -> Any:
    """The type without `None`."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(arg for arg in get_args(hint) if arg is not type(None))
    return hint


def read_cell(text: str, hint: Any, find: FindPlace) -> Any:
    """The value of a cell; raises `CellFault`."""
    text = text.strip()
    kind = core_type(hint)
    if not text:
        return None
    if get_origin(kind) in (tuple, frozenset):
        item = get_args(kind)[0]
        parts = (
            [] if text.lower() == NONE else [read_cell(part, item, find) for part in text.split(";") if part.strip()]
        )
        return get_origin(kind)(parts)
    return _read_one(text, kind, find)


def _read_one(text: str, kind: Any, find: FindPlace) -> Any:
    if kind is Place:
        return _place(text, find)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _word(text, kind)
    if hasattr(kind, "read"):
        return _own(text, kind)
    return _READERS[kind](text)


def _place(text: str, find: FindPlace) -> Place:
    place = find(text)
    if place is None:
        raise CellFault(
            "is not a postcode that we know in England.", "Write a postcode, its sector (SO14 7) or district (SO14)."
        )
    return place


def _word(text: str, kind: type[StrEnum]) -> StrEnum:
    try:
        return kind(text) if text in set(kind) else kind(text.lower())
    except ValueError:
        raise CellFault("is not one of the allowed words.", f"Allowed: {', '.join(kind)}.") from None


def _own(text: str, kind: Any) -> Any:
    try:
        return kind.read(text)
    except ValueError as fault:
        raise CellFault(f"cannot be read: {fault}.", "See docs/reference/files.md for how to write it.") from None


def _yes_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise CellFault("is neither yes nor no.", "Write yes, no, or leave it empty when not known.")
    return text.lower() == "yes"


def _day(text: str) -> date:
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise CellFault(
            "is not a date such as 2026-11-23.", "Write year-month-day; day/month orders are ambiguous."
        ) from None


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise CellFault("is not a whole number from 0 up.", "Write digits only.")
    return int(text)


def _decimal(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise CellFault("is not a number from 0 up.", "Write it with a point, such as 12.5.")
    return value


def _text(text: str) -> str:
    if "\x00" in text or len(text) > LONGEST_TEXT:
        raise CellFault(
            "is too long or holds a character that is no text.", f"Write at most {LONGEST_TEXT} characters."
        )
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text


_READERS: dict[Any, Callable[[str], Any]] = {bool: _yes_no, date: _day, int: _whole, float: _decimal, str: _text}


def write_cell(value: Any) -> str:
    """The written form of a value, safe to open in a spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return "; ".join(sorted(write_cell(item) for item in value)) or NONE
    if isinstance(value, tuple):
        return "; ".join(write_cell(item) for item in value) or NONE
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(RISKY) else text
