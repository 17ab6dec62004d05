"""Statistical neighbours: authorities whose children live in similar places.

This is not the list that the Department for Education publishes in its Local Authority Interactive Tool, which is not
among our sources; whoever has that list gives it instead. Ours is the distance between four published features, each
in standard deviations over all authorities: children aged 0 to 17 (logarithm), children for each square kilometre
(logarithm), mean score of the Index of Multiple Deprivation 2025, share of urban areas. London boroughs are neighbours
of London boroughs alone.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching.errors import UnknownReference

HOW_MANY = 10
LOGARITHMIC = ("children_0_17_2020", "children_per_km2")
LONDON = "E09"
PLAIN = ("imd_score", "urban_share")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An authority and how far it is in features: 0 is the same, about 1 is usual for near ones."""

    authority: str
    distance: float


def nearest(features: pd.DataFrame, authority: str, among: set[str], how_many: int = HOW_MANY) -> list[Neighbour]:
    """The nearest authorities among those named, nearest first; raises `UnknownReference`."""
    known = features[[*LOGARITHMIC, *PLAIN]].dropna().astype(float)
    if authority not in known.index:
        raise UnknownReference(
            f"The features of authority {authority} are not published whole, so it has no statistical neighbours here. "
            "Name them with --neighbours."
        )
    known[list(LOGARITHMIC)] = np.log(known[list(LOGARITHMIC)])
    steps = (known - known.loc[authority]) / known.std()
    far = np.sqrt((steps**2).sum(axis=1)).drop(authority)
    alike = far.index.isin(among) & (far.index.str.startswith(LONDON) == authority.startswith(LONDON))
    far = far[alike].sort_values(kind="stable").head(how_many)
    return [Neighbour(str(code), float(distance)) for code, distance in far.items()]
