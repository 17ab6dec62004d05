"""What is counted, by which codes, and how the published series call it."""

from dataclasses import dataclass

import pandas as pd

from matching.profile.indicators import ADOPTION, FOSTER


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Breakdown:
    """One table: codes of the published series in order, with the words to show.

    `total` is the published count of everybody; `note` says what moved in the definitions.
    """

    code: str
    title: str
    prefix: str
    total: str
    words: dict[str, str]
    note: str = ""


AGE = Breakdown(
    code="age",
    title="Age on 31 March",
    prefix="stock.age",
    total="stock",
    words={
        "u1": "Under 1",
        "a1_4": "1 to 4",
        "a5_9": "5 to 9",
        "a10_15": "10 to 15",
        "a16p": "16 and over",
    },
)
NEED = Breakdown(
    code="need",
    title="Need of children who entered care in the year",
    prefix="started.need",
    total="started",
    words={
        "N1": "Abuse or neglect",
        "N2": "Child's disability",
        "N3": "Parent's illness or disability",
        "N4": "Family in acute stress",
        "N5": "Family dysfunction",
        "N6": "Behaviour",
        "N7": "Low income",
        "N8": "Absent parenting",
    },
)
PLACEMENT = Breakdown(
    code="placement",
    title="Where children live on 31 March",
    prefix="stock.placement",
    total="stock",
    words={
        "foster": "Foster carers",
        "placed_for_adoption": "Placed for adoption",
        "with_parents": "With parents",
        "secure_and_childrens_homes": "Children's homes, secure homes",
        "supported_or_independent": "Supported or independent",
        "other_residential": "Other residential",
        "residential_school": "Residential school",
        "other": "Other",
    },
    note="Published counts of children's homes before 2021 include part of what is now supported accommodation.",
)
PROVIDER = Breakdown(
    code="provider",
    title="Who provides the placement on 31 March",
    prefix="stock.provider",
    total="stock",
    words={
        "own": "The authority itself",
        "private": "Private",
        "voluntary": "Voluntary",
        "other_authority": "Another authority",
        "other_public": "Other public",
        "parents": "Parents",
    },
    note="Of authorities, only the first three are in our published series; the others are England's.",
)
DISTANCE = Breakdown(
    code="distance",
    title="Distance from home on 31 March",
    prefix="stock.distance",
    total="stock",
    words={"within_20": "20 miles or less", "over_20": "Over 20 miles", "not_known": "Not known"},
    note="Straight line between postcodes. Unaccompanied children and unknown postcodes are not known, and stay in the total.",
)
LOCALITY = Breakdown(
    code="locality",
    title="Inside the authority on 31 March",
    prefix="stock.locality",
    total="stock",
    words={"inside": "Inside", "outside": "Outside", "not_known": "Not known"},
    note="By the authority's code. A small city has much of its neighbourhood outside: read it with the distance.",
)
CHANGES = Breakdown(
    code="change",
    title="Why placements changed in the year",
    prefix="change",
    total="",
    words={
        "PLACE": "Status only, same carer",
        "CARPL": "Care plan",
        "CREQB": "Carer asks, behaviour",
        "CREQO": "Carer asks, other",
        "CHILD": "Child asks",
        "ALLEG": "Allegation",
        "STAND": "Standards of care",
        "APPRR": "Approval removed",
        "CLOSE": "Carer or home closes",
        "LAREQ": "An authority asks",
        "CUSTOD": "Custody",
        "OTHER": "Other",
    },
    note="A change of status only is no move: it is left out of the measures of stability.",
)

_PLACEMENT_CODES = {
    **dict.fromkeys(FOSTER, "foster"),
    **dict.fromkeys(ADOPTION, "placed_for_adoption"),
    "P1": "with_parents",
    **dict.fromkeys(("K1", "K2"), "secure_and_childrens_homes"),
    **dict.fromkeys(("K3", "H5", "P2"), "supported_or_independent"),
    **dict.fromkeys(("R1", "R2", "R3", "R5"), "other_residential"),
    "S1": "residential_school",
}
_PROVIDER_CODES = {
    "PR0": "parents",
    "PR1": "own",
    "PR2": "other_authority",
    "PR3": "other_public",
    "PR4": "private",
    "PR5": "voluntary",
}
_AGE_FROM = {"u1": 0, "a1_4": 1, "a5_9": 5, "a10_15": 10, "a16p": 16}


def age_groups(born: pd.Series, day: pd.Timestamp) -> pd.Series:
    """The age group of each child on a day; a birthday on the day counts."""
    later = (born.dt.month > day.month) | ((born.dt.month == day.month) & (born.dt.day > day.day))
    ages = day.year - born.dt.year - later.astype(int)
    groups: pd.Series = pd.cut(ages, [*_AGE_FROM.values(), 200], right=False, labels=list(_AGE_FROM)).astype("object")
    return groups


def placement_groups(codes: pd.Series) -> pd.Series:
    """The published group of each placement code; every other code is "other"."""
    return codes.map(_PLACEMENT_CODES).fillna("other")


def provider_groups(codes: pd.Series) -> pd.Series:
    """The published group of each provider code; missing where none is recorded."""
    return codes.map(_PROVIDER_CODES)
