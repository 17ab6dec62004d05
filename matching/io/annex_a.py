"""Lists 8, 10 and 11 of an Annex A workbook (in care, adoption, adopters) as an adoption caseload; what is missing is asked.

Ofsted asks for Annex A at an inspection. A sheet is known by its headings, wherever they stand: extra rows above them, other
orders and other spellings of a year do not matter. Codes come as "a) Yes", "Yes" or "Y".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from matching.domain import (
    Approval,
    ApprovalStatus,
    CarePlan,
    CareType,
    Caseload,
    Child,
    CurrentPlacement,
    Home,
    HomeKind,
    LegalStatus,
    Standing,
)
from matching.domain.words import Sex
from matching.errors import Fault, UnreadableFile
from matching.io.workbook import sheets_of
from matching.wording import Sentence, counted, listed, written

TOP = 25  # rows among which the headings are looked for
CHILDREN = {
    "child": ("childuniqueid", "childid", "uniquechildid"),
    "family": ("familyidentifier",),
    "sex": ("gender", "sex"),
    "born": ("dateofbirth",),
    "disabled": ("doesthechildhaveadisability", "disability"),
    "decided": ("dateofdecisionthatchildshouldbeplacedforadoption", "dateofdecisionthatthechildshouldbeplaced"),
    "ordered": ("dateofplacementorder",),
    "matched": ("dateofmatchingchildandprospectiveadopters", "dateofmatch"),
    "placed": ("dateplacedforadoption",),
    "adopted": ("dateofadoptionorder",),
    "reversed": ("dateofdecisionthatchildshouldnolongerbeplaced",),
}
ADOPTERS = {
    "adopter": ("individualadopteridentifier", "adopteridentifier"),
    "family": ("familyidentifier",),
    "fostering": ("istheprospectiveadopterfosteringforadoption", "fosteringforadoption"),
    "approved": ("dateapplicationapproved", "dateapproved"),
    "matched": ("dateadoptermatchedwithchild",),
    "placed": ("datechildchildrenplacedwithadopter", "datechildplaced"),
    "left": ("dateofleavingadoptionprocess",),
}
IN_CARE = {
    "child": ("childuniqueid", "childid", "uniquechildid"),
    "status": ("childslegalstatus", "legalstatus"),
    "started": ("datestartedtobelookedafter",),
    "alone": ("unaccompaniedasylumseekingchild",),
}
NEEDED = {
    "children": ("child", "born", "decided"),
    "adopters": ("adopter", "family", "approved"),
    "in care": ("child", "status", "started"),
}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class AnnexA:
    """An adoption caseload, and what must be asked before matching; `left_out` counts rows that wait for nothing."""

    caseload: Caseload
    questions: tuple[Sentence, ...]
    left_out: tuple[Sentence, ...]


def read_annex_a(path: Path, as_of: date) -> AnnexA:
    """Children who wait for adopters and adopters who wait for children, on a date.

    Raises `UnreadableFile` when the workbook has no such lists, or holds dates that are none.
    """
    faults: list[Fault] = []
    sheets = sheets_of(path)
    children = _list(path, sheets, "children", CHILDREN, faults)
    adopters = _list(path, sheets, "adopters", ADOPTERS, faults)
    in_care = _list(path, sheets, "in care", IN_CARE, faults, needed=False)
    if faults:
        raise UnreadableFile(tuple(faults))
    return _caseload(children, adopters, {row["child"]: row for row in in_care}, as_of)


def _list(
    path: Path,
    sheets: Mapping[str, Sequence[tuple[Any, ...]]],
    what: str,
    wanted: Mapping[str, tuple[str, ...]],
    faults: list[Fault],
    *,
    needed: bool = True,
) -> list[Row]:
    """The rows of the list whose headings a sheet has."""
    for title, rows in sheets.items():
        for number, row in enumerate(rows[:TOP], 1):
            columns = _columns(row, wanted)
            if all(name in columns for name in NEEDED[what]):
                return list(_rows(path, title, rows[number:], number + 1, columns, faults))
    if needed:
        way_out = "List 10 holds children, list 11 adopters."
        faults.append(_fault(path, None, None, None, f"has no list of {what}.", way_out))
    return []


def _columns(row: Iterable[Any], wanted: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Position of each fact among headings, by what a heading begins with once blanks and signs are gone."""
    headings = [re.sub(r"[^a-z]", "", str(cell or "").lower()) for cell in row]
    found: dict[str, int] = {}
    for name, starts in wanted.items():
        at = next((i for start in starts for i, heading in enumerate(headings) if heading.startswith(start)), None)
        if at is not None:
            found[name] = at
    return found


def _rows(
    path: Path, title: str, rows: Sequence[tuple[Any, ...]], first: int, columns: Mapping[str, int], faults: list[Fault]
) -> Iterator[Row]:
    days = {"born", "decided", "ordered", "matched", "placed", "adopted", "reversed", "approved", "left", "started"}
    for number, row in enumerate(rows, first):
        if not any(cell not in (None, "") for cell in row):
            continue
        told: dict[str, Any] = {}
        for name, at in columns.items():
            cell = row[at] if at < len(row) else None
            told[name] = _day(path, title, number, name, cell, faults) if name in days else _text(cell)
        yield told


