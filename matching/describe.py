"""Reasons for what a plan does: why this home, what worries, what is not known, why no home."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt

from matching.candidates import Candidates, Standing, standing_of
from matching.domain import Caseload, Household, SiblingGroup, SiblingPlan, Verdict
from matching.pairs import Register
from matching.plan import Kept, NearMiss, Placement, Reason, SiblingOutcome, Unplaced
from matching.rules import AnyRule, Sets, by_night, counted_once
from matching.steps import ALSO_SAID_BY, steps_before
from matching.wording import Sentence, counted, listed, written

GOOD, POOR = 0.7, 0.3
APART = (SiblingPlan.APART_WITH_CONTACT, SiblingPlan.APART_WITHOUT_CONTACT)
MOST_NEAR_MISSES, MOST_REASONS = 3, 4
FEW_HOMES = 3  # that are named
YEARS_AS_ONE = 2  # so many years outside the approved ages weigh like one more rule in the way
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def placements_of(found: Candidates, placed: Sequence[tuple[str, str]]) -> tuple[Placement, ...]:
    """Each proposed placement with its reasons, worries and questions."""
    coming: dict[str, list[str]] = defaultdict(list)
    for child, home in placed:
        coming[home].append(child)
    return tuple(placement_of(found, child, home, coming[home]) for child, home in placed)


def placement_of(found: Candidates, child: str, home: str, coming: Iterable[str] = ()) -> Placement:
    """One placement: criteria rated high are reasons, rated low are worries, not rated are questions.

    `coming` are the children who would come to the home too; what is to be done first thinks of them as living there.
    """
    row, column = found.row_of_child[child], found.register.home_index[home]
    rated = criteria_of(found, row, column)
    weights = [weight for _, weight in found.policy.criteria]
    caseload, household = found.register.caseload, found.register.homes.items[column]
    new = tuple(caseload.child_by_ref[ref] for ref in sorted(coming) if ref != child)
    there = replace(household, residents=(*household.residents, *new)) if new else household
    before = steps_before(caseload, found.judged.pairs.children.items[row], there)
    said = {ALSO_SAID_BY.get(step.code) for step in before}
    good = [(weights[i], reason) for i, share, reason in rated if share is not None and share >= GOOD]
    poor = [
        (weights[i], reason)
        for i, share, reason in rated
        if share is not None and share < POOR and reason.code not in said and concerns(found, i, row)
    ]
    return Placement(
        child=child,
        home=home,
        points=int(found.judged.total[row, column]),
        reasons=_heaviest(good),
        worries=_heaviest(poor),
        not_known=tuple(reason for _, share, reason in rated if share is None),
        before=before,
    )


def _heaviest(weighed: list[tuple[int, Reason]]) -> tuple[Reason, ...]:
    return tuple(reason for _, reason in sorted(weighed, key=lambda pair: -pair[0]))


def concerns(found: Candidates, criterion: int, row: int) -> bool:
    """Whether a low rating is a loss for this child: it says so itself, or another home would earn points."""
    told = found.policy.criteria[criterion][0].concerns(found.judged.pairs.children.items[row])
    return bool(found.judged.points[criterion, row].max(initial=0) > 0) if told is None else told


def criteria_of(found: Candidates, row: int, column: int) -> list[tuple[int, float | None, Reason]]:
    """Each criterion for a pair: its position, its share of the full points (`None`: not known), its sentence."""
    child = found.judged.pairs.children.items[row]
    household = found.register.homes.items[column]
    told: list[tuple[int, float | None, Reason]] = []
    for i, (criterion, weight) in enumerate(found.policy.criteria):
        if found.judged.unrated[i, row, column]:
            told.append(
                (
                    i,
                    None,
                    Reason(
                        code=criterion.code, verdict=Verdict.NOT_KNOWN, sentence=criterion.question(child, household)
                    ),
                )
            )
        elif weight:
            share = float(found.judged.points[i, row, column]) / (100 * weight)
            sentence = (
                criterion.because(found.register.caseload, child, household, share)
                if share >= GOOD or concerns(found, i, row)
                else Sentence("")
            )
            told.append((i, share, Reason(code=criterion.code, verdict=Verdict.MET, sentence=sentence)))
    return told


def blockers_of(found: Candidates, children: Sequence[str], column: int) -> tuple[Reason, ...]:
    """Every rule that is not met, or not known to be met, for these children of one group in a home."""
    return (*_pair_blockers(found, children, column), *_set_blockers(found, tuple(children), column))


def _pair_blockers(found: Candidates, children: Sequence[str], column: int) -> list[Reason]:
    household = found.register.homes.items[column]
    reasons = []
    for ref in children:
        row = found.row_of_child[ref]
        child = found.judged.pairs.children.items[row]
        for i in np.flatnonzero(found.judged.verdicts[:, row, column] != Verdict.MET):
            rule = found.policy.rules[i]
            sentence = rule.because(found.register.caseload, child, household)
            reasons.append(reason_of(rule, Verdict(found.judged.verdicts[i, row, column]), sentence))
    return list(dict.fromkeys(reasons))


def _set_blockers(found: Candidates, children: tuple[str, ...], column: int) -> list[Reason]:
    household = found.register.homes.items[column]
    group = found.groups[group_position(found, children[0])]
    one = single_set(found.register, (group,), 0, children, column)
    reasons = []
    nightly = by_night(counted_once(one))
    for rule in found.policy.set_rules:
        verdicts = rule.judge(nightly.sets)
        if verdicts.size and verdicts.min() != Verdict.MET:
            at = int(verdicts.argmin())
            there = nightly.sets.register.homes.items[nightly.sets.home[at]]
            sentence = rule.because(found.register.caseload, group, children, there)
            if not set(there.residents) <= set(household.residents):
                sentence = _on_the_night(sentence, nightly.nights[at])
            reasons.append(reason_of(rule, Verdict(verdicts[at]), sentence))
    return reasons


def _on_the_night(sentence: Sentence, night: date | None) -> Sentence:
    """A sentence about a home when others are booked into it."""
    if night is None:
        return sentence
    template = "On {night} others are booked into this home. " + sentence.template
    return Sentence.of(template, night=written(night), **dict(sentence.facts))


def reason_of(rule: AnyRule, verdict: Verdict, sentence: Sentence) -> Reason:
    """A verdict in words, with its level and who may lift it."""
    return Reason(code=rule.code, verdict=verdict, sentence=sentence, level=rule.level, may_be_lifted_by=rule.lifted_by)


def group_position(found: Candidates, child: str) -> int:
    """Position of the child's sibling group."""
    return next(g for g, group in enumerate(found.groups) if child in group.children)


