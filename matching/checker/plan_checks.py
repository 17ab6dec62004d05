"""A whole plan against every rule, and the goals counted once more."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from matching.checker.home_checks import SET_CHECKS, beside, read_home, share_a_night
from matching.checker.pair_checks import APART_PLANS, PAIR_CHECKS, Settings, decided
from matching.domain import Caseload, Child, Deadline, Home, SiblingGroup, SiblingPlan, Verdict
from matching.plan import Breach, Checked
from matching.wording import Sentence

Placements = Sequence[tuple[str, str]]
ALWAYS = ("one-home-each", "settled-child")


def read_pair(caseload: Caseload, settings: Settings, child_ref: str, home_ref: str) -> dict[str, Verdict]:
    """The verdict of every pair rule in force on one child and one home."""
    child, home = caseload.child(child_ref), caseload.home(home_ref)
    found = {}
    for code, check in PAIR_CHECKS.items():
        if code in settings:
            opened = decided(caseload, settings, code, child_ref, home_ref)
            found[code] = Verdict.MET if opened else check(caseload, child, home, **parameters(settings[code]))
    return found


def parameters(told: Mapping[str, object]) -> dict[str, object]:
    """A rule's own parameters among its settings."""
    return {name: value for name, value in told.items() if name not in ("level", "lifted_by")}


def read_set(caseload: Caseload, settings: Settings, home_ref: str, children: Sequence[str]) -> dict[str, Verdict]:
    """The verdict of every set rule in force on some newcomers and a home."""
    home, newcomers = caseload.home(home_ref), [caseload.child(ref) for ref in children]
    return {code: read_home(code, caseload, settings, home, newcomers) for code in SET_CHECKS if code in settings}


def check_plan(caseload: Caseload, placements: Placements, settings: Settings) -> Checked:
    """Every breach in a plan, in the order of its placements; none means that the plan is sound."""
    known = [pair for pair in placements if pair[0] in caseload.child_by_ref and pair[1] in caseload.home_by_ref]
    breaches = [*_references(caseload, placements), *_once(caseload, known), *_pairs(caseload, known, settings)]
    for home_ref, children in _by_home(known).items():
        breaches += _home(caseload, settings, home_ref, children)
    read = [code for code in settings if code in PAIR_CHECKS or code in SET_CHECKS]
    return Checked(breaches=tuple(breaches), rules=(*ALWAYS, *read))


def _by_home(placements: Placements) -> dict[str, list[str]]:
    homes: dict[str, list[str]] = defaultdict(list)
    for child, home in sorted(set(placements)):
        homes[home].append(child)
    return homes


def _references(caseload: Caseload, placements: Placements) -> Iterator[Breach]:
    for child, home in placements:
        if child not in caseload.child_by_ref:
            yield Breach(
                rule="known-reference",
                child=child,
                home=home,
                sentence=Sentence.of("There is no child {child}.", child=child),
            )
        if home not in caseload.home_by_ref:
            yield Breach(
                rule="known-reference",
                child=child,
                home=home,
                sentence=Sentence.of("There is no home {home}.", home=home),
            )


def _once(caseload: Caseload, placements: Placements) -> Iterator[Breach]:
    seeking = {child.ref for child in caseload.seeking}
    for child, times in Counter(child for child, _ in placements).items():
        if times > 1:
            yield Breach(
                rule="one-home-each",
                child=child,
                sentence=Sentence.of("{child} is placed {times} times.", child=child, times=times),
            )
        if child not in seeking:
            sentence = Sentence.of("{child} lives in a home and is not moved unless a move is asked for.", child=child)
            yield Breach(rule="settled-child", child=child, sentence=sentence)


def _pairs(caseload: Caseload, placements: Placements, settings: Settings) -> Iterator[Breach]:
    for child, home in placements:
        for code, verdict in read_pair(caseload, settings, child, home).items():
            if verdict is not Verdict.MET:
                yield Breach(rule=code, child=child, home=home, sentence=_worded(code, verdict, child, home))


def _worded(code: str, verdict: Verdict, who: str, home: str) -> Sentence:
    if verdict is Verdict.NOT_KNOWN:
        return Sentence.of(
            "{rule} is not known for {who} at {home}, so it may not be planned.", rule=code, who=who, home=home
        )
    return Sentence.of("{rule} is not met for {who} at {home}.", rule=code, who=who, home=home)


def _home(caseload: Caseload, settings: Settings, home_ref: str, children: list[str]) -> Iterator[Breach]:
    who = " and ".join(children)
    for code, verdict in read_set(caseload, settings, home_ref, children).items():
        if verdict is not Verdict.MET:
            yield Breach(rule=code, home=home_ref, child=children[0], sentence=_worded(code, verdict, who, home_ref))
    yield from _beside_each_other(
        caseload, settings, caseload.home(home_ref), [caseload.child(ref) for ref in children]
    )


def _beside_each_other(caseload: Caseload, settings: Settings, home: Home, newcomers: list[Child]) -> Iterator[Breach]:
    for one, other in combinations(newcomers, 2):
        if caseload.siblings(one.ref, other.ref) or not share_a_night(one, other):
            continue
        for code, verdict in beside(caseload, settings, home, one, other).items():
            if verdict is not Verdict.MET:
                who = f"{one.ref} beside {other.ref}"
                yield Breach(rule=code, child=one.ref, home=home.ref, sentence=_worded(code, verdict, who, home.ref))


def count_goals(caseload: Caseload, placements: Placements, settings: Settings) -> Mapping[str, int]:
    """The goals that can be counted from the plan alone, to set beside what the solver says it reached."""
    home_of = dict(placements)
    urgent = (Deadline.EMERGENCY, Deadline.STATUTORY)
    return {
        "deadlines": sum(caseload.child(ref).deadline in urgent for ref in home_of),
        "placed": sum(not caseload.child(ref).by_nights for ref in home_of),
        "short-breaks": sum(caseload.child(ref).by_nights for ref in home_of),
        "siblings-required": sum(_kept_whole(caseload, group, home_of) for group in caseload.groups),
        "siblings-together": _pairs_together(caseload, home_of),
        "kept-as-agreed": sum(pair in caseload.agreed for pair in home_of.items()),
    }


def _kept_whole(caseload: Caseload, group: SiblingGroup, home_of: Mapping[str, str]) -> int:
    """How many parts of a group that must be together, each asking for the same nights, have one home."""
    parts: dict[object, list[str | None]] = defaultdict(list)
    for child in group.children:
        parts[caseload.child(child).nights].append(home_of.get(child))
    whole = [homes for homes in parts.values() if len(homes) > 1 and len(set(homes)) == 1 and None not in homes]
    return len(whole) if group.plan is SiblingPlan.TOGETHER_REQUIRED else 0


def _pairs_together(caseload: Caseload, home_of: Mapping[str, str]) -> int:
    total = 0
    for group in caseload.groups:
        if group.plan in APART_PLANS:
            continue
        new = [(home_of[ref], caseload.child(ref).nights) for ref in group.children if ref in home_of]
        settled = [caseload.lives_in[ref] for ref in group.settled if ref in caseload.lives_in]
        total += sum(a == b for a, b in combinations(new, 2)) + sum(a == b for a, _ in new for b in settled)
    return total
