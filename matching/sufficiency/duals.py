"""What a place is worth by the prices of a linear plan: quick, for ranking; paired differences have the last word."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from matching.sufficiency.choices import NO_HOME
from matching.sufficiency.coming import exits
from matching.sufficiency.forecast import City
from matching.sufficiency.parameters import WEEKS
from matching.sufficiency.scenario import PROFILES, fits_profile

LISTED = 60


def ranked_by_duals(city: City) -> pd.DataFrame:
    """Profiles by the price of a home: profile, price (children in a family for each such home), rank.

    A plan of a steady year: children of each kind who look for a family, as many as the stock and the arrivals give,
    over the homes on their lists; as many as can be in a family. The price of a home is its places times the dual.
    """
    kinds, demand = _demand(city)
    usable = city.choices.places * (1 - city.parameters["on_hold"])
    rows, homes = _pairs(city, kinds)
    count = len(rows)
    of_kind = csr_array((np.ones(count), (rows, np.arange(count))), shape=(len(kinds), count))
    of_home = csr_array((np.ones(count), (homes, np.arange(count))), shape=(len(usable), count))
    limits: Any = vstack([of_kind, of_home], format="csr")
    kept = linprog(-np.ones(count), A_ub=limits, b_ub=np.concatenate([demand, usable]), method="highs")
    price = -kept.ineqlin.marginals[len(kinds) :] * usable
    found = [
        {
            "profile": name,
            "price": float(
                np.mean([price[at] for at, home in enumerate(city.choices.homes) if fits_profile(home, name)] or [0.0])
            ),
        }
        for name in PROFILES
    ]
    table = pd.DataFrame(found).sort_values("price", ascending=False, kind="stable", ignore_index=True)
    return table.assign(rank=range(1, len(table) + 1))


def _demand(city: City) -> tuple[np.ndarray, np.ndarray]:
    """Kinds of whole groups that look for a family, and children of each in care at a time."""
    kinds = np.arange(city.choices.groups)
    grid = (np.arange(20) + 0.5) / 20
    stay = exits(city.parameters, city.choices.age[kinds][:, None], grid[None, :]).mean(axis=1) / WEEKS
    starts = city.parameters["starts"] * len(city.stock.age)
    family = 1 - city.parameters["kin"] - city.parameters["with_parents"]
    size = city.choices.size[kinds]
    return kinds, np.asarray(starts / size.sum() * size * stay * family)


def _pairs(city: City, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    listed = city.choices.asked[kinds][:, :LISTED]
    rows, slots = np.nonzero(listed != NO_HOME)
    return rows, listed[rows, slots].astype(int)
