"""Brothers and sisters: apart for safety, together in an adoption, split by a decision."""

from datetime import date

from matching.domain import (
    CarePlan,
    CareType,
    CurrentPlacement,
    Decision,
    HomeKind,
    LegalStatus,
    Relationship,
    SiblingPlan,
    Standing,
    Tie,
)
from matching.domain.household import Consideration
from matching.domain.words import Sex
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering, siblings
from tests.stories.story import Story, adoption


def two_apart() -> Story:
    older = a_child("older", 13, sibling_group="family", sex=Sex.MALE)
    younger = a_child(
        "younger", 8, sibling_group="family", considerations=frozenset({Consideration.read("no-older-boys")})
    )
    resident = a_child("resident", 14, sex=Sex.MALE)
    apart = Relationship(tie=Tie.APART, of="older", to="younger", reason="Assessed as unsafe together.")
    homes = [a_home("rowan"), a_home("spruce"), a_home("teasel", places_free=2)]
    return Story(
        "two-apart-for-safety",
        "A brother and a sister who must live apart",
        "They are assessed as unsafe together, with contact that is supervised. The younger may not live with older boys, which rules out "
        "Rowan, where a boy of 14 lives. The two never share a home, however well it would suit both.",
        a_caseload(
            older,
            younger,
            resident,
            *homes,
            lives={"resident": "rowan"},
            relationships=(siblings("family", SiblingPlan.APART_WITH_CONTACT), apart),
        ),
        fostering(),
        {"older": "spruce", "younger": "teasel"},
        why_not=(("younger", "rowan"), ("younger", "spruce")),
    )


def group_of_three() -> Story:
    ready = {
        "agency_decision_on": date(2026, 9, 1),
        "legal_status": LegalStatus.PLACEMENT_ORDER,
        "care_type": CareType.ADOPTION,
        "care_plan": CarePlan.ADOPTION,
    }
    family = [
        a_child(f"sibling-{n}", age, sibling_group="family", pool="south", **ready)
        for n, age in ((1, 5), (2, 3), (3, 1))
    ]
    single = a_child("single", 2, pool="south", **ready)
    adopters = {"kind": HomeKind.ADOPTIVE, "places_free": 3, "care_types": frozenset({CareType.ADOPTION})}
    homes = [
        a_home("birch", pool="south", **adopters),
        a_home("clover", pool="west", largest_sibling_group=3, **adopters),
        a_home("dogwood", pool="south", **{**adopters, "places_free": 1}),
    ]
    return Story(
        "adoption-group-of-three",
        "Three siblings in a regional pool",
        "Placement orders are made and the agency has decided. The plan keeps the three together. Birch, of their own pool, could take three; "
        "so could Clover, of the western pool. Dogwood are linked with the single child until the end of the year: a link reserves them.",
        a_caseload(
            *family,
            single,
            *homes,
            relationships=(siblings("family", SiblingPlan.TOGETHER_REQUIRED),),
            placements=(
                CurrentPlacement(
                    child="single", home="dogwood", standing=Standing.LINKED, expires_on=date(2026, 12, 31)
                ),
            ),
        ),
        adoption(),
        {"sibling-1": "birch", "sibling-2": "birch", "sibling-3": "birch", "single": "dogwood"},
        why_not=(("sibling-1", "clover"), ("sibling-1", "dogwood"), ("single", "birch")),
    )


def decision_taken() -> Story:
    family = [a_child(ref, age, sibling_group="family") for ref, age in (("first", 12), ("second", 9))]
    agreed = tuple(
        Decision(
            rule="sibling-plan",
            child=ref,
            home=home,
            role="service-manager",
            reason="No home for both; daily contact agreed.",
            decided_on=TODAY,
        )
        for ref, home in (("first", "elder"), ("second", "furze"))
    )
    return Story(
        "split-by-decision",
        "A split that a service manager has agreed to",
        "The plan was together. No home has two places. A service manager has agreed, for these two homes and no others, that the brothers may "
        "live apart for now, with contact every day. Gean would suit the second as well, but no decision names it.",
        a_caseload(
            *family,
            a_home("elder", places_free=1),
            a_home("furze", places_free=1),
            a_home("gean", places_free=1),
            relationships=(siblings("family", SiblingPlan.TOGETHER_REQUIRED),),
            decisions=agreed,
        ),
        fostering(),
        {"first": "elder", "second": "furze"},
        why_not=(("second", "gean"),),
        split="first",
    )
