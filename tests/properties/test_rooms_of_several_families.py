"""Several families in one home: whether all can sleep, against every way in which they could, one child after another."""

from itertools import combinations_with_replacement, product

from matching.checker.bedroom_checks import own_bedroom
from matching.domain import Bedroom, Caseload, Child, Relationship, Tie, Verdict
from matching.errors import PlanRefused
from matching.planning import decide, prepare
from matching.solver import Limits
from tests.lib.builders import FOREVER, a_caseload, a_child, a_home, fostering

POLICY = fostering()
FAMILIES = {"older": (9,), "pair": (8, 9), "baby": (0,), "babies": (0, 1), "baby and older": (0, 9)}
MAY_SHARE = ("pair", "babies")
CAREFUL = (
    64  # of 1,350 worlds where all could sleep, four children or more, if a family did with other beds than its fewest
)
Home = tuple[int, int, int]  # single rooms, double rooms, cots
World = tuple[tuple[str, ...], Home]


def every_world() -> list[World]:
    """Two or three families, and a home with up to two rooms of each kind and two cots."""
    families = [some for n in (2, 3) for some in combinations_with_replacement(FAMILIES, n)]
    return list(product(families, product(range(3), range(3), range(3))))


def how_many(families: tuple[str, ...]) -> int:
    return sum(len(FAMILIES[name]) for name in families)


def all_can_sleep(families: tuple[str, ...], home: Home) -> bool:
    """Each child in turn alone in a room, beside a brother or sister in a double one, or as a baby in a cot."""
    beds = [(f, age, name) for f, name in enumerate(families) for age in FAMILIES[name]]

    def sleep(left: list[tuple[int, int, str]], single: int, double: int, cots: int) -> bool:
        if not left:
            return True
        (family, age, name), others = left[0], left[1:]
        together = [other for other in others if other[0] == family and name in MAY_SHARE]
        return (
            bool(single and sleep(others, single - 1, double, cots))
            or bool(double and sleep(others, single, double - 1, cots))
            or bool(cots and age < 2 and sleep(others, single, double, cots - 1))
            or any(double and sleep([o for o in others if o is not one], single, double - 1, cots) for one in together)
        )

    return sleep(beds, *home)


def made(families: tuple[str, ...], home: Home) -> Caseload:
    """The caseload: everybody named in an exemption, so that bedrooms alone decide."""
    children: list[Child] = []
    ties = []
    for f, name in enumerate(families):
        refs = [f"F{f}{'abc'[i]}" for i in range(len(FAMILIES[name]))]
        group = f"G{f}" if len(refs) > 1 else None
        children += [a_child(ref, age, sibling_group=group) for ref, age in zip(refs, FAMILIES[name], strict=True)]
        if name == "pair":
            ties.append(Relationship(tie=Tie.MAY_SHARE_ROOM, of=refs[0], to=refs[1]))
    single, double, cots = home
    rooms = [Bedroom(1)] * single + [Bedroom(2)] * double + [Bedroom(1, with_carers=True)] * cots
    everybody = tuple(child.ref for child in children)
    exempt = {"exempted_children": everybody, "exemption_ends": FOREVER}
    whole = a_home("H1", places_free=9, most_children=9, bedrooms=tuple(rooms), **exempt)
    return a_caseload(*children, whole, relationships=tuple(ties))


def test_nobody_is_left_without_a_bed_and_three_children_or_fewer_are_read_exactly() -> None:
    careful = 0
    for families, home in every_world():
        caseload = made(families, home)
        read = own_bedroom(caseload, POLICY.settings, caseload.homes[0], caseload.children) is Verdict.MET
        can = all_can_sleep(families, home)
        assert can or not read, (families, home)
        assert read or not can or how_many(families) > 3, (families, home)
        careful += can and not read
    assert careful == CAREFUL


def test_the_plan_reads_the_rooms_of_several_families_as_the_checker_does() -> None:
    for families, home in every_world():
        caseload = made(families, home)
        read = own_bedroom(caseload, POLICY.settings, caseload.homes[0], caseload.children) is Verdict.MET
        try:
            decide(prepare(caseload, POLICY), {child.ref: "H1" for child in caseload.children}, Limits())
        except PlanRefused:
            assert not read, (families, home)
            continue
        assert read, (families, home)
