"""Facts as questions on a page: the words of the data dictionary, the kind of answer, and answers as people write them."""

import types
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin

from api.errors import ServiceError
from matching.domain import Place
from matching.domain.facts import Fact, facts_of

LABELS = {
    "ref": "Reference",
    "date_of_birth": "Date of birth",
    "sex": "Sex",
    "authority": "Authority that looks after the child",
    "sibling_group": "Reference of the group of brothers and sisters",
    "needs_home_by": "Needs a home by",
    "deadline": "Why by then",
    "care_type": "Kind of care",
    "home_place": "Postcode of the family home",
    "places_to_avoid": "Areas to stay away from",
    "risk_harm_sexual": "Harmful sexual behaviour towards others",
    "own_words": "What the child says",
    "ehcp": "Education, health and care plan",
    "uasc": "Unaccompanied asylum-seeking child",
}
WRITTEN = ("%d/%m/%Y", "%d %m %Y", "%d %B %Y", "%d %b %Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y")
LONG = ("own_words", "cultural_needs", "court_conditions", "medication")


@dataclass(frozen=True)
class Question:
    """One fact as it is asked: `kind` is text, long, day, number, yes-no, choice or several."""

    name: str
    label: str
    hint: str
    kind: str
    options: tuple[str, ...]
    required: bool


@cache
def _facts(kind: Any) -> dict[str, Fact]:
    return {fact.column: fact for fact in facts_of(kind)}


@cache
def question_of(kind: Any, name: str) -> Question:
    """The question of a column."""
    fact = _facts(kind)[name]
    how, options = _kind_of(fact.type)
    how = "long" if name in LONG else how
    label = LABELS.get(name, name.removeprefix("risk_").replace("_", " ").capitalize())
    return Question(name, label, fact.meaning, how, options, fact.required)


def _kind_of(told: Any) -> tuple[str, tuple[str, ...]]:
    if get_origin(told) in (Union, types.UnionType):
        told = next(part for part in get_args(told) if part is not type(None))
    if get_origin(told) is frozenset:
        inner = get_args(told)[0]
        return ("several", _words(inner)) if _words(inner) else ("text", ())
    if told is bool:
        return "yes-no", ("yes", "no")
    if told is date:
        return "day", ()
    if told in (int, float):
        return "number", ()
    return ("choice", _words(told)) if _words(told) else ("text", ())


def _words(told: Any) -> tuple[str, ...]:
    return tuple(one.value for one in told) if isinstance(told, type) and issubclass(told, StrEnum) else ()


def typed_cells(kind: Any, typed: dict[str, str]) -> dict[str, str]:
    """What was typed, as the columns write it: days read as people write them, postcodes in capitals."""
    return {name: _as_kept(_facts(kind)[name], text) for name, text in typed.items() if text}


def _as_kept(fact: Fact, text: str) -> str:
    if date in get_args(fact.type) or fact.type is date:
        return read_day(text)
    if Place in get_args(fact.type) or "Place" in str(fact.type):
        return text.upper()
    return text


def in_our_words(kind: Any, fault: ServiceError) -> ServiceError:
    """A refusal of what was typed, said as the page asks: days as people write them."""
    days = {fact.column for fact in _facts(kind).values() if date in get_args(fact.type)}
    better = {"reason": "is not a day we can read.", "way_out": "Write it as 1 March 2018, or 1/3/2018."}
    fault.fields = tuple({**one, **better} if one["field"] in days else one for one in fault.fields)
    fault.detail, fault.way_out = "Nothing was changed. What you typed is still here.", ""
    return fault


def read_day(text: str) -> str:
    """A date as people in England write it, day first, as it is kept; what is none is left, and refused later."""
    for form in WRITTEN:
        with suppress(ValueError):
            return datetime.strptime(" ".join(text.split()), form).date().isoformat()  # noqa: DTZ007 - a day has no zone
    return text
