"""The checker's reading of bedrooms: brothers and sisters, families who meet here, settled children, what is not known."""

from collections.abc import Mapping
from typing import Any

import pytest

from matching.checker import read_set
from matching.domain import (
    Bedroom,
    Caseload,
    Child,
    Decision,
    HomeKind,
    Relationship,
    Risks,
    Sex,
    Tie,
    Verdict,
)
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering

SETTINGS = fostering().settings
NO, ASK, YES = Verdict.NOT_MET, Verdict.NOT_KNOWN, Verdict.MET
HARM, WORRY = Risks(harm_sexual=True), Risks(harm_sexual=None)


def rooms(text: str) -> tuple[Bedroom, ...]:
    return tuple(Bedroom.read(part) for part in text.split("; ")) if text else ()


def may_share(*refs: str) -> tuple[Relationship, ...]:
    return tuple(
        Relationship(tie=Tie.MAY_SHARE_ROOM, of=one, to=other) for one in refs for other in refs if one < other
    )


def opened(*refs: str) -> tuple[Decision, ...]:
    """A decision of the placing authority about the bedroom of each."""
    told: dict[str, Any] = {"rule": "own-bedroom", "home": "H1", "role": "placing-authority", "decided_on": TODAY}
    return tuple(Decision(child=ref, reason="agreed", **told) for ref in refs)


def reads(
    code: str, caseload: Caseload, newcomers: str = "C1", settings: Mapping[str, Mapping[str, object]] = SETTINGS
) -> Verdict:
    return read_set(caseload, settings, "H1", newcomers.split())[code]


def family(group: str, **ages: int | None) -> list[Child]:
    return [a_child(ref, age, sibling_group=group) for ref, age in ages.items()]


# newcomers by family, those assessed as able to share, the bedrooms, the verdict
FAMILIES: list[tuple[dict[str, dict[str, int | None]], tuple[str, ...], str, Verdict]] = [
    ({"A": {"C1": 12, "C2": 11, "C3": 9, "C4": 8}}, ("C1", "C2", "C3", "C4"), "2; 2", YES),
    ({"A": {"C1": 12, "C2": 11, "C3": 9, "C4": 8}}, ("C1", "C2", "C3", "C4"), "2; 1; 1", YES),
    ({"A": {"C1": 12, "C2": 11, "C3": 9, "C4": 8}}, ("C1", "C2", "C3", "C4"), "2; 1", NO),
    ({"A": {"C1": 12, "C2": 11, "C3": 9, "C4": 8}}, ("C1", "C2", "C3", "C4"), "2", NO),
    # one double room alone: the younger pair does not count on another, since the baby has the cot
    ({"A": {"C1": 8, "C2": 8, "C3": 2, "C4": 1}}, ("C1", "C2"), "2; 1; 1 with-carers", YES),
    ({"A": {"C1": 1}, "B": {"C2": 1}}, (), "1 with-carers; 1", YES),
    ({"A": {"C1": 1}, "B": {"C2": 1}}, (), "1 with-carers", NO),
    ({"A": {"C1": 2}, "B": {"C2": 2}}, (), "2", NO),
    ({"A": {"C1": 2}, "B": {"C2": 2}}, (), "1; 1", YES),
    ({"A": {"C1": 9, "C2": 8}, "B": {"C3": 9, "C4": 8}}, ("C1", "C2", "C3", "C4"), "2; 2", YES),
    ({"A": {"C1": 9, "C2": 8}, "B": {"C3": 9, "C4": 8}}, ("C1", "C2", "C3", "C4"), "2; 1", NO),
    ({"A": {"C1": 9, "C2": 1}, "B": {"C3": 9, "C4": 1}}, (), "2 with-carers; 1; 1; 1", YES),
    ({"A": {"C1": 9, "C2": 1}, "B": {"C3": 9, "C4": 1}}, (), "1 with-carers; 1; 1; 1", NO),
]


