"""The duty board keeps apart who needs a home, who is to move and who asks for nights away; none of the lists is heavy."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from api.db.sealing import Seal
from api.db.store import Store
from api.security.accounts import now
from api.services.pack import _about
from matching.domain import CareType, Caseload, Child, Deadline, Home
from matching.domain.stays import Stay
from tests.api.conftest import UNHURRIED, serving
from tests.api.test_page_weight import HEAVIEST, beside, parts
from tests.api.test_pages import Browser
from tests.lib.builders import a_caseload, a_child, a_home

__all__ = ["beside"]
TODAY = now().date()
LATER = TODAY + timedelta(60)
MANY = 120
AWAY = {"care_type": CareType.SHORT_BREAK, "stays": tuple(Stay(LATER + timedelta(n), LATER + timedelta(n + 1)) for n in (0, 7, 14, 21))}  # fmt: skip


def city() -> Caseload:
    """Two brothers of whom one is to move, two sisters for tonight, a move for today, a child in respite; then many of each kind."""
    some = [
        a_child("W1", sibling_group="G1", needs_home_by=LATER, deadline=Deadline.PLANNED),
        a_child("M1", sibling_group="G1", needs_home_by=LATER, move_requested="to be with his brother"),
        a_child("M2", needs_home_by=TODAY, deadline=Deadline.STATUTORY, move_requested="the carers end it"),
        a_child("S1", needs_home_by=LATER),
        *(a_child(ref, sibling_group="G2", needs_home_by=TODAY, deadline=Deadline.EMERGENCY) for ref in ("T1", "T2")),
        a_child("N1", needs_home_by=LATER, **AWAY),
        a_child("R1", care_type=CareType.RESPITE, stays=(Stay(LATER, LATER),)),
    ]
    lives = {"M1": "H1", "M2": "H1", "S1": "H1", "R1": "H2"}
    people: list[Child | Home] = [*some, a_home("H1"), a_home("H2")]
    for number in range(100, 100 + MANY):
        lives[f"M{number}"] = f"H{number}"
        people += [a_child(f"W{number}", needs_home_by=LATER), a_child(f"N{number}", **AWAY), a_home(f"H{number}")]
        people.append(a_child(f"M{number}", needs_home_by=LATER, move_requested="nearer to school"))
    return a_caseload(*people, lives=lives)


@pytest.fixture(scope="module")
def officer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("board")
    store = Store(f"sqlite:///{folder}/placements.db", Seal.from_file(folder / "placements.key", make=True))
    store.migrate()
    with serving(store, city(), UNHURRIED) as service:
        browser = Browser(service.url).sign_in("duty-officer")
        yield browser
        browser.http.close()
    store.engine.dispose()


def rows(text: str, kind: str) -> dict[str, str]:
    """What a list of the board says of each child in it."""
    told = text[text.index(f'aria-labelledby="{kind}"') :].partition("</table>")[0]
    found = re.findall(r'<tr><th scope="row"[^>]*><a [^>]*>(\w+)</a>(.*?)</tr>', told, re.DOTALL)
    return {ref: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", said)) for ref, said in found}


def test_each_child_stands_in_the_list_of_what_is_asked_for_them(officer: Browser) -> None:
    whole = officer.see("/board").text
    for kind, first in (("later", "W"), ("moving", "M"), ("nights", "NR")):
        found = [ref for text in parts(officer, "/board", kind) for ref in rows(text, kind)]
        assert len(found) == len(set(found)) == MANY + 1 + (kind == "nights"), kind
        assert {ref[0] for ref in found} == set(first)
    assert list(rows(whole, "today")) == ["T1", "T2", "M2"]
    assert 'href="/children/S1"' not in whole, "nobody asks a move for a child who is settled"


def test_the_lists_say_where_the_child_lives_and_what_is_asked(officer: Browser) -> None:
    assert "a move from H1" in rows(officer.see("/board").text, "today")["M2"]
    moving = {ref: said for text in parts(officer, "/board", "moving") for ref, said in rows(text, "moving").items()}
    assert "at H1" in moving["M1"]
    assert "W1" in moving["M1"], "the brother who waits"
    nights = {ref: said for text in parts(officer, "/board", "nights") for ref, said in rows(text, "nights").items()}
    assert "with the family" in nights["N1"]
    assert "at H2" in nights["R1"]
    assert "1 night from" in nights["R1"]
    assert nights["N1"].count("2 nights from") == 3
    assert "and 1 more" in nights["N1"]


def test_on_paper_each_of_several_children_has_their_own_reasons(officer: Browser) -> None:
    told = officer.see("/board/tonight").text
    row = next(one for one in told.split("<tr>") if "<strong>T1</strong>" in one)
    assert "<strong>T2</strong>: " in row


def test_the_tally_counts_them_apart(officer: Browser) -> None:
    told = officer.see("/board").text
    tally = re.findall(r"<strong>(\d+)</strong> ([^<]+)<", told[told.index("app-tally") : told.index('id="today"')])
    counts = {words: int(number) for number, words in tally}
    assert counts["need a home today"] == 3
    assert counts["need one later"] == MANY + 1
    assert counts["are to move"] == MANY + 1
    assert counts["ask for nights away"] == MANY + 2


def test_a_part_of_one_list_leaves_the_others_where_they_are_and_none_is_heavy(officer: Browser, beside: int) -> None:
    turned = officer.see("/board?later=2&moving=3&nights=2&vacant=2")
    for kept in ("later=2", "moving=3", "nights=2", "vacant=2"):
        assert kept in turned.headers["refresh"]
    ways = set(re.findall(r'href="/board\?([^"#]+)#moving"', turned.text))
    assert len(ways) == 3
    assert all("later=2&amp;nights=2&amp;vacant=2&amp;moving=" in way for way in ways)
    for kind in ("later", "moving", "nights", "vacant"):
        assert max(len(text.encode()) for text in parts(officer, "/board", kind)) + beside <= HEAVIEST, kind


def test_the_banner_says_need_a_home_of_nobody_who_has_one(officer: Browser) -> None:
    day = f"{LATER.day} {LATER:%B %Y}"
    said = {ref: officer.see(f"/children/{ref}").text for ref in ("W1", "M1", "S1", "N1")}
    assert f"needs a home by {day} (planned)" in said["W1"]
    assert f"a move is asked for by {day}" in said["M1"]
    assert "asked for" not in said["S1"].partition("</section>")[0]
    assert f"nights away are asked for: 2 nights from {day}" in said["N1"]
    for ref in ("M1", "S1", "N1"):
        assert "needs a home by" not in said[ref]


def test_the_pack_says_the_same() -> None:
    told = {ref: _about(ref, city())["about"] for ref in ("W1", "M1", "S1", "R1")}
    assert "Needs a home by" in told["W1"]
    assert "A move is asked for by" in told["M1"]
    assert "Nights away are asked for: 1 night from" in told["R1"]
    assert told["S1"] == f"{city().child('S1').age_on(date(2026, 11, 26))} years old."