def single_set(
    register: Register, groups: tuple[SiblingGroup, ...], group: int, children: Sequence[str], column: int
) -> Sets:
    """One set of one group in one home."""
    mask = sum(1 << groups[group].children.index(ref) for ref in children)
    column_of = [np.array([value], dtype=np.int64) for value in (group, column, mask)]
    return Sets(register=register, groups=groups, group=column_of[0], home=column_of[1], mask=column_of[2])


def must_go_with(group: SiblingGroup, child: str) -> tuple[str, ...]:
    """The smallest set that the sibling plan allows and that holds the child."""
    if group.plan is SiblingPlan.TOGETHER_REQUIRED:
        return group.alike(child)
    if group.plan is SiblingPlan.NAMED_SUBSETS:
        together = {child}.union(*(part for part in group.subsets if child in part))
        return tuple(ref for ref in group.alike(child) if ref in together)
    return (child,)


def unplaced_of(found: Candidates, placed: Sequence[tuple[str, str]]) -> tuple[Unplaced, ...]:
    """Each child without a home: why, and the nearest misses."""
    used = Counter(home for _, home in placed)
    has = {child for child, _ in placed}
    caseload = found.register.caseload
    moving = [(child, home) for child, home in placed if moving_from(caseload, child) is not None]
    return tuple(_unplaced(found, ref, used, moving) for ref in found.row_of_child if ref not in has)


def _unplaced(found: Candidates, child: str, used: Counter[str], moving: Sequence[tuple[str, str]] = ()) -> Unplaced:
    with_child, homes = must_go_with(found.groups[group_position(found, child)], child), found.register.homes.items
    standing = standing_of(found, with_child)
    possible = [homes[column].home.ref for column in np.flatnonzero(standing.possible)]
    reasons = _used_elsewhere(child, possible, used) if possible else _why_none(found, standing)
    left = np.array([(h.home.places_free or 0) - used[h.home.ref] for h in homes], dtype=np.int64)
    taken = (left < len(with_child)) & np.array([used[h.home.ref] > 0 for h in homes], dtype=bool)
    near = near_misses_of(found, with_child, standing, standing.could_open, taken=taken)
    caseload = found.register.caseload
    stays, nights = moving_from(caseload, child), caseload.child(child).by_nights
    if stays is None and not nights:
        reasons += _who_might_wait(moving, possible)
    return Unplaced(child=child, reasons=reasons, near_misses=near, stays_at=stays, for_nights=nights)


def moving_from(caseload: Caseload, child: str) -> str | None:
    """Where a child for whom a move is asked lives; `None` for one who needs a home, or asks for nights only."""
    return None if caseload.child(child).by_nights else caseload.lives_in.get(child)


def near_misses_of(
    found: Candidates, children: Sequence[str], standing: Standing, these: Flags, taken: Flags | None = None
) -> tuple[NearMiss, ...]:
    """The nearest of `these` homes in words."""
    taken = np.zeros(these.size, dtype=bool) if taken is None else taken
    return tuple(
        near_miss(found, children, int(column), taken[column])
        for column in nearest(found, children, standing, these, taken)
    )


