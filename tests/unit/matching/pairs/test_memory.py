"""An answer is given again only to a child who is alike in everything that was read."""

import numpy as np
import pytest

from matching.domain import Child, Household, Sex, Tie
from matching.domain.links import Relationship
from matching.pairs import Memory, Pairs, Register
from matching.rules.household import ConsiderationsKept
from tests.lib.builders import a_caseload, a_child, a_home

GIRL, BOY = {"sex": Sex.FEMALE}, {"sex": Sex.MALE}


def _oldest(household: Household) -> int | None:
    return household.home.approval.oldest


def _sex(child: Child) -> Sex | None:
    return child.sex


class Asked:
    """A rule that counts how many children it was asked about, and reads the sex of older children only."""

    def __init__(self) -> None:
        self.children = 0

    def __call__(self, pairs: Pairs) -> list[np.ndarray]:
        self.children += len(pairs.children.items)
        fits = pairs.age <= pairs.of_homes(_oldest)
        if (pairs.age > 10).any():
            fits = fits & ((pairs.age <= 10) | (pairs.child_codes(_sex, "sex-code") >= 0))
        return list(np.broadcast_to(fits, pairs.shape))


def _memory(*people: Child, rule: Asked) -> Memory[np.ndarray]:
    return Memory(Register(a_caseload(*people, a_home("H1"), a_home("H2"))), rule)


def test_children_alike_in_what_is_read_are_judged_once() -> None:
    rule, alike = Asked(), [a_child(f"C{i}", age=8, **(GIRL if i % 2 else BOY)) for i in range(6)]
    memory = _memory(*alike, rule=rule)
    rows = [memory.of([child])[0] for child in alike]
    assert rule.children == 1
    assert all(row is rows[0] for row in rows)


def test_a_question_that_comes_up_later_parts_those_who_were_alike() -> None:
    rule = Asked()
    girl, young, unknown = a_child("C1", age=12, **GIRL), a_child("C2", age=8), a_child("C3", age=12, sex=None)
    memory = _memory(girl, young, unknown, rule=rule)
    assert memory.of([young])[0].all()
    assert memory.of([girl])[0].all()
    assert not memory.of([unknown])[0].any(), "of the same age as the girl, but nobody knows the sex"
    assert memory.of([young, girl, unknown])[0].all()


def test_only_children_whom_a_tie_names_are_apart() -> None:
    children = [a_child(f"C{i}") for i in range(4)]
    tie = Relationship(tie=Tie.NO_CONTACT, of="C2", to="H2")
    caseload = a_caseload(*children, a_home("H1"), a_home("H2"), relationships=(tie,))
    asked = 0

    def barred(pairs: Pairs) -> list[np.ndarray]:
        nonlocal asked
        asked += len(pairs.children.items)
        return list(pairs.tied(Tie.NO_CONTACT))

    memory = Memory(Register(caseload), barred)
    assert [memory.of([child])[0].tolist() for child in children] == [
        [False, True] if child.ref == "C2" else [False, False] for child in children
    ]
    assert asked == 2


def test_only_those_with_brothers_or_sisters_in_a_home_are_told_apart_by_who_they_are() -> None:
    """A brother who lives in a home parts his sister, who asks for one, from all others; they stay alike."""
    waiting = [a_child(f"C{i}", age=8, **GIRL) for i in range(4)]
    family = [a_child("S1", age=8, sibling_group="S", **GIRL), a_child("S2", age=9, sibling_group="S", **BOY)]
    caseload = a_caseload(*waiting, *family, a_home("H1"), a_home("H2"), lives={"S2": "H1"})
    register, people = Register(caseload), [family[0], *waiting]
    memory = Memory(register, lambda pairs: list(ConsiderationsKept().judge(pairs)))
    told = [memory.of([child])[0] for child in people]
    np.testing.assert_array_equal(np.array(told), ConsiderationsKept().judge(register.pairs(people)))
    assert len(memory.rows) == 2


@pytest.mark.parametrize("most", [1, 2, 3])
def test_what_is_forgotten_for_want_of_room_is_judged_again(most: int) -> None:
    rule, children = Asked(), [a_child(f"C{i}", age=i) for i in range(9)]
    memory, fresh = _memory(*children, rule=rule), _memory(*children, rule=Asked())
    memory.most = most
    for child in (*children, *children):
        np.testing.assert_array_equal(memory.of([child])[0], fresh.of([child])[0])
    np.testing.assert_array_equal(memory.of(children), fresh.of(children))
    assert rule.children > len(children)
