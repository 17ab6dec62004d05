"""The simulated weeks: choices are the shortlist's, futures are shared between scenarios, answers add up."""

from dataclasses import fields, replace

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import gamma

from matching.domain import Tie
from matching.pairs import Register
from matching.shortlist import shortlist
from matching.solver import Limits, Problem, solve
from matching.sufficiency.choices import NO_HOME, NOT_ASKED, choices_of, emptied
from matching.sufficiency.coming import PRODUCTS
from matching.sufficiency.forecast import City, Forecast, batch_of, counts_of
from matching.sufficiency.moving import rest_of_stay
from matching.sufficiency.parameters import WEEKS
from matching.sufficiency.people import STAYING_PUT, people_of
from matching.sufficiency.queue_plan import plan_of_queue
from matching.sufficiency.scenario import (
    BASE,
    NEEDS,
    Placing,
    Scenario,
)
from matching.sufficiency.searches import first_with_room
from matching.sufficiency.staying import exits
from matching.sufficiency.supply import supply_of
from matching.sufficiency.weeks import Batch
from matching.synthetic import sample_caseload
from tests.lib.builders import fostering
from tests.lib.small_city import MORE, RECRUIT, REFERENCE


def batch(city: City, scenario: Scenario = BASE, years: int = 2, runs: int = 10) -> Batch:
    supply = supply_of(city.choices, city.parameters, scenario, years, 1)
    weeks = int(years * WEEKS)
    people = people_of(city.choices, city.stock, city.area, city.parameters, scenario, weeks, 1, range(runs))
    return Batch(city.choices, people, supply, scenario, years, 1, range(runs))


def test_the_fast_choice_is_the_first_line_of_the_shortlist_in_random_states() -> None:
    homes = sample_caseload(REFERENCE, children=10, homes=60, seed=4).homes
    referrals = sample_caseload(REFERENCE, children=40, homes=1, seed=9)
    choices = choices_of(referrals, homes, fostering())
    plans = tuple(row for row in referrals.relationships if row.tie is Tie.SIBLING_PLAN)
    seeking = {child.ref for child in referrals.seeking}
    children = tuple(child for child in referrals.children if child.ref in seeking)
    random, compared, placed = np.random.default_rng(5), 0, 0
    for turn in range(4):
        # the last round asks for each child alone, as when brothers and sisters are parted
        single = turn == 3
        free = np.minimum(random.integers(0, 3, len(choices.homes)), choices.places).astype(np.int16)
        free[choices.register :] = 0
        ours = zip(choices.homes[: choices.register], free[: choices.register], strict=True)
        state = tuple(emptied(home, int(number)) for home, number in ours)
        now = replace(
            referrals,
            children=children,
            homes=state,
            placements=(),
            decisions=(),
            relationships=plans,
        )
        register = Register(now)
        order = [group.children for group in now.groups]
        kinds = list(range(choices.groups)) if not single else kinds_alone(order, choices.groups)
        asked = [group.children for group in now.groups] if not single else [(ref,) for refs in order for ref in refs]
        for kind, refs in zip(kinds, asked, strict=True):
            options = shortlist(register, fostering(), refs, most=1).options
            one = np.array([kind], np.int16)
            found = first_with_room(
                choices.rank, free[None, :], np.zeros(1, np.intp), one, choices.size[one], np.array([NO_HOME], np.int16)
            )[0]
            assert (choices.homes[found].ref if found != NO_HOME else None) == (options[0].home if options else None)
            compared, placed = compared + 1, placed + bool(options)
    assert compared > 120
    assert 0 < placed < compared


def kinds_alone(order: list[tuple[str, ...]], groups: int) -> list[int]:
    """Kinds of each child alone: of a single child the group's own, of brothers and sisters those after all groups."""
    kinds, following = [], groups
    for group, refs in enumerate(order):
        if len(refs) == 1:
            kinds.append(group)
        else:
            kinds += range(following, following + len(refs))
            following += len(refs)
    return kinds


