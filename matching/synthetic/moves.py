"""What a city has beside the children who wait: a few who live in a home and ask to move, a few who ask for nights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import hypot
from pathlib import Path

from matching.domain import (
    ApprovalStatus,
    Bedroom,
    Booking,
    CarePlan,
    CareType,
    Caseload,
    Child,
    Deadline,
    Hold,
    Home,
    HomeKind,
    LegalStatus,
    PlaceState,
    Provider,
    Sex,
    Skill,
    Stay,
    Suitability,
)
from matching.synthetic.area import CITY, Area
from matching.synthetic.children import Families
from matching.synthetic.city import DAY, sample_caseload
from matching.synthetic.figures import Chance, Figures

ONE_IN = 20  # of each kind one for so many children who wait, and at least one
SHORT_BREAKS = 30_000  # numbers of their families, apart from all others
FRIDAY = 4
WEEKENDS = 3


def sample_city(
    reference: Path,
    *,
    children: int = 40,
    homes: int = 270,
    seed: int = 1,
    as_of: date = DAY,
    authorities: Sequence[str] = (),
) -> Caseload:
    """The sample caseload, and for every twenty who wait two who ask for short breaks and one of each kind of move.

    The moves: from a children's home to a family, nearer home, and to carers who may keep the child for long.
    """
    city = sample_caseload(reference, children=children, homes=homes, seed=seed, as_of=as_of, authorities=authorities)
    few = max(1, children // ONE_IN) if children else 0
    asked = _Asked(city, Chance(seed, "moves"), set())
    figures = Figures.read(reference)
    asked.step_down(few, figures["cost_residential_weekly_authority_p50"])
    asked.nearer_home(few)
    asked.for_long(few)
    area = Area(reference, authorities[0] if authorities else CITY)
    asked.short_breaks(Families(area, figures, seed, as_of), few)
    return asked.city


@dataclass
class _Asked:
    """A caseload while moves and nights are asked for; `asking` are the children who ask for a move already."""

    city: Caseload
    chance: Chance
    asking: set[str]

    def step_down(self, few: int, cost: float) -> None:
        """The first homes with teenagers alone, all their places filled, become children's homes; one child of each moves."""
        for home in [h for h in self.city.homes if self._of_teenagers(h)][:few]:
            house = replace(home, kind=HomeKind.RESIDENTIAL, registered=True, carers=None, weekly_cost=cost)
            house = replace(house, provider=Provider.INDEPENDENT_AGENCY, early_permanence=False)
            self.city = self.city.with_changes(homes=tuple(house if h is home else h for h in self.city.homes))
            child = self.city.households[home.ref].residents[0]
            self._ask(child, "ready to leave the children's home for a family", foster_care=Suitability.PREFERRED)

    def nearer_home(self, few: int) -> None:
        """Those who live farthest from the family home, of those who live with no brother or sister."""
        far = sorted(self._settled(), key=lambda lives: (-_metres(*lives), lives[0].ref))
        for child, _ in far[:few]:
            self._ask(child, "to live nearer to family and school")

    def for_long(self, few: int) -> None:
        """Those whose plan is long-term fostering with carers who are approved for a short time only."""
        plans = [
            child
            for child, home in self._settled()
            if child.care_plan is CarePlan.LONG_TERM_FOSTERING
            and CareType.LONG_TERM not in (home.approval.care_types or {CareType.LONG_TERM})
        ]
        for child in sorted(plans, key=lambda one: one.ref)[:few]:
            self._ask(child, "a home for long, which these carers do not offer", care_type=CareType.LONG_TERM)

    def short_breaks(self, families: Families, few: int) -> None:
        """Disabled children who live with their parents and ask for weekends; every other one knows carers already."""
        carers = self._carers_for_weekends(few)
        for number in range(2 * few):
            drawn = families.draw(SHORT_BREAKS + number, stock=True, size=1, ages=(6, 14))[0]
            known = carers[number // 2] if number % 2 and number // 2 < len(carers) else None
            self._add(drawn, known, _weekends(self.city.as_of, 10 + 7 * (number % 3)))

    def _add(self, drawn: Child, known: Home | None, weekends: tuple[Stay, ...]) -> None:
        city = self.city
        child = replace(
            drawn,
            ref=f"C{len(city.children) + 1:04d}",
            disabled=True,
            uasc=False,
            care_type=CareType.SHORT_BREAK,
            legal_status=LegalStatus.SHORT_BREAKS_AGREEMENT,
            stays=weekends,
            considerations=frozenset(),
            deadline=Deadline.PLANNED,
            needs_home_by=weekends[0].first,
            waiting_since=city.as_of - timedelta(days=self.chance.whole(5, 60)),
        )
        past = _weekends(city.as_of, -70) if known else ()
        booked = [
            Booking(child=child.ref, home=known.ref, first_night=s.first, last_night=s.last) for s in past if known
        ]
        self.city = city.with_changes(children=(*city.children, child), bookings=(*city.bookings, *booked))

    def _ask(self, child: Child, why: str, **facts: object) -> None:
        """A settled child asks to move, with a month or two for it."""
        asked = replace(
            child,
            move_requested=why,
            deadline=Deadline.PLANNED,
            needs_home_by=self.city.as_of + timedelta(days=self.chance.whole(30, 90)),
            waiting_since=self.city.as_of - timedelta(days=self.chance.whole(5, 60)),
            **facts,  # type: ignore[arg-type]
        )
        self.asking.add(child.ref)
        self.city = self.city.with_changes(children=tuple(asked if c is child else c for c in self.city.children))

    def _settled(self) -> Iterator[tuple[Child, Home]]:
        """Children who live in a family with no brother or sister there, and ask for nothing yet."""
        for household in self.city.households.values():
            for child in household.residents:
                alone = child.sibling_group is None and not child.uasc and child.ref not in self.asking
                if alone and household.home.kind is HomeKind.FOSTER and child.home_place:
                    yield child, household.home

    def _of_teenagers(self, home: Home) -> bool:
        """Whether only children of 11 or over, none of them with a brother or sister, live there, and no place is free."""
        living = self.city.households[home.ref].residents
        filled = home.kind is HomeKind.FOSTER and home.place_state is PlaceState.FILLED and len(living) > 1
        return filled and all((c.age_on(self.city.as_of) or 0) >= 11 and not c.sibling_group for c in living)

    def _carers_for_weekends(self, few: int) -> list[Home]:
        """Some homes where nobody lives and no place could be used become homes for short breaks and nothing else."""
        idle = [home for home in self.city.homes if self._idle(home)][:few]
        carers = {home.ref: _for_weekends(home) for home in idle}
        self.city = self.city.with_changes(homes=tuple(carers.get(home.ref, home) for home in self.city.homes))
        return list(carers.values())

    def _idle(self, home: Home) -> bool:
        fosters = home.kind is HomeKind.FOSTER and home.approval.status is ApprovalStatus.APPROVED
        return fosters and home.place_state is PlaceState.NOT_AVAILABLE and not self.city.households[home.ref].residents


def _for_weekends(home: Home) -> Home:
    """The home with one bed for short breaks, for boys and girls of school age, free of smoke and animals."""
    breaks = frozenset({CareType.SHORT_BREAK})
    terms = replace(home.approval, care_types=breaks, youngest=5, oldest=18, sexes=frozenset(Sex), most_children=1)
    return replace(
        home,
        approval=terms,
        place_state=PlaceState.VACANT,
        hold=Hold.NONE,
        places_free=1,
        bedrooms=(Bedroom(1),),
        skills=(home.skills or frozenset()) | {Skill.DISABILITY},
        smokers=False,
        pets=frozenset(),
        prefers_care_types=breaks,
    )


def _metres(child: Child, home: Home) -> float:
    """How far a home lies from the family home, as the crow flies."""
    if child.home_place is None or home.place is None:
        return 0.0
    return hypot(child.home_place.easting - home.place.easting, child.home_place.northing - home.place.northing)


def _weekends(day: date, after: int) -> tuple[Stay, ...]:
    """Friday and Saturday nights, every fourth weekend, from so many days after a day."""
    first = day + timedelta(days=after)
    friday = first + timedelta(days=(FRIDAY - first.weekday()) % 7)
    starts = [friday + timedelta(weeks=4 * turn) for turn in range(WEEKENDS)]
    return tuple(Stay(start, start + timedelta(days=1)) for start in starts if after > 0 or start < day)
