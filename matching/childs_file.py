"""The record of a proposal for the child's file: one page of plain sentences, the child's own words first.

The child may read it one day. The five things that section 22C(8) and (9) of the Children Act 1989 asks for are each
said to be so or not so; where one is not so, the law wants a reason from the person who decides, and the page asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.candidates import Candidates, standing_of
from matching.describe import (
    concerns,
    criteria_of,
    group_position,
    moving_from,
    must_have_not_met,
    outcomes_of,
    placement_of,
    unplaced_of,
)
from matching.domain import Caseload, Decision
from matching.plan import Kept, Reason
from matching.planning import Prepared
from matching.wording import Sentence, counted, listed, spoken, written

DUTIES = ("near-home", "near-school", "siblings-together", "disability", "in-area")
HALF = 0.5
MOST_LINES = 6  # in one part, so that the page stays one page


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence with the code of its rule or criterion, which stands in the margin; empty: our own words."""

    sentence: Sentence
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading with its lines; `asks` is a line to be filled in by hand."""

    heading: str
    lines: tuple[Line, ...]
    asks: str = ""


@dataclass(frozen=True, kw_only=True)
class ChildsFile:
    """The page about one child; `home` is `None` when the plan has no home for them."""

    child: str
    home: str | None
    as_of: date
    own_words: str | None
    parts: tuple[Part, ...]
    made_from: str


def childs_file(ready: Prepared, home_of: Mapping[str, str], child: str, plan_hash: str = "") -> ChildsFile:
    """What is written on a child's file about the proposal of a plan, `home_of`.

    Raises `UnknownReference` when there is no such child, or the plan names a home that is not there.
    """
    told, home = ready.caseload.child(child), home_of.get(child)
    if home is not None:
        ready.caseload.home(home)
    parts = _with_home(ready, home_of, child, home) if home else _without(ready, home_of, child)
    policy = ready.found.policy
    made = f"Plan {plan_hash[:12] or 'not named'}; policy {policy.name} {policy.version}."
    return ChildsFile(
        child=child,
        home=home,
        as_of=ready.caseload.as_of,
        own_words=told.own_words,
        parts=tuple(part for part in (*parts, _who_decides()) if part.lines),
        made_from=made,
    )


def _with_home(ready: Prepared, home_of: Mapping[str, str], child: str, home: str) -> list[Part]:
    found = ready.found
    placement = placement_of(found, child, home)
    return [
        Part(
            heading="What is proposed",
            lines=(*_proposal(ready.caseload, child, home), *_family(ready, home_of, child)),
        ),
        Part(heading="Why this home", lines=_lines(placement.reasons)),
        _duties(found, child, home),
        Part(heading="What to watch, and help with", lines=_lines(placement.worries)),
        Part(heading="What we do not know, and will ask", lines=_lines(placement.not_known)),
        Part(heading="What else was looked at", lines=_looked_at(ready, child)),
        Part(heading="What was decided before", lines=_decisions(ready, child, home)),
    ]


def _without(ready: Prepared, home_of: Mapping[str, str], child: str) -> list[Part]:
    """For a child who lives in a home already, or for whom the plan has none."""
    if child not in ready.found.row_of_child:
        where = ready.caseload.lives_in[child]
        told = Sentence.of("{child} lives at {home} and stays there.", child=child, home=where)
        return [Part(heading="What is proposed", lines=(Line(sentence=told),))]
    found = next(u for u in unplaced_of(ready.found, sorted(home_of.items())) if u.child == child)
    none = Line(sentence=_none(child, found.stays_at, found.for_nights))
    needs = dict.fromkeys(reason for miss in found.near_misses for reason in miss.needs)
    return [
        Part(heading="What is proposed", lines=(none, *_family(ready, home_of, child))),
        Part(heading="Why not yet", lines=_lines(found.reasons)),
        Part(heading="What would make a home possible", lines=_lines(tuple(needs))),
        Part(heading="What else was looked at", lines=_looked_at(ready, child)),
    ]


def _proposal(caseload: Caseload, child: str, home: str) -> list[Line]:
    """A home; or a move, with why it was asked for; or some nights away."""
    told, lives = caseload.child(child), moving_from(caseload, child)
    if told.nights:
        nights = listed([stay.in_words for stay in told.nights])
        template = "{home} is proposed for nights away of {child}: {nights}."
        return [Line(sentence=Sentence.of(template, home=home, child=child, nights=nights))]
    if lives is None:
        return [Line(sentence=Sentence.of("{home} is proposed as a home for {child}.", home=home, child=child))]
    template = "A move from {lives} to {home} is proposed for {child}."
    why = Sentence.of("The move was asked for: {why}.", why=(told.move_requested or "").rstrip("."))
    return [Line(sentence=Sentence.of(template, lives=lives, home=home, child=child)), Line(sentence=why)]


def _none(child: str, stays_at: str | None, for_nights: bool) -> Sentence:
    if for_nights:
        return Sentence.of("No home is proposed yet for the nights away of {child}. The search goes on.", child=child)
    if stays_at is not None:
        return Sentence.of("{child} stays at {home} for now. The search goes on.", child=child, home=stays_at)
    return Sentence.of("No home is proposed for {child} today. The search goes on.", child=child)


def _lines(reasons: tuple[Reason, ...]) -> tuple[Line, ...]:
    said = [Line(sentence=r.sentence, code=r.code) for r in reasons if r.sentence.template]
    return tuple(said[:MOST_LINES])


_KEPT = {
    Kept.TOGETHER: "The brothers and sisters who need a home would live together.",
    Kept.SPLIT: "The brothers and sisters who need a home would live in more than one home.",
    Kept.PARTLY_PLACED: "Some of the brothers and sisters have no home proposed yet.",
    Kept.NOT_PLACED: "None of the brothers and sisters has a home proposed yet.",
}


def _family(ready: Prepared, home_of: Mapping[str, str], child: str) -> list[Line]:
    """What the plan does with the brothers and sisters, and whether that is as assessed."""
    group = ready.found.groups[group_position(ready.found, child)]
    for outcome in outcomes_of(ready.caseload, home_of.items()):
        if outcome.group == group.ref:
            plan = Sentence.of("Their sibling plan says: {plan}.", plan=spoken(outcome.plan))
            return [Line(sentence=Sentence(_KEPT[outcome.outcome])), Line(sentence=plan, code="sibling-plan")]
    return []


def _duties(found: Candidates, child: str, home: str) -> Part:
    """Each thing the law asks for as far as practicable: so, not so, or not known."""
    row, column = found.row_of_child[child], found.register.home_index[home]
    lines, missed = [], False
    for at, share, reason in criteria_of(found, row, column):
        if reason.code in DUTIES and (share is None or concerns(found, at, row)) and reason.sentence.template:
            lines.append(Line(sentence=reason.sentence, code=reason.code))
            missed |= share is not None and share < HALF
    asks = "Not everything that the law asks for could be met. Reason, by the person who decides:" if missed else ""
    return Part(heading="What the law asks for, as far as it can be done", lines=tuple(lines), asks=asks)


def _looked_at(ready: Prepared, child: str) -> tuple[Line, ...]:
    """How many homes there were, how many could be a home, and what stood in the way most."""
    standing = standing_of(ready.found, (child,), without=("sibling-plan",))
    homes, could = standing.possible.size, int(np.count_nonzero(standing.possible))
    told = "{homes} were looked at. {could} could be a home for {child} today."
    words = {"homes": counted(homes, "home"), "could": str(could), "child": child}
    titles = {rule.code: rule.title for rule in ready.found.policy.every_rule}
    lines = [Line(sentence=Sentence.of(told, **words))]
    for code, number in standing.tally()[:2]:
        lines.append(Line(sentence=must_have_not_met(titles[code], number), code=code))
    return tuple(lines)


def _decisions(ready: Prepared, child: str, home: str) -> tuple[Line, ...]:
    mine = [d for d in ready.caseload.decisions if (d.child, d.home) == (child, home)]
    return tuple(Line(sentence=_decision(d), code=d.rule) for d in mine)


def _decision(decision: Decision) -> Sentence:
    template = "On {day} the {role} agreed: {reason}."
    role, day = spoken(decision.role), written(decision.decided_on)
    return Sentence.of(template, day=day, role=role, reason=decision.reason.rstrip("."))


def _who_decides() -> Part:
    told = Line(sentence=Sentence("This is a proposal. A named person decides, and may decide otherwise."))
    return Part(heading="Who decides", lines=(told,), asks="Decision, reason, name, role and date:")
