"""A whole invented city: homes, the children who live in them, and the children who wait."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from matching.domain import (
    Approval,
    ApprovalStatus,
    Caseload,
    Child,
    CurrentPlacement,
    Decision,
    Home,
    Place,
    PlaceState,
    Relationship,
    Sex,
    SiblingPlan,
    Standing,
    Tie,
)
from matching.geo import read_adjoining, read_crossings
from matching.synthetic.area import CITY, Area
from matching.synthetic.children import Families, waiting
from matching.synthetic.figures import Chance, Figures
from matching.synthetic.homes import draw_home, with_places

DAY = date(2026, 11, 23)
A_PART = 1_000_000  # numbers of families that each authority has for itself
PLANS = ("required", "preferred", "subsets", "apart_contact", "apart")
PLAN_OF = {
    "required": SiblingPlan.TOGETHER_REQUIRED,
    "preferred": SiblingPlan.TOGETHER_PREFERRED,
    "subsets": SiblingPlan.NAMED_SUBSETS,
    "apart_contact": SiblingPlan.APART_WITH_CONTACT,
    "apart": SiblingPlan.APART_WITHOUT_CONTACT,
}


@dataclass
class City:
    """The parts of a caseload while they are being made."""

    families: Families
    figures: Figures
    seed: int
    as_of: date
    children: list[Child]
    homes: list[Home]
    placements: list[CurrentPlacement]
    relationships: list[Relationship]
    decisions: list[Decision]
    plans: int = 0

    def add(self, child: Child, group: str | None = None) -> Child:
        """Give a child a reference and keep them."""
        named = replace(child, ref=f"C{len(self.children) + 1:04d}", sibling_group=group)
        self.children.append(named)
        return named


def sample_caseload(
    reference: Path,
    *,
    children: int = 40,
    homes: int = 270,
    placed: int | None = None,
    seed: int = 1,
    as_of: date = DAY,
    authorities: Sequence[str] = (),
) -> Caseload:
    """An invented Southampton with `children` who wait, `homes`, and about `placed` who live in them already.

    With codes of several `authorities` an invented region: all are shared out by how many postcodes each has.
    """
    figures, many = Figures.read(reference), authorities or (CITY,)
    areas = [Area(reference, code) for code in many]
    city = City(Families(areas[0], figures, seed, as_of), figures, seed, as_of, [], [], [], [], [])
    wanted = round(homes * figures["sample_placed_per_home"]) if placed is None else placed
    weights = [sum(spot.postcodes for spot in area.city) for area in areas]
    parts = zip(areas, *(_shared_out(whole, weights) for whole in (children, homes, wanted)), strict=True)
    drawn_before = 0
    for number, (area, waiting_here, homes_here, placed_here) in enumerate(parts):
        city.families = Families(area, figures, seed, as_of)
        _settle(city, number * A_PART, drawn_before, waiting_here, homes_here, placed_here)
        drawn_before += homes_here
    _special(city)
    return Caseload(
        as_of=as_of,
        children=tuple(city.children),
        homes=tuple(city.homes),
        placements=tuple(city.placements),
        relationships=tuple(city.relationships),
        decisions=tuple(city.decisions),
        crossings=read_crossings(reference),
        adjoining=read_adjoining(reference),
    )


def _shared_out(whole: int, weights: Sequence[float]) -> list[int]:
    """A number in whole parts by weight; the sum is kept."""
    ends = [round(whole * sum(weights[: i + 1]) / sum(weights)) for i in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _settle(city: City, first: int, before: int, children: int, homes: int, placed: int) -> None:
    """One authority: its homes, the children who wait, and those who live there; `first` keeps families apart."""
    area = city.families.area
    drawn = [draw_home(before + n, area, city.figures, city.seed, city.as_of) for n in range(1, homes + 1)]
    for group in _waiting_families(city, first, children):
        _add_group(city, group)
    for number, (home, filled, free) in enumerate(_places(city, drawn, children, placed)):
        _fill(city, before + number, home, filled, free)


def _waiting_families(city: City, first: int, children: int) -> Iterator[list[Child]]:
    left, number = children, first
    while left > 0:
        family = city.families.draw(number, stock=False)[:left]
        left, number = left - len(family), number + 1
        yield [waiting(child, Chance(city.seed, f"wait {number}"), city.figures, city.as_of) for child in family]


def _add_group(city: City, family: list[Child]) -> None:
    """Add a family who waits, with its sibling plan."""
    if len(family) == 1:
        city.add(family[0])
        return
    city.plans += 1
    group = f"G{city.plans:04d}"
    members = [city.add(child, group) for child in family]
    chance = Chance(city.seed, f"plan {group}")
    shares = [city.figures[f"sample_plan_{name}"] for name in PLANS]
    word = chance.one([*PLANS, "not assessed"], [*shares, 1 - sum(shares)])
    plan = PLAN_OF.get(word, SiblingPlan.NOT_ASSESSED)
    half = max(1, len(members) // 2)
    parts = ("+".join(c.ref for c in members[:half]), "+".join(c.ref for c in members[half:]))
    subsets = parts if plan is SiblingPlan.NAMED_SUBSETS else None
    city.relationships.append(Relationship(tie=Tie.SIBLING_PLAN, of=group, plan=plan, subsets=subsets))


def _places(city: City, homes: list[Home], children: int, placed: int) -> Iterator[tuple[Home, int, int]]:
    """Deal out places: usable first, then filled, the rest not available; as (home, filled, free).

    Half of the usable places lie in homes where every place is usable, because a carer between placements
    has them all; that is what keeps brothers and sisters together.
    """
    count = [home.approval.most_children or 0 for home in homes]
    usable = min(round(children * city.figures["sample_places_per_waiting_child"]), int(0.8 * sum(count)))
    free, filled = [0] * len(homes), [0] * len(homes)
    for at in Chance(city.seed, "empty homes").order(len(homes)):
        if 2 * (sum(free) + count[at]) <= usable:
            free[at] = count[at]
    places = [i for i, number in enumerate(count) for _ in range(number) if not free[i]]
    left = usable - sum(free)
    for turn, at in enumerate(Chance(city.seed, "places").order(len(places))):
        into = free if turn < left else filled if turn < left + placed else None
        if into is not None:
            into[places[at]] += 1
    return zip(homes, filled, free, strict=True)


def _fill(city: City, number: int, home: Home, filled: int, free: int) -> None:
    """Settle children in a home, within its terms; brothers and sisters together where two or more fit."""
    chance = Chance(city.seed, "fill", number)
    low, high = home.approval.youngest or 0, min(home.approval.oldest or 17, 17)
    refs: list[str] = []
    while len(refs) < min(filled, 3):
        room = min(filled, 3) - len(refs)
        size = 1 if room == 1 else chance.one([1, min(room, 2), room], [0.55, 0.3, 0.15])
        family = city.families.draw(10_000 + number * 4 + len(refs), stock=True, size=size, ages=(low, high))
        group = f"S{number:04d}{len(refs)}" if len(family) > 1 else None
        for child in family:
            child = replace(child, considerations=frozenset(), sex=_allowed_sex(home, child))
            refs.append(city.add(child, group).ref)
    withheld = max(0, (home.approval.most_children or 0) - filled - free)
    city.homes.append(with_places(home, tuple(refs), free, withheld, chance, city.as_of))
    for ref in refs:
        since = city.as_of - timedelta(days=chance.whole(10, 1500))
        city.placements.append(CurrentPlacement(child=ref, home=home.ref, since=since))


def _allowed_sex(home: Home, child: Child) -> Sex | None:
    sexes = home.approval.sexes
    return child.sex if sexes is None or child.sex in sexes else next(iter(sexes))


def _special(city: City) -> None:
    """The rarer facts that practice turns on, a few of each."""
    chance = Chance(city.seed, "special")
    seeking = [c for c in city.children if c.waiting_since is not None]
    vacant = [h for h in city.homes if h.place_state is PlaceState.VACANT]
    settled = [p for p in city.placements if p.standing is Standing.CURRENT]
    if not seeking or not vacant or not settled:
        return
    _settled_wishes(city, settled)
    _brothers_and_sisters(city, chance, settled)
    _ties(city, chance, seeking, vacant, settled)
    _agreed_rules(city, chance, seeking, vacant)
    _agreed_homes(city, chance, seeking, vacant)
    _avoids(city, seeking)
    _connected_carer(city, seeking[-1])


def _ties(
    city: City, chance: Chance, seeking: list[Child], vacant: list[Home], settled: list[CurrentPlacement]
) -> None:
    """No contact, a refusal, and two children who may not live together."""
    for tie, reason in (
        (Tie.NO_CONTACT, "somebody nearby"),
        (Tie.NO_CONTACT, "court order"),
        (Tie.REFUSED, "wants a younger child"),
    ):
        city.relationships.append(
            Relationship(tie=tie, of=chance.one(seeking).ref, to=chance.one(vacant).ref, reason=reason)
        )
    city.relationships.append(
        Relationship(
            tie=Tie.APART,
            of=chance.one(seeking).ref,
            to=chance.one(settled).child,
            reason="assessed as unsafe together",
        )
    )


def _agreed_rules(city: City, chance: Chance, seeking: list[Child], vacant: list[Home]) -> None:
    """Rules that a named person has lifted for one child and home."""
    for rule, role in (
        ("approved-ages", "fostering-manager"),
        ("considerations", "social-workers-and-fostering-manager"),
    ):
        city.decisions.append(
            Decision(
                rule=rule,
                child=chance.one(seeking).ref,
                home=chance.one(vacant).ref,
                role=role,
                reason="agreed at the matching meeting",
                decided_on=city.as_of,
                expires_on=city.as_of + timedelta(days=30),
            )
        )


def _agreed_homes(city: City, chance: Chance, seeking: list[Child], vacant: list[Home]) -> None:
    """Homes that are agreed for up to three children who have not moved in yet."""
    for child in seeking[:: max(1, len(seeking) // 3)][:3]:
        city.placements.append(
            CurrentPlacement(child=child.ref, home=chance.one(vacant).ref, standing=Standing.AGREED, since=city.as_of)
        )


def _settled_wishes(city: City, settled: list[CurrentPlacement]) -> None:
    """Some children who live in a home have a plan that asks something of newcomers."""
    lives = {p.child for p in settled}
    for i, child in enumerate(city.children):
        if child.ref in lives and Chance(city.seed, f"wish {child.ref}").happens(city.figures["sample_consideration"]):
            drawn = city.families.draw(20_000 + i, stock=True, size=1, ages=(5, 17))[0]
            city.children[i] = replace(child, considerations=drawn.considerations)


def _brothers_and_sisters(city: City, chance: Chance, settled: list[CurrentPlacement]) -> None:
    """Some waiting children have a brother or sister who lives in a home with a usable place."""
    free = {h.ref for h in city.homes if h.place_state is PlaceState.VACANT}
    beside = [p.child for p in settled if p.home in free]
    at = {child.ref: i for i, child in enumerate(city.children)}
    for i, child in enumerate(city.children):
        single = child.waiting_since is not None and child.sibling_group is None and not child.uasc
        if single and beside and chance.happens(city.figures["sample_settled_sibling"]):
            other = city.children[at[beside.pop(chance.whole(0, len(beside) - 1))]]
            if other.sibling_group is None:
                group = f"G9{i:03d}"
                city.children[i] = replace(child, sibling_group=group)
                city.children[at[other.ref]] = replace(other, sibling_group=group)


def _avoids(city: City, seeking: list[Child]) -> None:
    """Two children must stay away from the district where they lived."""
    for child in seeking[1::9][:2]:
        i = next(i for i, one in enumerate(city.children) if one.ref == child.ref)
        if child.home_place:
            home = child.home_place
            city.children[i] = replace(
                city.children[i],
                places_to_avoid=(
                    Place(
                        postcode=home.postcode,
                        easting=home.easting,
                        northing=home.northing,
                        authority=home.authority,
                        precision=home.precision,
                    ),
                ),
            )


def _connected_carer(city: City, child: Child) -> None:
    """A relative with temporary approval for one named child."""
    i = next(i for i, home in enumerate(city.homes) if home.place_state is PlaceState.VACANT)
    terms: Approval = city.homes[i].approval
    ends = city.as_of + timedelta(weeks=10)
    temporary = replace(terms, status=ApprovalStatus.TEMPORARY_CONNECTED, ends_on=ends, named_children=(child.ref,))
    city.homes[i] = replace(city.homes[i], approval=temporary)
