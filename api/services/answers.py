"""What the core answers about the caseload of this moment, planned once and kept while nothing changes."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any

from api.db.readings import Readings
from matching.again import Base, after_refusals, base_of
from matching.alternatives import Alternatives, alternatives
from matching.cli.show import explanation_data, shortlist_data, software, then_sentence
from matching.domain import Caseload, Deadline, Verdict
from matching.errors import UnknownReference
from matching.io.caseload_csv import fingerprint
from matching.io.plan_json import plan_to_dict, reason_data
from matching.pairs import Register
from matching.planning import Solved, prepare, propose_plan
from matching.policy import Policy
from matching.scarcity import cost_of_taking, pool_of
from matching.shortlist import shortlist
from matching.solver import Limits
from matching.splits import split_menu
from matching.steadiness import order_of
from matching.what_it_takes import what_it_takes
from matching.wording import Sentence

KEPT = 4
SECONDS = 10.0  # a page waits no longer for the plan it compares with; what is not proven says so
LEAST = 3.0  # seconds that are left for other plans where that plan has taken all
_bases: OrderedDict[tuple[str, str], Base] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class MustHaves:
    """Titles of the rules for one child and home, by verdict."""

    met: tuple[str, ...]
    not_met: tuple[str, ...]
    not_known: tuple[str, ...]


def base_for(caseload: Caseload, policy: Policy) -> Base:
    """The best plan for everybody as things are; the same caseload and policy are planned once."""
    with _lock:
        for (_, signed), base in _bases.items():  # the very caseload: telling its text again would take longest of all
            if base.ready.caseload is caseload and signed == policy.fingerprint:
                return base
        key = (fingerprint(caseload), policy.fingerprint)
        if key not in _bases:
            _bases[key] = _after_a_no(caseload, policy) or base_of(prepare(caseload, policy), Limits(seconds=SECONDS))
        _bases.move_to_end(key)
        while len(_bases) > KEPT:
            _bases.popitem(last=False)
        return _bases[key]


def _after_a_no(caseload: Caseload, policy: Policy) -> Base | None:
    """The best plan from one that is kept, where homes have said no since and nothing else is otherwise."""
    for base in reversed(_bases.values()):
        if base.ready.policy == policy and base.ready.caseload.same_but_for_refusals(caseload):
            return after_refusals(base, prepare(caseload, policy), Limits(seconds=SECONDS))
    return None


def plan_kept(caseload: Caseload, policy: Policy) -> dict[str, Any] | None:
    """The proven plan of this moment as plain data, where a plan of it, or of it before a no, is kept already."""
    with _lock:
        proven = [base.ready for base in _bases.values() if base.proven and base.ready.policy == policy]
        near = any(ready.caseload.same_but_for_refusals(caseload) for ready in proven)
    base = base_for(caseload, policy) if near else None
    if base is None or not base.proven:
        return None
    solved = Solved(problem=base.problem, solution=base.solution)
    told = propose_plan(base.ready, policy, fingerprint=fingerprint(caseload), software=software(), solved=solved)
    return plan_to_dict(told)


def other_plans(caseload: Caseload, policy: Policy, most: int) -> Alternatives:
    """Plans nearly as good as that of this moment, in the seconds that a page waits for all of it."""
    began = monotonic()
    base = base_for(caseload, policy)
    left = max(LEAST, SECONDS - (monotonic() - began))
    return alternatives(base, most=most, limits=Limits(seconds=left))


def together_with(caseload: Caseload, ref: str) -> list[str]:
    """The child with the brothers and sisters who wait too."""
    return [one.ref for one in caseload.seeking if one.ref == ref or caseload.siblings(one.ref, ref)]


def some_of(caseload: Caseload, ref: str, wanted: str) -> list[str]:
    """Of the child and the brothers and sisters who wait: those named, the child always; all when none is named."""
    every = together_with(caseload, ref)
    named = {ref, *wanted.split()}
    return [one for one in every if one in named] if wanted.strip() else every


def urgent(caseload: Caseload, ref: str) -> bool:
    """Whether a home is needed tonight: an emergency, or a day that has come."""
    child = caseload.child(ref)
    day_has_come = child.needs_home_by is not None and child.needs_home_by <= caseload.as_of
    return child.deadline is Deadline.EMERGENCY or day_has_come


def homes_to_ring(
    caseload: Caseload, policy: Policy, children: list[str], emergency: bool, readings: Readings, *, near: bool = True
) -> dict[str, Any]:
    """The shortlist; rules alone are asked, no plan, so that it is there when the solver is not.

    Each option says whether its place before the next one is too close to call. `readings` may hold the homes' columns.
    Near misses are told if `near`, or if no home is possible.
    """

    def ask(register: Register) -> dict[str, Any]:
        """The list as plain data, each option with whether the next is too close to call."""
        found = shortlist(register, policy, children, emergency=emergency)
        order = order_of(found, register, policy, seed=0)
        close = dict(zip((one.home for one in found.options), order.too_close, strict=True))
        told: dict[str, Any] = shortlist_data(found, near=near)
        for option in told["options"]:
            option["too_close"] = close[option["home"]]
        return told

    told: dict[str, Any] = readings.with_register(caseload, ask)
    return told


def costs(base: Base, children: list[str], homes: list[str]) -> dict[str, list[str]]:
    """By home: what taking it would cost the others who wait, in sentences."""
    pool = pool_of(base, children)
    return {home: [str(said) for said in cost_of_taking(pool, home).sentences] for home in homes}


def ways_to_split(base: Base, child: str) -> dict[str, Any]:
    """The best ways to split brothers and sisters, each with who lives where, how far apart, and what it costs the others."""
    menu = split_menu(base, child)
    return {
        "sentences": [str(said) for said in menu.sentences],
        "asks": list(menu.asks),
        "splits": [
            {
                "parts": [{"children": list(p.children), "home": p.home, "said": str(p.sentence)} for p in split.parts],
                "said": [str(one.sentence) for one in split.between] + [str(one) for one in split.cost.sentences],
            }
            for split in menu.splits
        ],
    }


def must_haves(base: Base, child: str, home: str) -> MustHaves:
    """Every rule between a child and a home: met, not met, not known."""
    found = base.found
    at = found.judged.verdicts[:, found.row_of_child[child], found.register.home_index[home]]
    titles = {verdict: [] for verdict in Verdict}  # type: dict[Verdict, list[str]]
    for rule, verdict in zip(found.policy.rules, at.tolist(), strict=True):
        titles[Verdict(verdict)].append(rule.title)
    return MustHaves(tuple(titles[Verdict.MET]), tuple(titles[Verdict.NOT_MET]), tuple(titles[Verdict.NOT_KNOWN]))


def about_a_home(base: Base, child: str, home: str) -> dict[str, Any]:
    """Why the plan has this home for the child, or not; the smallest changes that would open it, and what would follow."""
    if child not in base.found.row_of_child:
        raise UnknownReference(f"Child {child!r} lives in a home and no move is asked for.")
    found = what_it_takes(base, child, home)
    told = explanation_data(found.answer, child, home)
    told["must"] = must_haves(base, child, home)
    told["ways"] = [
        {
            "children": list(way.children),
            "lawful": way.lawful,
            "changes": [reason_data(change.reason) for change in way.changes],
            "then": None if way.then is None else then_sentence(way.then),
        }
        for way in found.ways
    ]
    told["said"] = [str(said) for said in _elsewhere(told)]
    return told


def _elsewhere(told: dict[str, Any]) -> list[Sentence]:
    """Who the plan has in the home instead, and whose proposal would change."""
    if told["kind"] != "used elsewhere":
        return []
    said = [Sentence.of("The plan has {children} there.", children=", ".join(told["by"]))] if told["by"] else []
    for child, home in told["moves"]:
        template = "{child} would then live at {home}." if home else "{child} would then have no home."
        if stays := told.get("staying", {}).get(child):
            home, template = stays, "{child} would then stay at {home} for now."
        said.append(Sentence.of(template, child=child, home=home or ""))
    return said
