"""The weeks of many runs at once: children seek, are placed by the lists of the rules and criteria, move and leave.

Arrays are (runs, entities) or (runs, homes). An entity is a child, or brothers and sisters who arrive together; they
leave together. `searches` holds how a week's searches are settled, `people` how entities are drawn.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.sufficiency.children_ahead import OLD
from matching.sufficiency.choices import FAR_MILES, MOST_SIBLINGS, NO_HOME, Choices
from matching.sufficiency.coming import (
    ADOPTION,
    AGENCY,
    ELSEWHERE,
    IN_HOUSE,
    KIN,
    MOST_STAYS,
    NEVER,
    PARENTS,
    PRODUCTS,
    RESIDENTIAL,
    SUPPORTED,
    WAITING,
)
from matching.sufficiency.counts import FAR, NO_FAMILY, OUTSIDE, PARTED, Counts
from matching.sufficiency.parameters import AGE_EDGES, AGES, WEEKS
from matching.sufficiency.people import IN_CARE, LEFT, NOT_HERE, STAYING_PUT, People
from matching.sufficiency.scenario import NEEDS, WEEKS_A_MONTH, Scenario
from matching.sufficiency.searches import Searches, Wanted, settle
from matching.sufficiency.supply import HOLD_BLOCK, Supply, homes_open

REVIEW_WEEKS = 13
WAITS_AT_MOST = 4
HARDER_FOR_TEENAGERS = 0.6
AGES_OUT = 17.95
SIXTEEN = 16.0
FAMILY = (IN_HOUSE, AGENCY)
Rows = npt.NDArray[np.intp]


class Batch:
    """Some runs of one scenario, from the first day to the last."""

    def __init__(
        self,
        choices: Choices,
        people: People,
        supply: Supply,
        scenario: Scenario,
        years: int,
        seed: int,
        runs: range,
    ) -> None:
        self.choices, self.people, self.supply = choices, people, supply
        self.figures, self.scenario = people.figures, scenario
        self.years, self.weeks = years, int(years * WEEKS)
        self.need = np.array([NEEDS.index(need) for need in choices.need], dtype=np.int8)
        self.counts = Counts.empty(len(runs), years, len(choices.areas.names))
        drawn = [
            homes_open(supply, choices, people.figures.of_run(row), scenario, self.weeks, seed, run)
            for row, run in enumerate(runs)
        ]
        self.opens, self.closes, self.held = (np.stack(part) for part in zip(*drawn, strict=True))
        self.free = np.repeat(supply.places[None, :].astype(np.int16), len(runs), axis=0)
        # children by product, and without a family by need and area, kept up to date
        self.lived = np.zeros((len(runs), len(PRODUCTS)), np.int32)
        self.short_now = np.zeros((len(runs), len(NEEDS), len(choices.areas.names)), np.int32)
        self._settle()

    def _settle(self) -> None:
        """The stock where it lives on the first day; places of the homes taken."""
        people = self.people
        homes = people.home[:, : people.first, 0]
        rows, who = np.nonzero(homes != NO_HOME)
        np.subtract.at(self.free, (rows, homes[rows, who]), 1)
        self.opens[rows, homes[rows, who]] = 0
        for until in (people.due, people.ends):
            until[rows, who] = np.minimum(until[rows, who], self.closes[rows, homes[rows, who]])
        rows, who = np.nonzero(people.state == IN_CARE)
        size = self.choices.size[people.kind[rows, who]]
        np.add.at(self.lived, (rows, people.product[rows, who]), size)

    def run(self) -> Counts:
        """All weeks; counts by run and year."""
        for _ in self.each_week():
            pass
        return self.counts

    def each_week(self) -> Iterator[int]:
        """The weeks one by one, each told when it is over; counts are whole after the last."""
        self._count_stock(0)
        for week in range(self.weeks):
            year = min(int(week // WEEKS), self.years - 1)
            self._leave(week)
            self._place(week, year)
            self._count_week(week, year)
            if int((week + 1) // WEEKS) > int(week // WEEKS) or week == self.weeks - 1:
                self._count_stock(min(round((week + 1) / WEEKS), self.years), week)
            yield week

    def _release(self, rows: Rows, who: Rows) -> None:
        """Empty the places of some entities."""
        homes = self.people.home[rows, who]
        at, slot = np.nonzero(homes != NO_HOME)
        np.add.at(self.free, (rows[at], homes[at, slot]), 1)
        self.people.home[rows, who] = NO_HOME

    def _leave(self, week: int) -> None:
        """Who leaves care this week; some of 18 stay put, and their place is not free until they go."""
        people = self.people
        rows, who = np.nonzero((people.exit <= week) & (people.state > NOT_HERE) & (people.state < LEFT))
        product, in_care = people.product[rows, who], people.state[rows, who] == IN_CARE
        size = self.choices.size[people.kind[rows, who]]
        np.subtract.at(self.lived, (rows[in_care], product[in_care]), size[in_care])
        self._short(rows, who, np.zeros(len(rows), bool))
        fostered = np.isin(product, FAMILY) & in_care
        age = people.age[rows, who] + (week + 1 - people.arrive[rows, who]) / WEEKS
        stays = fostered & (age >= AGES_OUT) & (people.luck[rows, who, -1] < self.figures["staying_put"][rows])
        people.state[rows, who] = np.where(stays, STAYING_PUT, LEFT)
        people.due[rows, who] = NEVER
        longer = -np.log1p(-people.luck[rows, who, -2]) * self.figures["staying_put_weeks"][rows]
        people.exit[rows[stays], who[stays]] = np.minimum(week + 1 + longer[stays], week + 3 * WEEKS)
        self._release(rows[~stays], who[~stays])

    def _place(self, week: int, year: int) -> None:
        """Everybody whose search is due this week: plan, search, last resort, what is written down."""
        people = self.people
        rows, who = np.nonzero((people.due <= week) & (people.exit > week))
        if not len(rows):
            return
        kind, new = people.kind[rows, who], people.state[rows, who] == NOT_HERE
        before = people.product[rows, who]
        luck = people.luck[rows, who, np.minimum(people.stay[rows, who], MOST_STAYS - 3)]
        moving = ~new & (people.ends[rows, who] <= week)
        plan = self._plan(rows, who, kind, luck, new, moving, week)
        seeks = plan == WAITING
        adopts = self.choices.adoption[kind] & (people.ready[rows, who] <= week)
        # in a children's home, or with foster carers until adopters are found: they stay there until a better place is found
        with_carers = self.choices.adoption[kind] & np.isin(before, FAMILY) & ~moving
        stays = ~new & ((before == RESIDENTIAL) | with_carers)
        listed = np.where(self.choices.adoption[kind] & ~adopts, self.choices.meanwhile[kind], kind)
        found = self._settled(rows, who, listed, seeks, stays, week)
        place = np.where(seeks, found.product, plan).astype(np.int8)
        place[seeks & stays & (place == WAITING)] = before[seeks & stays & (place == WAITING)]
        left = seeks & (place == WAITING)
        place[left] = self._last_resort(rows[left], who[left], kind[left], luck[left])
        same = stays & ~moving & (found.homes[:, 0] == NO_HOME) & (place == before)
        self._count_searches(rows, who, kind, new, place, seeks, week, year)
        self._count_shortfalls(rows, kind, people.area[rows, who], place, before, seeks, luck, found, week, year)
        self._record(rows, who, kind, place, seeks, same, week)

    def _plan(
        self,
        rows: Rows,
        who: Rows,
        kind: npt.NDArray[np.int16],
        luck: npt.NDArray[np.float32],
        new: npt.NDArray[np.bool_],
        moving: npt.NDArray[np.bool_],
        week: int,
    ) -> npt.NDArray[np.int8]:
        """Where the plan leads: a search for a family (WAITING), or kin, parents, supported or residential by choice.

        For whoever starts by the shares of children, for whoever moves by where moves lead; at a review nothing is chosen anew.
        """
        people, figures, leads = self.people, self.figures, self.people.moving
        before = people.product[rows, who]
        asked = new | (moving & ~self.choices.adoption[kind])
        kin = np.where(new, leads.first_kin[rows], leads.kin[rows, before])
        parents = kin + np.where(new, leads.first_parents[rows], leads.parents[rows, before])
        supported = np.where(new, figures["supported_at_16"][rows], leads.supported[rows, before])
        plan = np.full(len(kind), WAITING, np.int8)
        plan[asked & (luck < kin)] = KIN
        plan[asked & (luck >= kin) & (luck < parents)] = PARENTS
        stay_residential = leads.residential[rows, before]
        plan[asked & ~new & (luck >= parents) & (luck < parents + stay_residential)] = RESIDENTIAL
        old = (self._age(rows, who, week) >= SIXTEEN) & (self.choices.size[kind] == 1)
        plan[asked & old & (luck > 1 - supported)] = SUPPORTED
        plan[asked & ~new & np.isin(before, FAMILY) & (people.ready[rows, who] <= week)] = ADOPTION
        alone = self.choices.members[kind, 0] == NO_HOME
        plan[(plan == WAITING) & ~self.choices.foster[kind] & ~self.choices.adoption[kind] & alone] = RESIDENTIAL
        return plan

    def _settled(
        self,
        rows: Rows,
        who: Rows,
        kind: npt.NDArray[np.int16],
        seeks: npt.NDArray[np.bool_],
        stays: npt.NDArray[np.bool_],
        week: int,
    ) -> Searches:
        """The searches of the week settled against the homes that can be asked; places given up and taken."""
        old = self.people.home[rows, who, 0].copy()
        leaves = seeks & ~stays
        self._release(rows[leaves], who[leaves])
        usable = (self.opens <= week) & (self.closes > week) & ~self.held[:, :, week // HOLD_BLOCK]
        listed = self.supply.later if week >= self.supply.later_from else self.supply.first
        policy = self.scenario.policy
        together = policy.plan_every > 0 and week % policy.plan_every == 0
        # who must stay together is looked for together first, and parted before a children's home
        alone, tried = self.choices.members[kind, 0] == NO_HOME, self.people.tried[rows, who]
        may_part = ~alone & (~self.choices.required[kind] | (tried >= WAITS_AT_MOST))
        room = np.where(usable, self.free, 0).astype(np.int16)
        before = room.copy()
        found = settle(
            self.choices,
            self.supply,
            listed,
            room,
            Wanted(rows, kind, old, seeks, may_part, stays),
            siblings_first=policy.siblings_first,
            together=together,
        )
        self.free -= before - room
        moved = found.homes[:, 0] != NO_HOME
        self._release(rows[moved & stays], who[moved & stays])
        self.people.home[rows[moved], who[moved]] = found.homes[moved]
        return found

    def _last_resort(
        self, rows: Rows, who: Rows, kind: npt.NDArray[np.int16], luck: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.int8]:
        """An agency home elsewhere; else wait; after some weeks a children's home."""
        tried = self.people.tried[rows, who]
        again = (luck * 997 + tried * 0.382) % 1
        place = np.full(len(rows), WAITING, np.int8)
        place[tried >= WAITS_AT_MOST] = RESIDENTIAL
        figures = self.figures
        harder = np.where(self.choices.age[kind] >= 11, HARDER_FOR_TEENAGERS, 1.0) / self.choices.size[kind]
        within = self.scenario.policy.within_miles
        near = within is not None and within < FAR_MILES
        kept = 1 - figures["far_elsewhere"][rows] if near else np.ones(len(rows))
        place[again < figures["agency_found"][rows] * kept * harder] = ELSEWHERE
        return place

    def _record(
        self,
        rows: Rows,
        who: Rows,
        kind: npt.NDArray[np.int16],
        place: npt.NDArray[np.int8],
        seeks: npt.NDArray[np.bool_],
        same: npt.NDArray[np.bool_],
        week: int,
    ) -> None:
        """Write down where each is now, how long the stay lasts and when the next search is due; `same` stay where they are."""
        people, waits, size = self.people, place == WAITING, self.choices.size[kind]
        here = people.state[rows, who] == IN_CARE
        np.subtract.at(self.lived, (rows[here], people.product[rows, who][here]), size[here])
        np.add.at(self.lived, (rows, place), size)
        self._short(rows, who, waits | (seeks & (place == RESIDENTIAL)))
        people.state[rows, who], people.product[rows, who] = IN_CARE, place
        people.tried[rows, who] = np.where(waits, people.tried[rows, who] + 1, 0)
        stay = np.minimum(people.stay[rows, who] + (~waits & ~same), MOST_STAYS - 1)
        people.stay[rows, who] = stay
        ends = week + people.moving.weeks(rows, place, people.moves[rows, who, stay])
        homes = people.home[rows, who]
        # a home that leaves ends the stay of whoever lives there
        leaves = np.where(homes != NO_HOME, self.closes[rows[:, None], homes], NEVER).min(axis=1)
        ends = np.minimum(ends, np.maximum(leaves, week + 1))
        fostered, ready = np.isin(place, FAMILY), people.ready[rows, who]
        moves_in = np.where(fostered & ~self.choices.adoption[kind], np.maximum(ready, week + 1), NEVER)
        ends = np.minimum(ends, moves_in)
        ends = np.where(same, people.ends[rows, who], np.where(place == ADOPTION, NEVER, np.minimum(ends, NEVER)))
        people.ends[rows, who] = ends
        adopts = self.choices.adoption[kind] & fostered
        review = np.where(seeks & (place == RESIDENTIAL), week + REVIEW_WEEKS, NEVER)
        review = np.where(adopts, np.maximum(week + REVIEW_WEEKS, ready), review)
        people.due[rows, who] = np.where(waits, week + 1, np.minimum(ends, review))
        adopted = (place == ADOPTION) & ~same
        order = week + people.order[rows[adopted], who[adopted]].astype(np.int32)
        wall = week + (OLD - self._age(rows[adopted], who[adopted], week)) * WEEKS
        people.exit[rows[adopted], who[adopted]] = np.minimum(np.minimum(order, wall), NEVER)

    def _age(self, rows: Rows, who: Rows, week: int) -> npt.NDArray[np.float64]:
        """Ages in a week."""
        people = self.people
        return np.asarray(people.age[rows, who] + (week - people.arrive[rows, who]) / WEEKS, dtype=np.float64)

    def _count_searches(
        self,
        rows: Rows,
        who: Rows,
        kind: npt.NDArray[np.int16],
        new: npt.NDArray[np.bool_],
        place: npt.NDArray[np.int8],
        seeks: npt.NDArray[np.bool_],
        week: int,
        year: int,
    ) -> None:
        """Referrals, and what presses on the duty desk."""
        counts, size, runs = self.counts, self.choices.size[kind], len(self.free)
        by = (rows[new], self.need[kind[new]], self.people.area[rows[new], who[new]])
        np.add.at(counts.referrals[:, year], by, size[new])
        searching = np.bincount(rows[seeks], minlength=runs)
        counts.busiest[:, year] = np.maximum(counts.busiest[:, year], searching)
        waits = (place == WAITING) & (self.people.tried[rows, who] == 0)
        counts.waited[:, year] += np.bincount(rows[waits], size[waits], minlength=runs).astype(np.int16)
        tonight = new & self.choices.emergency[kind]
        counts.emergencies[:, year] += np.bincount(rows[tonight], minlength=runs).astype(np.int16)
        friday = tonight & self.people.friday[rows, who]
        counts.fridays[:, year] += np.bincount(rows[friday], minlength=runs).astype(np.int16)

    def _count_shortfalls(
        self,
        rows: Rows,
        kind: npt.NDArray[np.int16],
        area: npt.NDArray[np.int8],
        place: npt.NDArray[np.int8],
        before: npt.NDArray[np.int8],
        seeks: npt.NDArray[np.bool_],
        luck: npt.NDArray[np.float32],
        found: Searches,
        week: int,
        year: int,
    ) -> None:
        """Children who end elsewhere than hoped for: no family, far away, another authority, brothers and sisters parted."""
        home = found.homes[:, 0]
        like = self.supply.copy_of[np.maximum(home, 0)]
        here, elsewhere = home != NO_HOME, place == ELSEWHERE
        far = here & (self.choices.miles[kind, like] > FAR_MILES)
        far |= elsewhere & ((luck * 7919) % 1 < self.figures["far_elsewhere"][rows])
        outside = (here & self.choices.outside[kind, like]) | elsewhere
        none = seeks & (place == RESIDENTIAL) & (before != RESIDENTIAL)
        month = min(int(week / WEEKS_A_MONTH), self.counts.by_month.shape[1] - 1)
        np.add.at(self.counts.by_month[:, month], rows[none], self.choices.size[kind[none]])
        for which, hit in ((NO_FAMILY, none), (FAR, far), (OUTSIDE, outside), (PARTED, found.parted)):
            by: Any = (rows[hit], which, self.need[kind[hit]], area[hit])
            np.add.at(self.counts.short[:, year], by, self.choices.size[kind[hit]])

    def _short(self, rows: Rows, who: Rows, now: npt.NDArray[np.bool_]) -> None:
        """Write down who is without a family though one is the plan."""
        people = self.people
        kind, change = people.kind[rows, who], now.astype(np.int32) - people.second_best[rows, who]
        by = (rows, self.need[kind], people.area[rows, who])
        np.add.at(self.short_now, by, change * self.choices.size[kind])
        people.second_best[rows, who] = now

    def _count_week(self, week: int, year: int) -> None:
        counts = self.counts
        counts.weeks_in[:, year] += self.lived
        counts.own_weeks[:, year] += np.minimum(self.lived[:, RESIDENTIAL], self.supply.own_places[week])
        counts.short_weeks[:, year] += self.short_now
        there = (self.opens <= week) & (self.closes > week)
        free = np.where(there & ~self.held[:, :, week // HOLD_BLOCK], np.maximum(self.free, 0), 0)
        counts.vacant[:, year] += (free.sum(axis=1) / WEEKS).astype(np.float32)
        counts.homes[:, year] = there.sum(axis=1)

    def _count_stock(self, year: int, week: int = 0) -> None:
        people = self.people
        rows, who = np.nonzero(people.state == IN_CARE)
        kind = people.kind[rows, who]
        self.counts.in_care[:, year], self.counts.in_care_by[:, year] = 0, 0
        np.add.at(
            self.counts.in_care_by[:, year],
            (rows, self.need[kind], people.area[rows, who]),
            self.choices.size[kind],
        )
        since = people.age[rows, who] - self.choices.age[kind] + (week - people.arrive[rows, who]) / WEEKS
        for number in range(MOST_SIBLINGS):
            age = self.choices.ages[kind, number] + since
            one = ~np.isnan(age)
            band = np.clip(np.searchsorted(AGE_EDGES, age[one], side="right") - 1, 0, len(AGES) - 1)
            np.add.at(self.counts.in_care[:, year], (rows[one], band, people.product[rows[one], who[one]]), 1)
