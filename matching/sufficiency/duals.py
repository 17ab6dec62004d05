"""What a home of each profile and area is worth by the prices of a linear plan: quick, for ranking.

At the end of every quarter of a few futures, those without a family and one more home make a linear plan of one row: the
home's places. Nobody's present home comes in, for a week's open homes have been asked already. The price of a place is
one child while somebody who fits is left, and nothing after; so the home's worth is its places or those who fit,
whichever is less, and no solver is needed. Paired differences have the last word.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.sufficiency.choices import NOT_ASKED, Choices
from matching.sufficiency.coming import RESIDENTIAL, WAITING
from matching.sufficiency.forecast import City
from matching.sufficiency.like_ours import LIKENESSES, PROFILES, reference
from matching.sufficiency.parameters import WEEKS
from matching.sufficiency.people import people_of
from matching.sufficiency.scenario import BASE, Scenario
from matching.sufficiency.supply import supply_of
from matching.sufficiency.weeks import Batch

QUARTER = 13
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
    batch = Batch(city.choices, people, supply, city.parameters, base, years, seed, range(runs))
    cells = cells_of(city)
    homes = np.array([[_column(city.choices, cell, turn) for turn in range(LIKENESSES)] for cell in cells])
    saved = city.parameters["price_residential"] - city.parameters["price_in_house"]
    found: list[npt.NDArray[np.float64]] = []
    for week in batch.each_week():
        if week % QUARTER == QUARTER - 1:
            residential, waiting = (_gain(batch, product, homes) for product in (RESIDENTIAL, WAITING))
            found.append(np.stack([residential + waiting, waiting, residential * saved * WEEKS]))
    mean = np.mean(found, axis=0)
    table = pd.DataFrame(cells, columns=["profile", "area"])
    table = table.assign(children=mean[0], waiting=mean[1], pounds=mean[2])
    table = table.sort_values(["children", "pounds"], ascending=False, kind="stable", ignore_index=True)
    return table.assign(rank=range(1, len(table) + 1))


def _column(choices: Choices, cell: Cell, turn: int) -> int:
    return next(at for at, home in enumerate(choices.homes) if home.ref == reference(*cell, turn))


def _gain(batch: Batch, product: int, homes: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Children without a family in a kind of place whom one more home could take, on average over runs; by cell."""
    people, choices = batch.people, batch.choices
    rows, who = np.nonzero(people.second_best & (people.product == product))
    kind, runs = people.kind[rows, who], len(people.kind)
    flat = homes.ravel()
    size, places = choices.size[kind].astype(np.float64), choices.places[flat]
    fits = (choices.rank[kind][:, flat] != NOT_ASKED) & (size[:, None] <= places)
    wanted = np.zeros((runs, len(flat)))
    np.add.at(wanted, rows, fits * size[:, None])
    return np.asarray(np.minimum(wanted, places).mean(axis=0).reshape(homes.shape).mean(axis=1))
