"""What must hold of every plan, whatever the caseload: planted breaches are found, order and names play no part."""

import os
import random
from dataclasses import replace

import pytest

from matching.checker import check_plan, read_pair
from matching.domain import Caseload, Child, Home, SiblingPlan, Verdict
from matching.planning import propose_plan
from tests.lib.builders import TODAY, a_caseload, a_child, a_home, fostering, policy_with, siblings
from tests.lib.random_caseloads import random_caseload

POLICY = fostering()
TIMES = 50 if os.environ.get("NIGHTLY") else 1  # as many caseloads at night: a thousand or more of each


def plan_of(caseload: Caseload) -> dict[str, str]:
    return propose_plan(caseload, POLICY).home_of


@pytest.mark.parametrize("block", range(4))
def test_every_planted_breach_is_found(block: int) -> None:
    """Into each sound plan every pair that a rule forbids is planted, one at a time."""
    planted = 0
    for seed in range(block * 15, block * 15 + 15):
        caseload = random_caseload(seed, children=5, homes=4)
        sound = plan_of(caseload)
        for child in caseload.seeking:
            for home in caseload.homes:
                verdicts = read_pair(caseload, POLICY.settings, child.ref, home.ref)
                broken = {code for code, verdict in verdicts.items() if verdict is not Verdict.MET}
                found = check_plan(caseload, sorted({**sound, child.ref: home.ref}.items()), POLICY.settings)
                assert broken <= {breach.rule for breach in found.breaches}
                planted += len(broken)
    assert planted > 100


def test_a_child_placed_twice_a_settled_child_and_strangers_are_found() -> None:
    caseloads = (random_caseload(seed, children=4, homes=4, wild=0.0) for seed in range(20))
    caseload = next(one for one in caseloads if one.lives_in and plan_of(one))
    sound = list(plan_of(caseload).items())
    child, home = sound[0]
    other = next(h.ref for h in caseload.homes if h.ref != home)
    settled = next(iter(caseload.lives_in))
    wrong = {
        "one-home-each": [*sound, (child, other)],
        "settled-child": [*sound, (settled, home)],
        "known-reference": [*sound, ("C99", home), (child, "H99")],
    }
    for code, placements in wrong.items():
        breaches = check_plan(caseload, placements, POLICY.settings).breaches
        assert code in {breach.rule for breach in breaches}, code


def test_an_overfull_home_and_a_split_that_must_not_be_are_found() -> None:
    twins = [a_child("C1", 5, sibling_group="G1"), a_child("C2", 5, sibling_group="G1")]
    homes = [a_home("H1", places_free=1), a_home("H2", places_free=1)]
    caseload = a_caseload(*twins, *homes, relationships=(siblings("G1", SiblingPlan.TOGETHER_REQUIRED),))
    overfull = check_plan(caseload, [("C1", "H1"), ("C2", "H1")], POLICY.settings)
    split = check_plan(caseload, [("C1", "H1"), ("C2", "H2")], POLICY.settings)
    assert {breach.rule for breach in overfull.breaches} == {"usable-place"}
    assert {breach.rule for breach in split.breaches} == {"sibling-plan"}
    assert plan_of(caseload) == {}


def test_adding_a_home_never_worsens_the_proven_value() -> None:
    for seed in range(40 * TIMES):
        caseload = random_caseload(seed, children=6, homes=4)
        before = [goal.achieved for goal in propose_plan(caseload, POLICY).goals]
        more = replace(caseload, homes=(*caseload.homes, a_home("H9", oldest=10)))
        after = [goal.achieved for goal in propose_plan(more, POLICY).goals]
        assert after >= before, seed


def test_the_order_of_rows_changes_nothing() -> None:
    for seed in range(40 * TIMES):
        caseload = random_caseload(seed, children=6, homes=5)
        draw = random.Random(seed)
        shuffled = replace(
            caseload,
            **{
                name: tuple(draw.sample(rows, len(rows)))
                for name in ("children", "homes", "placements", "relationships", "decisions")
                if (rows := getattr(caseload, name)) is not None
            },
        )
        one, other = propose_plan(caseload, POLICY), propose_plan(shuffled, POLICY)
        assert one.digest == other.digest, seed
        assert one.unplaced == other.unplaced


