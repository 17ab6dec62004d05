"""What two plans do differently."""

from matching.difference import Change, difference
from matching.io.plan_json import ToldPlan


def told(placements: dict[str, str], caseload: str = "c", policy: str = "p", **goals: int) -> ToldPlan:
    return ToldPlan(placements=tuple(placements.items()), caseload=caseload, policy=policy, goals=tuple(goals.items()))


def words(before: ToldPlan, after: ToldPlan) -> list[str]:
    return [str(sentence) for sentence in difference(before, after).sentences]


def test_the_same_plan_differs_in_nothing() -> None:
    plan = told({"C1": "H1"}, placed=1)
    assert words(plan, plan) == ["The plans are the same."]


def test_every_change_is_told_by_child_after_the_goals() -> None:
    before = told({"C3": "H3", "C1": "H1", "C4": "H4"}, placed=3, suitability=900, deadlines=1)
    after = told({"C1": "H2", "C2": "H3", "C4": "H4"}, placed=3, suitability=800, deadlines=2)
    assert words(before, after) == [
        "Over all children, homes suit less well.",
        "Children with an urgent deadline who have a home: 2 instead of 1.",
        "C1 would live at H2 instead of H1.",
        "C2 would have a home: H3.",
        "C3 would have no home; before, it was H3.",
    ]


def test_turned_round_it_is_the_opposite() -> None:
    before, after = told({"C1": "H1"}, placed=1), told({"C1": "H2", "C2": "H1"}, placed=2)
    there, back = difference(before, after), difference(after, before)
    assert back.changes == tuple(Change(child=c.child, before=c.after, after=c.before) for c in there.changes)
    assert back.goals == tuple((code, new, old) for code, old, new in there.goals)


def test_unlike_is_not_compared_silently() -> None:
    assert words(told({}, caseload="a", policy="x"), told({}, caseload="b", policy="y")) == [
        "The plans were made for different caseloads.",
        "The plans were made under different policies.",
    ]
