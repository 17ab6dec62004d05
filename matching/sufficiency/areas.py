"""Areas of an authority for the forecast: the postcode districts where its children's families live, and elsewhere."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from matching.domain import Child, Place

# more would leave a handful of children in each
MOST_AREAS = 10
ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Areas:
    """Districts in the order of their names, then ELSEWHERE for every other place and those not known."""

    names: tuple[str, ...]

    def of(self, place: Place | None) -> int:
        """Position of the area a place lies in."""
        named = place is not None and place.district in self.names
        return self.names.index(place.district) if place is not None and named else len(self.names) - 1


def areas_of(children: Iterable[Child]) -> Areas:
    """The districts where most of these children's families live."""
    count = Counter(child.home_place.district for child in children if child.home_place is not None)
    most = sorted(count, key=lambda name: (-count[name], name))[:MOST_AREAS]
    return Areas((*sorted(most), ELSEWHERE))
