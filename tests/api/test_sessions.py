"""A session lasts while somebody works, and ends when they do not."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.db.tables import SignedIn
from api.security.accounts import now
from tests.api.conftest import Running, signed_in

CHILDREN = "/api/v1/children"


def last_asked(service: Running, minutes: float) -> None:
    """Every session of the duty officer was last used so long ago."""
    moment = now() - timedelta(minutes=minutes)
    with service.store.engine.begin() as connection:
        connection.execute(update(SignedIn).where(SignedIn.person == "duty-officer").values(last_seen=moment))


def test_who_works_on_is_not_signed_out(service: Running) -> None:
    officer = signed_in(service.nobody, "duty-officer")
    last_asked(service, 29)
    assert officer.ask("GET", CHILDREN).status_code == 200
    with Session(service.store.engine) as session:
        seen = session.scalars(select(SignedIn.last_seen).where(SignedIn.person == "duty-officer")).all()
    assert now() - max(seen) < timedelta(minutes=1)


def test_an_idle_session_ends(service: Running) -> None:
    officer = signed_in(service.nobody, "duty-officer")
    last_asked(service, 31)
    answer = officer.ask("GET", CHILDREN)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The session was idle and has ended."
