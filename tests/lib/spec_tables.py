"""Spec tables: what a rule or criterion means, as rows that anyone can read; checked here and printed in the handbook.

A table has a header row and then cases, columns parted by `|`. A column is a fact of the `child`, the `home`, a
`resident` (a child who lives in the home) or the `second` of the children who go together, named as in the data dictionary
(`child age` is short for a date of birth); cells are written as in the files, and an empty cell is not known.
Special columns: `tie` (a relationship of the child with the home, or with the resident), `children` (how many go
together), `lives at` (a home: H1 or H2), `linked child`, `linked home` and `link expires` (an adoption link; X1 and H2 are strangers), `booked at H1` and `booked at H2`
(nights of C1 booked or past), `nights of a visit` (nights on which another child is booked into H1; `visitor` columns give their facts), `plan` (their sibling plan), `decided by` (the role of a decision in force). The last column is the verdict,
or a criterion's rating.
"""

import ast
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from matching.checker import check_plan, read_pair, read_set
from matching.criteria import CRITERIA, Criterion
from matching.describe import single_set
from matching.domain import (
    Booking,
    CareType,
    Caseload,
    Child,
    CurrentPlacement,
    Decision,
    Home,
    Relationship,
    SiblingPlan,
    Standing,
    Stay,
    Tie,
    Verdict,
)
from matching.domain.facts import facts_of
from matching.geo import Gazetteer
from matching.io.cells import read_cell
from matching.pairs import Pairs, Register
from matching.rules import PAIR_RULES, SET_RULES, Rule, SetRule, judge_with_decisions, judged_by_night
from tests.lib.builders import DATA, TODAY, a_caseload, a_child, a_home, born, fostering

SPEC = Path(__file__).resolve().parents[1] / "spec"
FIND = Gazetteer.read(DATA / "reference").find
SETTINGS = fostering().settings
WORDS = {Verdict.MET: "met", Verdict.NOT_MET: "not met", Verdict.NOT_KNOWN: "not known"}


@dataclass(frozen=True)
class Table:
    """The cases of one paragraph."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, text: str) -> "Table":
        lines = [tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]
        assert all(len(line) == len(lines[0]) for line in lines), f"a row of this table has too few cells:\n{text}"
        assert len(lines) > 1, "a table needs at least one case"
        return cls(lines[0], tuple(lines[1:]))


def check(thing: Rule | SetRule | Criterion, text: str) -> None:
    """Every case of a table holds for a rule or criterion; the checker reads the same and refuses a plan where it is not met."""
    table = Table.read(text)
    for row in table.rows:
        case = dict(zip(table.columns, row, strict=True))
        expected = case.pop(table.columns[-1])
        case.setdefault("on rule", thing.code)
        caseload = scene(case)
        together = int(case.get("children") or 1)
        assert _answer(thing, caseload, together) == expected, f"{thing.code}: {row}"
        if not isinstance(thing, Criterion):
            assert _read(thing, caseload, together) == expected, f"checker, {thing.code}: {row}"
            assert _refused(thing, caseload, together) == (expected != "met"), f"checker, {thing.code}: {row}"


def _read(thing: Rule | SetRule, caseload: Caseload, together: int) -> str:
    """The checker's own verdict."""
    settings = _settings(thing)
    if isinstance(thing, SetRule):
        return WORDS[read_set(caseload, settings, "H1", _going(caseload, together))[thing.code]]
    return WORDS[read_pair(caseload, settings, "C1", "H1")[thing.code]]


def _refused(thing: Rule | SetRule, caseload: Caseload, together: int) -> bool:
    """Whether the checker finds the rule broken in a plan that puts the children there."""
    checked = check_plan(caseload, [(ref, "H1") for ref in _going(caseload, together)], _settings(thing))
    return thing.code in {breach.rule for breach in checked.breaches}


def _settings(thing: Rule | SetRule) -> dict[str, dict[str, object]]:
    return {thing.code: {**SETTINGS[thing.code], **asdict(thing)}}


def _going(caseload: Caseload, together: int) -> tuple[str, ...]:
    """C1 and those of their brothers and sisters who go along."""
    return next(group for group in caseload.groups if "C1" in group.children).children[:together]


def _answer(thing: Rule | SetRule | Criterion, caseload: Caseload, together: int) -> str:
    register = Register(caseload)
    if isinstance(thing, SetRule):
        g = next(i for i, group in enumerate(caseload.groups) if "C1" in group.children)
        members = caseload.groups[g].children[:together]
        return WORDS[Verdict(judged_by_night([thing], single_set(register, caseload.groups, g, members, 0))[0][0])]
    pairs = Pairs.one(caseload, caseload.child("C1"), caseload.households["H1"])
    if isinstance(thing, Rule):
        return WORDS[Verdict(judge_with_decisions(thing, pairs)[0, 0])]
    rating = float(thing.rate(pairs)[0, 0])
    return "not known" if rating != rating else f"{rating:.1f}"


