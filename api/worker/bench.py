"""What a job has at hand, and the one way in which it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.files import drop_files
from api.db.queries import Maps
from api.db.store import Store
from api.db.tables import Person
from api.errors import NotAllowed
from api.security.accounts import User
from api.services import jobs
from api.services.jobs import State
from api.services.policies import InForce
from api.services.replaying import policy_in_use
from api.settings import Settings
from matching.cli.places import data_folder
from matching.policy import Policy


@dataclass(frozen=True)
class Bench:
    """One job at work: whose, what was asked, and the record."""

    store: Store
    maps: Maps
    settings: Settings
    job: str
    user: User
    asked: dict[str, Any]
    day: date

    @property
    def policy(self) -> Policy:
        """The policy in force on the day."""
        shipped = policy_in_use(self.store, data_folder() / "policies" / "fostering.toml")
        return InForce(self.store, shipped).on(self.day)

    def say(self, share: int, said: str) -> None:
        """Tell how far the work is: hundredths done, and what comes now."""
        jobs.told_progress(self.store, self.job, share, said)

    def finish(self, act: str, about: str, work: Callable[[Session], dict[str, Any]], **detail: object) -> None:
        """Do what the job does to the record and settle it, in one act; raises `Stopped` when nobody wants it any more."""

        def done(session: Session) -> None:
            row = jobs.still_wanted(session, self.job)
            jobs.settle(row, State.DONE, work(session))
            drop_files(session, f"job:{self.job}:in")

        self.store.transact(done, lambda _: Entry(self.user.name, act, about, {**detail, "job": self.job}))


def who_asked(session: Session, name: str) -> User:
    """The person behind a job, with the roles they have now; raises `NotAllowed` when they have left."""
    person = session.get(Person, name)
    if person is None or not person.active:
        raise NotAllowed("Who asked for this job has left.", "Somebody else may ask for it again.")
    return User(person.name, tuple(person.roles), person.authority)
