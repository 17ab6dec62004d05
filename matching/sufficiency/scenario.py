"""A scenario: what is otherwise than in the base case. A small TOML file, read whole or refused with every fault.

name = "Recruit for teenagers"
[demand]
starts = 1.1            # times the base case, from `from_month` on
from_month = 6
teenagers = 1.2         # times, for referrals of 11 and over; `younger` likewise
[supply]
joining = 1.0           # times the base case's new homes
leaving = 0.9           # times the base case's homes that leave
[[supply.campaigns]]
profile = "teenagers"   # any, teenagers, brothers-and-sisters, young-children
homes = 20
from_month = 9
over_months = 12
attrition = 0.2         # share that never opens
[policy]
in_house_first = true
[price]
residential = 1.05      # times, a year
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from matching.domain import Home
from matching.errors import PolicyRefused

PROFILES = ("any", "teenagers", "brothers-and-sisters", "young-children")
MOST_HOMES_A_MONTH = 10
_LIMITS = {
    ("demand", "starts"): (0.0, 3.0),
    ("demand", "teenagers"): (0.0, 3.0),
    ("demand", "younger"): (0.0, 3.0),
    ("demand", "from_month"): (0, 120),
    ("supply", "joining"): (0.0, 3.0),
    ("supply", "leaving"): (0.0, 5.0),
    ("price", "in_house"): (0.5, 2.0),
    ("price", "agency"): (0.5, 2.0),
    ("price", "residential"): (0.5, 2.0),
}
_CAMPAIGN = {"homes": (1, 500), "from_month": (0, 120), "over_months": (1, 60), "attrition": (0.0, 0.9)}


@dataclass(frozen=True)
class Campaign:
    """Homes of a profile that join over some months."""

    profile: str
    homes: int
    from_month: int = 0
    over_months: int = 12
    attrition: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """Changes to the base case; with none, the base case itself."""

    name: str = "base case"
    demand: Mapping[str, float] = field(default_factory=dict)
    supply: Mapping[str, float] = field(default_factory=dict)
    price: Mapping[str, float] = field(default_factory=dict)
    campaigns: tuple[Campaign, ...] = ()
    in_house_first: bool = False

    def with_homes(self, profile: str, homes: int) -> "Scenario":
        """The scenario and so many homes of a profile that are there from the first month."""
        more = Campaign(profile, homes, from_month=0, over_months=1)
        return replace(self, campaigns=(*self.campaigns, more))


BASE = Scenario()


def fits_profile(home: Home, profile: str) -> bool:
    """Whether a home is of a profile, by its terms of approval."""
    low, high = home.approval.youngest or 0, home.approval.oldest or 18
    most = home.approval.most_children or 1
    return {
        "any": True,
        "teenagers": high >= 16,
        "brothers-and-sisters": most >= 3,
        "young-children": low == 0 and high <= 10,
    }[profile]


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
    parts: dict[str, dict[str, float]] = {part: {} for part in ("demand", "supply", "price")}
    for part, values in parts.items():
        for name, value in _table(data, part, faults).items():
            if (part, name) != ("supply", "campaigns"):
                values[name] = _number(f"{part}.{name}", value, _LIMITS.get((part, name)), faults)
    rows = _table(data, "supply", faults).get("campaigns", [])
    campaigns = [_campaign(number, row, faults) for number, row in enumerate(rows, 1)]
    first = _table(data, "policy", faults)
    faults += [f"policy.{name} is not known. Known: in_house_first." for name in first if name != "in_house_first"]
    if faults:
        raise PolicyRefused("\n".join(f"{place}: {fault}" for fault in faults))
    return Scenario(
        name=str(data.get("name", Path(place).stem)),
        **parts,
        campaigns=tuple(campaign for campaign in campaigns if campaign),
        in_house_first=bool(first.get("in_house_first", False)),
    )


def _table(data: Mapping[str, Any], name: str, faults: list[str]) -> Mapping[str, Any]:
    value = data.get(name, {})
    if isinstance(value, dict):
        return value
    faults.append(f"{name} = {value!r} is no table. Write [{name}].")
    return {}


def _number(name: str, value: Any, limits: tuple[float, float] | None, faults: list[str]) -> float:
    if limits is None:
        faults.append(f"{name} is not known. Known: {', '.join('.'.join(key) for key in _LIMITS)}.")
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not limits[0] <= value <= limits[1]:
        faults.append(f"{name} = {value!r}: write a number from {limits[0]:g} to {limits[1]:g}.")
        return 0.0
    return float(value)


def _campaign(number: int, row: Any, faults: list[str]) -> Campaign | None:
    before, place = len(faults), f"supply.campaigns {number}"
    if not isinstance(row, dict):
        faults.append(f"{place} is no table. Write [[supply.campaigns]].")
        return None
    if row.get("profile") not in PROFILES:
        faults.append(f"{place}: profile {row.get('profile')!r} is not known. Known: {', '.join(PROFILES)}.")
    faults += [f"{place}: {name} is not known." for name in sorted(set(row) - set(_CAMPAIGN) - {"profile"})]
    if "homes" not in row:
        faults.append(f"{place}: homes is missing. Write how many.")
    values = {name: row[name] for name in _CAMPAIGN if name in row}
    for name, value in values.items():
        _number_of_campaign(f"{place}: {name}", value, _CAMPAIGN[name], whole=name != "attrition", faults=faults)
    if len(faults) > before:
        return None
    made = Campaign(profile=row["profile"], **values)
    if made.homes > MOST_HOMES_A_MONTH * made.over_months:
        faults.append(
            f"{place}: {made.homes} homes in {made.over_months} months can not be assessed; no authority has approved "
            f"more than {MOST_HOMES_A_MONTH} a month. Give more months or fewer homes."
        )
        return None
    return made


def _number_of_campaign(name: str, value: Any, limits: tuple[float, float], *, whole: bool, faults: list[str]) -> None:
    good = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not good or not limits[0] <= value <= limits[1]:
        faults.append(
            f"{name} {value!r}: write a {'whole ' if whole else ''}number from {limits[0]:g} to {limits[1]:g}."
        )
