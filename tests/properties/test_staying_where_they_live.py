"""Why a child who asks to move may not stay: they are counted once, in the home they live in, and not as a newcomer too."""

from dataclasses import replace

from matching.describe import blockers_of, group_position, must_go_with
from matching.domain import Bedroom, Caseload, Home, PlaceState, Verdict
from matching.explain import RuledOut, explain
from matching.planning import prepare
from tests.lib.builders import a_caseload, a_child, a_home, fostering
from tests.lib.random_caseloads import random_caseload

POLICY = fostering()
Answers = set[tuple[str, Verdict]]


def as_newcomers(caseload: Caseload, who: set[str], everybody: bool, ref: str) -> Caseload:
    """The facts written otherwise: they live nowhere, and the home has a place and a bed more for each of them."""
    home = caseload.home(ref)
    free = home.places_free if home.place_state is PlaceState.VACANT and home.places_free else 0
    changed = replace(
        home, places_free=free + len(who), place_state=PlaceState.VACANT, bedrooms=rooms_for(home, who, everybody)
    )
    return replace(
        caseload,
        placements=tuple(p for p in caseload.placements if p.child not in who),
        homes=tuple(changed if one.ref == ref else one for one in caseload.homes),
    )


def rooms_for(home: Home, who: set[str], everybody: bool) -> tuple[Bedroom, ...] | None:
    if home.bedrooms is None and not everybody:
        return None
    kept = []
    for room in home.bedrooms or ():
        others = [ref for ref in room.occupants if ref not in who]
        beds = room.beds - (len(room.occupants) - len(others))
        kept += [replace(room, beds=beds, occupants=tuple(others))] if beds > 0 else []
    return (*kept, *[Bedroom(1)] * len(who))


def answers(caseload: Caseload, together: tuple[str, ...], home: str) -> Answers:
    found = prepare(caseload, POLICY).found
    return {(r.code, r.verdict) for r in blockers_of(found, together, found.register.home_index[home])}


def test_what_is_said_of_the_own_home_is_what_would_be_said_if_they_lived_nowhere_yet() -> None:
    told, several = 0, 0
    for seed in range(300):
        caseload = random_caseload(seed, children=5, homes=4, wild=0.15)
        found = prepare(caseload, POLICY).found
        for child in (one.ref for one in caseload.seeking if one.ref in caseload.lives_in):
            home = caseload.lives_in[child]
            together = must_go_with(found.groups[group_position(found, child)], child)
            there = {ref for ref in together if caseload.lives_in.get(ref) == home}
            before = as_newcomers(caseload, there, len(there) == len(together), home)
            own = answers(caseload, together, home)
            assert ("another-home", Verdict.NOT_MET) in own
            then = answers(before, together, home)
            if ("kept-apart-siblings", Verdict.NOT_MET) in then:  # said of the two, no longer of who lives there
                own -= {("kept-apart", Verdict.NOT_MET)}
            assert own - {("another-home", Verdict.NOT_MET)} == then, (seed, child)
            told, several = told + 1, several + (len(together) > 1)
    assert told > 60
    assert several > 5


def test_a_full_home_is_not_said_to_have_no_place_for_the_child_who_lives_there() -> None:
    mover = a_child("C1", 9, move_requested="nearer home")
    home = a_home("H1", places_free=0, place_state=PlaceState.FILLED, most_children=1, bedrooms=(Bedroom(1, ("C1",)),))
    caseload = a_caseload(mover, home, lives={"C1": "H1"})
    answer = explain(prepare(caseload, POLICY), {}, "C1", "H1")
    assert isinstance(answer, RuledOut)
    assert [reason.code for reason in answer.reasons] == ["another-home"]