def test_no_home_ever_has_more_children_than_places(city: City) -> None:
    watched = batch(city)
    seen = 0
    for week in watched.each_week():
        living = np.zeros_like(watched.free)
        rows, who, slot = np.nonzero(watched.people.home != NO_HOME)
        np.add.at(living, (rows, watched.people.home[rows, who, slot]), 1)
        assert (living + watched.free == watched.supply.places).all(), week
        seen += 1
    assert seen == watched.weeks
    assert (watched.lived == watched.counts.in_care[:, -1].sum(axis=1)).all()


def test_who_stays_put_keeps_the_place_and_is_no_longer_in_care(city: City) -> None:
    many = batch(replace(city, parameters=city.parameters.changed(staying_put=1.0)))
    none = batch(replace(city, parameters=city.parameters.changed(staying_put=0.0)))
    many.run(), none.run()
    at = many.people.state == STAYING_PUT
    assert at.any()
    assert (many.people.home[at][:, 0] != NO_HOME).all()
    assert not (none.people.state == STAYING_PUT).any()
    assert many.counts.vacant.mean() < none.counts.vacant.mean()


def test_a_stay_found_on_some_day_is_a_long_one() -> None:
    draw, shape = (np.arange(20_000) + 0.5) / 20_000, 0.6
    scale = 80.0 / gamma(1 + 1 / shape)
    # in the steady state one in eighty of those found moves in the week that follows
    assert (rest_of_stay(draw, scale, 1 / shape) < 1).mean() == pytest.approx(1 / 80, rel=0.2)
    assert rest_of_stay(draw, scale, 1 / shape).mean() > 80.0


def test_the_plan_of_a_queue_places_as_many_as_the_solver_and_as_well() -> None:
    random, worse = np.random.default_rng(3), 0
    for turn in range(40):
        queue, homes = random.integers(2, 12), random.integers(2, 10)
        size = np.ones(queue, np.int8) if turn < 20 else random.choice([1, 1, 1, 2, 3], queue).astype(np.int8)
        room = random.integers(1, 4, homes).astype(np.int16)
        points = random.integers(1, 1000, (queue, homes)).astype(np.int32)
        asked = random.random((queue, homes)) < 0.5
        rank = np.where(asked, (-points).argsort(axis=1).argsort(axis=1), NOT_ASKED).astype(np.int16)
        mine = plan_of_queue(rank, points, size, room)
        used = np.bincount(mine[mine != NO_HOME], size[mine != NO_HOME], minlength=homes)
        assert (used <= room).all()
        assert asked[np.flatnonzero(mine != NO_HOME), mine[mine != NO_HOME]].all()
        theirs = solve(_problem(asked & (size[:, None] <= room), points, size, room), Limits(lot=False)).achieved
        placed = int(size[mine != NO_HOME].sum())
        assert placed <= theirs[0]
        if turn < 20:
            at = np.flatnonzero(mine != NO_HOME)
            assert (placed, int(points[at, mine[at]].sum())) == theirs
        worse += placed < theirs[0]
    # with sibling sets it now and then places one child fewer
    assert worse <= 4


def _problem(asked: npt.NDArray[np.bool_], points: npt.NDArray[np.int32], size: npt.NDArray[np.int8], room: npt.NDArray[np.int16]) -> Problem:  # fmt: skip
    group, home = np.nonzero(asked)
    blocks, count = np.arange(len(group)), len(size)
    return Problem(
        children=tuple(f"c{number}" for number in range(int(size.sum()))),
        homes=tuple(f"h{number}" for number in range(len(room))),
        group_of_child=np.repeat(np.arange(count), size).astype(np.int32),
        block_group=group.astype(np.int32),
        block_mask=((1 << size[group].astype(np.int32)) - 1).astype(np.int32),
        block_home=home.astype(np.int32),
        row_index=np.concatenate([home, len(room) + group]).astype(np.int32),
        row_block=np.concatenate([blocks, blocks]).astype(np.int32),
        row_use=np.concatenate([size[group], np.ones(len(group))]).astype(np.int64),
        row_limit=np.concatenate([room, np.ones(count)]).astype(np.int64),
        goals=("placed", "points"),
        goal_values=np.stack([size[group], points[group, home]]).astype(np.int64),
        lot=np.zeros(len(group), np.int64),
    )


