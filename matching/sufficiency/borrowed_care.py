"""England's figures of who comes into care and how they leave, worked out from published shares."""

from collections.abc import Mapping

import numpy as np

from matching.sufficiency.borrowed_living import living_figures
from matching.sufficiency.figures import AGES, ASSUMED, BORROWED, Parameter

Rows = Mapping[str, Mapping[str, str]]
# published bands of the length of a period of care: name, years, and years until the next
CARE_PERIODS = (
    ("lt2w", 2 / 52), ("2w_8w", 6 / 52), ("8w_6m", 0.5 - 8 / 52), ("6m_1y", 0.5), ("1y_2y", 1.0), ("2y_3y", 1.0), ("3y_5y", 2.0),
    ("5y_10y", 5.0), ("10y_plus", 4.0),
)  # fmt: skip
# pieces of time in care (see `spans.DURATIONS`) by the published bands that make them up
PIECES = {"0w": (0, 1), "8w": (2,), "6m": (3,), "1y": (4,), "2y": (5, 6), "5y": (7, 8)}
# of those who leave in a band, the share who age out; they leave at 18, not after a time in care
AGED_OUT = (0.02, 0.05, 0.12, 0.18, 0.3, 0.6, 0.65, 0.7, 0.9)
ENTRY = {"u1": "under1", "a1_4": "1_4", "a5_9": "5_9", "a10_15": "10_15", "a16p": "16_17"}
REASONS = {
    "home": ("returned_home", "with_relatives_no_pr"),
    "guardian": ("sgo", "child_arrangement_order"),
    "adopted": ("adopted",),
    "other": ("care_taken_by_another_la", "independent_unsupported", "custody", "remand_ended", "other"),
}
# how much likelier than usual a cause is at an age; adoption is for the young, independence for the old
LEANS = {
    "home": (0.8, 0.7, 1.0, 1.3, 1.0),
    "guardian": (1.2, 1.0, 1.5, 0.9, 0.2),
    "adopted": (1.5, 2.6, 0.8, 0.02, 0.0),
    "other": (0.4, 0.3, 0.5, 1.0, 2.2),
}
SIZES = ("1", "2", "3", "4")
QUARTERS = ("spring", "summer", "autumn", "winter")
MONTHS_OF_ADOPTION = {
    "adoption_to_decision": "entry_to_decision",
    "adoption_to_match": "decision_to_match",
    "adoption_to_move": "match_to_placed",
    "adoption_to_order": "placed_to_adopted",
}


def care_figures(rows: Rows) -> dict[str, Parameter]:
    """Figures by name from the published rows: time in care, causes, who starts, groups, seasons, stages of adoption, lengths of placements."""
    return {
        **living_figures(rows),
        **_after(rows),
        "leave_year_sd": _assumed(
            0.08, 0.02, 0.15, "SD a year in the log", "the yearly swing of leaving beyond chance"
        ),
        **_causes(rows),
        **_starting(rows),
        **_groups(rows),
        **{
            f"season_{quarter}": _assumed(1.0, 0.85, 1.15, "times the usual", "no season is published")
            for quarter in QUARTERS
        },
        **{
            name: _published(rows[f"adoption_months_{published}"], 0.3)
            for name, published in MONTHS_OF_ADOPTION.items()
        },
    }


def _published(row: Mapping[str, str], spread: float) -> Parameter:
    value = float(row["value"])
    source = f"{row['source']} ({row['year']})"
    return Parameter(value, value * (1 - spread), value * (1 + spread), row["unit"], source, BORROWED)


def _assumed(value: float, low: float, high: float, unit: str, why: str) -> Parameter:
    return Parameter(value, low, high, unit, why, ASSUMED)


def _after(rows: Rows) -> dict[str, Parameter]:
    """How much faster children leave early on: leavers of a band over the time lived in it, by a life table."""
    gone = np.array([float(rows[f"care_period_share_{name}"]["value"]) for name, _ in CARE_PERIODS])
    gone = gone / gone.sum()
    width = np.array([years for _, years in CARE_PERIODS])
    lived = (1 - np.cumsum(gone) + gone / 2) * width
    left = gone * (1 - np.array(AGED_OUT))
    usual = left.sum() / lived.sum()
    found = {}
    for name, bands in PIECES.items():
        at = list(bands)
        value = float(left[at].sum() / lived[at].sum() / usual)
        source = f"worked out from lengths of care periods, {rows['care_period_share_lt2w']['source']}"
        found[f"leave_after_{name}"] = Parameter(
            value, value * 0.7, value * 1.4, "times the usual rate of the age", source, BORROWED
        )
    return found


def _causes(rows: Rows) -> dict[str, Parameter]:
    """Shares of causes among those who leave before 18, by age."""
    usual = {
        cause: sum(float(rows[f"cease_share_reason_{reason}"]["value"]) for reason in reasons)
        for cause, reasons in REASONS.items()
    }
    found = {}
    for at, age in enumerate(AGES):
        leaning = {cause: share * LEANS[cause][at] for cause, share in usual.items()}
        for cause, share in leaning.items():
            value = share / sum(leaning.values())
            why = "England's reasons for leaving, leaning by age as is known of them; no table by age is published"
            found[f"leave_{cause}_{age}"] = _assumed(
                value, value * 0.6, min(value * 1.5, 1), "share of leavers before 18", why
            )
    return found


def _starting(rows: Rows) -> dict[str, Parameter]:
    ages = {age: _published(rows[f"entry_share_age_{name}_excluding_uasc"], 0.2) for age, name in ENTRY.items()}
    return {
        **{f"start_{age}": figure for age, figure in ages.items()},
        "start_alone": _published(rows["entry_share_uasc"], 0.7),
    }


def _groups(rows: Rows) -> dict[str, Parameter]:
    """Shares of arrivals by size of the group: alone, two, three, four and more brothers and sisters together."""
    two, three, four, five = (
        float(rows[f"sibling_group_size_share_{name}"]["value"]) for name in ("2", "3", "4", "5_plus")
    )
    together = float(rows["share_of_children_in_care_with_sibling_in_care"]["value"]) * 0.8
    shares = np.array([two, three, four + five])
    children = together / float((shares * [2, 3, 4.3]).sum())
    parts = np.array([1 - together, *(children * shares)])
    why = "worked out from children with brothers and sisters in care, four in five of whom start together"
    return {
        f"group_of_{size}": _assumed(
            float(value), float(value) * 0.7, min(float(value) * 1.3, 1.0), "share of arrivals", why
        )
        for size, value in zip(SIZES, parts / parts.sum(), strict=True)
    }
