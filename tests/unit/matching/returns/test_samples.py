"""Open samples of the return, read whole: counts made independently, and each kind of query on a hand-made return."""

from pathlib import Path

import pandas as pd
import pytest

from matching.errors import UnreadableFile
from matching.returns import History, looked_after_on, read_history

SAMPLES = Path(__file__).parents[3] / "data" / "returns"
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nA,1,01/05/2010,WBRI,,,\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"


def test_three_years_together_count_nobody_twice() -> None:
    """819, 572 and 362 children, each year within the one before but for one; 434, 235 and 160 episodes open."""
    history = read_history([SAMPLES / "three-years"])
    assert history.years == (2018, 2019, 2020)
    assert len(history.children) == 820
    assert history.episodes.duplicated(["child", "started"]).sum() == 0
    assert history.last_day == pd.Timestamp(2020, 3, 31)
    alone = [read_history(sorted((SAMPLES / "three-years").glob(f"{year}-*.csv"))) for year in (2017, 2018, 2019)]
    assert [len(one.children) for one in alone] == [819, 572, 362]
    assert [int(one.episodes.ended.isna().sum()) for one in alone] == [434, 235, 160]


def test_a_dirty_return_is_read_whole() -> None:
    """Counted without this reader: 2,675 children, 5,050 episodes of 2,123 children, 1,413 of them open."""
    history = read_history([SAMPLES / "2017-18"])
    assert (len(history.children), len(history.episodes)) == (2675, 5050)
    assert history.episodes.child.nunique() == 2123
    assert int(history.episodes.ended.isna().sum()) == 1413
    assert {
        name: len(history.tables[name]) for name in ("unaccompanied", "adopted", "to_be_adopted", "missing")
    } == COUNTED
    assert (history.years, len(history.placements), len(history.periods)) == ((2018,), 2780, 2002)
    assert sum("have no episode" in query.reason for query in history.queries) == 1


COUNTED = {"unaccompanied": 132, "adopted": 29, "to_be_adopted": 29, "missing": 43}


def test_the_xml_return_is_the_same_kind_of_history() -> None:
    history = read_history([SAMPLES / "xml"])
    assert (len(history.children), len(history.episodes), history.years) == (40, 80, (2018,))
    first = history.episodes[history.episodes.child == "907440"]
    assert first.placement.tolist() == ["R5", "P2"]
    assert first.started.tolist() == [pd.Timestamp(2017, 1, 6), pd.Timestamp(2017, 10, 6)]
    assert len(history.tables["reviews"]) > 100


def made(folder: Path, *rows: str, header: str = HEADER) -> History:
    (folder / "header.csv").write_text(header)
    (folder / "episodes.csv").write_text(EPISODES + "\n".join(rows) + "\n")
    return read_history([folder])


