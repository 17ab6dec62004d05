"""A year day by day: places free up, rules hold every day, nobody does better than hindsight, and the guard falls back."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from matching.arrivals import Arrival, Watched, WithPrices, Year, best_plan, first_come, hindsight, replay
from matching.arrivals.choosing import Choose, by_priority
from matching.arrivals.drawing import a_year
from matching.arrivals.guard import first_clearly_better
from matching.arrivals.hindsight import prices
from matching.arrivals.segments import segment_of
from matching.domain import Bedroom, Deadline, PlaceState, SiblingPlan
from matching.errors import PlanRefused
from matching.planning import Prepared
from tests.lib.builders import DATA, a_caseload, a_child, a_home, fostering, siblings

POLICY = fostering()
ONE = {"places_free": 1, "bedrooms": (Bedroom(1),)}


def two_children_one_after_the_other() -> Year:
    """A child of nine who fits both homes comes first; a child of fifteen who fits only the second comes two days later."""
    young, old = a_child("C1", age=9), a_child("C2", age=15)
    small, every = a_home("H2", **ONE), a_home("H1", **ONE)
    small = replace(small, approval=replace(small.approval, oldest=10), prefers_youngest=15, prefers_oldest=17)
    every = replace(every, approval=replace(every.approval, oldest=17), prefers_youngest=0, prefers_oldest=17)
    caseload = a_caseload(young, old, small, every)
    arrivals = (Arrival(day=0, children=("C1",)), Arrival(day=2, children=("C2",)))
    return Year(start=caseload, arrivals=arrivals, until={"C1": 300, "C2": 300}, days=30)


def nobody(ready: Prepared, waiting: Sequence[str]) -> list[tuple[str, str]]:
    return []


def test_a_plan_of_the_day_takes_the_place_that_a_later_child_needs_and_prices_spare_it() -> None:
    year = two_children_one_after_the_other()
    assert replay(year, POLICY, first_come).placed == 1
    assert replay(year, POLICY, best_plan).placed == 1
    known = prices((year,), POLICY)
    of = {home.ref: segment_of(home) for home in year.start.homes}
    assert known[of["H1"]] > known[of["H2"]], "one more home for teenagers would have placed a child"
    spared = replay(year, POLICY, WithPrices(price=known, points=10_000))
    assert {move.child: move.home for move in spared.moves} == {"C1": "H2", "C2": "H1"}
    assert hindsight(year, POLICY).achieved[0] == 2


def test_a_place_is_free_again_from_the_day_on_which_a_stay_ends() -> None:
    resident, newcomer = a_child("C1", age=12), a_child("C2", age=9)
    home = a_home("H1", places_free=0, place_state=PlaceState.FILLED, bedrooms=(Bedroom(1, ("C1",)),))
    start = a_caseload(resident, newcomer, home, lives={"C1": "H1"})
    year = Year(start=start, arrivals=(Arrival(day=1, children=("C2",)),), until={"C1": 7, "C2": 99}, days=30)
    (move,) = replay(year, POLICY, best_plan).moves
    assert (move.child, move.home, move.day, move.waited) == ("C2", "H1", 7, 6)
    before, after = (year.caseload_on(day, ("C2",), {}).home_by_ref["H1"] for day in (6, 7))
    assert (before.places_free, before.place_state) == (0, PlaceState.FILLED)
    assert (after.places_free, after.place_state, after.bedrooms) == (1, PlaceState.VACANT, (Bedroom(1),))
    taken = year.caseload_on(8, (), {"C2": "H1"})
    assert taken.lives_in == {"C2": "H1"}
    assert taken.home_by_ref["H1"].bedrooms == (Bedroom(1, ("C2",)),)
    assert taken.home_by_ref["H1"].places_free == 0


def test_who_has_no_home_when_patience_ends_lives_elsewhere() -> None:
    year = two_children_one_after_the_other()
    replayed = replay(replace(year, patience=3), POLICY, nobody)
    assert replayed.elsewhere == ("C1", "C2")
    assert (replayed.placed, replayed.stop_gaps, replayed.days_decided) == (0, 2, 2)


def test_a_choice_that_breaks_a_rule_stops_the_replay() -> None:
    def anywhere(ready: Prepared, waiting: Sequence[str]) -> list[tuple[str, str]]:
        return [(ref, "H2") for ref in waiting]

    with pytest.raises(PlanRefused, match="Day 2"):
        replay(two_children_one_after_the_other(), POLICY, anywhere)


def test_brothers_and_sisters_stay_together_first_come_first_served() -> None:
    family = [a_child(f"C{i}", age=5 + i, sibling_group="G1") for i in range(2)]
    big = a_home("H1", places_free=2, bedrooms=(Bedroom(1), Bedroom(1)))
    start = a_caseload(
        *family, big, a_home("H2", **ONE), relationships=(siblings("G1", SiblingPlan.TOGETHER_PREFERRED),)
    )
    year = Year(start=start, arrivals=(Arrival(day=0, children=("C0", "C1")),), until={"C0": 99, "C1": 99}, days=5)
    replayed = replay(year, POLICY, first_come)
    assert (replayed.placed, replayed.pairs_together) == (2, 1)


def test_by_priority_the_urgent_child_comes_before_the_one_who_came_first() -> None:
    waiting = [a_child("C1", age=9, deadline=Deadline.PLANNED), a_child("C2", age=9, deadline=Deadline.EMERGENCY)]
    start = a_caseload(*waiting, a_home("H1", **ONE))
    arrivals = tuple(Arrival(day=0, children=(child.ref,)) for child in waiting)
    year = Year(start=start, arrivals=arrivals, until={"C1": 99, "C2": 99}, days=1)
    served, urgent = (replay(year, POLICY, choose) for choose in (first_come, by_priority))
    assert [move.child for move in served.moves] == ["C1"]
    assert [move.child for move in urgent.moves] == ["C2"]


def both_on_the_first_day() -> Year:
    """First come, first served gives the only home of the second child to the first, who had another one."""
    year = two_children_one_after_the_other()
    return replace(year, arrivals=tuple(replace(arrival, day=0) for arrival in year.arrivals))


def test_the_guard_falls_back_and_says_so() -> None:
    past = (two_children_one_after_the_other(),)
    fallen = first_clearly_better((("a way that places nobody", nobody),), past, POLICY)
    assert fallen.choose is first_come
    assert fallen.because == (
        "A way that places nobody: not clearly better than first come, first served in the other year, so not used."
    )
    level = first_clearly_better((("the best plan", best_plan),), past * 9, POLICY)
    assert level.choose is first_come, "no child more in any year is not clearly better"


def test_the_guard_takes_what_was_clearly_better() -> None:
    better, level = both_on_the_first_day(), two_children_one_after_the_other()
    ways = (("nobody", nobody), ("the best plan", best_plan))
    chosen = first_clearly_better(ways, (better,) * 7, POLICY)
    assert (chosen.name, chosen.choose) == ("the best plan", best_plan)
    assert chosen.because == (
        "The best plan placed more children than first come, first served in 7 of 7 other years, and was behind in none."
    )
    assert first_clearly_better(ways, (*(better,) * 10, level), POLICY).choose is best_plan, "ten of eleven"


@pytest.mark.parametrize(("ahead", "years"), [(1, 1), (6, 6), (6, 7), (8, 10)])
def test_what_chance_alone_brings_is_not_clearly_better(ahead: int, years: int) -> None:
    """A way no better than first come, first served is ahead so often in more than one of a hundred places."""
    past = (both_on_the_first_day(),) * ahead + (two_children_one_after_the_other(),) * (years - ahead)
    assert first_clearly_better((("the best plan", best_plan),), past, POLICY).choose is first_come


def test_a_way_that_falls_behind_in_the_year_gives_way_and_says_when() -> None:
    year = two_children_one_after_the_other()
    served = replay(year, POLICY, first_come)
    watched = Watched(year, nobody, served)
    replayed = replay(year, POLICY, watched)
    assert [(move.child, move.day) for move in served.moves] == [("C1", 0)]
    assert watched.fell_back == 2, "the first day decided after the evening on which it was behind"
    assert [(move.child, move.day) for move in replayed.moves] == [("C1", 2)]


def test_brothers_and_sisters_parted_count_as_behind() -> None:
    family = [a_child(f"C{i}", age=5 + i, sibling_group="G1") for i in range(2)]
    homes = [a_home(f"H{i}", places_free=2, bedrooms=(Bedroom(1), Bedroom(1))) for i in range(2)]
    plan = siblings("G1", SiblingPlan.TOGETHER_PREFERRED)
    start = a_caseload(*family, a_child("C9", age=9), *homes, relationships=(plan,))
    arrivals = (Arrival(day=0, children=("C0", "C1")), Arrival(day=3, children=("C9",)))
    year = Year(start=start, arrivals=arrivals, until={"C0": 99, "C1": 99, "C9": 99}, days=5)

    def apart(ready: Prepared, waiting: Sequence[str]) -> list[tuple[str, str]]:
        return [(ref, f"H{i}") for i, ref in enumerate(waiting)]

    watched = Watched(year, apart, replay(year, POLICY, first_come))
    assert replay(year, POLICY, watched).placed == 3
    assert watched.fell_back == 3


@pytest.mark.parametrize("choose", [first_come, best_plan])
def test_a_way_that_is_not_behind_holds_all_year(choose: Choose) -> None:
    year = both_on_the_first_day()
    watched = Watched(year, choose, replay(year, POLICY, first_come))
    assert replay(year, POLICY, watched) == replay(year, POLICY, choose)
    assert watched.fell_back is None


@pytest.mark.parametrize("seed", [1])
def test_no_way_of_choosing_does_better_than_hindsight(seed: int) -> None:
    year = a_year(Path(DATA) / "reference", children=14, homes=12, placed=12, waiting=4, city=seed, year=seed, days=40)
    most = hindsight(year, POLICY)
    assert most.achieved == most.bound
    for choose in (first_come, best_plan):
        replayed = replay(year, POLICY, choose)
        assert 0 < replayed.placed <= most.bound[0]
        assert replayed.placed < most.bound[0] or replayed.pairs_together <= most.bound[1] + 2
        assert {move.child for move in replayed.moves} | set(replayed.elsewhere) == {
            ref for arrival in year.arrivals for ref in arrival.children
        }
