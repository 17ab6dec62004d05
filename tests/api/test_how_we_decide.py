"""What a manager sees of how people decide, and the training cases that officers meet."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from api.db.audit import Entry
from api.db.tables import Decided
from api.security.accounts import User, now
from api.security.roles import MAY, May, Role
from api.services import oversight, training
from api.services.oversight import Band, Warning, band_of
from tests.api.conftest import Running, somebody
from tests.api.test_pages import ROUTES, Browser, _filled
from tests.lib.reading_grade import grade, sentences_of


@pytest.fixture(scope="module")
def at(service: Running) -> Iterator[dict[str, Browser]]:
    found = {name: Browser(service.url).sign_in(name) for name in ("duty-officer", "director-of-childrens-services")}
    yield found
    for browser in found.values():
        browser.http.close()


def chosen(service: Running, by: str, firsts: int, others: int) -> None:
    """Decisions of somebody, as the record keeps them."""

    def act(session: Session) -> int:
        kinds = ["accepted"] * firsts + ["overridden"] * others
        for number, kind in enumerate(kinds):
            told = {"child": "C3", "home": "H2", "kind": kind, "by": by, "roles": [], "at": now()}
            session.add(Decided(id=f"{by}-{number}", plan=None, sealed=None, **told))
        return len(kinds)

    service.store.transact(act, lambda rows: Entry("test", "load", "decisions", {"rows": rows}))


def test_bands_are_by_decisions_before_and_few_say_nothing(service: Running) -> None:
    assert [band_of(n) for n in (0, 9, 10, 49, 50)] == [
        b for b, n in zip([b for b, _ in oversight.BANDS], (2, 2, 1), strict=True) for _ in range(n)
    ]
    assert Band("x", 9, 9, 0, 0).question == ""
    assert "Nearly always" in Band("x", 30, 29, 0, 0).question
    assert Band("x", 20, 19, 0, 0).question == "", "19 of 20 is not more than 95 in 100"
    assert "Hardly ever" in Band("x", 30, 8, 0, 0).question
    assert Warning("r", "t", 12, 11, 0).noisy
    assert not Warning("r", "t", 12, 9, 0).noisy
    assert not Warning("r", "t", 12, 10, 2).noisy


def test_a_manager_sees_bands_and_records_a_review_and_no_name_stands_in_a_count(
    at: dict[str, Browser], service: Running
) -> None:
    chosen(service, "old-hand", 61, 0)
    chosen(service, "new-hand", 2, 1)
    boss = at["director-of-childrens-services"]
    text = boss.see("/oversight").text
    with service.store.reading() as session:
        user = User("director", ("director-of-childrens-services",), "E06000045")
        bands = oversight.bands(session, service.store.seal, user)
    assert [(b.chosen, b.first) for b in bands] == [(13, 12), (40, 40), (11, 11)]
    assert "40 of 40" in text
    assert "Nearly always the first home" in text
    assert "old-hand" not in text
    empty = boss.send("/oversight/reviews", band=bands[1].name, said="", once="o-1")
    assert empty.status_code == 422
    assert 'href="#said-2"' in empty.text
    kept = boss.send("/oversight/reviews", band=bands[1].name, said="Read ten; the list was right in nine.", once="o-2")
    assert "the list was right in nine" in kept.text
    assert at["duty-officer"].see("/oversight").status_code == 403

    def act(session: Session) -> int:
        session.execute(delete(Decided))
        return 0

    service.store.transact(act, lambda _: Entry("test", "clear", "decisions", {}))


def test_an_officer_finds_a_planted_fault_and_a_manager_sees_that_it_was_found(
    at: dict[str, Browser], service: Running
) -> None:
    """The case is marked as training, answered once, and told at once; nothing of it is a decision."""
    officer = at["duty-officer"]
    links = re.findall(r'href="(/training/case-\d+)"', officer.see("/training").text)
    assert len(links) >= 5
    page = officer.see(links[0]).text
    assert "Nobody here exists" in page
    assert "checked" not in page, "nothing is chosen beforehand"
    _, cases = training.cases_for(_policy(service))
    planted = next(case for case in cases if case.planted)
    right = next(case for case in cases if not case.planted)
    nothing_said = officer.send(f"/training/{planted.id}", named=planted.planted, said="", once="t-0")
    assert nothing_said.status_code == 422
    assert f'value="{planted.planted}" checked' in nothing_said.text
    found = officer.send(f"/training/{planted.id}", named=planted.planted, said="Too young for them.", once="t-1")
    assert "You found it" in found.text
    assert planted.sentence in found.text.replace("&#39;", "'")
    twice = officer.send(f"/training/{planted.id}", named="none", said="", once="t-2")
    assert twice.status_code == 409
    alarm = officer.send(f"/training/{right.id}", named=right.homes[0], said="It looks wrong.", once="t-3")
    assert "This one was missed" in alarm.text
    told = at["director-of-childrens-services"].see("/oversight").text
    assert "Too young for them." in told
    assert "saw a fault that is none" in told
    with service.store.reading() as session:
        assert not session.query(Decided).count()


def test_each_planted_home_is_ruled_out_by_one_rule_and_every_other_home_by_none(service: Running) -> None:
    from matching.describe import blockers_of

    found, cases = training.cases_for(_policy(service))
    assert sum(1 for case in cases if case.planted) >= 4
    assert any(case.planted is None for case in cases)
    for case in cases:
        for home in case.homes:
            blockers = blockers_of(found, (case.child,), found.register.home_index[home])
            assert len(blockers) == (home == case.planted), f"{case.id}: {home}"
    assert not any(
        "place" in dict(training._facts(type(found.register.caseload.homes[0]), h))
        for h in found.register.caseload.homes
    )


def test_training_and_oversight_are_read_easily(at: dict[str, Browser]) -> None:
    """Officers read them between two calls."""
    for path in ("/training", "/training/case-1"):
        assert grade(sentences_of(at["duty-officer"].see(path).text)) <= 7, path


@pytest.mark.parametrize("roles", [[role] for role in Role] + [["duty-officer", "director-of-childrens-services"]])
def test_who_takes_the_cases_reads_nowhere_what_was_planted_before_answering(
    service: Running, roles: list[str]
) -> None:
    """Every page of the router, by every role and by who is officer and director at once."""
    _, cases = training.cases_for(_policy(service))
    takes = [role for role in roles if May.DECIDE in MAY[Role(role)]]
    name = "-and-".join(["new", *roles])
    new_in(service, name, roles)
    browser = Browser(service.url).sign_in(name)
    seen = "".join(_pages_of(browser)).replace("&#39;", "'")
    told = [case.id for case in cases if case.sentence and case.sentence in seen]
    watches = any(May.REVIEW in MAY[Role(role)] for role in roles)
    assert told == ([case.id for case in cases if case.sentence] if watches and not takes else [])
    if takes:
        assert "Too young for them." not in seen, "nor what another found"
        assert "saw a fault that is none" not in seen
        first = next(case for case in cases if case.planted)
        browser.send(f"/training/{first.id}", named="none", said="", once="own-1")
        after = "".join(_pages_of(browser)).replace("&#39;", "'")
        assert [case.id for case in cases if case.sentence and case.sentence in after] == [first.id]
        assert ("Too young for them." in after) == watches
    browser.http.close()


def _pages_of(browser: Browser) -> list[str]:
    """The text of every page that somebody may read."""
    paths = {route.path for route, method in ROUTES if method == "GET" and "sign-in" not in route.path}
    cases = [f"/training/case-{number}" for number in range(1, 8)]
    read = [browser.see(_filled(path)) for path in sorted(paths)] + [browser.see(path) for path in cases]
    assert len(read) > 30
    return [answer.text for answer in read if answer.headers["content-type"].startswith("text/html")]


def new_in(service: Running, name: str, roles: list[str]) -> None:
    """Somebody new, with all of the roles."""

    def act(session: Session) -> int:
        somebody(session, name, roles)
        return 1

    service.store.transact(act, lambda rows: Entry("test", "load", "people", {"rows": rows}))


def _policy(service: Running) -> "training.Policy":
    from pathlib import Path

    from matching.cli.places import policy_of

    return policy_of(None, Path())
