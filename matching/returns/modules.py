"""The return's modules: their columns, which may be blank, and by which columns a file is known for one.

Source: the return's guide for 2016-17 to 2026-27, as the open validator of the return reads it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Module:
    """One table of the return; `columns` give our name for each of the return's, `told_by` tell its files from others."""

    name: str
    columns: dict[str, str]
    told_by: frozenset[str]
    dates: tuple[str, ...]
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()


def _module(name: str, told_by: str, dates: str, needed: str, optional: str = "", **columns: str) -> Module:
    return Module(
        name, columns, frozenset(told_by.split()), tuple(dates.split()), tuple(needed.split()), tuple(optional.split())
    )


EPISODES = _module(
    "episodes", "DECOM RNE PLACE", "started ended", "CHILD DECOM",
    CHILD="child", DECOM="started", RNE="new_because", LS="legal_status", CIN="need", PLACE="placement",
    PLACE_PROVIDER="provider", DEC="ended", REC="ended_because", REASON_PLACE_CHANGE="change_because",
    HOME_POST="home_postcode", PL_POST="placement_postcode", URN="urn",
)  # fmt: skip
CHILDREN = _module(
    "children", "ETHNIC DOB", "born mothers_child_born", "CHILD", "SEX UPN MOTHER MC_DOB",
    CHILD="child", DOB="born", ETHNIC="ethnicity", SEX="sex", UPN="pupil_number", MOTHER="mother", MC_DOB="mothers_child_born",
)  # fmt: skip
UNACCOMPANIED = _module("unaccompanied", "DUC", "until", "CHILD", CHILD="child", DUC="until")
ADOPTED = _module(
    "adopted", "DATE_MATCH", "decided matched", "CHILD", "DATE_INT FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR",
    CHILD="child", DATE_MATCH="matched", DATE_INT="decided", FOSTER_CARE="former_carer", NB_ADOPTR="adopters",
    SEX_ADOPTR="adopters_sex", LS_ADOPTR="adopters_status",
)  # fmt: skip
TO_BE_ADOPTED = _module(
    "to_be_adopted", "DATE_PLACED REASON_PLACED_CEASED", "decided ceased", "CHILD",
    CHILD="child", DATE_PLACED="decided", DATE_PLACED_CEASED="ceased", REASON_PLACED_CEASED="ceased_because",
)  # fmt: skip
REVIEWS = _module(
    "reviews", "REVIEW REVIEW_CODE", "held", "CHILD REVIEW", CHILD="child", REVIEW="held", REVIEW_CODE="took_part"
)
MISSING = _module(
    "missing",
    "MIS_START MISSING",
    "started ended",
    "CHILD",
    CHILD="child",
    MISSING="kind",
    MIS_START="started",
    MIS_END="ended",
)
HEALTH = _module(
    "health", "SDQ_SCORE HEALTH_CHECK", "", "CHILD",
    "SDQ_SCORE SDQ_REASON CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT SUBSTANCE_MISUSE INTERVENTION_RECEIVED INTERVENTION_OFFERED",
    CHILD="child", SDQ_SCORE="strengths", SDQ_REASON="no_score_because", CONVICTED="convicted", HEALTH_CHECK="health_check",
    IMMUNISATIONS="immunisations", TEETH_CHECK="teeth_check", HEALTH_ASSESSMENT="health_assessment",
    SUBSTANCE_MISUSE="substance_misuse", INTERVENTION_RECEIVED="intervention_received",
    INTERVENTION_OFFERED="intervention_offered",
)  # fmt: skip
LEAVERS = _module(
    "care_leavers",
    "IN_TOUCH ACCOM",
    "",
    "CHILD",
    CHILD="child",
    IN_TOUCH="in_touch",
    ACTIV="activity",
    ACCOM="accommodation",
)
BEFORE = _module(
    "permanence_before",
    "PREV_PERM",
    "on",
    "CHILD",
    "LA_PERM DATE_PERM",
    CHILD="child",
    PREV_PERM="kind",
    LA_PERM="authority",
    DATE_PERM="on",
)
WORKERS = _module(
    "social_workers",
    "SW_DECOM SW_REASON",
    "started ended",
    "CHILD",
    "SW_ID",
    CHILD="child",
    SW_ID="worker",
    SW_DECOM="started",
    SW_DEC="ended",
    SW_REASON="because",
)
LIBERTY = _module(
    "deprivation_of_liberty",
    "DOLO_START",
    "started ended",
    "CHILD",
    CHILD="child",
    DOLO_START="started",
    DOLO_END="ended",
)