@pytest.mark.parametrize(("families", "assessed", "there", "expected"), FAMILIES)
def test_families_who_come_to_one_home(
    families: dict[str, dict[str, int | None]], assessed: tuple[str, ...], there: str, expected: Verdict
) -> None:
    """Each takes as few rooms as it can do with; who meets here for the first time shares nothing."""
    people = [child for group, ages in families.items() for child in family(group, **ages)]
    caseload = a_caseload(*people, a_home(bedrooms=rooms(there)), relationships=may_share(*assessed))
    assert reads("own-bedroom", caseload, " ".join(child.ref for child in people)) is expected


def test_two_toddlers_without_a_family_here_do_not_share_either() -> None:
    caseload = a_caseload(a_child("C1", 2), a_child("C2", 2), a_home(bedrooms=rooms("2")))
    assert reads("own-bedroom", caseload, "C1 C2") is NO


def test_a_room_without_a_bed_is_no_bedroom() -> None:
    assert reads("own-bedroom", a_caseload(a_child(), a_home(bedrooms=rooms("0")))) is NO


def test_who_may_harm_others_shares_with_nobody_whoever_is_named_first() -> None:
    for one, other in ({"risks": HARM}, {}), ({}, {"risks": HARM}):
        people = [a_child("C1", sibling_group="A", **one), a_child("C2", sibling_group="A", **other)]
        caseload = a_caseload(*people, a_home(bedrooms=rooms("2")), relationships=may_share("C1", "C2"))
        assert reads("own-bedroom", caseload, "C1 C2") is NO


# the newcomers, whether R1 is to move, those assessed as able to share, the bedrooms, the verdict
BESIDE: list[tuple[str, bool, tuple[str, ...], str, Verdict]] = [
    ("C1", False, ("C1", "R1"), "2:R1", YES),
    ("C1", False, (), "2:R1", NO),
    ("C1", False, ("C1", "R1"), "1:R1", NO),
    ("C1", True, ("C1", "R1"), "2:R1", NO),
    ("C1 C2", False, ("C1", "C2", "R1"), "3:R1", NO),
    ("C1 C2", False, ("C1", "C2", "R1"), "3:R1; 1", YES),
    ("X1", False, ("R1", "X1"), "2:R1", NO),
]


@pytest.mark.parametrize(("newcomers", "leaving", "assessed", "there", "expected"), BESIDE)
def test_a_spare_bed_beside_a_brother_or_sister_who_lives_there(
    newcomers: str, leaving: bool, assessed: tuple[str, ...], there: str, expected: Verdict
) -> None:
    """For one of the family who was assessed as able to share it, while the settled child stays."""
    settled = a_child("R1", 8, sibling_group="A", move_requested="asked" if leaving else None)
    people = [*family("A", C1=9, C2=7), settled, a_child("X1")]
    home = a_home(bedrooms=rooms(there))
    caseload = a_caseload(*people, home, lives={"R1": "H1"}, relationships=may_share(*assessed))
    assert reads("own-bedroom", caseload, newcomers) is expected


# facts of C1, whether a decision opens their family, the verdict for C1 with C2 of another family and one room
DECIDED: list[tuple[dict[str, Any], tuple[str, ...], Verdict]] = [
    ({}, (), NO),
    ({}, ("C1",), YES),
    ({}, ("C1", "C2"), YES),
    ({"risks": WORRY}, ("C1",), NO),
    ({"risks": HARM}, ("C1",), NO),
]


@pytest.mark.parametrize(("facts", "decided", "expected"), DECIDED)
def test_a_decision_frees_the_room_of_its_own_family(
    facts: dict[str, Any], decided: tuple[str, ...], expected: Verdict
) -> None:
    """The other family still needs one, and so does a child who may harm somebody, whatever is decided."""
    people = [a_child("C1", **facts), a_child("C2")]
    caseload = a_caseload(*people, a_home(bedrooms=rooms("1")), decisions=opened(*decided))
    assert reads("own-bedroom", caseload, "C1 C2") is expected


