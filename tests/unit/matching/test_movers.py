"""A child for whom a move is asked counts where they live until the move is made, and competes fairly for another home."""

from matching.again import base_of
from matching.domain import Caseload, Relationship, Tie
from matching.explain import UsedElsewhere
from matching.planning import prepare, propose_plan
from matching.what_it_takes import what_it_takes
from tests.lib.builders import a_caseload, a_child, a_home, fostering

POLICY = fostering()
MOVER = a_child("M1", age=9, move_requested="nearer home")


def proposed(caseload: Caseload) -> dict[str, str]:
    return propose_plan(caseload, POLICY).home_of


def test_a_move_leads_to_another_home_or_nowhere() -> None:
    assert proposed(a_caseload(MOVER, a_home("H1"), lives={"M1": "H1"})) == {}
    assert proposed(a_caseload(MOVER, a_home("H1"), a_home("H2"), lives={"M1": "H1"})) == {"M1": "H2"}


def test_the_place_that_a_mover_would_leave_is_not_given_away_before_they_go() -> None:
    """Three children live there, one of them a mover: a fourth would be over the usual limit today."""
    settled = [a_child(f"R{n}", age=9) for n in range(1, 3)]
    lives = {"R1": "H1", "R2": "H1", "M1": "H1"}
    newcomer = a_child("C1", age=9)
    assert proposed(a_caseload(newcomer, MOVER, *settled, a_home("H1", most_children=5), lives=lives)) == {}
    assert proposed(a_caseload(newcomer, *settled, a_home("H1", most_children=5), lives={"R1": "H1", "R2": "H1"})) == {
        "C1": "H1"
    }


def test_a_child_kept_apart_from_a_mover_does_not_join_them() -> None:
    apart = Relationship(tie=Tie.APART, of="C1", to="M1")
    parts = {"lives": {"M1": "H1"}, "relationships": (apart,)}
    assert proposed(a_caseload(a_child("C1"), MOVER, a_home("H1"), **parts)) == {}


def test_a_mover_is_not_the_brother_or_sister_to_join() -> None:
    """To live with a brother who is about to leave is not a reason for a home."""
    brother = a_child("M1", age=9, sibling_group="G1", move_requested="step-down")
    caseload = a_caseload(a_child("C1", sibling_group="G1"), brother, a_home("H1"), lives={"M1": "H1"})
    assert caseload.households["H1"].staying == ()
    assert caseload.groups[0].settled == ()


def test_a_child_who_is_not_moved_stays_and_is_not_said_to_have_no_home() -> None:
    caseload = a_caseload(MOVER, a_child("C1", age=9), a_home("H1", places_free=0), lives={"M1": "H1"})
    told = {one.child: str(one.heading) for one in propose_plan(caseload, POLICY).unplaced}
    assert told == {"M1": "M1 stays at H1 for now", "C1": "C1 has no home in this plan"}


def test_what_a_home_costs_a_mover_is_the_move() -> None:
    caseload = a_caseload(
        MOVER, a_child("C1", age=9), a_home("H1", places_free=0), a_home("H2", places_free=1), lives={"M1": "H1"}
    )
    base = base_of(prepare(caseload, POLICY))
    other = next(ref for ref in ("C1", "M1") if ref not in base.home_of)
    answer = what_it_takes(base, other, "H2").answer
    assert isinstance(answer, UsedElsewhere)
    assert answer.staying == ((("M1", "H1"),) if other == "C1" else ())
