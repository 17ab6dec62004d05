"""What an authority does in a year: children come, homes are rung, places are promised and taken, outcomes asked, placements end."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from matching.domain import Child
from matching.io.rows import cells_of
from matching.synthetic import sample_caseload
from tests.lib.builders import DATA
from tests.soak.desk import Desk

V1 = "/api/v1"
HOMES_A_DAY = 2  # children, or brothers and sisters, for whom a home is sought each working day
SAYS_NO = 0.25  # carers who say no when they are rung
STAYS = 45  # working days that a placement lasts on average, so that homes have places again
CONFIRMED = 3  # vacancies that are confirmed each day
AFTER_CARE = {"care_type": "short-break", "stays": "none"}  # lives with the family, and asks for no nights


@dataclass
class Year:
    """The officers of one authority; what they were told is done is kept, to be looked for in the record."""

    officer: Desk
    manager: Desk
    draws: random.Random
    lives: dict[str, str] = field(default_factory=dict)
    promised: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._families = _families(self.draws.randrange(1000))
        self._days = 0

    def day(self, today: date) -> None:
        """One working day; each fifth has a meeting."""
        self._days += 1
        self.officer.sign_in()
        for page in ("/board", "/board/tonight", "/outcomes"):
            self.officer.ask("GET", page)
        self._move_in()
        if self.draws.random() < 0.7:
            self._refer(next(self._families), today)
        self._seek_homes()
        self._some_end()
        self._confirm()
        self._outcomes()
        if self._days % 5 == 0:
            self._meeting()

    def _meeting(self) -> None:
        """The weekly meeting: the plan for everybody by page and as a job, its pages, the pack."""
        self.officer.send("/meeting", once=f"m-{self.draws.random()}")
        for page in ("/meeting", "/meeting/grid", "/meeting/pack.pdf"):
            self.officer.ask("GET", page)
        job = self.officer.ask("POST", f"{V1}/plans", {}, Prefer="respond-async")
        self._settled(job.headers["location"])

    def month(self) -> None:
        """What is done once a month: how we decide, and the vacancies as a table."""
        self.manager.sign_in()
        self.manager.ask("GET", "/oversight")
        self.manager.ask("GET", f"{V1}/vacancies", Accept="text/csv")

    def _settled(self, where: str) -> None:
        for _ in range(600):
            told = self.officer.look(where)
            if told["state"] not in ("waiting", "running"):
                assert told["state"] == "done", told
                return
            time.sleep(0.5)
        raise AssertionError(f"the job at {where} is not settled after five minutes")

    def _decide(self, kind: str, children: list[str], home: str, reason: str | None = None) -> bool:
        body = {"kind": kind, "children": children, "home": home, "reason": reason}
        done = self.officer.ask("POST", f"{V1}/decisions", body).status_code == 201
        self.told += [(kind, tuple(children))] if done else []
        return done

    def _move_in(self) -> None:
        """Who was promised a place the day before moves in."""
        for child, home in list(self.promised.items()):
            if self._decide("placed", [child], home):
                self.lives[child] = home
            del self.promised[child]

    def _refer(self, family: list[Child], today: date) -> None:
        """A family comes; half of them by a day within six weeks, some tonight."""
        deadline = self.draws.choices(["emergency", "statutory", "planned"], [1, 2, 4])[0]
        days = 0 if deadline == "emergency" else self.draws.randint(3, 42)
        by = {"deadline": deadline, "needs_home_by": (today + timedelta(days)).isoformat()}
        cells = [{**cells_of(child), **by, "waiting_since": today.isoformat()} for child in family]
        self.officer.ask("POST", f"{V1}/referrals", {"children": cells})

    def _seek_homes(self) -> None:
        """For the first who wait, with the brothers and sisters who wait too: the list, and calls until somebody says yes."""
        waiting: list[dict[str, Any]] = self.officer.ask("GET", f"{V1}/referrals").json()
        free = [one for one in waiting if one["ref"] not in self.promised]
        families = dict.fromkeys(one["sibling_group"] or one["ref"] for one in free)
        for family in list(families)[:HOMES_A_DAY]:
            children = [one["ref"] for one in free if family in (one["sibling_group"], one["ref"])]
            self.officer.ask("GET", f"/children/{children[0]}")
            self._ring(children, self.officer.ask("POST", f"{V1}/shortlists", {"children": children}).json()["options"])

    def _ring(self, children: list[str], options: list[dict[str, Any]]) -> None:
        for home in (option["home"] for option in options):
            if self.draws.random() < SAYS_NO:
                for child in children:
                    no = {"child": child, "home": home, "by": "carer", "reason": "timing"}
                    self.officer.ask("POST", f"{V1}/refusals", no)
            elif self._decide("accepted", children, home):
                self.promised |= dict.fromkeys(children, home)
                return

    def _some_end(self) -> None:
        """Children go home to their families, and the carers say that the place is free."""
        for child, home in list(self.lives.items()):
            if self.draws.random() < 1 / STAYS and self._decide("ended", [child], home, "home to the family"):
                del self.lives[child]
                version = self.officer.ask("GET", f"{V1}/children/{child}").json()["version"]
                self.officer.ask("PATCH", f"{V1}/children/{child}", {"cells": AFTER_CARE}, If_Match=f'"{version}"')
                self.officer.ask("POST", f"{V1}/homes/{home}/vacancy", {"places_free": 1, "place_state": "vacant"})

    def _confirm(self) -> None:
        found: list[dict[str, Any]] = self.officer.ask("GET", f"{V1}/vacancies").json()
        for one in [one for one in found if one["yours"]][:CONFIRMED]:
            self.officer.ask("POST", f"{V1}/homes/{one['home']}/confirm")

    def _outcomes(self) -> None:
        for one in self.officer.ask("GET", f"{V1}/outcomes/due").json():
            told = {"placed": one["placed"], "point": one["point"], "found": "settled"}
            self.officer.ask("POST", f"{V1}/outcomes", told)


def _families(seed: int) -> Iterator[list[Child]]:
    """Families who come, one after another, each child with a reference of their own."""
    found = sample_caseload(DATA / "reference", children=600, homes=1, seed=seed)
    children = {child.ref: child for child in found.seeking}
    for group in found.groups:
        yield [_named(children[ref], group.ref) for ref in group.children]


def _named(child: Child, group: str) -> Child:
    return replace(child, ref=f"N{child.ref}", sibling_group=f"N{group}" if child.sibling_group else None)
