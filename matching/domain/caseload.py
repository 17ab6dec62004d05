"""A caseload: the children, the homes, and everything known about them on one date."""

from collections import defaultdict
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from itertools import pairwise, permutations

from matching.domain.children import Child
from matching.domain.homes import Home
from matching.domain.links import CurrentPlacement, Decision, Relationship, Standing, Tie, Travel
from matching.domain.places import WaterCrossing
from matching.domain.refusals import Refusal
from matching.domain.stays import Booking, Stay
from matching.domain.words import CareType, SiblingPlan
from matching.errors import InconsistentCaseload, UnknownReference

Pair = tuple[str, str]
APART = (SiblingPlan.APART_WITH_CONTACT, SiblingPlan.APART_WITHOUT_CONTACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiblingGroup:
    """Brothers and sisters with their plan; a child with no sibling in the caseload is a group of one.

    `children` are the members who need a home, in order of reference; `settled` those who live in one.
    `subsets` are the parts that stay together when the plan names them. `nights` are those that some of the children
    ask for; the others need every night. What a plan says of being together holds among those who ask for the same.
    """

    ref: str
    children: tuple[str, ...]
    settled: tuple[str, ...] = ()
    plan: SiblingPlan = SiblingPlan.NOT_ASSESSED
    subsets: tuple[frozenset[str], ...] = ()
    nights: tuple[tuple[str, tuple[Stay, ...]], ...] = ()

    def alike(self, ref: str) -> tuple[str, ...]:
        """The members who ask for the same nights as one of them: those who could go to a home together."""
        nights = dict(self.nights)
        return tuple(child for child in self.children if nights.get(child) == nights.get(ref))


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """A home with the foster children who live there today.

    A child whose move is asked for (`leaving`) still lives there, and counts for everybody else, until the move is made.
    """

    home: Home
    residents: tuple[Child, ...]
    leaving: frozenset[str] = frozenset()

    @property
    def staying(self) -> tuple[Child, ...]:
        """Residents for whom no move is asked."""
        return tuple(child for child in self.residents if child.ref not in self.leaving)

    @property
    def authority(self) -> str | None:
        """Authority where the home lies: as recorded, else by its postcode where that settles it."""
        return self.home.authority or (self.home.place.authority if self.home.place else None)


@dataclass(frozen=True, kw_only=True)
class Caseload:
    """An immutable snapshot on the date `as_of`; what is in it is consistent or it cannot be made.

    `crossings` and `adjoining` describe the country, not the people: where water lies between places, and which
    authorities (pairs of codes, both ways round) lie next to each other; `None` where there is no such map.
    """

    as_of: date
    children: tuple[Child, ...]
    homes: tuple[Home, ...]
    placements: tuple[CurrentPlacement, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    travel: tuple[Travel, ...] = ()
    decisions: tuple[Decision, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    bookings: tuple[Booking, ...] = ()
    crossings: tuple[WaterCrossing, ...] = ()
    adjoining: frozenset[Pair] | None = None

    def __post_init__(self) -> None:
        contradictions = list(contradictions_in(self))
        if contradictions:
            raise InconsistentCaseload("\n".join(contradictions))

    @cached_property
    def child_by_ref(self) -> dict[str, Child]:
        """Children by reference."""
        return {child.ref: child for child in self.children}

    @cached_property
    def home_by_ref(self) -> dict[str, Home]:
        """Homes by reference."""
        return {home.ref: home for home in self.homes}

    @cached_property
    def lives_in(self) -> dict[str, str]:
        """Home by child, for every child who lives in one now."""
        return {p.child: p.home for p in self.placements if p.standing is Standing.CURRENT}

    @cached_property
    def agreed(self) -> frozenset[Pair]:
        """Child and home pairs that have been agreed but not yet carried out."""
        return frozenset((p.child, p.home) for p in self.placements if p.standing is Standing.AGREED)

    @cached_property
    def linked(self) -> frozenset[Pair]:
        """Child and home pairs whose adoption link is in force on the caseload's date."""
        links = (p for p in self.placements if p.standing is Standing.LINKED)
        return frozenset((p.child, p.home) for p in links if p.expires_on is None or self.as_of <= p.expires_on)

    @cached_property
    def seeking(self) -> tuple[Child, ...]:
        """Children who need a home, by reference: those who live in none, who are to move, or who ask for nights."""
        return tuple(sorted(filter(self._seeks, self.children), key=lambda child: child.ref))

    def _seeks(self, child: Child) -> bool:
        if child.by_nights and child.stays == ():  # no nights are asked for
            return False
        if child.care_type is CareType.SHORT_BREAK:  # the child lives with the family
            return child.ref not in self.lives_in
        settled = child.ref in self.lives_in and not child.move_requested
        return not settled or (child.care_type is CareType.RESPITE and bool(child.stays))

    @cached_property
    def bookings_in(self) -> dict[str, tuple[Booking, ...]]:
        """Bookings that are not over, by home, in order of the first night."""
        found: dict[str, list[Booking]] = defaultdict(list)
        for booking in sorted(self.bookings, key=lambda b: (b.first_night, b.child)):
            if booking.last_night >= self.as_of:
                found[booking.home].append(booking)
        return {home: tuple(some) for home, some in found.items()}

    @cached_property
    def bookings_of(self) -> dict[str, tuple[Booking, ...]]:
        """Bookings, past ones too, by child."""
        found: dict[str, list[Booking]] = defaultdict(list)
        for booking in sorted(self.bookings, key=lambda b: (b.first_night, b.home)):
            found[booking.child].append(booking)
        return {child: tuple(some) for child, some in found.items()}

    def visitors(self, child: Child, home: str) -> tuple[Child, ...]:
        """Children booked into a home on some night for which a child asks, the child apart."""
        met = {
            booking.child
            for booking in self.bookings_in.get(home, ())
            if child.nights is None or any(booking.stay.meets(stay) for stay in child.nights)
        }
        return tuple(self.child_by_ref[ref] for ref in sorted(met - {child.ref}))

    @cached_property
    def households(self) -> dict[str, Household]:
        """Every home with the children who live there today, in order of home reference."""
        residents: dict[str, list[Child]] = defaultdict(list)
        for child_ref, home_ref in sorted(self.lives_in.items()):
            residents[home_ref].append(self.child_by_ref[child_ref])
        return {home.ref: self._household(home, residents[home.ref]) for home in sorted(self.homes, key=_ref)}

    def _household(self, home: Home, residents: list[Child]) -> Household:
        leaving = frozenset(child.ref for child in residents if child.move_requested)
        return Household(home=home, residents=tuple(residents), leaving=leaving)

    @cached_property
    def ties(self) -> dict[Tie, frozenset[Pair]]:
        """Pairs of references by kind of relationship; those between two children stand both ways round."""
        found: dict[Tie, set[Pair]] = {tie: set() for tie in Tie}
        for relationship in self.relationships:
            if relationship.to is not None:
                found[relationship.tie].add((relationship.of, relationship.to))
                if relationship.tie in (Tie.APART, Tie.MAY_SHARE_ROOM):
                    found[relationship.tie].add((relationship.to, relationship.of))
        found[Tie.REFUSED] |= {(no.child, no.home) for no in self.refusals if no.holds_on(self.as_of)}
        return {tie: frozenset(pairs) for tie, pairs in found.items()}

    @cached_property
    def group_of(self) -> dict[str, SiblingGroup]:
        """The sibling group of each child who needs a home."""
        return {ref: group for group in self.groups for ref in group.children}

    @cached_property
    def kept_apart(self) -> frozenset[Pair]:
        """Pairs of children who may not share a home, both ways round: as stated, or by their sibling plan."""
        plans = self.sibling_plans
        apart = {ref for ref, told in plans.items() if told.plan in APART}
        members: dict[str, list[str]] = defaultdict(list)
        for child in self.children if apart else ():
            if child.sibling_group in apart:
                members[child.sibling_group].append(child.ref)
        return self.ties[Tie.APART].union(*(permutations(refs, 2) for refs in members.values()))

    @cached_property
    def groups(self) -> tuple[SiblingGroup, ...]:
        """Sibling groups of the children who need a home, in order of reference; single children included."""
        members: dict[str, list[str]] = defaultdict(list)
        settled: dict[str, list[str]] = defaultdict(list)
        seeking = {child.ref for child in self.seeking}
        for child in sorted(self.children, key=lambda one: one.ref):
            into = members if child.ref in seeking else settled
            into[child.sibling_group or f"only:{child.ref}"].append(child.ref)
        return tuple(self._group(ref, members[ref], settled[ref]) for ref in sorted(members))

    def _group(self, ref: str, children: list[str], settled: list[str]) -> SiblingGroup:
        told = self.sibling_plans.get(ref)
        subsets = tuple(frozenset(part.split("+")) for part in (told.subsets or ())) if told else ()
        plan = told.plan if told and told.plan else SiblingPlan.NOT_ASSESSED
        nights = tuple((c, stays) for c in children if (stays := self.child_by_ref[c].nights) is not None)
        return SiblingGroup(
            ref=ref, children=tuple(children), settled=tuple(settled), plan=plan, subsets=subsets, nights=nights
        )

    @cached_property
    def sibling_plans(self) -> dict[str, Relationship]:
        """The statement of each sibling group's plan, by group reference."""
        return {r.of: r for r in self.relationships if r.tie is Tie.SIBLING_PLAN}

    @cached_property
    def travel_by_pair(self) -> dict[Pair, Travel]:
        """Given journeys by child and home."""
        return {(t.child, t.home): t for t in self.travel}

    @cached_property
    def journeys_given(self) -> dict[Pair, tuple[Travel, ...]]:
        """Every row of given journeys, by child and home."""
        found: dict[Pair, tuple[Travel, ...]] = {}
        for travel in self.travel:
            pair = (travel.child, travel.home)
            found[pair] = (*found.get(pair, ()), travel)
        return found

    @cached_property
    def seeking_of_family(self) -> dict[str | None, tuple[Child, ...]]:
        """Children who need a home, by their sibling group's reference (`None`: those without one)."""
        found: dict[str | None, list[Child]] = {}
        for child in self.seeking:
            found.setdefault(child.sibling_group, []).append(child)
        return {family: tuple(members) for family, members in found.items()}

    def siblings(self, one: str, other: str) -> bool:
        """Whether two children are brothers or sisters."""
        group = self.child_by_ref[one].sibling_group
        return group is not None and group == self.child_by_ref[other].sibling_group

    @cached_property
    def children_by_group(self) -> dict[str, tuple[Child, ...]]:
        """Brothers and sisters by the reference of their group, in order of the caseload."""
        found: dict[str, list[Child]] = {}
        for child in self.children:
            if child.sibling_group is not None:
                found.setdefault(child.sibling_group, []).append(child)
        return {group: tuple(children) for group, children in found.items()}

    def brothers_and_sisters(self, ref: str) -> tuple[Child, ...]:
        """The others of a child's sibling group, in order of the caseload."""
        family = self.children_by_group.get(self.child_by_ref[ref].sibling_group or "", ())
        return tuple(child for child in family if child.ref != ref)

    def one_family(self, one: str, other: str) -> bool:
        """Whether these are the same child, or brothers or sisters."""
        return one == other or self.siblings(one, other)

    def child(self, ref: str) -> Child:
        """The child with this reference; raises `UnknownReference` with what to do."""
        if ref not in self.child_by_ref:
            raise UnknownReference(f"No child {ref!r} in the caseload. Maybe look it up in children.csv.")
        return self.child_by_ref[ref]

    def home(self, ref: str) -> Home:
        """The home with this reference; raises `UnknownReference` with what to do."""
        if ref not in self.home_by_ref:
            raise UnknownReference(f"No home {ref!r} in the caseload. Maybe look it up in homes.csv.")
        return self.home_by_ref[ref]

    def same_but_for_refusals(self, other: "Caseload") -> bool:
        """Whether the two tell the same, who said no apart."""
        names = (field.name for field in fields(self) if field.name != "refusals")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def with_changes(self, **changes: object) -> "Caseload":
        """A new caseload with some of its parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


def _ref(home: Home) -> str:
    return home.ref


def contradictions_in(caseload: Caseload) -> list[str]:
    """Every contradiction in a caseload, each with its way out."""
    children = [child.ref for child in caseload.children]
    homes = [home.ref for home in caseload.homes]
    groups = {child.sibling_group for child in caseload.children}
    found = [f"Child {ref} is listed more than once. Keep one row." for ref in _repeated(children)]
    found += [f"Home {ref} is listed more than once. Keep one row." for ref in _repeated(homes)]
    current = [p.child for p in caseload.placements if p.standing is Standing.CURRENT]
    found += [f"Child {ref} lives in two homes at once. Keep the current placement." for ref in _repeated(current)]
    pairs = [(p.child, p.home) for p in caseload.placements] + [(t.child, t.home) for t in caseload.travel]
    pairs += [(d.child, d.home) for d in caseload.decisions] + [(no.child, no.home) for no in caseload.refusals]
    known, places = set(children), set(homes)
    found += _dangling([*pairs, *((b.child, b.home) for b in caseload.bookings)], known, places)
    found += _two_places_at_once(caseload.bookings)
    for relationship in caseload.relationships:
        found += _faults_of(relationship, known, places, groups)
    return found


def _two_places_at_once(bookings: tuple[Booking, ...]) -> list[str]:
    backwards = [b for b in bookings if b.last_night < b.first_night]
    found = [f"Booking of {b.child} at {b.home} ends before it begins. Correct one of the dates." for b in backwards]
    ordered = sorted((b for b in bookings if b not in backwards), key=lambda b: (b.child, b.first_night, b.home))
    for one, other in pairwise(ordered):
        if one.child == other.child and one.stay.meets(other.stay):
            night = other.first_night.isoformat()
            found.append(f"Child {one.child} is booked twice for the night of {night}. Keep one of the bookings.")
    return found


def _repeated(refs: list[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({ref for ref in refs if ref in seen or seen.add(ref)})  # type: ignore[func-returns-value]


def _dangling(pairs: list[Pair], children: set[str], homes: set[str]) -> list[str]:
    lost = sorted(
        {f"child {c}" for c, _ in pairs if c not in children} | {f"home {h}" for _, h in pairs if h not in homes}
    )
    return [f"There is no {name}, though a row refers to it. Add its row or correct the reference." for name in lost]


def _faults_of(tie: Relationship, children: set[str], homes: set[str], groups: set[str | None]) -> list[str]:
    what = f"Relationship {tie.tie.value} of {tie.of}"
    if tie.tie is Tie.SIBLING_PLAN:
        faults = [] if tie.of in groups else [f"{what}: no child has that sibling group. Correct the reference."]
        if tie.plan is None:
            faults.append(f"{what}: no plan is given. Write one, or not-assessed.")
        return faults
    others = children if tie.tie in (Tie.APART, Tie.MAY_SHARE_ROOM) else homes
    faults = [] if tie.of in children else [f"{what}: there is no such child. Correct the reference."]
    if tie.to not in others:
        faults.append(f"{what} to {tie.to}: there is no such {'child' if others is children else 'home'}. Correct it.")
    return faults
