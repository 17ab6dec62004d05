"""Reading a scenario from a small TOML file, whole, or refused with every fault. Every line may be left out:

name = "Recruit for teenagers"
[demand]                    # times the base case, from `from_month` on
starts = 1.1                # everybody
from_month = 6
teenagers = 1.2             # 11 and over; likewise younger, brothers_and_sisters, disabled, unaccompanied
early_help = 0.05           # share of children under 11 who need not come into care
areas = { SO14 = 1.3 }      # by postcode district
[[demand.cohorts]]          # referrals beyond the usual
need = "unaccompanied"      # younger child, teenager, brothers and sisters, disabled, unaccompanied
referrals = 20
from_month = 6
over_months = 6
[supply]
joining = 1.0               # times the base case's homes that join of themselves
leaving = 0.9               # times the base case's homes that leave: retention
[[supply.campaigns]]
profile = "teenagers"       # any, teenagers, brothers-and-sisters, young-children
area = "SO16"               # postcode district; left out: anywhere
homes = 20
from_month = 9
over_months = 12
attrition = 0.2             # share that never opens
[[supply.approvals]]        # approvals widened
profile = "young-children"
share = 0.3                 # of our own homes of the profile
oldest = 16                 # likewise youngest
from_month = 6
[[supply.childrens_homes]]  # a children's home of our own opens; with places below nought it closes
places = 4
from_month = 12
weekly_price = 4500
[policy]
in_house_first = true
first_agencies = ["SC430012"]   # asked before other agencies
siblings_first = true       # brothers and sisters are placed before others of the same week
within_miles = 20           # family homes further away are not asked
plan_every = 13             # weeks between plans for the whole queue; 0: never
[price]
residential = 1.05          # times, a year; in_house, agency, supported, kin likewise
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from matching.errors import PolicyRefused
from matching.sufficiency.like_ours import PROFILES
from matching.sufficiency.scenario import (
    NEEDS,
    OF_NEED,
    Approvals,
    Campaign,
    ChildrensHome,
    Cohort,
    Placing,
    Scenario,
)
from matching.wording import counted

Row = TypeVar("Row", Campaign, Cohort, Approvals, ChildrensHome)
# more than twice the referrals is beyond what the draws hold, and beyond any year on record
MOST_TIMES = 2.0
MOST_HOMES_A_MONTH = 10
_FACTORS = {"starts": (0.0, 2.0), "teenagers": (0.0, 2.0), "younger": (0.0, 2.0)} | dict.fromkeys(OF_NEED, (0.0, 2.0))
_LIMITS: dict[str, dict[str, tuple[float, float]]] = {
    "demand": {**_FACTORS, "early_help": (0.0, 0.9), "from_month": (0, 120)},
    "supply": {"joining": (0.0, 3.0), "leaving": (0.0, 5.0)},
    "price": dict.fromkeys(("in_house", "agency", "residential", "supported", "kin"), (0.5, 2.0)),
}
_MONTHS = {"from_month": (0, 120), "over_months": (1, 60)}
_ROWS: dict[type, dict[str, tuple[float, float]]] = {
    Campaign: {"homes": (1, 500), "attrition": (0.0, 0.9), **_MONTHS},
    Cohort: {"referrals": (1, 500), **_MONTHS},
    Approvals: {"share": (0.0, 1.0), "youngest": (0, 17), "oldest": (1, 18), "from_month": (0, 120)},
    ChildrensHome: {"places": (-50, 50), "from_month": (0, 120), "weekly_price": (500, 20_000)},
}
_WORDS = {"profile": PROFILES, "need": NEEDS}
_SHARES = ("attrition", "share", "weekly_price")
_POLICY = tuple(one.name for one in fields(Placing))


def read_scenario(path: Path) -> Scenario:
    """Read one scenario; raises `PolicyRefused` with every fault, each with its place and the way out."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise PolicyRefused(f"{path.name}: {fault}. Write a TOML file; docs/how-to/forecast.md shows one.") from None
    return scenario_from(data, path.name)


def scenario_from(data: Mapping[str, Any], place: str = "the scenario") -> Scenario:
    """A scenario from plain data, checked."""
    faults: list[str] = []
    known = {"name", "demand", "supply", "policy", "price"}
    faults += [f"{name} is not known here. Known: {', '.join(sorted(known))}." for name in sorted(set(data) - known)]
    demand, supply = dict(_table(data, "demand", faults)), dict(_table(data, "supply", faults))
    cohorts = _rows(Cohort, "demand.cohorts", demand.pop("cohorts", []), faults)
    areas = _areas(demand.pop("areas", {}), faults)
    lists = {name: supply.pop(name, []) for name in ("campaigns", "approvals", "childrens_homes")}
    campaigns = _rows(Campaign, "supply.campaigns", lists["campaigns"], faults, _possible)
    approvals = _rows(Approvals, "supply.approvals", lists["approvals"], faults, _some_ages)
    homes = _rows(ChildrensHome, "supply.childrens_homes", lists["childrens_homes"], faults)
    policy = _policy(_table(data, "policy", faults), faults)
    numbers = {
        part: {
            name: _number(f"{part}.{name}", value, _LIMITS[part].get(name), faults, f"{part}.")
            for name, value in values.items()
        }
        for part, values in {"demand": demand, "supply": supply, "price": _table(data, "price", faults)}.items()
    }
    if not faults:
        _not_too_many(numbers["demand"], areas, faults)
    if faults:
        raise PolicyRefused("\n".join(f"{place}: {fault}" for fault in faults))
    return Scenario(
        name=str(data.get("name", Path(place).stem)),
        **numbers,
        demand_areas=areas,
        cohorts=cohorts,
        campaigns=campaigns,
        approvals=approvals,
        childrens_homes=homes,
        policy=policy,
    )


