"""The page for the child's file: their words first, plain sentences, nothing left out that the law asks for."""

from datetime import timedelta
from pathlib import Path

import pytest

from matching.childs_file import ChildsFile, childs_file
from matching.childs_file_page import NO_WORDS, as_html, as_text
from matching.domain import CareType, Caseload, Decision, Place, SiblingPlan, Stay
from matching.errors import UnknownReference
from matching.planning import prepare, propose_plan
from matching.synthetic import sample_caseload
from tests.lib.builders import DATA, TODAY, a_caseload, a_child, a_home, fostering, siblings
from tests.unit.matching.test_command_line import placements

POLICY = fostering()
FAR = Place(postcode="M1 1", easting=384500, northing=398000, authority="E08000003")


def page_of(caseload: Caseload, child: str, home_of: dict[str, str]) -> ChildsFile:
    return childs_file(prepare(caseload, POLICY), home_of, child, plan_hash="a" * 64)


def part(page: ChildsFile, heading: str) -> list[str]:
    return [str(line.sentence) for one in page.parts if one.heading == heading for line in one.lines]


def test_their_own_words_come_first_and_are_shown_as_written() -> None:
    caseload = a_caseload(a_child("C1", own_words="I <3 my dog & my nan."), a_home("H1"))
    page = page_of(caseload, "C1", {"C1": "H1"})
    text, html = as_text(page), as_html(page)
    assert text.index("I <3 my dog") < text.index("What is proposed")
    assert "I &lt;3 my dog &amp; my nan." in html
    assert "<3" not in html
    assert "H1 is proposed as a home for C1." in text


def test_words_not_written_down_are_asked_for() -> None:
    page = page_of(a_caseload(a_child("C1"), a_home("H1")), "C1", {"C1": "H1"})
    assert NO_WORDS in as_text(page).replace("\n  ", " ")
    assert NO_WORDS in as_html(page)


def test_what_the_law_asks_for_and_is_not_met_asks_for_a_reason() -> None:
    near, far = a_home("H1"), a_home("H2", place=FAR, authority="E08000003")
    caseload = a_caseload(a_child("C1"), near, far)
    duties = "What the law asks for, as far as it can be done"
    told = page_of(caseload, "C1", {"C1": "H2"})
    assert any("outside the authority's area" in sentence for sentence in part(told, duties))
    assert "Reason, by the person who decides" in as_text(told)
    assert "Reason, by the person who decides" not in as_text(page_of(caseload, "C1", {"C1": "H1"}))


def test_brothers_and_sisters_and_decisions_are_told() -> None:
    caseload = a_caseload(
        a_child("C1", sibling_group="G"),
        a_child("C2", sibling_group="G"),
        a_home("H1"),
        relationships=(siblings("G", SiblingPlan.TOGETHER_PREFERRED),),
        decisions=(
            Decision(
                rule="approved-ages",
                child="C1",
                home="H1",
                role="fostering-manager",
                reason="Nearly old enough.",
                decided_on=TODAY - timedelta(days=1),
            ),
        ),
    )
    together = page_of(caseload, "C1", {"C1": "H1", "C2": "H1"})
    assert "would live together." in as_text(together).replace("\n" + " " * 20, " ")
    assert part(together, "What was decided before") == [
        "On 22 November 2026 the fostering manager agreed: Nearly old enough."
    ]
    assert "Some of the brothers and sisters" in as_text(page_of(caseload, "C1", {"C1": "H1"}))


def test_no_home_and_settled_children_have_their_page_too() -> None:
    caseload = a_caseload(a_child("C1", age=3), a_child("C2"), a_home("H1", youngest=8), lives={"C2": "H1"})
    none = page_of(caseload, "C1", {})
    assert part(none, "What is proposed") == ["No home is proposed for C1 today. The search goes on."]
    assert any("C1 is 3" in sentence for sentence in part(none, "What would make a home possible"))
    assert part(page_of(caseload, "C2", {}), "What is proposed") == ["C2 lives at H1 and stays there."]
    with pytest.raises(UnknownReference):
        page_of(caseload, "C9", {})


def test_names_are_put_in_where_it_is_shown() -> None:
    page = page_of(a_caseload(a_child("C1"), a_home("H1")), "C1", {"C1": "H1"})
    names = {"C1": "Sam"}
    assert "H1 is proposed as a home for Sam." in as_text(page, names)
    assert "C1" not in as_html(page, names)


def test_every_page_of_a_city_is_one_page_of_short_sentences() -> None:
    caseload = sample_caseload(DATA / "reference", children=40, homes=120, seed=4)
    ready = prepare(caseload, POLICY)
    home_of = propose_plan(ready, POLICY).home_of
    for child in caseload.seeking:
        page = childs_file(ready, home_of, child.ref)
        assert len(as_text(page).splitlines()) <= 66, child.ref
        for one in page.parts:
            for line in one.lines:
                for sentence in str(line.sentence).split(". "):
                    assert len(sentence.split()) <= 30, sentence


def test_the_command_prints_or_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city, plan, out = tmp_path / "city", tmp_path / "plan.json", tmp_path / "page.html"
    assert placements("sample", str(city), "--children", "6", "--homes", "40") == 0
    assert placements("propose", str(city), "--out", str(plan)) == 0
    capsys.readouterr()
    assert placements("childs-file", str(city), str(plan), "--child", "C0001") == 0
    assert "A proposal for C0001" in capsys.readouterr().out
    assert placements("childs-file", str(city), str(plan), "--child", "C0001", "--html", str(out)) == 0
    html = out.read_text(encoding="utf-8")
    assert html.startswith("<!DOCTYPE html>")
    assert "http" not in html, "nothing is fetched from outside"
    assert placements("childs-file", str(city), str(plan), "--child", "C9999") == 2


def test_a_move_says_from_where_and_why_and_who_stays_stays() -> None:
    mover = a_child("C1", move_requested="to be nearer to school.")
    caseload = a_caseload(mover, a_home("H1"), a_home("H2"), lives={"C1": "H1"})
    assert part(page_of(caseload, "C1", {"C1": "H2"}), "What is proposed") == [
        "A move from H1 to H2 is proposed for C1.",
        "The move was asked for: to be nearer to school.",
    ]
    assert part(page_of(caseload, "C1", {}), "What is proposed") == ["C1 stays at H1 for now. The search goes on."]


def test_nights_away_are_not_said_to_be_a_home() -> None:
    stay = Stay(TODAY + timedelta(days=11), TODAY + timedelta(days=12))
    caseload = a_caseload(a_child("C1", care_type=CareType.SHORT_BREAK, stays=(stay,)), a_home("H1"))
    assert part(page_of(caseload, "C1", {"C1": "H1"}), "What is proposed") == [
        "H1 is proposed for nights away of C1: 2 nights from 4 December 2026."
    ]
    assert part(page_of(caseload, "C1", {}), "What is proposed") == [
        "No home is proposed yet for the nights away of C1. The search goes on."
    ]
