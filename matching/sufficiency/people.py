"""Children of a batch of runs: those in care on the first day, those who arrive, and cohorts of a scenario; all draws keyed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gamma, gammaincinv

from matching.domain import Caseload
from matching.sufficiency.choices import MOST_SIBLINGS, NO_HOME, Choices
from matching.sufficiency.coming import AGENCY, IN_HOUSE, MOST_STAYS, NEVER, Stock, arrivals, exits
from matching.sufficiency.draws import uniform
from matching.sufficiency.parameters import WEEKS, Parameters
from matching.sufficiency.scenario import WEEKS_A_MONTH, Scenario

# published shape for foster homes
STAY_SHAPE = 0.6
NOT_HERE, IN_CARE, STAYING_PUT, LEFT = range(4)


@dataclass
class People:
    """Arrays (runs, entities); the `first` entities are the stock.

    `arrive`, `exit` and `due` (the next search) are weeks; `home` (runs, entities, MOST_SIBLINGS) of each child;
    `moves` (runs, entities, MOST_STAYS) weeks of each stay, `luck` likewise draws; `friday` whether they are referred on one;
    `second_best` whether a family is the plan and they live in none.
    """

    first: int
    arrive: npt.NDArray[np.int16]
    kind: npt.NDArray[np.int16]
    area: npt.NDArray[np.int8]
    age: npt.NDArray[np.float32]
    exit: npt.NDArray[np.int16]
    moves: npt.NDArray[np.int16]
    luck: npt.NDArray[np.float32]
    friday: npt.NDArray[np.bool_]
    state: npt.NDArray[np.int8]
    product: npt.NDArray[np.int8]
    home: npt.NDArray[np.int16]
    stay: npt.NDArray[np.int8]
    due: npt.NDArray[np.int16]
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
    drawn = [list(_drawn(choices, stock, area, parameters, scenario, weeks, seed, run)) for run in runs]
    count = max(sum(len(part.week) for part in parts) for parts in drawn)
    shape, first = (len(runs), count), len(stock.kind)
    people = People(
        first=first,
        arrive=np.full(shape, NEVER, np.int16),
        kind=np.zeros(shape, np.int16),
        area=np.zeros(shape, np.int8),
        age=np.full(shape, 10.0, np.float32),
        exit=np.full(shape, NEVER, np.int16),
        moves=np.full((*shape, MOST_STAYS), NEVER, np.int16),
        luck=np.zeros((*shape, MOST_STAYS), np.float32),
        friday=np.zeros(shape, bool),
        state=np.zeros(shape, np.int8),
        product=np.zeros(shape, np.int8),
        home=np.full((*shape, MOST_SIBLINGS), NO_HOME, np.int16),
        stay=np.zeros(shape, np.int8),
        due=np.full(shape, NEVER, np.int16),
        tried=np.zeros(shape, np.int8),
        second_best=np.zeros(shape, bool),
    )
    for row, (run, parts) in enumerate(zip(runs, drawn, strict=True)):
        _fill(people, row, run, seed, parts, parameters)
    people.due[:] = people.arrive
    people.state[:, :first], people.product[:, :first] = IN_CARE, stock.product
    people.home[:, :first, 0] = stock.home
    fostered = np.isin(stock.product, (IN_HOUSE, AGENCY))
    people.due[:, :first] = np.where(fostered, people.moves[:, :first, 0], NEVER)
    return people


def _drawn(
    choices: Choices,
    stock: Stock,
    area: npt.NDArray[np.int8],
    parameters: Parameters,
    scenario: Scenario,
    weeks: int,
    seed: int,
    run: int,
) -> list[_Drawn]:
    """The stock, arrivals and cohorts of one run."""
    here = len(stock.kind)
    parts = [_Drawn("stock", np.zeros(here, np.int16), stock.kind, np.arange(here), stock.age, area)]
    week, kind, number = arrivals(choices, parameters, scenario, here, weeks, seed, run)
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


def _fill(people: People, row: int, run: int, seed: int, parts: list[_Drawn], parameters: Parameters) -> None:
    """Draws of one run, by the number of each among all that might have come, so that scenarios share them."""
    start = 0
    mean = WEEKS / max(parameters["moves"], 1e-6)
    for part in parts:
        at = slice(start, start + len(part.week))
        start += len(part.week)
        many = int(part.number.max(initial=-1)) + 1
        people.arrive[row, at], people.kind[row, at] = part.week, part.kind
        people.age[row, at], people.area[row, at] = part.age, part.area
        people.friday[row, at] = part.number % 5 == 4
        stay = uniform(seed, run, f"stay of {part.name}", many)[part.number]
        people.exit[row, at] = np.minimum(part.week + exits(parameters, part.age, stay), NEVER)
        moves = uniform(seed, run, f"moves of {part.name}", (many, MOST_STAYS))[part.number]
        stays = stay_length(moves, mean)
        if part.name == "stock":
            stays[:, 0] = rest_of_stay(moves[:, 0], mean)
        people.moves[row, at] = np.clip(stays, 1, NEVER - 2000)
        people.luck[row, at] = uniform(seed, run, f"luck of {part.name}", (many, MOST_STAYS))[part.number]


def stay_length(draw: npt.NDArray[np.float64], mean: float) -> npt.NDArray[np.float64]:
    """Weeks in one home: Weibull, so that short placements end early and long ones last."""
    return np.asarray(mean / gamma(1 + 1 / STAY_SHAPE) * (-np.log1p(-draw)) ** (1 / STAY_SHAPE))


def rest_of_stay(draw: npt.NDArray[np.float64], mean: float) -> npt.NDArray[np.float64]:
    """Weeks that are left of a stay found on some day: those found are the long ones, so it is longer than a new stay."""
    scale = mean / gamma(1 + 1 / STAY_SHAPE)
    return np.asarray(scale * gammaincinv(1 / STAY_SHAPE, draw) ** (1 / STAY_SHAPE))
