"""What a home of each profile and area is worth by the prices of a linear plan: quick, for ranking.

At the end of every quarter of a few futures, those without a family and one more home make a linear plan. The price of
a place is one child while somebody without a family fits, brothers and sisters each by themselves. A place that is left
takes a child who lives in another home, whose place then has its own price: the plan's prices hold along such chains,
CHAIN links long. So no solver is needed. Paired differences have the last word.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.sufficiency.choices import NO_HOME, NOT_ASKED, Choices
from matching.sufficiency.coming import RESIDENTIAL, WAITING
from matching.sufficiency.forecast import City
from matching.sufficiency.like_ours import LIKENESSES, PROFILES, reference
from matching.sufficiency.parameters import WEEKS
from matching.sufficiency.people import IN_CARE, people_of
from matching.sufficiency.scenario import BASE, Scenario
from matching.sufficiency.supply import supply_of
from matching.sufficiency.weeks import FAMILY, Batch, Rows

QUARTER = 13
# homes that hand a child on to the next before the last takes one without a family
CHAIN = 4
Cell = tuple[str, str]


def cells_of(city: City, profiles: Sequence[str] = PROFILES) -> list[Cell]:
    """Profiles and areas for which the city has homes that others could be like."""
    known = {home.ref for home in city.choices.homes}
    names = city.choices.areas.names
    return [(profile, area) for profile in profiles for area in names if reference(profile, area, 0) in known]


def ranked_by_duals(
    city: City, *, base: Scenario = BASE, years: int = 3, runs: int = 20, seed: int = 1
) -> pd.DataFrame:
    """Profiles and areas by what one more home gives, highest first.

    Columns: profile, area, children (in a family at a time), waiting (children who need not wait, at a time), pounds
    saved a year, rank. The widening of approvals in a scenario is left out.
    """
    weeks = int(years * WEEKS)
    supply = supply_of(city.choices, city.parameters, base, years, seed)
    people = people_of(city.choices, city.stock, city.area, city.parameters, base, weeks, seed, range(runs))
    batch = Batch(city.choices, people, supply, base, years, seed, range(runs))
    cells = cells_of(city)
    homes = np.array([[_column(city.choices, cell, turn) for turn in range(LIKENESSES)] for cell in cells])
    saved = city.parameters["price_residential"] - city.parameters["price_in_house"]
    found: list[npt.NDArray[np.float64]] = []
    for week in batch.each_week():
        if week % QUARTER == QUARTER - 1:
            settled = _settled(batch)
            residential, waiting = (
                _gain(batch, product, settled)[homes].mean(axis=1) for product in (RESIDENTIAL, WAITING)
            )
            found.append(np.stack([residential + waiting, waiting, residential * saved * WEEKS]))
    mean = np.mean(found, axis=0)
    table = pd.DataFrame(cells, columns=["profile", "area"])
    table = table.assign(children=mean[0], waiting=mean[1], pounds=mean[2])
    table = table.sort_values(["children", "pounds"], ascending=False, kind="stable", ignore_index=True)
    return table.assign(rank=range(1, len(table) + 1))


def _column(choices: Choices, cell: Cell, turn: int) -> int:
    return next(at for at, home in enumerate(choices.homes) if home.ref == reference(*cell, turn))


def _settled(batch: Batch) -> tuple[Rows, npt.NDArray[np.int16], npt.NDArray[np.bool_]]:
    """Children who live in a family: run, the home that theirs is like, and which homes would do for them."""
    people, choices = batch.people, batch.choices
    there = (people.state == IN_CARE) & np.isin(people.product, FAMILY) & (people.home[:, :, 0] != NO_HOME)
    rows, who = np.nonzero(there)
    lives_in = batch.supply.copy_of[people.home[rows, who, 0]]
    return rows, lives_in, choices.rank[people.kind[rows, who]] != NOT_ASKED


def _gain(
    batch: Batch, product: int, settled: tuple[Rows, npt.NDArray[np.int16], npt.NDArray[np.bool_]]
) -> npt.NDArray[np.float64]:
    """Children without a family in a kind of place to whom one more of each home would give one, on average over runs."""
    people, choices = batch.people, batch.choices
    rows, who = np.nonzero(people.second_best & (people.product == product))
    wanted = np.zeros((len(people.kind), len(choices.homes)))
    np.add.at(wanted, rows, _who_fit(choices, people.kind[rows, who]))
    places = choices.places.astype(np.float64)
    direct = np.minimum(wanted, places)
    gain, (run, lives_in, would_do) = direct.copy(), settled
    edges = np.searchsorted(run, np.arange(len(direct) + 1))
    for number, (first, last) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        asked = would_do[first:last].astype(np.float32)
        count = np.maximum(asked.sum(axis=0), 1)
        for _ in range(CHAIN):
            price = (gain[number] / np.maximum(places, 1)).astype(np.float32)
            handed_on = price[lives_in[first:last]] @ asked / count
            gain[number] = direct[number] + (places - direct[number]) * handed_on
    return np.asarray(gain.mean(axis=0))


def _who_fit(choices: Choices, kind: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """How many children of each search every home would do for, each by themselves; (searches, homes)."""
    members = choices.members[kind]
    alone = members[:, 0] == NO_HOME
    fit = ((choices.rank[kind] != NOT_ASKED) & alone[:, None]).astype(np.float64)
    for slot in range(members.shape[1]):
        there = np.flatnonzero(members[:, slot] != NO_HOME)
        fit[there] += choices.rank[members[there, slot]] != NOT_ASKED
    return np.asarray(fit, dtype=np.float64)
