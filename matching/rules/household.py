"""Rules about the other children in the home: what each child's plan asks of the others, in both directions.

Brothers and sisters are governed by the sibling plan and play no part here.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt

from matching.domain import Caseload, Child, Household, Level, LivesWith, Sex
from matching.pairs import Pairs, Side, Truth, VerdictMatrix, all_of, verdicts
from matching.rules.base import Rule, Source
from matching.rules.bounds import BOUND_FIELDS, NO_HIGH, NO_LOW, OTHER_FIELDS, Bounds, bounds_of, others_of, tightest
from matching.wording import Sentence, listed

MAY_AGREE = ("social-workers-and-fostering-manager",)
STANDARD_15 = Source(
    text="Fostering National Minimum Standards 2011", paragraph="standard 15", read_on=date(2026, 11, 23)
)
REFERRAL = Source(
    text="Placements Data Standard v2", paragraph="who the child can live alongside", read_on=date(2026, 11, 23)
)
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Asks:
    """What a child asks of others on a day."""

    day: date

    def __call__(self, child: Child) -> Bounds:
        return bounds_of(child, self.day)


def _asks_of_children(pairs: Pairs) -> dict[str, Numbers]:
    """Columns of what each child asks."""
    day, children = pairs.caseload.as_of, pairs.children
    table = children.remembered(("asks", day), lambda: _columns(children.told(_Asks(day)), BOUND_FIELDS))
    return {name: pairs.spread_children(column) for name, column in table.items()}


def _asks_of_residents(homes: Side[Household], day: date) -> dict[str, Numbers]:
    """Columns of what the foster children of each home ask together."""

    def table() -> dict[str, Numbers]:
        asked = [tightest(bounds_of(r, day) for r in household.residents) for household in homes.items]
        return _columns(asked, BOUND_FIELDS)

    return homes.remembered(("asks", day), table)


def _present(pairs: Pairs) -> dict[str, Numbers]:
    """Columns of who is in each home."""
    day, homes = pairs.caseload.as_of, pairs.homes
    table = homes.remembered(("present", day), lambda: _columns([others_of(h, day) for h in homes.items], OTHER_FIELDS))
    return {name: pairs.spread_homes(column) for name, column in table.items()}


def _columns(rows: Sequence[tuple[float, ...]], names: tuple[str, ...]) -> dict[str, Numbers]:
    """Rows of numbers as one column a name."""
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(names)).T
    return {name: np.ascontiguousarray(column) for name, column in zip(names, table, strict=True)}


def _up_to(years: int | None, bound: Numbers, opened: Numbers) -> Truth:
    """Whether an age keeps an upper bound; one that is not known keeps only a bound of 99 with nothing open."""
    if years is None:
        return _known_unless((bound < NO_HIGH) + opened)
    return Truth((years <= bound) & (opened == 0), years > bound)


def _from(years: int | None, bound: Numbers, opened: Numbers) -> Truth:
    """Whether an age keeps a lower bound; one that is not known keeps only a bound of -1 with nothing open."""
    if years is None:
        return _known_unless((bound > NO_LOW) + opened)
    return Truth((years >= bound) & (opened == 0), years < bound)


def newcomer_suits_residents(pairs: Pairs) -> Truth:
    """Whether the child fits what the foster children of the home ask; children of one age and sex are alike in it."""
    day, homes = pairs.caseload.as_of, pairs.homes
    kinds = [(child.age_on(day), child.sex) for child in pairs.children.items]
    told = {
        kind: homes.remembered(("fits residents", day, kind), partial(_fits_residents, homes, day, *kind))
        for kind in dict.fromkeys(kinds)
    }
    return Truth(*(pairs.spread_rows([told[kind][so] for kind in kinds], bool) for so in (0, 1)))


def _fits_residents(homes: Side[Household], day: date, years: int | None, of: Sex | None) -> Truth:
    """Whether a child of this age and sex fits what the foster children of each home ask."""
    asks = _asks_of_residents(homes, day)
    parts = [
        _known_unless(asks["unknown"]),
        Truth.of(asks["alone"] == 0),
        _from(years, asks["low"], asks["low_open"]),
        _up_to(years, asks["high"], asks["high_open"]),
    ]
    for sex, name in ((Sex.MALE, "boys"), (Sex.FEMALE, "girls")):
        if of in (sex, None):
            bound, opened = asks[f"{name}_high"], asks[f"{name}_open"]
            fits = _some_allowed(bound) & _up_to(years, bound, opened)
            parts.append(fits if of is sex else Truth(fits.yes, np.zeros_like(fits.no)))
    return all_of(*parts)


def residents_suit_newcomer(pairs: Pairs) -> Truth:
    """Whether the children of the home, birth children included, fit what the newcomer asks."""
    asks, here = _asks_of_children(pairs), _present(pairs)
    something = np.logical_or.reduce(
        [asks["low"] > NO_LOW, asks["high"] < NO_HIGH, asks["boys_high"] < NO_HIGH, asks["girls_high"] < NO_HIGH]
        + [asks[name] > 0 for name in ("alone", "low_open", "high_open", "boys_open", "girls_open")]
    )
    if not (something.any() or asks["unknown"].any()):
        return Truth.of(np.ones(pairs.shape, dtype=bool))
    nobody = Truth.of(here["number"] == 0)
    parts = [
        nobody | _known_unless(asks["unknown"]),
        Truth.of((asks["alone"] == 0) | (here["number"] == 0)),
        nobody | _all_at_least(here, asks["low"], asks["low_open"]),
        nobody | _all_within(here["oldest"], here["ageless"], asks["high"], asks["high_open"]),
        _sex_within(here, "boys", asks["boys_high"], asks["boys_open"]),
        _sex_within(here, "girls", asks["girls_high"], asks["girls_open"]),
        _known_unless(something * here["unknown"]),
    ]
    return all_of(*parts)


def _known_unless(flag: Numbers) -> Truth:
    """True, or not known where the flag is set."""
    return Truth(np.asarray(flag == 0), np.zeros_like(flag, dtype=bool))


def _some_allowed(bound: Numbers) -> Truth:
    return Truth.of(bound >= 0)


def _all_at_least(here: dict[str, Numbers], bound: Numbers, opened: Numbers) -> Truth:
    told = Truth.of(here["youngest"] >= bound)
    return Truth.of((bound == NO_LOW) & (opened == 0)) | (told & _known_unless(opened + here["ageless"]))


def _all_within(oldest: Numbers, ageless: Numbers, bound: Numbers, opened: Numbers) -> Truth:
    told = Truth.of(oldest <= bound)
    return Truth.of((bound == NO_HIGH) & (opened == 0)) | (told & _known_unless(opened + ageless))


def _sex_within(here: dict[str, Numbers], sex: str, bound: Numbers, opened: Numbers) -> Truth:
    """No child of this sex is above the bound; a child of unknown sex might be of this one."""
    free = Truth.of((bound == NO_HIGH) & (opened == 0))
    none = Truth.of(here[sex] == 0)
    those = none | (_some_allowed(bound) & _all_within(here[f"{sex}_oldest"], here[f"{sex}_ageless"], bound, opened))
    harmless = (here["unsexed"] == 0) | (
        (here["unsexed_ageless"] == 0) & (here["unsexed_oldest"] <= bound) & (opened == 0)
    )
    return free | (those & Truth(np.asarray(harmless), np.zeros_like(harmless)))


def without_siblings(pairs: Pairs, decide: Callable[[Pairs], Truth]) -> VerdictMatrix:
    """Verdicts for all pairs; where a brother or sister lives in the home, decided as if they did not.

    Children who are booked into the home on nights for which the child asks count like those who live there.
    """
    result = verdicts(decide(pairs), pairs.shape)
    for c, h in sorted({*pairs.with_own_family, *_visited(pairs)}):
        child, household = pairs.children.itself(c), pairs.homes.items[h]
        verdict = verdicts(
            decide(Pairs.one(pairs.caseload, child, unrelated_part(pairs.caseload, child, household))), (1, 1)
        )
        at = (c, h) if pairs.at is None else (pairs.at[0] == c) & (pairs.at[1] == h)
        result[at] = verdict[0, 0]
    return result


def _visited(pairs: Pairs) -> Iterator[tuple[int, int]]:
    """Positions of the pairs where somebody is booked into the home on a night for which the child asks."""
    booked = [(pairs.home_index[home], home) for home in pairs.caseload.bookings_in if home in pairs.home_index]
    for c, child in enumerate(pairs.children.items) if booked else ():
        yield from ((c, h) for h, home in booked if pairs.caseload.visitors(child, home))


def unrelated_part(caseload: Caseload, child: Child, household: Household) -> Household:
    """The household, with whom the child would meet on a visit, without the child and their brothers and sisters."""
    met = (*household.residents, *caseload.visitors(child, household.home.ref))
    others = (r for r in dict.fromkeys(met) if not caseload.one_family(child.ref, r.ref))
    return replace(household, residents=tuple(others))


def towards_others(child: Child, as_of: date) -> Hashable:
    """All that the rules of this module read of a child; children who are equal in this are answered alike."""
    return child.age_on(as_of), child.sex, child.considerations, child.lives_with


@dataclass(frozen=True)
class ConsiderationsKept(Rule):
    """What the plans of the children in the home and of the newcomer ask of each other is kept."""

    code = "considerations"
    title = "The children's matching considerations are kept, both ways"
    purpose = "A child who lives there has a plan too; a newcomer must fit it, and the home must fit the newcomer's."
    source = STANDARD_15
    level = Level.NEEDS_DECISION
    lifted_by = MAY_AGREE

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        return without_siblings(pairs, lambda some: newcomer_suits_residents(some) & residents_suit_newcomer(some))

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        unrelated = unrelated_part(caseload, child, household)
        clashes = [
            _asking(r) for r in unrelated.residents if _clash(caseload, child, replace(unrelated, residents=(r,)))
        ]
        if clashes:
            template = "{child} does not fit what others at {home} need: {asks}."
            return Sentence.of(template, child=child.ref, home=household.home.ref, asks=listed(clashes))
        if _told(caseload, child, unrelated):
            template = "{home} has children who do not fit what {child} needs: {asks}."
            return Sentence.of(template, child=child.ref, home=household.home.ref, asks=_asking(child))
        return Sentence.of(
            "We do not know whether {child} and the children at {home} suit each other. Ask their social workers.",
            child=child.ref,
            home=household.home.ref,
        )


def _asking(child: Child) -> str:
    words = sorted(str(one).replace("-", " ").replace(":", " ") for one in child.considerations or ())
    return listed(words)


def _clash(caseload: Caseload, child: Child, household: Household) -> bool:
    return bool(newcomer_suits_residents(Pairs.one(caseload, child, household)).no.all())


def _told(caseload: Caseload, child: Child, household: Household) -> bool:
    return bool(residents_suit_newcomer(Pairs.one(caseload, child, household)).no.all())


def _wish(child: Child) -> LivesWith | None:
    return child.lives_with


def _alongside(pairs: Pairs) -> Truth:
    """Whether the child can live alongside the unrelated children of the home."""
    wish = pairs.child_codes(_wish, "lives-with")
    words = pairs.children.vocabularies["lives-with"]
    is_ = {one: Truth.of(wish == words.code(one), wish >= 0) for one in LivesWith}
    agreed = is_[LivesWith.WITH_OTHERS] | is_[LivesWith.NO_PREFERENCE]
    if agreed.yes.all():
        return agreed
    here, age, known = _present(pairs), pairs.age, ~np.isnan(pairs.age)
    nobody = Truth.of(here["number"] == 0) & _known_unless(here["unknown"])
    certain = _known_unless(here["ageless"] + here["unknown"])
    older = (
        Truth.of((here["youngest"] > age) | (here["youngest"] == NO_HIGH), known | (here["youngest"] == NO_HIGH))
        & certain
    )
    younger = (
        Truth.of((here["oldest"] < age) | (here["oldest"] == NO_LOW), known | (here["oldest"] == NO_LOW)) & certain
    )
    return agreed | nobody | (is_[LivesWith.ONLY_OLDER] & older) | (is_[LivesWith.ONLY_YOUNGER] & younger)


@dataclass(frozen=True)
class CanLiveAlongside(Rule):
    """The child can live alongside the other children of the home."""

    code = "lives-with"
    title = "The child can live alongside the others in the home"
    purpose = "Some children need to be the only child, or to live only with older or only with younger children."
    source = REFERRAL
    level = Level.NEEDS_DECISION
    lifted_by = MAY_AGREE

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        return without_siblings(pairs, _alongside)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        home = household.home.ref
        if child.lives_with is None:
            return Sentence.of(
                "We do not know whom {child} can live alongside. Ask the child's social worker.", child=child.ref
            )
        pairs = Pairs.one(caseload, child, unrelated_part(caseload, child, household))
        if not _alongside(pairs).no.all():
            return Sentence.of(
                "We do not know enough about the children at {home} for {child}. Ask who lives there.",
                child=child.ref,
                home=home,
            )
        wishes = {
            LivesWith.SOLO: "needs to be the only child",
            LivesWith.ONLY_OLDER: "can live only with older children",
        }
        wish = wishes.get(child.lives_with, "can live only with younger children")
        return Sentence.of("{child} {wish}, and that is not so at {home}.", child=child.ref, wish=wish, home=home)
