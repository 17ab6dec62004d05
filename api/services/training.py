"""Training cases: an invented child, a list as the service would show it, and in most of them one planted fault.

The fault is always the same in kind and never in place: a home stands on the list, with every must-have said to be met,
though one rule rules it out. Facts of child and homes are shown as they are, so whoever reads them can see it. Some cases
have no fault: who finds one everywhere reads no better than who finds none.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from api.db.sealing import Seal
from api.errors import Conflict, NotHere, Wrong
from api.security.accounts import User
from api.security.roles import May
from api.services import answers, notes
from api.services.notes import NoteKind
from matching.candidates import Candidates
from matching.cli.places import data_folder
from matching.describe import blockers_of, placement_of
from matching.domain import Child, Home, Verdict
from matching.domain.facts import facts_of
from matching.io.cells import write_cell
from matching.io.plan_json import placement_data
from matching.io.tables import value_at
from matching.planning import prepare
from matching.policy import Policy
from matching.synthetic import sample_caseload

CITY_SEED, CHILDREN, HOMES = 2026, 40, 120
AS_OF = date(2026, 9, 1)  # the invented city stands still, so that a case is the same case for everybody
ON_THE_LIST = 3
NOTHING = "none"
RULES = (  # each is one case, in this order; None is a case without a fault
    "approved-ages",
    "animals",
    None,
    "approved-sex",
    None,
    "smoke-free",
    "approved-care-type",
)


@dataclass(frozen=True)
class Case:
    """One case: the child, the homes as listed, which of them is planted, and the sentence that should have stood there."""

    id: str
    child: str
    homes: tuple[str, ...]
    planted: str | None
    sentence: str


@dataclass(frozen=True)
class Tried:
    """What somebody found in a case; `caught` when they named the planted home, or said rightly that nothing is wrong."""

    case: str
    by: str
    at: datetime
    named: str
    said: str
    caught: bool


@lru_cache(maxsize=2)
def cases_for(policy: Policy) -> tuple[Candidates, tuple[Case, ...]]:
    """The invented city judged by a policy, and its cases; a rule that rules out nobody there gives none."""
    city = sample_caseload(data_folder() / "reference", children=CHILDREN, homes=HOMES, seed=CITY_SEED, as_of=AS_OF)
    found = prepare(city, policy).found
    alone = [ref for ref in found.row_of_child if len(answers.together_with(city, ref)) == 1]
    made: list[Case] = []
    for rule in RULES:
        left = [ref for ref in alone if ref not in {case.child for case in made}]
        case = next((one for ref in left if (one := _case(found, ref, rule, f"case-{len(made) + 1}"))), None)
        made += [case] if case else []
    return found, tuple(made)


def _case(found: Candidates, child: str, rule: str | None, name: str) -> Case | None:
    """A case of a child whom a rule alone keeps out of some home, among homes that would do; `None` where there is none."""
    row, homes = found.row_of_child[child], found.register.home_index
    verdicts = found.judged.verdicts[:, row, :]
    met = (ref for ref, at in homes.items() if (verdicts[:, at] == int(Verdict.MET)).all())
    lawful = list(islice((ref for ref in met if not blockers_of(found, (child,), homes[ref])), ON_THE_LIST))
    if len(lawful) < ON_THE_LIST or rule is None:
        return Case(name, child, tuple(lawful), None, "") if len(lawful) == ON_THE_LIST else None
    place = [one.code for one in found.policy.rules].index(rule)
    alone = ((ref, blockers_of(found, (child,), at)) for ref, at in homes.items() if _by_itself(verdicts[:, at], place))
    planted = next(((ref, told[0]) for ref, told in alone if len(told) == 1), None)
    if planted is None:
        return None
    home, said = planted
    listed = lawful[: ON_THE_LIST - 1]
    listed.insert(row & 1, home)  # first or second, by who the child is
    return Case(name, child, tuple(listed), home, str(said.sentence))


def _by_itself(verdicts: Any, place: int) -> bool:
    """Whether one rule is not met and every other is."""
    return bool(verdicts[place] == int(Verdict.NOT_MET) and (verdicts != int(Verdict.MET)).sum() == 1)


def case_of(policy: Policy, name: str) -> tuple[Candidates, Case]:
    """One case; raises `NotHere`."""
    found, cases = cases_for(policy)
    case = next((one for one in cases if one.id == name), None)
    if case is None:
        raise NotHere("There is no training case with this name.", "Take one from the list.")
    return found, case


def as_listed(found: Candidates, case: Case) -> list[dict[str, Any]]:
    """The homes of a case as the service would list them: what speaks for each and against, every must-have said to be met."""
    told = [placement_data(placement_of(found, case.child, home)) for home in case.homes]
    return [{**one, "facts": _facts(Home, found.register.caseload.home(one["home"]))} for one in told]


def facts_of_child(found: Candidates, case: Case) -> list[tuple[str, str]]:
    """What is known of the child of a case, as column and cell."""
    return _facts(Child, found.register.caseload.child(case.child))


def _facts(kind: type[Any], value: Any) -> list[tuple[str, str]]:
    """What is known of somebody, as column and cell; where they live stays out, in training as everywhere."""
    rows = [(fact.column, write_cell(value_at(value, fact.path))) for fact in facts_of(kind)]
    return [(column, cell) for column, cell in rows if cell and column not in ("ref", "place", "home_place")]


def answer(session: Session, seal: Seal, user: User, policy: Policy, name: str, named: str, said: str) -> bool:
    """Keep what somebody found, once; whether it is right. Raises `Wrong` for no answer, `Conflict` for a second one."""
    _, case = case_of(policy, name)
    if named not in (*case.homes, NOTHING):
        told = ({"field": "named", "reason": "is missing.", "way_out": "Choose a home, or that nothing is wrong."},)
        raise Wrong("Your answer is missing.", "", told)
    if named != NOTHING and not said.strip():
        told = ({"field": "said", "reason": "is empty.", "way_out": "Say in a line what is wrong with this home."},)
        raise Wrong("What is wrong is missing.", "", told)
    if any(one.case == name for one in tried(session, seal, user, by=user.name)):
        raise Conflict("You have answered this case.", "Take the next one.")
    caught = named == (case.planted or NOTHING)
    cells = {"named": named, "said": said[:400], "caught": "yes" if caught else "no"}
    notes.keep(session, seal, user, NoteKind.TRAINING, name, cells)
    return caught


def tried(session: Session, seal: Seal, user: User, by: str | None = None) -> list[Tried]:
    """What was found in cases in the person's authority, oldest first; by one person if they are named."""
    found = notes.of(session, seal, NoteKind.TRAINING, user, by=by)
    return [Tried(n.about, n.by, n.at, n.cells["named"], n.cells["said"], n.cells["caught"] == "yes") for n in found]


@dataclass(frozen=True)
class Shown:
    """A case as somebody who watches over training may see it; `told` when they may read what was planted and what others found."""

    case: Case
    tried: tuple[Tried, ...]
    told: bool


def shown_to(user: User, cases: tuple[Case, ...], every: list[Tried]) -> list[Shown]:
    """Each case with what was found in it; who takes the cases too is told of a case once they have answered it."""
    takes = May.DECIDE in user.may
    answered = {one.case for one in every if one.by == user.name}
    tries = {case.id: tuple(one for one in every if one.case == case.id) for case in cases}
    return [Shown(case, tries[case.id], not takes or case.id in answered) for case in cases]
