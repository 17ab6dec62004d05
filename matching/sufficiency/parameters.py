"""Every number the forecast stands on: value, range, source, and whether it is own data, borrowed or assumed."""

import csv
from pathlib import Path

from matching.sufficiency.borrowed_care import care_figures
from matching.sufficiency.figures import (
    AGE_EDGES,
    AGES,
    ASSUMED,
    BORROWED,
    LAST_AGE,
    OWN,
    PRIOR_EVENTS,
    WEEKS,
    Parameter,
    Parameters,
)

__all__ = [
    "AGES",
    "AGE_EDGES",
    "ASSUMED",
    "BORROWED",
    "CALLED",
    "LAST_AGE",
    "OWN",
    "PRIOR_EVENTS",
    "SIMULATED",
    "WEEKS",
    "Parameter",
    "Parameters",
    "published_parameters",
]

# name: published name, scale, half-width of the range as a share; what is published for England stands for everybody
_PUBLISHED = {
    "starts": ("starts_to_stock_ratio", 1.0, 0.3),
    "leave_u1": ("exit_hazard_age_under1", 1.0, 0.3),
    "leave_a1_4": ("exit_hazard_age_1_4", 1.0, 0.3),
    "leave_a5_9": ("exit_hazard_age_5_9", 1.0, 0.3),
    "leave_a10_15": ("exit_hazard_age_10_15", 1.0, 0.3),
    "kin": ("stock_share_foster_kin", 1.0, 0.3),
    "residential": ("stock_share_placement_childrens_home_or_secure", 1.0, 0.3),
    "with_parents": ("stock_share_placement_with_parents", 1.0, 0.5),
    "over_20_miles": ("distance_share_foster_gt20_outside", 1.0, 0.5),
    "price_in_house": ("cost_foster_inhouse_full_weekly_generator", 1.0, 0.2),
    "price_agency": ("cost_foster_ifa_weekly", 1.0, 0.2),
    "price_residential": ("cost_residential_weekly_all", 1.0, 0.2),
}
_ASSUMED = {
    "leave_a16p": (0.30, 0.2, 0.5, "leavers a child a year", "leaving before 18; the wall at 18 does the rest"),
    "moves": (0.60, 0.4, 0.9, "moves a child a year", "short placements end early, long ones last"),
    "level_sd": (0.15, 0.10, 0.20, "SD a year in the log", "yearly starts vary 5.5 times more than by chance alone"),
    "level_kept": (0.70, 0.5, 0.9, "share a year", "how much of a year's level the next keeps"),
    "supported_at_16": (0.50, 0.3, 0.6, "share of referrals of 16 and over", "supported accommodation"),
    "agency_found": (
        0.20,
        0.1,
        0.4,
        "share of a week's searches",
        "an agency home found beyond the register when asked",
    ),
    "home_leaves": (0.123, 0.10, 0.15, "share of homes a year", "deregistrations, Ofsted 2017-18"),
    "home_joins": (0.123, 0.05, 0.2, "share of homes a year", "as many join as leave"),
    "on_hold": (0.24, 0.14, 0.30, "share of places", "places not available, Ofsted"),
    "staying_put": (0.50, 0.3, 0.6, "share of fostered young people at 18", "1,880 of 3,770, Ofsted 2018-19"),
    "staying_put_weeks": (80.0, 50, 120, "weeks on average", "to 21 at most; their place is not free meanwhile"),
    "far_elsewhere": (0.50, 0.3, 0.7, "share over 20 miles", "an agency home found beyond the register"),
    "hold_weeks": (12.0, 4, 30, "weeks", "how long a hold lasts"),
    "price_supported": (1500.0, 900, 2500, "GBP a child week", "no public figure by child"),
    "price_kin": (350.0, 250, 450, "GBP a child week", "allowance with support"),
    "price_recruiting": (9000.0, 5000, 15000, "GBP a home", "enquiry to approval"),
    "price_supporting": (7000.0, 5000, 10000, "GBP a home a year", "supervising social worker"),
}

# what people call each figure
CALLED = {
    "starts": "children who come into care",
    "leave_u1": "leaving under 1",
    "leave_a1_4": "leaving at 1 to 4",
    "leave_a5_9": "leaving at 5 to 9",
    "leave_a10_15": "leaving at 10 to 15",
    "leave_a16p": "leaving at 16 and 17",
    "kin": "share placed with relatives",
    "residential": "share in children's homes",
    "with_parents": "share placed with parents",
    "over_20_miles": "share over 20 miles from home",
    "price_in_house": "price of our own foster homes",
    "price_agency": "price of agency foster homes",
    "price_residential": "price of children's homes",
    "moves": "moves between homes",
    "level_sd": "how much years differ",
    "level_kept": "how much of that lasts",
    "supported_at_16": "supported accommodation from 16",
    "agency_found": "agency homes found elsewhere",
    "home_leaves": "homes that leave",
    "home_joins": "homes that join",
    "on_hold": "places not available",
    "staying_put": "staying put at 18",
    "staying_put_weeks": "how long they stay put",
    "far_elsewhere": "homes found elsewhere that are far",
    "hold_weeks": "how long a place is on hold",
    "price_supported": "price of supported accommodation",
    "price_kin": "price of a relative's home",
    "price_recruiting": "price of recruiting a home",
    "price_supporting": "price of supporting a home",
}

# the figures that futures of children and homes stand on; the others serve forecasts from returns
SIMULATED = (*_PUBLISHED, *_ASSUMED)


def published_parameters(reference: Path) -> Parameters:
    """England's figures and assumptions, from `parameters.csv` of the reference folder."""
    with (reference / "parameters.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["name"]: row for row in sorted(csv.DictReader(file), key=lambda row: row["year"])}
    found = {}
    for name, (published, scale, spread) in _PUBLISHED.items():
        row, value = rows[published], float(rows[published]["value"]) * scale
        source = f"{row['source']} ({row['year']})"
        found[name] = Parameter(value, value * (1 - spread), value * (1 + spread), row["unit"], source, BORROWED)
    for name, (value, low, high, unit, why) in _ASSUMED.items():
        found[name] = Parameter(value, low, high, unit, why, ASSUMED)
    return Parameters(found | care_figures(rows))