def _table(data: Mapping[str, Any], name: str, faults: list[str]) -> Mapping[str, Any]:
    value = data.get(name, {})
    if isinstance(value, dict):
        return value
    faults.append(f"{name} = {value!r} is no table. Write [{name}].")
    return {}


def _areas(value: Any, faults: list[str]) -> dict[str, float]:
    if not isinstance(value, dict):
        faults.append(f"demand.areas = {value!r} is no table. Write areas = {{ SO14 = 1.3 }}.")
        return {}
    return {str(name): _number(f"demand.areas.{name}", times, (0.0, 2.0), faults) for name, times in value.items()}


def _not_too_many(demand: Mapping[str, float], areas: Mapping[str, float], faults: list[str]) -> None:
    """All factors that may fall on one referral, together."""
    needs = max([1.0, *(demand.get(name, 1.0) for name in OF_NEED)])
    ages = max(demand.get("teenagers", 1.0), demand.get("younger", 1.0))
    whole = demand.get("starts", 1.0) * needs * ages * max([1.0, *areas.values()])
    if whole > MOST_TIMES:
        faults.append(f"demand: the factors together come to {whole:.2f} times; write at most {MOST_TIMES:g}.")


def _number(name: str, value: Any, limits: tuple[float, float] | None, faults: list[str], known: str = "") -> float:
    if limits is None:
        faults.append(f"{name} is not known. Known: {', '.join(known + one for one in _LIMITS[known.strip('.')])}.")
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not limits[0] <= value <= limits[1]:
        faults.append(f"{name} = {value!r}: write a number from {limits[0]:g} to {limits[1]:g}.")
        return 0.0
    return float(value)


def _policy(data: Mapping[str, Any], faults: list[str]) -> Placing:
    faults += [f"policy.{name} is not known. Known: {', '.join(_POLICY)}." for name in data if name not in _POLICY]
    for name in ("in_house_first", "siblings_first"):
        if not isinstance(data.get(name, False), bool):
            faults.append(f"policy.{name} = {data[name]!r}: write true or false.")
    agencies = data.get("first_agencies", [])
    if not isinstance(agencies, list) or not all(isinstance(one, str) for one in agencies):
        faults.append(f"policy.first_agencies = {agencies!r}: write a list of references, such as ['SC430012'].")
        agencies = []
    for name, limits in (("within_miles", (1, 300)), ("plan_every", (0, 52))):
        if name in data:
            _number(f"policy.{name}", data[name], limits, faults)
    good = {name: value for name, value in data.items() if name in _POLICY and name != "first_agencies"}
    return Placing(**good, first_agencies=tuple(agencies))


def _rows(
    of: type[Row], place: str, rows: Any, faults: list[str], check: Callable[[Row], str | None] = lambda _: None
) -> tuple[Row, ...]:
    if not isinstance(rows, list):
        faults.append(f"{place} is no list. Write [[{place}]].")
        return ()
    found = [_row(of, f"{place} {number}", row, faults, check) for number, row in enumerate(rows, 1)]
    return tuple(row for row in found if row is not None)


def _row(of: type[Row], place: str, row: Any, faults: list[str], check: Callable[[Row], str | None]) -> Row | None:
    before = len(faults)
    if not isinstance(row, dict):
        faults.append(f"{place} is no table. Write [[{place.split(' ')[0]}]].")
        return None
    names = {one.name: one for one in fields(of)}
    faults += [f"{place}: {name} is not known. Known: {', '.join(names)}." for name in sorted(set(row) - set(names))]
    for name, words in _WORDS.items():
        if name in names and row.get(name) not in words:
            faults.append(f"{place}: {name} {row.get(name)!r} is not known. Known: {', '.join(words)}.")
    needed = {Campaign: "homes", Cohort: "referrals", Approvals: "share", ChildrensHome: "places"}[of]
    if needed not in row:
        faults.append(f"{place}: {needed} is missing. Write how many.")
    for name, limits in _ROWS[of].items():
        if name in row:
            _number_of_row(f"{place}: {name}", row[name], limits, whole=name not in _SHARES, faults=faults)
    if len(faults) > before:
        return None
    made = of(**row)
    if fault := check(made):
        faults.append(f"{place}: {fault}")
    return made


def _number_of_row(name: str, value: Any, limits: tuple[float, float], *, whole: bool, faults: list[str]) -> None:
    good = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not good or not limits[0] <= value <= limits[1]:
        faults.append(
            f"{name} {value!r}: write a {'whole ' if whole else ''}number from {limits[0]:g} to {limits[1]:g}."
        )


def _possible(made: Campaign) -> str | None:
    if made.homes <= MOST_HOMES_A_MONTH * made.over_months:
        return None
    return (
        f"{made.homes} homes in {counted(made.over_months, 'month', 'months')} can not be assessed; no authority has approved "
        f"more than {MOST_HOMES_A_MONTH} a month. Give more months or fewer homes."
    )


def _some_ages(made: Approvals) -> str | None:
    if made.youngest < made.oldest:
        return None
    return f"from {made.youngest} to {made.oldest} is no range of ages. Write youngest below oldest."
