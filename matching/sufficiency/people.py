"""Children of a batch of runs: those in care on the first day, those who arrive, and cohorts of a scenario; all draws keyed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from matching.domain import Caseload
from matching.sufficiency.choices import MOST_SIBLINGS, NO_HOME, Choices
from matching.sufficiency.coming import ADOPTION, AGENCY, IN_HOUSE, MOST_STAYS, NEVER, Stock, arrivals
from matching.sufficiency.drawn import Drawn, drawn
from matching.sufficiency.draws import uniform
from matching.sufficiency.mix import Mix
from matching.sufficiency.moving import Moving, moving_of
from matching.sufficiency.parameters import AGE_EDGES, AGES, LAST_AGE, WEEKS, Parameters
from matching.sufficiency.scenario import WEEKS_A_MONTH, Scenario
from matching.sufficiency.staying import been_in_care, exits, share_adopted, years_in_care

# shape of how long a stage on the way to an adoption takes: its spread is six tenths of its mean
STAGE_SHAPE = 3.0
NOT_HERE, IN_CARE, STAYING_PUT, LEFT = range(4)


@dataclass
class People:
    """Arrays (runs, entities); the `first` entities are the stock.

    `figures` and `moving` are those of each run. `arrive`, `exit`, `due` (the next search), `ends` (of the stay) and `ready`
    (from when adopters are sought, or, where adoption is no plan of the referral, when the child moves in with some) are weeks, `order` weeks from adopters to the order; `home` (runs, entities,
    MOST_SIBLINGS) of each child; `moves` (runs, entities, MOST_STAYS) unit exponential draws of stays, `luck` likewise uniform
    ones; `friday` whether they are referred on one; `second_best` whether a family is the plan and they live in none.
    """

    first: int
    figures: Drawn
    moving: Moving
    arrive: npt.NDArray[np.int16]
    kind: npt.NDArray[np.int16]
    area: npt.NDArray[np.int8]
    age: npt.NDArray[np.float32]
    exit: npt.NDArray[np.int16]
    moves: npt.NDArray[np.float32]
    luck: npt.NDArray[np.float32]
    friday: npt.NDArray[np.bool_]
    state: npt.NDArray[np.int8]
    product: npt.NDArray[np.int8]
    home: npt.NDArray[np.int16]
    stay: npt.NDArray[np.int8]
    due: npt.NDArray[np.int16]
    ends: npt.NDArray[np.int16]
    ready: npt.NDArray[np.int16]
    order: npt.NDArray[np.int16]
    tried: npt.NDArray[np.int8]
    second_best: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Drawn:
    """Entities of one source in one run: what `People` holds, and what their draws are keyed by."""

    name: str
    week: npt.NDArray[np.int16]
    kind: npt.NDArray[np.int16]
    number: npt.NDArray[np.int64]
    age: npt.NDArray[np.float64]
    area: npt.NDArray[np.int8]


def areas_of_stock(caseload: Caseload, choices: Choices, stock: Stock) -> npt.NDArray[np.int8]:
    """The area each child of the stock comes from: their family home's, or by the shares of those who are referred."""
    known = {home.ref for home in choices.homes[: choices.register]}
    here = [caseload.child_by_ref[one.child].home_place for one in caseload.placements if one.home in known]
    usual = choices.area[: choices.groups]
    # steps of the golden section go over the shares evenly
    spread = usual[(np.arange(len(stock.kind)) * 0.618034 % 1 * len(usual)).astype(int)]
    found = spread.copy()
    found[: len(here)] = [spread[at] if place is None else choices.areas.of(place) for at, place in enumerate(here)]
    return np.asarray(found, dtype=np.int8)


def people_of(
    choices: Choices,
    stock: Stock,
    area: npt.NDArray[np.int8],
    parameters: Parameters,
    scenario: Scenario,
    weeks: int,
    seed: int,
    runs: range,
) -> People:
    """Everybody of some runs, with all their draws."""
    figures = drawn(parameters, seed, runs)
    rates = [figures.of_run(row) for row in range(len(runs))]
    mix = Mix(choices)
    every = [
        list(_everybody(choices, mix, stock, area, rates[row], scenario, weeks, seed, run))
        for row, run in enumerate(runs)
    ]
    count = max(sum(len(part.week) for part in parts) for parts in every)
    shape, first = (len(runs), count), len(stock.kind)
    people = People(
        first=first,
        figures=figures,
        moving=moving_of(figures),
        arrive=np.full(shape, NEVER, np.int16),
        kind=np.zeros(shape, np.int16),
        area=np.zeros(shape, np.int8),
        age=np.full(shape, 10.0, np.float32),
        exit=np.full(shape, NEVER, np.int16),
        moves=np.ones((*shape, MOST_STAYS), np.float32),
        luck=np.zeros((*shape, MOST_STAYS), np.float32),
        friday=np.zeros(shape, bool),
        state=np.zeros(shape, np.int8),
        product=np.zeros(shape, np.int8),
        home=np.full((*shape, MOST_SIBLINGS), NO_HOME, np.int16),
        stay=np.zeros(shape, np.int8),
        due=np.full(shape, NEVER, np.int16),
        ends=np.full(shape, NEVER, np.int16),
        ready=np.zeros(shape, np.int16),
        order=np.full(shape, NEVER, np.int16),
        tried=np.zeros(shape, np.int8),
        second_best=np.zeros(shape, bool),
    )
    been = been_in_care(parameters)
    for row, (run, parts) in enumerate(zip(runs, every, strict=True)):
        _fill(people, row, run, seed, parts, rates[row], choices.adoption, been)
    people.due[:] = people.arrive
    people.state[:, :first], people.product[:, :first] = IN_CARE, stock.product
    people.home[:, :first, 0] = stock.home
    found = np.stack([uniform(seed, run, "rest of stay", first) for run in runs])
    people.ends[:, :first] = people.due[:, :first] = people.moving.rest(stock.product, found)
    with_adopters = stock.product == ADOPTION
    soon = np.isin(stock.product, (IN_HOUSE, AGENCY)) & ~choices.adoption[stock.kind]
    for due in (people.ends, people.due):
        due[:, :first][:, soon] = np.minimum(due, people.ready)[:, :first][:, soon]
    people.exit[:, :first][:, with_adopters] = (people.order[:, :first] * found)[:, with_adopters] + 1
    return people


