"""How long a stay lasts in each kind of home, and where a move leads by plan; by run.

Shapes are those of the placements. These also end when a child leaves care, so that a kind's moves a year are its ends less
those who leave, and all kinds together come to the moves a child year that are a figure of their own. Whether a move ends with a family or in a children's home is what the
weeks are run to find out, so those shares of moves are one: a search.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gamma, gammaincinv

from matching.sufficiency.coming import (
    AGENCY,
    ELSEWHERE,
    IN_HOUSE,
    NEVER,
    PARENTS,
    PRODUCTS,
    RESIDENTIAL,
    SUPPORTED,
)
from matching.sufficiency.drawn import Drawn
from matching.sufficiency.parameters import WEEKS

Floats = npt.NDArray[np.float64]
KIND_OF = {
    IN_HOUSE: "foster",
    AGENCY: "foster",
    ELSEWHERE: "foster",
    RESIDENTIAL: "residential",
    SUPPORTED: "supported",
    PARENTS: "with_parents",
}
# children by kind of home where the figures tell no share of them
SUPPORTED_NOW, ADOPTION_NOW = 0.092, 0.02
# of all moves, those of young people of 16 and over, who alone may live in supported accommodation
MOVES_AT_16 = 0.3
MOST_SUPPORTED = 0.95
# leavers a year of those in supported accommodation, nearly all at 18, beside the usual
LEAVE_SUPPORTED = 0.9
FEWEST_MOVES = 0.1  # of a kind's ends
# first homes of a kind, times its share of children: at least and at most
LEAST_FIRST, MOST_FIRST = 0.25, 2.5


@dataclass(frozen=True)
class Moving:
    """Weibull curves of stays, `scale` in weeks and `power` (one over the shape), shape (runs, products); NEVER where stays last.

    `kin`, `parents`, `supported` (from 16 on) and `residential`: shares of moves that a plan leads there, (runs, products).
    `first_kin` and `first_parents` (runs,): shares of those who start, so that with those who move there later as many live
    there as the figures say.
    """

    scale: Floats
    power: Floats
    kin: Floats
    parents: Floats
    supported: Floats
    residential: Floats
    first_kin: Floats
    first_parents: Floats

    def weeks(self, rows: npt.NDArray[np.intp], product: npt.NDArray[np.int8], draw: npt.NDArray[np.float32]) -> Floats:
        """Weeks of new stays, by unit exponential draws."""
        stay = self.scale[rows, product] * np.power(draw, self.power[rows, product])
        return np.clip(stay, 1, NEVER)

    def rest(self, product: npt.NDArray[np.int8], draw: Floats) -> Floats:
        """Weeks left of stays found on the first day, shape (runs, stock), by uniform draws."""
        scale, power = self.scale[:, product], self.power[:, product]
        return np.clip(rest_of_stay(draw, scale, power), 1, NEVER)


def moving_of(figures: Drawn) -> Moving:
    """Curves and shares from the figures of some runs."""
    share = {"residential": figures["residential"], "with_parents": figures["with_parents"]}
    share["supported"] = np.full_like(share["residential"], SUPPORTED_NOW)
    share["foster"] = np.maximum(1 - sum(share.values()) - figures["kin"] - ADOPTION_NOW, 0.1)
    power = {kind: 1 / figures[f"stay_shape_{kind}"] for kind in share}
    length = {kind: figures[f"stay_weeks_{kind}"] * gamma(1 + power[kind]) for kind in share}
    often = _moves_a_year(figures, share, length)
    runs = len(share["foster"])
    scale, powers = np.full((runs, len(PRODUCTS)), float(NEVER)), np.ones((runs, len(PRODUCTS)))
    leads = {to: np.zeros((runs, len(PRODUCTS))) for to in ("kin", "with_parents", "supported", "residential")}
    for product, kind in KIND_OF.items():
        scale[:, product] = WEEKS / (often[kind] * gamma(1 + power[kind]))
        powers[:, product] = power[kind]
        for to, found in leads.items():
            found[:, product] = figures[f"from_{kind}_to_{to}"]
    # from supported accommodation everybody who moves is 16
    leads["supported"][:, [at for at in KIND_OF if at != SUPPORTED]] /= MOVES_AT_16
    # who moves from family to a children's home did not find a family, which is no plan
    leads["residential"][:, [at for at in KIND_OF if at != RESIDENTIAL]] = 0.0
    supported = np.minimum(leads["supported"], MOST_SUPPORTED)
    first = (_first(figures, to, share, often) for to in ("kin", "with_parents"))
    return Moving(scale, powers, leads["kin"], leads["with_parents"], supported, leads["residential"], *first)


def _moves_a_year(figures: Drawn, share: dict[str, Floats], length: dict[str, Floats]) -> dict[str, Floats]:
    """Moves a child year from each kind of home: its ends less those who leave care, times what makes all kinds come to the figure."""
    leave = {kind: LEAVE_SUPPORTED if kind == "supported" else figures["starts"] for kind in share}
    ends = {kind: WEEKS / length[kind] for kind in share}
    found = {kind: np.maximum(ends[kind] - leave[kind], FEWEST_MOVES * ends[kind]) for kind in share}
    times = figures["moves"] / sum(share[kind] * found[kind] for kind in share)
    return {kind: np.maximum(moves * times, 1e-3) for kind, moves in found.items()}


def _first(figures: Drawn, to: str, share: dict[str, Floats], often: dict[str, Floats]) -> Floats:
    """The share of starts whose first home is of a kind: steady numbers there, less those who move there later."""
    living = figures[to]
    moved = sum(share[kind] * often[kind] * figures[f"from_{kind}_to_{to}"] for kind in share if kind != to)
    gone = often[to] * (1 - figures[f"from_{to}_to_{to}"]) if to in often else 0.0
    first = living + (living * gone - moved) / np.maximum(figures["starts"], 0.05)
    return np.asarray(np.clip(first, LEAST_FIRST * living, np.minimum(MOST_FIRST * living, 0.45)))


def rest_of_stay(draw: Floats, scale: Floats | float, power: Floats | float) -> Floats:
    """Weeks that are left of a stay found on some day: those found are the long ones, so it is longer than a new stay."""
    return np.asarray(scale * gammaincinv(power, draw) ** power)