def _text(cell: Any) -> str:
    """A cell without the letter that a list puts before its codes."""
    text = (
        "" if cell is None else str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    )
    return re.sub(r"^[a-z]\)\s*", "", text)


def _day(path: Path, title: str, row: int, name: str, cell: Any, faults: list[Fault]) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date) or cell in (None, ""):
        return cell or None
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(str(cell).strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    faults.append(
        _fault(path, f"{title}", row, name, "is no date.", "Write day, month and year, such as 31/03/2024.", str(cell))
    )
    return None


def _fault(
    path: Path,
    sheet: str | None,
    row: int | None,
    column: str | None,
    reason: str,
    way_out: str,
    value: str | None = None,
) -> Fault:
    file = path.name if sheet is None else f"{path.name}, sheet {sheet}"
    return Fault(file=file, row=row, column=column, value=value, reason=reason, way_out=way_out)


def _caseload(children: list[Row], adopters: list[Row], in_care: Mapping[str, Row], as_of: date) -> AnnexA:
    waiting = [
        row
        for row in children
        if row["decided"] and not any(row.get(name) for name in ("placed", "adopted", "reversed"))
    ]
    families: dict[str, list[Row]] = {}
    for row in adopters:
        if row["approved"] and not any(row.get(name) for name in ("placed", "left")):
            families.setdefault(row["family"] or row["adopter"], []).append(row)
    homes = tuple(_home(ref, members) for ref, members in families.items())
    found = tuple(_child(row, in_care.get(row["child"], {})) for row in waiting)
    known = {home.ref for home in homes}
    links = tuple(
        CurrentPlacement(child=row["child"], home=row["family"], standing=Standing.LINKED, since=row["matched"])
        for row in waiting
        if row.get("matched") and row.get("family") in known
    )
    caseload = Caseload(as_of=as_of, children=found, homes=homes, placements=links, relationships=())
    return AnnexA(caseload, tuple(_questions(found, homes)), tuple(_left_out(children, waiting, adopters, families)))


def _child(row: Row, in_care: Row) -> Child:
    return Child(
        ref=row["child"],
        date_of_birth=row["born"],
        sex={"male": Sex.MALE, "female": Sex.FEMALE, "m": Sex.MALE, "f": Sex.FEMALE}.get(row.get("sex", "").lower()),
        care_type=CareType.ADOPTION,
        care_plan=CarePlan.ADOPTION,
        legal_status=LegalStatus.PLACEMENT_ORDER if row.get("ordered") else _status(in_care.get("status", "")),
        agency_decision_on=row["decided"],
        waiting_since=row["decided"],
        disabled=_yes(row.get("disabled", "")),
        uasc=_yes(in_care.get("alone", "")),
    )


def _status(text: str) -> LegalStatus | None:
    """The status that a cell such as "C2: FCO" begins with."""
    return next((status for status in LegalStatus if text.upper().startswith(status.value)), None)


def _home(ref: str, members: list[Row]) -> Home:
    approved = max(row["approved"] for row in members)
    return Home(
        ref=ref,
        kind=HomeKind.ADOPTIVE,
        carers=len(members) if len(members) <= 2 else None,
        approval=Approval(
            status=ApprovalStatus.APPROVED, approved_on=approved, care_types=frozenset({CareType.ADOPTION})
        ),
        early_permanence=_yes(members[0].get("fostering", "")),
    )


def _yes(text: str) -> bool | None:
    return {"y": True, "yes": True, "n": False, "no": False}.get(text.lower())


def _questions(children: Sequence[Child], homes: Sequence[Home]) -> Iterator[Sentence]:
    """What matching needs and the lists do not hold."""
    if children:
        yield Sentence(
            "Which of these children are brothers and sisters, and are they to be placed together? The lists do not say."
        )
        yield Sentence(
            "What does each child need of adopters: skills, adaptations, who they can live with, where not? The lists do not say."
        )
    if homes:
        yield Sentence(
            "How many children, of which ages, have the adopters been approved for, and how many bedrooms are there? The lists do not say."
        )
        yield Sentence(
            "To which regional agency does each family belong, and who lives with them? The lists do not say."
        )
    for child in children:
        missing = [
            name for name, value in (("date of birth", child.date_of_birth), ("sex", child.sex)) if value is None
        ]
        if missing:
            yield Sentence.of("{child}: what is the {what}?", child=child.ref, what=listed(missing))
        if child.legal_status is not LegalStatus.PLACEMENT_ORDER and child.agency_decision_on:
            template = "{child}: is there a placement order or the parents' consent? The agency decided on {day}."
            yield Sentence.of(template, child=child.ref, day=written(child.agency_decision_on))


def _left_out(
    children: list[Row], waiting: list[Row], adopters: list[Row], families: Mapping[str, list[Row]]
) -> Iterator[Sentence]:
    rest = len(children) - len(waiting)
    if rest:
        told = counted(rest, "child is", "children are")
        yield Sentence.of("{told} placed or adopted already, or the plan is no longer adoption.", told=told)
    gone = len(adopters) - sum(map(len, families.values()))
    if gone:
        told = counted(gone, "adopter is", "adopters are")
        yield Sentence.of("{told} not approved yet, have a child already, or have left.", told=told)