def _everybody(
    choices: Choices,
    mix: Mix,
    stock: Stock,
    area: npt.NDArray[np.int8],
    rates: dict[str, float],
    scenario: Scenario,
    weeks: int,
    seed: int,
    run: int,
) -> list[_Drawn]:
    """The stock, arrivals and cohorts of one run."""
    here = len(stock.kind)
    parts = [_Drawn("stock", np.zeros(here, np.int16), stock.kind, np.arange(here), stock.age, area)]
    week, kind, number = arrivals(choices, mix, rates, scenario, stock, weeks, seed, run)
    parts.append(_Drawn("arrivals", week, kind, number, choices.age[kind], choices.area[kind]))
    for turn, cohort in enumerate(scenario.cohorts):
        name = f"cohort {cohort.need} {turn}"
        of_need = [at for at in range(choices.groups) if choices.need[at] == cohort.need] or [0]
        pick, when = uniform(seed, run, name, (2, cohort.referrals))
        kind = np.array(of_need, dtype=np.int16)[(pick * len(of_need)).astype(int)]
        month = cohort.from_month + when * cohort.over_months
        week = np.minimum(month * WEEKS_A_MONTH, NEVER).astype(np.int16)
        parts.append(_Drawn(name, week, kind, np.arange(cohort.referrals), choices.age[kind], choices.area[kind]))
    return parts


def _fill(
    people: People,
    row: int,
    run: int,
    seed: int,
    parts: list[_Drawn],
    rates: dict[str, float],
    adoption: npt.NDArray[np.bool_],
    been: npt.NDArray[np.float64],
) -> None:
    """Draws of one run, by the number of each among all that might have come, so that scenarios share them."""
    start = 0
    for part in parts:
        at = slice(start, start + len(part.week))
        start += len(part.week)
        many = int(part.number.max(initial=-1)) + 1
        people.arrive[row, at], people.kind[row, at] = part.week, part.kind
        people.age[row, at], people.area[row, at] = part.age, part.area
        people.friday[row, at] = part.number % 5 == 4
        stay, since, wait, order, chance = uniform(seed, run, f"stay of {part.name}", (many, 5))[part.number].T
        here = part.name == "stock"
        in_care = years_in_care(been, part.age, since) if here else np.zeros(len(part.age))
        adopts = adoption[part.kind]
        weeks = exits(rates, part.age, stay, in_care)
        weeks[adopts] = exits(rates, part.age[adopts], stay[adopts], in_care[adopts], adopted=False)
        # nobody leaves before the week in which they are placed
        people.exit[row, at] = np.minimum(part.week + np.maximum(weeks, 1.0), NEVER)
        with_adopters = _stage(rates, ("order",), order)
        until = _until_adopters(rates, wait, here)
        by_cause = _leaves_to_adopters(rates, part.age, weeks, chance, until, with_adopters)
        people.ready[row, at] = np.minimum(part.week + np.where(adopts, until, by_cause), NEVER)
        people.order[row, at] = np.minimum(with_adopters, NEVER)
        moves = uniform(seed, run, f"moves of {part.name}", (many, MOST_STAYS))[part.number]
        people.moves[row, at] = -np.log1p(-moves)
        people.luck[row, at] = uniform(seed, run, f"luck of {part.name}", (many, MOST_STAYS))[part.number]


def _until_adopters(rates: dict[str, float], draw: npt.NDArray[np.float64], here: bool) -> npt.NDArray[np.float64]:
    """Weeks until a child may move in with adopters; whoever is here already has come part of the way."""
    weeks = _stage(rates, ("decision", "match", "move"), draw)
    return weeks * (draw * 997 % 1) if here else weeks


def _leaves_to_adopters(
    rates: dict[str, float],
    age: npt.NDArray[np.float64],
    weeks: npt.NDArray[np.float64],
    chance: npt.NDArray[np.float64],
    until: npt.NDArray[np.float64],
    with_adopters: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Weeks until whoever leaves care by adoption moves in with adopters, whose order then ends care; NEVER for others."""
    left_at = np.minimum(age + weeks / WEEKS, LAST_AGE)
    band = np.clip(np.searchsorted(AGE_EDGES, left_at, side="right") - 1, 0, len(AGES) - 1)
    # sooner than half of the usual stages nobody is adopted
    adopted = (chance < share_adopted(rates)[band]) & (left_at < LAST_AGE) & (weeks > (until + with_adopters) / 2)
    return np.where(adopted, np.maximum(weeks - with_adopters, 1.0), NEVER)


def _stage(rates: dict[str, float], stages: tuple[str, ...], draw: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Weeks that stages on the way to an adoption take together."""
    months = sum(rates[f"adoption_to_{stage}"] for stage in stages)
    return np.asarray(months * WEEKS_A_MONTH * gammaincinv(STAGE_SHAPE, draw) / STAGE_SHAPE)
