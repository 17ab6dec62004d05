"""What the killed process of `test_killed` does: one act after another, each told when it is acknowledged.

python -m tests.api.killed accept|import|plan|migrate FIRST
"""

import sys
from typing import Any

from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.opening import opened
from api.sample import AUTHORITY
from api.security.accounts import User
from api.services import decisions, jobs
from api.services.decisions import Choice, Desk, Kind
from api.services.geography import maps
from api.services.jobs import JobKind, Upload
from api.settings import Settings
from api.worker import work
from matching.cli.places import data_folder
from matching.policy import read_policy
from tests.lib.builders import TODAY

OFFICER = User("officer", ("duty-officer", "data-manager"), AUTHORITY)
MOST = 10_000
EARLIER = "0301"  # before each person had a key: every fact and decision is sealed anew on the way


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def accept(first: int) -> None:
    """Promise place after place."""
    settings = Settings.from_environment()
    store, known = opened(settings), maps()
    policy = read_policy(data_folder() / "policies" / "fostering.toml")
    say(-1)
    for number in range(first, MOST):
        choice = Choice(Kind.ACCEPTED, (f"K{number}",), f"KH{number}", None, None)

        def act(session: Session, choice: Choice = choice) -> Any:
            return decisions.decide(Desk(session, store.seal, known, policy, OFFICER, TODAY), choice)

        about = f"child:K{number}"
        store.transact(act, lambda _, about=about: Entry("officer", "decide-accepted", about, {}))  # type: ignore[misc]
        say(number)


def bring_in(first: int) -> None:
    """Import caseload after caseload, each of twenty children."""
    settings = Settings.from_environment()
    store = opened(settings)
    say(-1)
    asked = {"kind": "caseload", "dry_run": False, "as_of": TODAY.isoformat()}
    for number in range(first, MOST):
        rows = "".join(f"{TODAY},M{number}-{child},female\n" for child in range(20))
        files = {
            "children.csv": f"as_of,ref,sex\n{rows}",
            "homes.csv": "ref\n",
            "placements.csv": "child,home\n",
            "relationships.csv": "tie,of\n",
        }
        sent = tuple(Upload(name, "text/csv", text.encode()) for name, text in files.items())

        def ask(session: Session, sent: tuple[Upload, ...] = sent) -> str:
            return jobs.ask(session, store.seal, OFFICER, JobKind.IMPORT, asked, sent).id

        job = store.transact(ask, lambda _: Entry("officer", "ask-import", "import", {}))
        work.do(settings, store, job)
        say(number)


def plan(first: int) -> None:
    """Make plan after plan, each as a job."""
    settings = Settings.from_environment()
    store = opened(settings)
    say(-1)
    asked = {"pins": {}, "forbidden": [], "since": None, "seconds": 5}
    for number in range(first, MOST):

        def ask(session: Session) -> str:
            return jobs.ask(session, store.seal, OFFICER, JobKind.PLAN, asked).id

        job = store.transact(ask, lambda _: Entry("officer", "ask-plan", "plan", {}))
        work.do(settings, store, job)
        say(number)


def migrate(first: int) -> None:
    """Bring the tables down and up again and again."""
    store = opened(Settings.from_environment())
    say(-1)
    for number in range(first, MOST):
        store.migrate_down(EARLIER)
        store.migrate()
        say(number)


if __name__ == "__main__":
    {"accept": accept, "import": bring_in, "plan": plan, "migrate": migrate}[sys.argv[1]](int(sys.argv[2]))