def test_where_one_family_alone_is_decided_the_other_still_needs_a_room() -> None:
    caseload = a_caseload(a_child("C1"), a_child("C2"), a_home(bedrooms=()), decisions=opened("C1"))
    assert reads("own-bedroom", caseload, "C1 C2") is NO


def test_a_decision_for_one_of_two_sisters_does_not_speak_for_the_other() -> None:
    for decided, expected in (("C1",), NO), (("C1", "C2"), YES):
        caseload = a_caseload(*family("A", C1=9, C2=7), a_home(bedrooms=()), decisions=opened(*decided))
        assert reads("own-bedroom", caseload, "C1 C2") is expected


def test_the_ages_are_the_policy_s_own() -> None:
    """Who of unknown age may be a newborn; a child of three who comes with a parent needs a room, not a cot."""
    told = SETTINGS["own-bedroom"]
    first_birthday, fourth = ({"own-bedroom": {**told, "carers_room_under": age}} for age in (1, 4))
    nobody_knows = a_caseload(a_child(age=None), a_home(bedrooms=rooms("1 with-carers")))
    assert reads("own-bedroom", nobody_knows, settings=first_birthday) is ASK
    with_parent = a_caseload(a_child(age=3, with_parent=True), a_home(bedrooms=rooms("1 with-carers; 1")))
    assert reads("own-bedroom", with_parent, settings=fourth) is NO


def test_without_the_sex_of_two_teenagers_sharing_is_a_question() -> None:
    for sex, expected in (None, ASK), (Sex.FEMALE, YES), (Sex.MALE, NO):
        people = [a_child("C1", 12, sibling_group="A"), a_child("C2", 11, sibling_group="A", sex=sex)]
        caseload = a_caseload(*people, a_home(bedrooms=rooms("2")), relationships=may_share("C1", "C2"))
        assert reads("own-bedroom", caseload, "C1 C2") is expected


# risks of each newcomer, of R1 who lives there, the bedrooms, the verdict
SAFE: list[tuple[tuple[Risks, ...], Risks, str, Verdict]] = [
    ((HARM,), Risks(harm_sexual=False), "2:R1", NO),
    ((WORRY,), Risks(harm_sexual=False), "2:R1", ASK),
    ((HARM,), Risks(harm_sexual=False), "1:R1; 1", YES),
    ((HARM, WORRY), Risks(harm_sexual=False), "2:R1; 1", ASK),
    ((HARM, HARM), Risks(harm_sexual=False), "2:R1; 1", NO),
    ((Risks(harm_sexual=False),), WORRY, "2:R1", ASK),
    ((Risks(harm_sexual=False),) * 2, WORRY, "2:R1", NO),
]


@pytest.mark.parametrize(("newcomers", "resident", "there", "expected"), SAFE)
def test_a_safe_bed_for_everybody(newcomers: tuple[Risks, ...], resident: Risks, there: str, expected: Verdict) -> None:
    people = [a_child(f"C{n}", risks=risks) for n, risks in enumerate(newcomers, start=1)]
    caseload = a_caseload(*people, a_child("R1", risks=resident), a_home(bedrooms=rooms(there)), lives={"R1": "H1"})
    assert reads("no-unsafe-sharing", caseload, " ".join(child.ref for child in people)) is expected


@pytest.mark.parametrize("code", ["own-bedroom", "no-unsafe-sharing"])
def test_bedrooms_that_are_not_known_are_a_question_in_a_family_home_alone(code: str) -> None:
    for kind, expected in (HomeKind.FOSTER, ASK), (HomeKind.CONNECTED, ASK), (HomeKind.RESIDENTIAL, YES):
        assert reads(code, a_caseload(a_child(risks=HARM), a_home(kind=kind, bedrooms=None))) is expected
