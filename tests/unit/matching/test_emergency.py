"""Tonight: what gives way for six working days, what is asked tomorrow, and what never gives way."""

from datetime import date
from typing import Any

import pytest

from matching.domain import Bedroom, Deadline, Hold, HomeKind, Relationship, Risks, Tie
from matching.pairs import Register
from matching.shortlist import Shortlist, shortlist
from tests.lib.builders import a_caseload, a_child, a_home, fostering


def tonight(child: dict[str, Any], home: dict[str, Any], *ties: Relationship) -> Shortlist:
    caseload = a_caseload(
        a_child("C1", deadline=Deadline.EMERGENCY, **child), a_home("H1", **home), relationships=tuple(ties)
    )
    return shortlist(Register(caseload), fostering(), ["C1"], emergency=True)


def test_terms_give_way_for_six_working_days() -> None:
    (option,) = tonight({}, {"youngest": 12}).options
    assert option.only_in_emergency == ("approved-ages",)
    assert option.terms_until == date(2026, 12, 1)
    assert "ages 12 to 18" in str(option.to_settle[0].sentence)


def test_smoke_is_asked_about_tomorrow() -> None:
    (option,) = tonight({"age": 4}, {"smokers": True}).options
    assert option.only_in_emergency == ("smoke-free",)
    assert option.terms_until is None


def test_a_bed_beside_another_foster_child_will_do_tonight() -> None:
    home = a_home("H1", bedrooms=(Bedroom(2, ("R1",)),))
    caseload = a_caseload(a_child("C1", deadline=Deadline.EMERGENCY), a_child("R1"), home, lives={"R1": "H1"})
    (option,) = shortlist(Register(caseload), fostering(), ["C1"], emergency=True).options
    assert option.only_in_emergency == ("own-bedroom",)


@pytest.mark.parametrize(
    ("child", "home"),
    [
        ({}, {"hold": Hold.ON_HOLD}),
        ({"age": 15}, {"kind": HomeKind.SUPPORTED_LODGINGS}),
        ({}, {"kind": HomeKind.RESIDENTIAL, "registered": False}),
        ({}, {"places_free": 0}),
        ({"risks": Risks(harm_to_animals=False, harm_sexual=True)}, {"bedrooms": (Bedroom(2, ("R9",)),)}),
    ],
)
def test_what_never_gives_way(child: dict[str, Any], home: dict[str, Any]) -> None:
    assert not tonight(child, home).options


def test_no_contact_never_gives_way() -> None:
    assert not tonight({}, {}, Relationship(tie=Tie.NO_CONTACT, of="C1", to="H1")).options