SETTLED = "A,01/06/2020,S,C2,N1,U6,PR1,01/09/2020,X1,CARPL,,,1"
BROKEN = {
    "501": (SETTLED, "A,01/08/2020,P,C2,N1,U6,PR1,,,,,,1"),
    "503": (SETTLED, "A,01/06/2020,P,C2,N1,U6,PR1,,,,,,1"),
    "433": (SETTLED, "A,01/09/2020,S,C2,N1,U6,PR1,,,,,,1"),
    "431": (SETTLED, "A,05/09/2020,P,C2,N1,U6,PR1,,,,,,1"),
    "434": (SETTLED, "A,01/09/2020,L,C2,N1,U6,PR1,,,,,,1"),
    "435": (SETTLED, "A,01/09/2020,P,V2,N1,K2,PR1,,,,,,1"),
    "436": (SETTLED, "A,01/09/2020,B,C2,N1,K2,PR1,,,,,,1"),
    "504": (SETTLED, "A,01/09/2020,P,C2,N2,U6,PR1,,,,,,1"),
    "371": ("A,01/06/2022,S,C2,N1,H5,PR4,,,,,,1",),
    "372": ("A,01/06/2018,S,J1,N1,R5,PR4,,,,,,1",),
    "361": ("A,01/06/2020,S,L1,N1,U6,PR1,06/06/2020,X1,,,,1",),
    "362": ("A,01/06/2020,S,L2,N1,U6,PR1,01/07/2020,X1,,,,1",),
    "365": ("A,01/06/2020,S,V3,N1,U6,PR1,20/06/2020,E4A,,,,1",),
    "378": ("A,01/06/2020,S,V2,N1,P1,PR0,,,,,,1",),
    "384": ("A,01/06/2020,S,V4,N1,U4,PR1,,,,,,1",),
    "dates": ("A,01/06/2020,S,C2,N1,U6,PR1,01/05/2020,E4A,,,,1",),
    "code": ("A,01/06/2020,S,C2,N9,U6,PR1,,,,,,1",),
    "module": (SETTLED, "B,01/06/2020,S,C2,N1,U6,PR1,,,,,,1"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_what_the_validation_would_question_is_read_and_named(tmp_path: Path, rule: str) -> None:
    history = made(tmp_path, *BROKEN[rule])
    assert rule in {query.rule for query in history.queries}
    assert len(history.episodes) >= len(BROKEN[rule]) - (rule == "503")


def test_a_sound_return_asks_nothing(tmp_path: Path) -> None:
    history = made(tmp_path, SETTLED, "A,01/09/2020,P,C2,N1,K2,PR4,31/12/2020,E4A,,,,1")
    assert history.queries == ()
    assert len(history.placements) == 2
    assert len(history.periods) == 1
    assert history.in_care_on(pd.Timestamp(2020, 7, 1)) == 1
    assert history.in_care_on(pd.Timestamp(2021, 3, 31)) == 0


@pytest.mark.parametrize(
    ("code", "started", "known"),
    [("K3", "01/06/2025", True), ("K3", "01/06/2020", False), ("H5", "01/06/2020", True), ("Z11", "01/06/2026", True), ("ZZ", "01/06/2026", False)],
)  # fmt: skip
def test_codes_are_those_of_the_year(tmp_path: Path, code: str, started: str, known: bool) -> None:
    header = HEADER.replace("01/05/2010", "01/05/2003")
    ended = started[:-4] + str(int(started[-4:]))
    history = made(tmp_path, f"A,{started},S,C2,N1,{code},,{ended.replace('01/06', '01/07')},E8,,,,", header=header)
    asked = {query.column for query in history.queries if query.rule == "code"}
    assert ("PLACE" not in asked) == known
    assert ("SEX" in asked) == (started >= "01/06/2025"), "M, F and U since 2024-25"


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><EXPSSDA903><CHILD>&a;</CHILD></EXPSSDA903>',
        '<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><EXPSSDA903></EXPSSDA903>',
        "<EXPSSDA903><CHILD>",
        "<OTHER/>",
        "",
    ],
)
def test_hostile_or_broken_xml_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "return.xml").write_text(text)
    with pytest.raises(UnreadableFile, match="return.xml"):
        read_history([tmp_path / "return.xml"])


def test_children_as_matching_knows_them(tmp_path: Path) -> None:
    """What the return holds, and nothing made up."""
    history = made(tmp_path, SETTLED, "A,01/09/2020,P,C2,N1,K2,PR4,,,,,,1")
    (child,) = looked_after_on(history, pd.Timestamp(2020, 10, 1))
    assert (child.ref, child.date_of_birth.isoformat(), child.sex.value) == ("A", "2010-05-01", "male")
    assert (child.legal_status.value, child.uasc, child.sibling_group) == ("C2", False, None)
    assert looked_after_on(history, pd.Timestamp(2020, 5, 1)) == ()


def test_two_authorities_with_the_same_references_are_told_apart(tmp_path: Path) -> None:
    for code in ("E06000045", "E06000044"):
        (tmp_path / code).mkdir()
        made(tmp_path / code, SETTLED)
    (tmp_path / "E06000044" / "episodes.csv").write_text(EPISODES + SETTLED.replace("01/06/2020", "02/06/2020") + "\n")
    history = read_history([tmp_path])
    assert sorted(history.children.child) == ["E06000044:A", "E06000045:A"]
    assert len(history.periods) == 2