def test_new_names_keep_the_value() -> None:
    """Other references draw other lots, so that equal plans may change places; the goals may not."""
    for seed in range(30 * TIMES):
        caseload = random_caseload(seed, children=5, homes=4)
        renamed = _renamed(caseload)
        one, other = propose_plan(caseload, POLICY), propose_plan(renamed, POLICY)
        assert [g.achieved for g in one.goals] == [g.achieved for g in other.goals], seed


def _renamed(caseload: Caseload) -> Caseload:
    """Every child X becomes kX, in reverse order of name."""
    new = {c.ref: f"k{100 - i}" for i, c in enumerate(sorted(caseload.children, key=lambda child: child.ref))}

    def name(ref: str | None) -> str | None:
        return ref if ref is None else new.get(ref, ref)

    def home(one: Home) -> Home:
        terms = one.approval
        named = None if terms.named_children is None else tuple(new.get(r, r) for r in terms.named_children)
        exempted = None if terms.exempted_children is None else tuple(new.get(r, r) for r in terms.exempted_children)
        return replace(one, approval=replace(terms, named_children=named, exempted_children=exempted))

    return replace(
        caseload,
        children=tuple(replace(c, ref=new[c.ref]) for c in caseload.children),
        homes=tuple(home(h) for h in caseload.homes),
        placements=tuple(replace(p, child=new[p.child]) for p in caseload.placements),
        decisions=tuple(replace(d, child=new[d.child]) for d in caseload.decisions),
        bookings=tuple(replace(b, child=new[b.child]) for b in caseload.bookings),
        relationships=tuple(
            replace(
                r,
                of=new.get(r.of, r.of),
                to=name(r.to),
                subsets=None if r.subsets is None else tuple("+".join(new[c] for c in s.split("+")) for s in r.subsets),
            )
            for r in caseload.relationships
        ),
    )


def test_a_home_that_nobody_can_use_changes_nothing() -> None:
    for seed in range(20 * TIMES):
        caseload = random_caseload(seed, children=5, homes=4)
        more = replace(caseload, homes=(*caseload.homes, a_home("H9", places_free=0)))
        assert plan_of(caseload) == plan_of(more)


def test_twice_the_weights_is_the_same_plan() -> None:
    single = {"near-home": {"weight": 5}, "in-area": {"weight": 2}, "skills": {"weight": 4}}
    double = {code: {"weight": 2 * told["weight"]} for code, told in single.items()}
    for seed in range(20 * TIMES):
        caseload = random_caseload(seed, children=5, homes=5)
        plans = [propose_plan(caseload, policy_with(criteria=weights)).home_of for weights in (single, double)]
        assert plans[0] == plans[1]


def test_points_in_the_reasons_add_up_to_what_the_solver_counted() -> None:
    for seed in range(20 * TIMES):
        plan = propose_plan(random_caseload(seed, children=6, homes=6), POLICY)
        counted = next(goal.achieved for goal in plan.goals if goal.code == "suitability")
        assert counted == sum(placement.points for placement in plan.placements)


def test_a_protected_characteristic_that_no_need_states_changes_nothing() -> None:
    """Ethnicity and religion, of children and of carers, play no part."""

    def other(one: Child | Home) -> Child | Home:
        return replace(one, ethnicity="AIND", religion="Sikh")

    for seed in range(20 * TIMES):
        caseload = random_caseload(seed, children=5, homes=5)
        swapped = replace(
            caseload, children=tuple(map(other, caseload.children)), homes=tuple(map(other, caseload.homes))
        )
        assert plan_of(caseload) == plan_of(swapped)


def test_an_empty_caseload_has_an_empty_plan() -> None:
    plan = propose_plan(Caseload(as_of=TODAY, children=(), homes=()), POLICY)
    assert plan.placements == ()
    assert all(goal.proven for goal in plan.goals)