MODULES = (
    EPISODES,
    ADOPTED,
    TO_BE_ADOPTED,
    UNACCOMPANIED,
    REVIEWS,
    MISSING,
    HEALTH,
    LEAVERS,
    BEFORE,
    WORKERS,
    LIBERTY,
    CHILDREN,
)
BY_NAME = {module.name: module for module in MODULES}
KEYS = {
    "episodes": ["authority", "child", "started"],
    "children": ["authority", "child"],
    "unaccompanied": ["authority", "child"],
    "adopted": ["authority", "child"],
    "to_be_adopted": ["authority", "child", "decided"],
    "reviews": ["authority", "child", "held"],
    "missing": ["authority", "child", "started"],
    "health": ["authority", "year", "child"],
    "care_leavers": ["authority", "year", "child"],
    "permanence_before": ["authority", "child"],
    "social_workers": ["authority", "child", "started"],
    "deprivation_of_liberty": ["authority", "child", "started"],
}


def module_of(columns: set[str]) -> Module | None:
    """The module that a file with these columns holds."""
    return next((module for module in MODULES if module.told_by <= columns), None)


def _years(codes: str, first: int = 2017, last: int = 9999) -> dict[str, tuple[int, int]]:
    return dict.fromkeys(codes.split(), (first, last))


# Codes with the first and last year (of the 31 March that ends it) in which the return holds them.
CODES: dict[str, dict[str, tuple[int, int]]] = {
    "new_because": _years("S L P T B U"),
    "legal_status": _years("C1 C2 D1 E1 V2 V3 V4 L1 L2 L3 J1 J2 J3"),
    "need": _years("N1 N2 N3 N4 N5 N6 N7 N8"),
    "placement": {
        **_years("U1 U2 U3 U4 U5 U6 A3 A4 A5 A6 K1 K2 P1 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4"),
        **_years("P2 H5", last=2025), **_years("Z1", last=2025), **_years("K3", 2025), **_years("Z11 Z12 Z13 Z14", 2026),
    },
    "provider": _years("PR0 PR1 PR2 PR3 PR4 PR5"),
    "ended_because": {
        **_years("X1 E11 E12 E2 E3 E4A E4B E13 E41 E5 E6 E7 E8 E9 E14 E15 E16 E17"),
        **_years("E43 E44", last=2018), **_years("E45 E46 E47 E48", 2019),
    },
    "change_because": {**_years("CARPL CLOSE ALLEG STAND APPRR CREQB CREQO CHILD LAREQ PLACE OTHER"), **_years("CUSTOD", 2019)},
}  # fmt: skip
CODES_BESIDE: dict[str, dict[str, dict[str, tuple[int, int]]]] = {
    "children": {
        "ethnicity": _years("WBRI WIRI WOTH WIRT WROM MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH CHNE OOTH REFU NOBT"),
        "sex": {**_years("1 2", last=2024), **_years("M F U", 2025)},
    },
    "reviews": {"took_part": _years("PN0 PN1 PN2 PN3 PN4 PN5 PN6 PN7")},
    "health": {"no_score_because": _years("SDQ1 SDQ2 SDQ3 SDQ4 SDQ5")},
    "to_be_adopted": {"ceased_because": _years("RD1 RD2 RD3 RD4")},
    "permanence_before": {"kind": _years("P1 P2 P3 P4 Z1")},
    "missing": {"kind": _years("M A")},
    "social_workers": {"because": _years("MANAGE FCONTA LEFTRL ORGRST TSPROC ABSENC CHCHAN PCCHAN SWDIED OTHERS", 2024)},
    "care_leavers": {
        "in_touch": _years("YES NO DIED REFU NREQ RHOM"),
        "activity": {
            **_years("F1 P1 F2 P2 G4 G5 G6 0"), **_years("F3 P3", last=2021), **_years("F4 P4 F5 P5", 2022),
        },
        "accommodation": _years("B1 B2 C1 C2 D1 D2 E1 E2 G1 G2 H1 H2 K1 K2 R1 R2 S2 T1 T2 U1 U2 V1 V2 W1 W2 X2 Y1 Y2 Z1 Z2 0"),
    },
}  # fmt: skip