def nearest(
    found: Candidates, children: Sequence[str], standing: Standing, these: Flags, taken: Flags | None = None
) -> Integers:
    """Positions of the nearest of `these` homes: not `taken` first, the least in the way, then the most points."""
    columns, rows = np.flatnonzero(these), [found.row_of_child[ref] for ref in children]
    taken = np.zeros(these.size, dtype=bool) if taken is None else taken
    points = found.judged.total[rows][:, columns].sum(axis=0)
    missing = standing.in_the_way[:, columns].sum(axis=0) + _years_outside(found, children)[columns] // YEARS_AS_ONE
    order = np.lexsort((columns, -points, missing, taken[columns]))
    return np.asarray(columns[order][:MOST_NEAR_MISSES], dtype=np.int64)


def near_miss(found: Candidates, children: Sequence[str], column: int, taken: bool = False) -> NearMiss:
    """What would make a home possible, in words."""
    needs, home = blockers_of(found, children, column), found.register.homes.items[column].home.ref
    if taken:
        told = Sentence.of("The places at {home} are used for other children in this plan.", home=home)
        needs = (*needs, Reason(code="used-elsewhere", verdict=Verdict.MET, sentence=told))
    return NearMiss(home=home, needs=needs)


def _years_outside(found: Candidates, children: Sequence[str]) -> Integers:
    """By how many years the children lie outside each home's approved ages, at the most; 0 where not known."""
    day, homes = found.register.caseload.as_of, found.register.homes
    ages = [age for ref in children if (age := found.register.caseload.child_by_ref[ref].age_on(day)) is not None]
    if not ages:
        return np.zeros(len(homes.items), dtype=np.int64)
    below, above = homes.numbers(_youngest) - min(ages), max(ages) - homes.numbers(_oldest)
    return np.nan_to_num(np.maximum(np.maximum(below, above), 0.0)).astype(np.int64)


def _youngest(household: Household) -> int | None:
    return household.home.approval.youngest


def _oldest(household: Household) -> int | None:
    return household.home.approval.oldest


def _used_elsewhere(child: str, possible: list[str], used: Counter[str]) -> tuple[Reason, ...]:
    homes = listed(possible) if len(possible) <= FEW_HOMES else counted(len(possible), "home")
    who = sum(1 for home in possible if used[home])
    template = (
        "{homes} could care for {child}, but the plan does better for everybody with others there ({used} in use)."
    )
    return (
        Reason(
            code="used-elsewhere",
            verdict=Verdict.MET,
            sentence=Sentence.of(template, homes=homes, child=child, used=who),
        ),
    )


def _who_might_wait(moving: Sequence[tuple[str, str]], possible: Sequence[str]) -> tuple[Reason, ...]:
    """Who would move into a home that a child without one could have: a choice that people should see."""
    movers = [child for child, home in moving if home in possible]
    if not movers:
        return ()
    template = "{movers} would move there from a home they live in now; the meeting may ask them to wait."
    sentence = Sentence.of(template, movers=listed(movers))
    return (Reason(code="used-by-a-move", verdict=Verdict.MET, sentence=sentence),)


def _why_none(found: Candidates, standing: Standing) -> tuple[Reason, ...]:
    """The rules that stand in the way most often, with how many homes each rules out."""
    titles = {rule.code: rule for rule in found.policy.every_rule}
    return tuple(
        Reason(
            code=code,
            verdict=Verdict.NOT_MET,
            sentence=must_have_not_met(titles[code].title, number),
            level=titles[code].level,
            may_be_lifted_by=titles[code].lifted_by,
        )
        for code, number in standing.tally()[:MOST_REASONS]
    )


def must_have_not_met(title: str, homes: int) -> Sentence:
    """At how many homes the must-have with this title is not met."""
    template = "At {homes} a must-have is not met: {title}."
    return Sentence.of(template, homes=counted(homes, "home"), title=title[:1].lower() + title[1:])


def outcomes_of(caseload: Caseload, placed: Iterable[tuple[str, str]]) -> tuple[SiblingOutcome, ...]:
    """What a plan does with every sibling group of two or more children who need a home."""
    home_of = dict(placed)
    return tuple(_outcome(group, home_of) for group in caseload.groups if len(group.children) > 1)


def _outcome(group: SiblingGroup, home_of: dict[str, str]) -> SiblingOutcome:
    homes = tuple((ref, home_of[ref]) for ref in group.children if ref in home_of)
    different = len({home for _, home in homes})
    if not homes:
        kept = Kept.NOT_PLACED
    elif different == 1 and len(homes) == len(group.children):
        kept = Kept.TOGETHER
    else:
        kept = Kept.SPLIT if len(homes) == len(group.children) else Kept.PARTLY_PLACED
    return SiblingOutcome(
        group=group.ref, plan=group.plan.value, outcome=kept, as_planned=_as_planned(group, kept, home_of), homes=homes
    )


def _as_planned(group: SiblingGroup, kept: Kept, home_of: dict[str, str]) -> bool:
    if kept in (Kept.NOT_PLACED, Kept.PARTLY_PLACED):
        return False
    if group.plan in APART:
        return len({home_of[ref] for ref in group.children}) == len(group.children)
    if group.plan is SiblingPlan.NAMED_SUBSETS:
        return all(len({home_of[ref] for ref in part if ref in home_of}) <= 1 for part in group.subsets)
    return kept is Kept.TOGETHER
