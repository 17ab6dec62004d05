"""How homes come, go and pause: from one or more dated registers of carers, and England's figures beside."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matching.domain import Caseload, Hold, Home, HomeKind, PlaceState
from matching.errors import MatchingError
from matching.sufficiency.figures import BORROWED, OWN, PRIOR_EVENTS, Parameter, Parameters
from matching.sufficiency.lengths import share_of
from matching.wording import counted

YEAR = 365.25


def own_supply(borrowed: Parameters, registers: Sequence[Caseload]) -> dict[str, Parameter]:
    """Homes that join and leave (shares a year) and places on hold, from registers of different dates.

    One register tells what is on hold, and who joined in the year before it by the date of approval; leaving needs two.
    Raises `MatchingError` for two registers of one date.
    """
    ordered = sorted(registers, key=lambda register: register.as_of)
    dates = [register.as_of for register in ordered]
    if len(set(dates)) < len(dates):
        raise MatchingError(f"Two registers are of {dates[0]:%d %B %Y}. Give registers of different dates.")
    found = {"on_hold": share_of(borrowed.figures["on_hold"], *_held(ordered[-1]))}
    if len(ordered) > 1:
        joined, left, homes = (sum(part) for part in zip(*_between(ordered), strict=True))
        told = f"registers of {dates[0]:%d %B %Y} to {dates[-1]:%d %B %Y}"
        found["home_joins"] = _rate(borrowed.figures["home_joins"], joined, homes, told)
        found["home_leaves"] = _rate(borrowed.figures["home_leaves"], left, homes, told)
    else:
        joined, dated = _approved_lately(ordered[-1])
        if dated:
            told = f"approved in the year before {dates[-1]:%d %B %Y}"
            found["home_joins"] = _rate(borrowed.figures["home_joins"], joined, dated, told)
    return found


def _fostering(register: Caseload) -> list[Home]:
    return [home for home in register.homes if home.kind in (None, HomeKind.FOSTER)]


def _held(register: Caseload) -> tuple[float, float]:
    """Homes on hold or not available, and homes of which it is known."""
    known = [home for home in _fostering(register) if home.hold is not None or home.place_state is not None]
    held = [
        home for home in known if home.hold not in (None, Hold.NONE) or home.place_state is PlaceState.NOT_AVAILABLE
    ]
    return float(len(held)), float(len(known))


def _between(registers: Sequence[Caseload]) -> list[tuple[float, float, float]]:
    """For each pair of registers in turn: homes that joined, that left, and home years between."""
    found = []
    for before, after in zip(registers, registers[1:], strict=False):
        were, are = ({home.ref for home in _fostering(one)} for one in (before, after))
        years = (after.as_of - before.as_of).days / YEAR
        found.append((float(len(are - were)), float(len(were - are)), years * (len(were) + len(are)) / 2))
    return found


def _approved_lately(register: Caseload) -> tuple[float, float]:
    """Homes approved in the year before the register, and homes whose date is told."""
    days = [home.approval.approved_on for home in _fostering(register) if home.approval.approved_on]
    return float(sum((register.as_of - day).days < YEAR for day in days)), float(len(days))


def _rate(prior: Parameter, events: float, homes: float, told: str) -> Parameter:
    shape, time = PRIOR_EVENTS + events, PRIOR_EVENTS / prior.value + homes
    value, step = shape / time, 1.96 * float(np.sqrt(shape)) / time
    many = counted(int(events), "home", "homes")
    source = f"own: {many} in {homes:.0f} home years, {told} ({events / shape:.0%}); rest: {prior.source}"
    kind = OWN if events >= PRIOR_EVENTS else BORROWED if prior.kind == OWN else prior.kind
    return replace(prior, value=value, low=max(value - step, 0.0), high=value + step, source=source, kind=kind)
