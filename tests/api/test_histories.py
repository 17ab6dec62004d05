"""Random histories of several people at once: whatever they do, beds, homes and the trail never contradict each other."""

import os
import random
import threading
from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import audit, queries
from api.db.audit import Entry
from api.db.queries import Maps
from api.db.store import Store
from api.db.tables import AuditEntry, Bed, Decided
from api.errors import Conflict, NotHere, Wrong
from api.sample import AUTHORITY
from api.security.accounts import User
from api.services import decisions, homes
from api.services.decisions import Choice, Desk, Kind
from api.services.geography import maps
from api.services.homes import At
from matching.cli.places import data_folder
from matching.domain import Standing
from matching.errors import MatchingError
from matching.policy import Policy, read_policy
from tests.lib.builders import TODAY, a_child, a_home

HISTORIES = 1000 if os.environ.get("NIGHTLY") else 6  # on each database
ACTS, CHILDREN = 8, 5
PLACES = {0: 1, 1: 2, 2: 1}
REFUSED = (Conflict, NotHere, Wrong, MatchingError)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy(data_folder() / "policies" / "fostering.toml")


def fill(store: Store, name: str) -> None:
    """A small city of one history's own."""

    def act(session: Session) -> None:
        for number in range(CHILDREN):
            child = a_child(f"{name}C{number}", 8, authority=AUTHORITY)
            queries.add_new(session, store.seal, "child", child)
        for number, places in PLACES.items():
            queries.add_new(session, store.seal, "home", a_home(f"{name}H{number}", places_free=places))

    store.transact(act, lambda _: Entry("test", "fill", "history", {}))


def live(store: Store, known: Maps, policy: Policy, name: str, draws: random.Random, told: list[str]) -> None:
    """One person's acts, one after another; what is refused changes nothing."""
    user = User(f"officer-{draws.random()}", ("duty-officer",), AUTHORITY)
    for _ in range(ACTS):
        kind = draws.choice([*Kind, None])
        child, home = f"{name}C{draws.randrange(CHILDREN)}", f"{name}H{draws.randrange(len(PLACES))}"
        reason = "as it came" if draws.random() < 0.9 else None

        def act(
            session: Session,
            kind: Kind | None = kind,
            child: str = child,
            home: str = home,
            reason: str | None = reason,
        ) -> object:
            if kind is None:
                return homes.confirm(At(session, store.seal, known, TODAY), home, "carer")
            desk = Desk(session, store.seal, known, policy, user, TODAY)
            return decisions.decide(desk, Choice(kind, (child,), home, None, reason))

        about = f"decided:{child}" if kind else f"home:{home}"
        try:
            store.transact(act, lambda _, about=about: Entry(user.name, "history", about, {}))  # type: ignore[misc]
        except REFUSED:
            continue
        if kind:
            told.append(child)


def test_whatever_people_do_at_once_the_record_holds_together(store: Store, policy: Policy) -> None:
    known, draws = maps(), random.Random(7)
    for number in range(HISTORIES):
        name, told = f"h{number}-", list[str]()
        fill(store, name)
        people = [
            threading.Thread(target=live, args=(store, known, policy, name, random.Random(draws.random()), told))
            for _ in range(draws.randint(3, 5))
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        _holds(store, known, name, told)
    with store.reading() as session:
        assert audit.verify(session).faults == ()


def _holds(store: Store, known: Maps, name: str, told: list[str]) -> None:
    with store.reading() as session:
        beds = session.scalars(select(Bed).where(Bed.home.startswith(name))).all()
        decided = Counter(session.scalars(select(Decided.child).where(Decided.child.startswith(name))))
        acts = select(AuditEntry.about).where(AuditEntry.about.startswith(f"decided:{name}"))
        entries = Counter(about.removeprefix("decided:") for about in session.scalars(acts))
        caseload = queries.load_caseload(session, store.seal, known, TODAY)
    assert decided == entries == Counter(told), "each act has its decision and its entry, each refusal neither"
    assert max(Counter(bed.child for bed in beds).values(), default=0) <= 1
    lived = [p for p in caseload.placements if p.standing is Standing.CURRENT and p.home.startswith(name)]
    assert max(Counter(p.child for p in lived).values(), default=0) <= 1
    for number, places in PLACES.items():
        home = f"{name}H{number}"
        assert sum(p.home == home for p in lived) <= places, home
        assert (caseload.home(home).places_free or 0) >= 0
