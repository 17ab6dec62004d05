"""What a child's plan asks of unrelated children, folded into numbers that compare for many pairs at once.

`Bounds` says which ages and sexes fit beside one child, or beside all children of a home; `Others` says
which ages and sexes are there. What is not known is counted apart and never read as fitting.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from matching.domain import Child, Consideration, ConsiderationKind, Household, Sex

NO_LOW, NO_HIGH = -1.0, 99.0
Kind = ConsiderationKind


class Bounds(NamedTuple):
    """Ages in years that fit beside a child; `boys_high` of -1 means no boys, and so for girls.

    The `open` fields are 1 where a bound exists but rests on an age we do not know; `unknown` is 1 where
    nobody has said whether there are considerations at all.
    """

    low: float = NO_LOW
    high: float = NO_HIGH
    boys_high: float = NO_HIGH
    girls_high: float = NO_HIGH
    alone: float = 0.0
    low_open: float = 0.0
    high_open: float = 0.0
    boys_open: float = 0.0
    girls_open: float = 0.0
    unknown: float = 0.0


FREE = Bounds()
_TIGHTEST = (max, min, min, min, max, max, max, max, max, max)


def tightest(bounds: Iterable[Bounds]) -> Bounds:
    """Bounds that hold all of the given ones."""
    some = [one for one in bounds if one != FREE]
    if len(some) < 2:
        return some[0] if some else FREE
    return Bounds(*(pick(told) for pick, told in zip(_TIGHTEST, zip(*some, strict=True), strict=True)))


def bounds_from(consideration: Consideration, own_age: int | None) -> Bounds:
    """The bounds that one consideration of a child of this age sets."""
    years = float(consideration.age or 0)
    fixed = {
        Kind.NO_CHILD_UNDER: Bounds(low=years),
        Kind.NO_CHILD_OVER: Bounds(high=years),
        Kind.NO_BOYS: Bounds(boys_high=-1.0),
        Kind.NO_GIRLS: Bounds(girls_high=-1.0),
        Kind.ONLY_CHILD: Bounds(alone=1.0),
    }
    return fixed[consideration.kind] if consideration.kind in fixed else _relative(consideration.kind, own_age)


def _relative(kind: ConsiderationKind, own_age: int | None) -> Bounds:
    """A bound at the child's own age; open while that age is not known."""
    age = float(own_age or 0)
    known, opened = {
        Kind.YOUNGEST_IN_HOME: (Bounds(low=age), Bounds(low_open=1.0)),
        Kind.OLDEST_IN_HOME: (Bounds(high=age), Bounds(high_open=1.0)),
        Kind.NO_OLDER_BOYS: (Bounds(boys_high=age), Bounds(boys_open=1.0)),
        Kind.NO_OLDER_GIRLS: (Bounds(girls_high=age), Bounds(girls_open=1.0)),
    }[kind]
    return opened if own_age is None else known


def bounds_of(child: Child, as_of: date) -> Bounds:
    """All that a child's considerations ask."""
    if child.considerations is None:
        return Bounds(unknown=1.0)
    age = child.age_on(as_of)
    return tightest(bounds_from(one, age) for one in child.considerations)


class Others(NamedTuple):
    """The other children of a home: how many (`number`), and the extremes of their known ages (-1 or 99 where none).

    `boys_oldest` counts those known to be boys, `unsexed_oldest` those of unknown sex; the `ageless`
    fields count children whose age is not known; `unknown` is 1 where the birth children are not known.
    """

    number: float = 0.0
    youngest: float = NO_HIGH
    oldest: float = NO_LOW
    boys: float = 0.0
    boys_oldest: float = NO_LOW
    boys_ageless: float = 0.0
    girls: float = 0.0
    girls_oldest: float = NO_LOW
    girls_ageless: float = 0.0
    unsexed: float = 0.0
    unsexed_oldest: float = NO_LOW
    unsexed_ageless: float = 0.0
    ageless: float = 0.0
    unknown: float = 0.0


Seen = tuple[int | None, Sex | None]


def others_of(household: Household, as_of: date) -> Others:
    """The foster children who stay and the birth children of a home."""
    birth = household.home.birth_children
    seen: list[Seen] = [(r.age_on(as_of), r.sex) for r in household.residents]
    seen += [(person.age, person.sex) for person in birth or ()]
    known = [age for age, _ in seen if age is not None]
    boys, girls, unsexed = (
        _extremes([age for age, sex in seen if sex is which]) for which in (Sex.MALE, Sex.FEMALE, None)
    )
    ages = (float(min(known, default=NO_HIGH)), float(max(known, default=NO_LOW)))
    return Others(float(len(seen)), *ages, *boys, *girls, *unsexed, float(len(seen) - len(known)), float(birth is None))


def _extremes(ages: list[int | None]) -> tuple[float, float, float]:
    """How many, the oldest known age, how many of unknown age."""
    known = [age for age in ages if age is not None]
    return float(len(ages)), float(max(known, default=NO_LOW)), float(len(ages) - len(known))


BOUND_FIELDS = Bounds._fields
OTHER_FIELDS = Others._fields