def scene(case: dict[str, str]) -> Caseload:
    """The caseload of one case: child C1, home H1, and whoever the columns name."""
    child: Child = _with(a_child("C1"), "child", case)
    home: Home = _with(a_home("H1"), "home", case)
    people: list[Child] = [child]
    lives: dict[str, str] = {}
    ties: list[Relationship] = []
    if any(column.startswith("resident") for column in case) and case.get("resident age") != "-":
        people.append(_with(a_child("R1"), "resident", case))
        lives["R1"] = "H1"
    if case.get("sibling there"):
        people += [a_child(f"S{n}", sibling_group="G1") for n in range(1, int(case["sibling there"]) + 1)]
        lives |= {f"S{n}": "H1" for n in range(1, int(case["sibling there"]) + 1)}
    people = _with_siblings(people, case, ties)
    for _ in range(int(case.get("strangers there") or 0)):
        people.append(a_child(f"R{len(people)}"))
        lives[people[-1].ref] = "H1"
    ties += _tie(case)
    if case.get("lives at"):
        lives["C1"] = case["lives at"]
    links = _link(case)
    if links:
        people.append(a_child("X1"))
    if case.get("nights of a visit"):
        people.append(_with(a_child("V1", care_type=CareType.SHORT_BREAK, stays=()), "visitor", case))
    others = (a_home("H2"),) if links or case.get("lives at") or case.get("booked at H2") else ()
    parts = {
        "relationships": tuple(ties),
        "decisions": tuple(_decision(case)),
        "placements": links,
        "bookings": tuple(_bookings(case)),
    }
    return a_caseload(*people, home, *others, lives=lives, **parts)


def _bookings(case: dict[str, str]) -> list[Booking]:
    told = [("C1", home, case.get(f"booked at {home}", "")) for home in ("H1", "H2")]
    told.append(("V1", "H1", case.get("nights of a visit", "")))
    return [
        Booking(child=child, home=home, first_night=stay.first, last_night=stay.last)
        for child, home, text in told
        for stay in map(Stay.read, filter(None, text.split("; ")))
    ]


def _link(case: dict[str, str]) -> tuple[CurrentPlacement, ...]:
    if not case.get("linked child"):
        return ()
    last = date.fromisoformat(case["link expires"]) if case["link expires"] else None
    who, where = case["linked child"], case["linked home"]
    return (CurrentPlacement(child=who, home=where, standing=Standing.LINKED, expires_on=last),)


def _with_siblings(people: list[Child], case: dict[str, str], ties: list[Relationship]) -> list[Child]:
    count = int(case.get("group") or case.get("children") or 1)
    if count == 1 and not case.get("sibling there"):
        return people
    people[0] = replace(people[0], sibling_group="G1")
    people += [_with(a_child(f"C{n}", sibling_group="G1"), "second", case) for n in range(2, count + 1)]
    plan = SiblingPlan(case.get("plan") or "together-preferred")
    subsets = tuple(case["subsets"].split("; ")) if case.get("subsets") else None
    ties.append(Relationship(tie=Tie.SIBLING_PLAN, of="G1", plan=plan, subsets=subsets))
    return people


def _tie(case: dict[str, str]) -> list[Relationship]:
    if not case.get("tie"):
        return []
    tie = Tie(case["tie"])
    among_children = tie in (Tie.APART, Tie.MAY_SHARE_ROOM)
    child = "V1" if case.get("nights of a visit") else "R1"
    other = ("C2" if case.get("children") not in (None, "", "1") else child) if among_children else "H1"
    return [Relationship(tie=tie, of="C1", to=other)]


def _decision(case: dict[str, str]) -> list[Decision]:
    if not case.get("decided by"):
        return []
    rule = case["on rule"]
    return [Decision(rule=rule, child="C1", home="H1", role=case["decided by"], reason="agreed", decided_on=TODAY)]


def _with(one: Any, who: str, case: dict[str, str]) -> Any:
    """A child or home with the facts that the columns give."""
    facts = {fact.column: fact for fact in facts_of(type(one))}
    for column, text in case.items():
        name, _, fact = column.partition(" ")
        if name != who:
            continue
        if fact == "age":
            one = replace(one, date_of_birth=born(int(text)) if text else None)
        else:
            one = _set(one, facts[fact].path, read_cell(text, facts[fact].type, FIND))
    return one


def _set(one: Any, path: tuple[str, ...], value: Any) -> Any:
    inner = value if len(path) == 1 else _set(getattr(one, path[0]), path[1:], value)
    return replace(one, **{path[0]: inner})


@dataclass(frozen=True)
class Paragraph:
    """One test of a spec file: its sentence and its table."""

    sentence: str
    table: Table


def spec_file(thing: type[Rule] | type[SetRule] | type[Criterion]) -> Path:
    """Where the spec of a rule or criterion stands."""
    folder = "criteria" if thing in CRITERIA else "rules"
    return SPEC / folder / f"test_{thing.code.replace('-', '_')}.py"


def paragraphs(path: Path) -> list[Paragraph]:
    """Every sentence with its table, in the order written."""
    found = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            texts = [
                c.args[1].value
                for c in ast.walk(node)
                if isinstance(c, ast.Call) and len(c.args) > 1 and isinstance(c.args[1], ast.Constant)
            ]
            found += [Paragraph(ast.get_docstring(node) or "", Table.read(str(text))) for text in texts]
    return found


EVERYTHING: tuple[Any, ...] = (*PAIR_RULES, *SET_RULES, *CRITERIA)