def test_starts_and_ceases_by_year(tmp_path: Path) -> None:
    rows = (
        SETTLED.replace("01/06/2020,S", "31/03/2020,S"),
        "A,01/09/2020,P,C2,N1,K2,PR4,01/04/2021,E4A,,,,1",
        "A,01/05/2021,S,V2,N1,U6,PR1,,,,,,1",
    )
    history = made(tmp_path, *rows)
    assert history.starts_and_ceases.to_dict("records") == [{"year": 2022, "started": 1, "ended": 1, "in_care": 1}]


def test_a_child_who_moved_and_is_still_in_care_has_not_left(tmp_path: Path) -> None:
    rows = (SETTLED, "A,01/09/2020,P,C2,N1,K2,PR4,,,,,,1")
    history = made(tmp_path, *rows)
    assert history.periods.ended.isna().all()
    assert history.periods.ended_because.isna().all()
    assert history.starts_and_ceases.ended.sum() == 0


def test_as_many_children_as_the_episodes_say() -> None:
    history = read_history([SAMPLES / "three-years"])
    day = pd.Timestamp(2018, 3, 31)
    assert len(looked_after_on(history, day)) == history.in_care_on(day) > 300


def test_codes_of_the_other_modules_and_every_column_of_them(tmp_path: Path) -> None:
    (tmp_path / "oc3.csv").write_text("CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\nA,01/05/2001,YES,F4,Q1\n")
    (tmp_path / "oc2.csv").write_text(OC2 + "A,01/05/2010,12,,0,1,1,0,1,0,0,0\n")
    (tmp_path / "ad1.csv").write_text("CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR\nA,01/05/2010,01/01/2020,02/02/2020,0,2,MF,L11\n")  # fmt: skip
    history = made(tmp_path, SETTLED)
    assert {q.column for q in history.queries if q.rule == "code"} == {"ACTIV", "ACCOM"}, "F4 came in 2021-22"
    assert history.tables["health"].loc[0, ["strengths", "health_check", "teeth_check"]].tolist() == ["12", "1", "0"]
    assert history.tables["adopted"].loc[0, ["adopters_sex", "adopters_status"]].tolist() == ["MF", "L11"]


OC2 = "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED\n"


def test_nothing_is_left_out_without_a_word(tmp_path: Path) -> None:
    """A file that is no module: a query where it lay in the folder, a fault where it was named; so for parts of XML."""
    (tmp_path / "notes.csv").write_text("WHO,WHAT\nx,y\n")
    history = made(tmp_path, SETTLED)
    assert [str(q) for q in history.queries] == [
        "notes.csv, row 1, : is no module of the return, and was left out [module]"
    ]
    with pytest.raises(UnreadableFile, match="notes.csv, row 1: is no module of the return"):
        read_history([tmp_path / "header.csv", tmp_path / "episodes.csv", tmp_path / "notes.csv"])
    with pytest.raises(UnreadableFile, match="column SEX: stands twice"):
        made(tmp_path, SETTLED, header=HEADER.replace("CHILD,SEX", "CHILD,SEX,SEX").replace("A,1", "A,1,1"))
    child = "<CHILD><HEADER><CHILDID>A</CHILDID><DOB>01/05/2010</DOB><ETHNIC>WBRI</ETHNIC></HEADER>"
    episode = "<EPISODE><DECOM>01/06/2020</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>U6</PL></EPISODE>"
    parts = "<MIS><MISSING>M</MISSING><MIS_START>01/07/2020</MIS_START><MIS_END>02/07/2020</MIS_END></MIS><ODD><X>1</X></ODD>"
    (tmp_path / "xml").mkdir()
    (tmp_path / "xml" / "return.xml").write_text(f"<EXPSSDA903>{child}{episode}{parts}</CHILD></EXPSSDA903>")
    read = read_history([tmp_path / "xml"])
    assert len(read.tables["missing"]) == 1
    assert [q.column for q in read.queries if "no part of a return" in q.reason] == ["ODD"]
