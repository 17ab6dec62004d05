"""The weeks of many runs at once: children seek, are placed by the lists of the rules and criteria, move and leave.

Arrays are (runs, entities) or (runs, homes). An entity is a child, or brothers and sisters who arrive together; they leave together.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.sufficiency.choices import MOST_SIBLINGS, NO_HOME, Choices
from matching.sufficiency.coming import (
    ADOPTION,
    AGENCY,
    ELSEWHERE,
    HOLD_BLOCK,
    IN_HOUSE,
    KIN,
    MOST_STAYS,
    NEVER,
    PARENTS,
    PRODUCTS,
    RESIDENTIAL,
    SUPPORTED,
    WAITING,
    Stock,
    Supply,
    arrivals,
    exits,
    homes_open,
)
from matching.sufficiency.draws import uniform
from matching.sufficiency.parameters import AGE_EDGES, AGES, WEEKS, Parameters
from matching.sufficiency.scenario import Scenario

REVIEW_WEEKS = 13
WAITS_AT_MOST = 4
HARDER_FOR_TEENAGERS = 0.6
NEEDS = ("younger child", "teenager", "brothers and sisters", "disabled", "unaccompanied")
NOT_HERE, IN_CARE, LEFT = 0, 1, 2
LASTING = np.isin(np.arange(len(PRODUCTS)), (KIN, PARENTS, SUPPORTED, ADOPTION))


@dataclass
class Counts:
    """What one batch of runs came to, by run and year.

    `in_care` (runs, years+1, ages, products); `unmet` and `referrals` (runs, years, needs) count children; `split` and
    `waited` (runs, years) siblings' groups parted and children not placed in their first week; `weeks_in` (runs,
    years, products) child weeks; `vacant` (runs, years) places free on average.
    """

    in_care: npt.NDArray[np.int32]
    unmet: npt.NDArray[np.int32]
    referrals: npt.NDArray[np.int32]
    split: npt.NDArray[np.int32]
    waited: npt.NDArray[np.int32]
    weeks_in: npt.NDArray[np.float64]
    vacant: npt.NDArray[np.float64]
    homes: npt.NDArray[np.int32]

    @classmethod
    def empty(cls, runs: int, years: int) -> "Counts":
        """Nothing counted yet."""
        return cls(
            np.zeros((runs, years + 1, len(AGES), len(PRODUCTS)), np.int32),
            np.zeros((runs, years, len(NEEDS)), np.int32),
            np.zeros((runs, years, len(NEEDS)), np.int32),
            np.zeros((runs, years), np.int32),
            np.zeros((runs, years), np.int32),
            np.zeros((runs, years, len(PRODUCTS))),
            np.zeros((runs, years)),
            np.zeros((runs, years), np.int32),
        )


class Batch:
    """Some runs of one scenario, from the first day to the last."""

    def __init__(
        self,
        choices: Choices,
        stock: Stock,
        supply: Supply,
        parameters: Parameters,
        scenario: Scenario,
        years: int,
        seed: int,
        runs: range,
    ) -> None:
        self.choices, self.supply, self.parameters = choices, supply, parameters
        self.years, self.weeks = years, int(years * WEEKS)
        self.need = np.array([NEEDS.index(need) for need in choices.need], dtype=np.int8)
        self.counts = Counts.empty(len(runs), years)
        self._homes(scenario, seed, runs)
        self._children(stock, scenario, seed, runs)

    def _homes(self, scenario: Scenario, seed: int, runs: range) -> None:
        drawn = [homes_open(self.supply, self.parameters, scenario, self.weeks, seed, run) for run in runs]
        self.opens, self.closes, self.held = (np.stack(part) for part in zip(*drawn, strict=True))
        self.free = np.repeat(self.supply.places[None, :].astype(np.int16), len(runs), axis=0)

    def _children(self, stock: Stock, scenario: Scenario, seed: int, runs: range) -> None:
        first = len(stock.kind)
        come = [arrivals(self.choices, self.parameters, scenario, first, self.weeks, seed, run) for run in runs]
        count = first + max((len(week) for week, _, _ in come), default=0)
        shape = (len(runs), count)
        self.arrive, self.kind = np.full(shape, NEVER, np.int16), np.zeros(shape, np.int16)
        self.age, self.exit = np.full(shape, 10.0), np.full(shape, NEVER, np.int16)
        self.moves = np.full((*shape, MOST_STAYS), NEVER, np.int16)
        self.luck = np.zeros((*shape, MOST_STAYS))
        for row, (run, (week, kind, number)) in enumerate(zip(runs, come, strict=True)):
            self._one_run(row, run, seed, stock, week, kind, number)
        self.state = np.full(shape, NOT_HERE, np.int8)
        self.product = np.zeros(shape, np.int8)
        self.home = np.full((*shape, MOST_SIBLINGS), NO_HOME, np.int16)
        self.stay, self.due = np.zeros(shape, np.int16), self.arrive.copy()
        self.tried = np.zeros(shape, np.int8)
        self._settle(stock)

    def _one_run(
        self,
        row: int,
        run: int,
        seed: int,
        stock: Stock,
        week: npt.NDArray[np.int16],
        kind: npt.NDArray[np.int16],
        number: npt.NDArray[np.int64],
    ) -> None:
        """Draws of one run: those of the stock by place, those of arrivals by their number among the candidates."""
        first, many = len(stock.kind), int(number.max(initial=-1)) + 1
        whole = first + len(week)
        self.arrive[row, :first], self.arrive[row, first:whole] = 0, week
        self.kind[row, :first], self.kind[row, first:whole] = stock.kind, kind
        self.age[row, :first], self.age[row, first:whole] = stock.age, self.choices.age[kind]
        for purpose, into in (("stay", None), ("moves", self.moves), ("luck", self.luck)):
            width = () if into is None else (MOST_STAYS,)
            drawn = np.concatenate(
                [
                    uniform(seed, run, f"{purpose} of stock", (first, *width)),
                    uniform(seed, run, purpose, (many, *width))[number],
                ]
            )
            if into is None:
                left = exits(self.parameters, self.age[row, :whole], drawn)
                self.exit[row, :whole] = np.minimum(self.arrive[row, :whole] + left, NEVER)
            elif into is self.moves:
                # Weibull of shape 0.6: short placements end early, long ones last; the mean is that of the rate
                mean = WEEKS / max(self.parameters["moves"], 1e-6)
                into[row, :whole] = np.clip((mean / 1.5) * (-np.log1p(-drawn)) ** (1 / 0.6), 1, NEVER - 2000)
            else:
                into[row, :whole] = drawn

    def _settle(self, stock: Stock) -> None:
        """The stock where it lives on the first day; places of the homes taken."""
        first = len(stock.kind)
        self.state[:, :first], self.product[:, :first] = IN_CARE, stock.product
        self.home[:, :first, 0] = stock.home
        living = stock.home[stock.home != NO_HOME]
        self.free -= np.bincount(living, minlength=self.free.shape[1]).astype(np.int16)[None, :]
        self.opens[:, living] = 0
        self.due[:, :first] = np.where(np.isin(stock.product, (IN_HOUSE, AGENCY)), self.moves[:, :first, 0], NEVER)

    def run(self) -> Counts:
        """All weeks; counts by run and year."""
        self._count_stock(0)
        for week in range(self.weeks):
            year = min(int(week // WEEKS), self.years - 1)
            self._leave(week)
            self._close_homes(week)
            self._place(week, year)
            self._count_week(week, year)
            if int((week + 1) // WEEKS) > int(week // WEEKS) or week == self.weeks - 1:
                self._count_stock(min(round((week + 1) / WEEKS), self.years), week)
        return self.counts

    def _release(self, rows: npt.NDArray[np.intp], who: npt.NDArray[np.intp]) -> None:
        """Empty the places of some entities."""
        homes = self.home[rows, who]
        at, slot = np.nonzero(homes != NO_HOME)
        np.add.at(self.free, (rows[at], homes[at, slot]), 1)
        self.home[rows, who] = NO_HOME

    def _leave(self, week: int) -> None:
        rows, who = np.nonzero((self.state == IN_CARE) & (self.exit <= week))
        self._release(rows, who)
        self.state[rows, who] = LEFT
        self.due[rows, who] = NEVER

    def _close_homes(self, week: int) -> None:
        """Children of a home that closes this week must move."""
        closing = self.closes == week
        if closing.any():
            hit = np.take_along_axis(closing, np.maximum(self.home[:, :, 0], 0).astype(np.intp), axis=1)
            self.due[hit & (self.home[:, :, 0] != NO_HOME) & (self.state == IN_CARE)] = week

    def _place(self, week: int, year: int) -> None:
        """Everybody whose search is due this week, in order of who came first, all runs side by side."""
        due = (self.due <= week) & (self.state != LEFT) & (self.exit > week)
        due[(self.state == NOT_HERE) & (self.arrive <= week) & (self.exit <= week)] = False
        rows, who = np.nonzero(due)
        if not len(rows):
            return
        usable = (self.opens <= week) & (self.closes > week) & ~self.held[:, :, week // HOLD_BLOCK]
        turn = np.arange(len(rows)) - np.searchsorted(rows, rows)
        for number in range(int(turn.max()) + 1):
            now = turn == number
            self._search(rows[now], who[now], usable, week, year)

    def _search(
        self, rows: npt.NDArray[np.intp], who: npt.NDArray[np.intp], usable: npt.NDArray[np.bool_], week: int, year: int
    ) -> None:
        """One entity of each of some runs: kin, home of the register, agency elsewhere, last resort."""
        kind = self.kind[rows, who]
        new = self.state[rows, who] == NOT_HERE
        self._count_referrals(rows[new], kind[new], year)
        residential_before = self.product[rows, who] == RESIDENTIAL
        luck = self.luck[rows, who, np.minimum(self.stay[rows, who], MOST_STAYS - 1)]
        plan = self._plan(kind, luck, new)
        seeks = plan == WAITING
        self._release(rows[seeks & ~residential_before], who[seeks & ~residential_before])
        place = np.full(len(rows), WAITING, np.int8)
        place[~seeks] = plan[~seeks]
        chosen = self._choose(rows, kind, self.choices.size[kind], usable)
        found = seeks & (chosen != NO_HOME)
        self._take(rows[found], who[found], chosen[found], self.choices.size[kind[found]])
        place[found] = np.where(self.supply.own[chosen[found]], IN_HOUSE, AGENCY)
        for at in np.flatnonzero(seeks & ~found & (self.choices.members[kind, 0] != NO_HOME)):
            if self._part(rows[at], who[at], int(kind[at]), usable[rows[at]]):
                place[at] = IN_HOUSE
                self.counts.split[rows[at], year] += 1
        left = seeks & (place == WAITING)
        place[left] = self._last_resort(rows[left], who[left], kind[left], luck[left], residential_before[left])
        self._record(rows, who, kind, place, seeks, residential_before, week, year)

    def _plan(
        self, kind: npt.NDArray[np.int16], luck: npt.NDArray[np.float64], new: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.int8]:
        """Where the plan leads: a search for a family (WAITING), or kin, parents, supported or residential by choice."""
        kin = self.parameters["kin"]
        plan = np.full(len(kind), WAITING, np.int8)
        plan[new & (luck < kin)] = KIN
        plan[new & (luck >= kin) & (luck < kin + self.parameters["with_parents"])] = PARENTS
        old = (self.choices.age[kind] >= 16) & (self.choices.size[kind] == 1)
        plan[old & (luck > 1 - self.parameters["supported_at_16"])] = SUPPORTED
        plan[(plan == WAITING) & ~self.choices.foster[kind] & (self.choices.members[kind, 0] == NO_HOME)] = RESIDENTIAL
        return plan

    def _choose(
        self,
        rows: npt.NDArray[np.intp],
        kind: npt.NDArray[np.int16],
        size: npt.NDArray[np.int8],
        usable: npt.NDArray[np.bool_],
    ) -> npt.NDArray[np.int16]:
        """The first home on each list that has room for all; NO_HOME where none has."""
        listed = self.supply.asked[kind]
        at = np.maximum(listed, 0)
        room = (self.free[rows[:, None], at] >= size[:, None]) & usable[rows[:, None], at] & (listed != NO_HOME)
        first = room.argmax(axis=1)
        return np.where(room[np.arange(len(rows)), first], listed[np.arange(len(rows)), first], NO_HOME)

    def _take(
        self,
        rows: npt.NDArray[np.intp],
        who: npt.NDArray[np.intp],
        homes: npt.NDArray[np.int16],
        size: npt.NDArray[np.int8],
    ) -> None:
        self.free[rows, homes] -= size
        self.home[rows, who] = np.where(np.arange(MOST_SIBLINGS) < size[:, None], homes[:, None], NO_HOME)

    def _part(self, row: int, who: int, kind: int, usable: npt.NDArray[np.bool_]) -> bool:
        """Brothers and sisters in several homes, each child's best that has room; nobody where one finds none."""
        taken: list[int] = []
        for member in self.choices.members[kind][self.choices.members[kind] != NO_HOME]:
            listed = self.supply.asked[member]
            listed = listed[listed != NO_HOME]
            room = listed[(self.free[row, listed] >= 1) & usable[listed]]
            if not len(room):
                np.add.at(self.free[row], taken, 1)
                return False
            taken.append(int(room[0]))
            self.free[row, room[0]] -= 1
        self.home[row, who, : len(taken)] = taken
        return True

    def _last_resort(
        self,
        rows: npt.NDArray[np.intp],
        who: npt.NDArray[np.intp],
        kind: npt.NDArray[np.int16],
        luck: npt.NDArray[np.float64],
        residential: npt.NDArray[np.bool_],
    ) -> npt.NDArray[np.int8]:
        """An agency home elsewhere; else wait; after some weeks a children's home; in one already: stay there."""
        again = (luck * 997 + self.tried[rows, who] * 0.382) % 1
        place = np.full(len(rows), WAITING, np.int8)
        place[self.tried[rows, who] >= WAITS_AT_MOST] = RESIDENTIAL
        harder = np.where(self.choices.age[kind] >= 11, HARDER_FOR_TEENAGERS, 1.0) / self.choices.size[kind]
        place[again < self.parameters["agency_found"] * harder] = ELSEWHERE
        place[residential] = RESIDENTIAL
        return place

    def _record(
        self,
        rows: npt.NDArray[np.intp],
        who: npt.NDArray[np.intp],
        kind: npt.NDArray[np.int16],
        place: npt.NDArray[np.int8],
        seeks: npt.NDArray[np.bool_],
        residential_before: npt.NDArray[np.bool_],
        week: int,
        year: int,
    ) -> None:
        """Write down where each is now and when the next search is due."""
        size, waits = self.choices.size[kind], place == WAITING
        np.add.at(
            self.counts.waited[:, year],
            rows[waits & (self.tried[rows, who] == 0)],
            size[waits & (self.tried[rows, who] == 0)],
        )
        unmet = seeks & (place == RESIDENTIAL) & ~residential_before
        np.add.at(self.counts.unmet[:, year], (rows[unmet], self.need[kind[unmet]]), size[unmet])
        self.state[rows, who], self.product[rows, who] = IN_CARE, place
        self.tried[rows, who] = np.where(waits, self.tried[rows, who] + 1, 0)
        stay = np.minimum(self.stay[rows, who] + ~waits, MOST_STAYS - 1)
        self.stay[rows, who] = stay
        until = week + self.moves[rows, who, stay]
        until = np.where(LASTING[place], NEVER, until)
        until = np.where(place == RESIDENTIAL, week + REVIEW_WEEKS, until)
        self.due[rows, who] = np.where(waits, week + 1, np.minimum(until, NEVER))

    def _count_referrals(self, rows: npt.NDArray[np.intp], kind: npt.NDArray[np.int16], year: int) -> None:
        np.add.at(self.counts.referrals[:, year], (rows, self.need[kind]), self.choices.size[kind])

    def _count_week(self, week: int, year: int) -> None:
        rows, who = np.nonzero(self.state == IN_CARE)
        at = rows * len(PRODUCTS) + self.product[rows, who]
        lived = np.bincount(at, self.choices.size[self.kind[rows, who]], len(self.state) * len(PRODUCTS))
        self.counts.weeks_in[:, year] += lived.reshape(len(self.state), len(PRODUCTS))
        usable = (self.opens <= week) & (self.closes > week)
        free = np.where(usable & ~self.held[:, :, week // HOLD_BLOCK], np.maximum(self.free, 0), 0)
        self.counts.vacant[:, year] += free.sum(axis=1) / WEEKS
        self.counts.homes[:, year] = usable.sum(axis=1)

    def _count_stock(self, year: int, week: int = 0) -> None:
        rows, who = np.nonzero(self.state == IN_CARE)
        kind = self.kind[rows, who]
        self.counts.in_care[:, year] = 0
        since = self.age[rows, who] - self.choices.age[kind] + (week - self.arrive[rows, who]) / WEEKS
        for number in range(MOST_SIBLINGS):
            age = self.choices.ages[kind, number] + since
            one = ~np.isnan(age)
            band = np.clip(np.searchsorted(AGE_EDGES, age[one], side="right") - 1, 0, len(AGES) - 1)
            np.add.at(self.counts.in_care[:, year], (rows[one], band, self.product[rows[one], who[one]]), 1)