def test_a_plan_for_the_queue_now_and_then_leaves_no_more_without_a_family(city: City) -> None:
    never = counts_of(city, [Scenario("never", policy=Placing(plan_every=0)), BASE], years=2, runs=16, seed=1)
    without, planned = (never[name].short[:, :, 0].sum() for name in ("never", BASE.name))
    assert planned <= without * 1.02
    assert not np.array_equal(never["never"].short, never[BASE.name].short)


def test_the_answer_is_the_same_with_any_number_of_workers_and_twice(city: City) -> None:
    once, again = (counts_of(city, [RECRUIT, MORE], years=1, runs=4, seed=2, workers=workers) for workers in (1, 2))
    for name, one in once.items():
        for part in fields(one):
            np.testing.assert_array_equal(getattr(one, part.name), getattr(again[name], part.name))
    other = counts_of(city, [MORE], years=1, runs=4, seed=3)["more"]
    assert not np.array_equal(other.in_care, once["more"].in_care)


def test_a_batch_of_runs_is_the_same_runs(city: City) -> None:
    whole = batch_of(city, BASE, None, 1, 1, range(6))
    part = batch_of(city, BASE, None, 1, 1, range(4, 6))
    np.testing.assert_array_equal(whole.in_care[4:], part.in_care)
    np.testing.assert_array_equal(whole.short[4:], part.short)


def test_scenarios_share_their_futures(made: Forecast) -> None:
    base, recruit = made.runs[BASE.name], made.runs["recruit"]
    for measure in ("in care", "referrals"):
        np.testing.assert_array_equal(base.of(measure), recruit.of(measure), "supply does not change demand")
    paired = made.against_base.set_index(["scenario", "measure", "kind", "area", "year"]).sort_index()
    spread = sum(one.of("living", "in-house")[:, 2].std() for one in (base, recruit))
    row = paired.loc[("recruit", "living", "in-house", "all", 2)]
    assert row["mean"] > 0
    assert (row.q90 - row.q10) / 2.56 < spread
    assert paired.loc[("more", "in care", "all", "all", 2), "q10"] > 0


def test_answers_add_up_and_ranges_are_in_order(made: Forecast) -> None:
    base = made.runs[BASE.name]
    whole = base.of("in care")
    ages = ("under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over")
    np.testing.assert_array_equal(sum(base.of("in care", age) for age in ages), whole)
    np.testing.assert_array_equal(sum(base.of("living", product) for product in PRODUCTS), whole)
    areas = {area for measure, _, area in base.keys if measure == "in care by need" and area != "all"}
    np.testing.assert_array_equal(sum(base.of("in care by need", need) for need in NEEDS), whole)
    np.testing.assert_array_equal(sum(base.of("in care by need", "all", area) for area in areas), whole)
    unmet = base.of("no family found")[:, 1:]
    cells = [base.of("no family found", need, area)[:, 1:] for need in NEEDS for area in areas]
    np.testing.assert_array_equal(sum(cells), unmet)
    told = made.table[~made.table.hidden]
    assert (np.diff(told[["q025", "q10", "q25", "q50", "q75", "q90", "q975"]].to_numpy(), axis=1) >= 0).all()
    counted = told[told.measure.isin(["in care", "living", "no family found", "over 20 miles"])]
    assert not counted["mean"].between(0.01, 5).any()
    today = made.table[(made.table.year == 0) & (made.table.kind != "all") & (made.table.area != "all")]
    assert len(today)
    assert today.hidden.all(), "a table of need by area of real children is not shown"


def test_without_a_history_numbers_hold_steady(made: Forecast) -> None:
    first, last = made.runs[BASE.name].of("in care").mean(axis=0)[[0, -1]]
    assert abs(last / first - 1) < 0.12


def test_the_wall_at_18(city: City) -> None:
    stay = exits(city.parameters, np.full(1000, 16.0), np.linspace(0, 1 - 1e-12, 1000))
    assert stay.max() == pytest.approx(2 * 52.18)
    assert (stay > 2 * 52.17).mean() > 0.3
