"""How two places lie to each other: three answers that are not one another, and a fourth, the journey, elsewhere.

*Inside, adjoining or distant* is a matter of authority codes (Care Planning Regulations 2010, regulation 11).
*Within 20 miles* is the statistics' measure: straight line on the grid between the two postcodes' own grid
references (the return's PL_DISTANCE). *Travel time* is `matching.journeys`.
"""

from dataclasses import dataclass
from math import hypot

from matching.geo import METRES_PER_MILE, AuthorityDistance
from matching.places.authorities import AuthorityCodes
from matching.places.located import Located
from matching.wording import Sentence

FAR_MILES = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How a placement lies to a home address.

    `miles` is the straight line, from grid references of any precision; `over_20_miles` is `None` unless both are
    postcodes' own, because a sector's middle is on the wrong side of 20 miles for one pair in six near the line.
    `authority` is `None` where a code is not known. Zero miles is no proof of one address: postcodes share points.
    """

    authority: AuthorityDistance | None
    miles: float | None
    over_20_miles: bool | None
    sentences: tuple[Sentence, ...]


def relation(
    home: Located, placement: Located, authorities: AuthorityCodes, *, responsible: str | None = None
) -> Relation:
    """How a placement lies to a home address; `responsible` is the authority that looks after the child.

    Without it, the authority of the home address stands in, and may be another one.
    """
    inside = authorities.distance(responsible or home.authority, placement.authority)
    miles = straight_miles(home, placement)
    over = None if miles is None or not (home.precision.exact and placement.precision.exact) else miles > FAR_MILES
    return Relation(
        authority=inside,
        miles=miles,
        over_20_miles=over,
        sentences=(_authority_words(inside), _distance_words(miles, over)),
    )


def straight_miles(one: Located, two: Located) -> float | None:
    """Straight-line miles on the national grid; `None` where either is not known."""
    if one.easting is None or one.northing is None or two.easting is None or two.northing is None:
        return None
    return hypot(one.easting - two.easting, one.northing - two.northing) / METRES_PER_MILE


def _authority_words(inside: AuthorityDistance | None) -> Sentence:
    return Sentence(
        {
            "inside": "It is inside the authority.",
            "adjoining": "It is in an adjoining authority.",
            "distant": "It is in an authority that does not adjoin.",
            None: "We do not know which authority it is in. Ask for the full postcode.",
        }[inside]
    )


def _distance_words(miles: float | None, over: bool | None) -> Sentence:
    if miles is None:
        return Sentence("We do not know how far it is. Ask for the full postcode.")
    if over is None:
        return Sentence.of(
            "It is about {miles} miles in a straight line; only full postcodes tell whether it is over 20.",
            miles=round(miles),
        )
    side = "over" if over else "not over"
    return Sentence.of(f"It is {{miles}} miles in a straight line, {side} 20.", miles=round(miles, 1))
