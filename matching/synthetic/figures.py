"""Published figures by name, assumptions of our own in one table, and chance that does not depend on call order."""

import csv
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

T = TypeVar("T")

# What no publication gives; each is an assumption of the authors, for invented data only.
ASSUMED: dict[str, tuple[float, str]] = {
    "sample_placed_per_home": (1.48, "about 400 children in 270 homes"),
    "sample_places_per_waiting_child": (1.15, "usable places for each child who waits: enough in number, not in kind"),
    "sample_share_unknown": (0.02, "share of facts that nobody has written down yet"),
    "sample_deadline_emergency": (0.12, "share of waiting children who need a home today or tomorrow"),
    "sample_deadline_statutory": (0.18, "share with a date set by a court or by law"),
    "sample_plan_required": (0.35, "share of sibling groups that must stay together"),
    "sample_plan_preferred": (0.35, "share that should stay together"),
    "sample_plan_subsets": (0.08, "share with named subsets"),
    "sample_plan_apart_contact": (0.10, "share assessed apart with contact"),
    "sample_plan_apart": (0.04, "share assessed apart without contact"),
    "sample_consideration": (0.12, "share of children whose plan asks something of unrelated children"),
    "sample_smokers": (0.10, "share of homes where somebody smokes"),
    "sample_dog": (0.30, "share of homes with a dog"),
    "sample_cat": (0.25, "share of homes with a cat"),
    "sample_second_language": (0.12, "share of homes where a second language is spoken"),
    "sample_settled_sibling": (0.08, "share of waiting children with a brother or sister settled in a home"),
}


@dataclass(frozen=True)
class Figures:
    """Figures by name: the latest year of each published one, and the assumptions above."""

    value: dict[str, float]

    @classmethod
    def read(cls, reference: Path) -> "Figures":
        """Read `parameters.csv` from the reference folder."""
        with (reference / "parameters.csv").open(encoding="utf-8", newline="") as file:
            rows = sorted(csv.DictReader(file), key=lambda row: row["year"])
        assumed = {name: value for name, (value, _) in ASSUMED.items()}
        return cls({**{row["name"]: float(row["value"]) for row in rows}, **assumed})

    def __getitem__(self, name: str) -> float:
        return self.value[name]


class Chance:
    """Draws for one thing and one purpose: adding a draw elsewhere changes nothing here."""

    def __init__(self, seed: int, purpose: str, entity: int = 0) -> None:
        self._draw = np.random.default_rng([seed, zlib.crc32(purpose.encode()), entity])

    def happens(self, share: float) -> bool:
        """True in this share of cases."""
        return bool(self._draw.random() < share)

    def one(self, options: Sequence[T], weights: Sequence[float] | None = None) -> T:
        """One of the options, by weight."""
        if weights is None:
            return options[int(self._draw.integers(len(options)))]
        steps = np.cumsum(np.asarray(weights, dtype=float))
        return options[int(np.searchsorted(steps, self._draw.random() * steps[-1], side="right"))]

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return int(self._draw.integers(low, high + 1))

    def some(self, options: Sequence[T], share: float) -> list[T]:
        """Each option by itself with this share."""
        return [option for option in options if self.happens(share)]

    def order(self, count: int) -> list[int]:
        """0 to count - 1 in chance order."""
        return [int(i) for i in self._draw.permutation(count)]
