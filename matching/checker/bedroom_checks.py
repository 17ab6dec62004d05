"""The rules about bedrooms, read a second time: every way in which a family could sleep is tried."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from matching.checker.pair_checks import MET, NOT_KNOWN, NOT_MET, Settings, decided
from matching.domain import Bedroom, Caseload, Child, Home, HomeKind, Tie, Verdict

NO_STANDARD = (
    HomeKind.RESIDENTIAL,
    HomeKind.SUPPORTED_ACCOMMODATION,
    HomeKind.SUPPORTED_LODGINGS,
    HomeKind.ADOPTIVE,
)
GROWN_UP = 99  # stands for an age that is not known and is taken as ill: above every limit of a policy
Family = list[Child]
Needs = tuple[int, int, int]  # rooms, cots, double rooms shared


@dataclass(frozen=True)
class _Reading:
    """How to take what is not known: as well (`hoped`) or as ill."""

    caseload: Caseload
    home: Home
    hoped: bool
    ages: tuple[int, int, int]  # own room from, carers' room under, mixed under

    def age(self, child: Child) -> int:
        """Age in years; of a child whose age is not known 0 if `hoped`, which a cot will do for, else grown up."""
        age = child.age_on(self.caseload.as_of)
        return age if age is not None else (0 if self.hoped else GROWN_UP)

    def may_share(self, one: Child, other: Child) -> bool:
        """Whether two children may share a bedroom."""
        day = self.caseload.as_of
        if not (_safe(one, day, self.hoped) and _safe(other, day, self.hoped)):
            return False
        if (one.ref, other.ref) in self.caseload.ties[Tie.APART]:
            return False
        if one.brings_baby or other.brings_baby:
            return False
        own_room_from, _, mixed_under = self.ages
        ages = (self.age(one), self.age(other))
        if (one.ref, other.ref) not in self.caseload.ties[Tie.MAY_SHARE_ROOM] and max(ages) >= own_room_from:
            return False
        if max(ages) < mixed_under:
            return True
        return self.hoped if None in (one.sex, other.sex) else one.sex == other.sex


def no_danger(child: Child, day: date) -> bool | None:
    """Whether the child may sleep beside another; not asked before the third birthday unless recorded."""
    age = child.age_on(day)
    if child.risks.harm_sexual is None and age is not None and age < 3:
        return True
    return None if child.risks.harm_sexual is None else not child.risks.harm_sexual


def _safe(child: Child, day: date, hoped: bool) -> bool:
    answer = no_danger(child, day)
    return hoped if answer is None else answer


def _rooms(home: Home) -> tuple[Bedroom, ...]:
    assert home.bedrooms is not None, f"which bedrooms {home.ref} has is not known; ask before they are counted"
    return home.bedrooms


def _for_children(home: Home) -> list[Bedroom]:
    return [room for room in _rooms(home) if not room.with_carers]


def _free(home: Home) -> list[Bedroom]:
    return [room for room in _for_children(home) if room.beds and not room.occupants]


def _cots(home: Home) -> int:
    return sum(room.free_beds for room in _rooms(home) if room.with_carers)


def _ways(reading: _Reading, left: Family, beside: list[Child], cots: int, doubles: int) -> Iterator[Needs]:
    """Every way to sleep, as (rooms, cots used, doubles shared); `beside` are settled siblings with a spare bed."""
    if not left:
        yield 0, 0, 0
        return
    child, others = left[0], left[1:]
    for rooms, used, shared in _ways(reading, others, beside, cots, doubles):
        yield rooms + 1, used, shared
    if cots and reading.age(child) < reading.ages[1] and not child.with_parent:
        for rooms, used, shared in _ways(reading, others, beside, cots - 1, doubles):
            yield rooms, used + 1, shared
    for other in others:
        if doubles and reading.may_share(child, other):
            rest = [one for one in others if one is not other]
            for rooms, used, shared in _ways(reading, rest, beside, cots, doubles - 1):
                yield rooms + 1, used, shared + 1
    for sibling in beside:
        if reading.caseload.siblings(child.ref, sibling.ref) and reading.may_share(child, sibling):
            yield from _ways(reading, others, [one for one in beside if one is not sibling], cots, doubles)


def _with_spare_bed(caseload: Caseload, home: Home) -> list[Child]:
    household = caseload.households[home.ref]
    here = {child.ref: child for child in household.residents if child.ref not in household.leaving}
    rooms = [room for room in _for_children(home) if len(room.occupants) == 1 and room.free_beds]
    return [here[room.occupants[0]] for room in rooms if room.occupants[0] in here]


def _families(newcomers: Sequence[Child]) -> list[Family]:
    families: dict[object, Family] = {}
    for child in newcomers:  # brothers and sisters who come for other nights are a family of their own
        families.setdefault((child.sibling_group or f"only:{child.ref}", child.nights), []).append(child)
    return list(families.values())


def own_bedroom(caseload: Caseload, settings: Settings, home: Home, newcomers: Sequence[Child]) -> Verdict:
    """Standard 10.6: rooms for all; a family shares where assessed; families who meet here do not."""
    families = [
        (family, all(decided(caseload, settings, "own-bedroom", child.ref, home.ref) for child in family))
        for family in _families(newcomers)
    ]
    if all(opened for _, opened in families) or home.kind in NO_STANDARD:
        return MET
    if home.bedrooms is None:
        return NOT_KNOWN
    told = settings["own-bedroom"]
    ages = tuple(int(str(told[name])) for name in ("own_room_from", "carers_room_under", "mixed_under"))
    for hoped, verdict in ((False, MET), (True, NOT_KNOWN)):
        reading = _Reading(caseload, home, hoped, (ages[0], ages[1], ages[2]))
        if _fits(reading, families):
            return verdict
    return NOT_MET


def _fits(reading: _Reading, families: list[tuple[Family, bool]]) -> bool:
    """Whether all can sleep: each family in as few rooms as it needs, single babies in cots or in rooms as it comes out."""
    home, rooms, in_cots, shared, babies = reading.home, 0, 0, 0, 0
    cots, doubles = _cots(home), sum(room.beds > 1 for room in _free(home))
    for family, opened in families:
        needs: Needs
        if opened:
            needs = (sum(no_danger(child, reading.caseload.as_of) is not True for child in family), 0, 0)
        else:
            needs = _least(reading, family, cots, doubles)
        rooms, shared = rooms + needs[0], shared + needs[2]
        single = len(family) == 1
        babies, in_cots = babies + (needs[1] if single else 0), in_cots + (0 if single else needs[1])
    one_more_room_each = max(0, shared - doubles)  # pairs for whom no double room is left sleep apart
    return any(
        rooms + one_more_room_each + in_rooms <= len(_free(home)) and in_cots + babies - in_rooms <= cots
        for in_rooms in range(babies + 1)
    )


def _least(reading: _Reading, family: Family, cots: int, doubles: int) -> Needs:
    """The fewest rooms of a family; a parent who comes along has one, with the small children who come with them."""
    in_parents_room = [c for c in family if c.with_parent and reading.age(c) < reading.ages[0]]
    others = [child for child in family if child not in in_parents_room]
    needs = min(_ways(reading, others, _with_spare_bed(reading.caseload, reading.home), cots, doubles))
    return (needs[0] + any(bool(child.with_parent) for child in family), needs[1], needs[2])


def no_unsafe_sharing(caseload: Caseload, settings: Settings, home: Home, newcomers: Sequence[Child]) -> Verdict:
    """Standard 10.6: a room alone for a child who may harm others, and a safe bed for everybody else."""
    if home.kind in NO_STANDARD:
        return MET
    if home.bedrooms is None:
        return NOT_KNOWN
    answers = [no_danger(child, caseload.as_of) for child in newcomers]
    alone = _told(answers.count(False) + answers.count(None), answers.count(False), home)
    surely, hoped = (_safe_beds(caseload, home, hoped) for hoped in (False, True))
    beds = MET if len(newcomers) <= surely else NOT_KNOWN if len(newcomers) <= hoped else NOT_MET
    return min(alone, beds)


def _told(most: int, least: int, home: Home) -> Verdict:
    free = len(_free(home))
    return MET if most <= free else NOT_KNOWN if least <= free else NOT_MET


def _safe_beds(caseload: Caseload, home: Home, hoped: bool) -> int:
    safe = {child.ref for child in caseload.households[home.ref].residents if _safe(child, caseload.as_of, hoped)}
    return sum(room.free_beds for room in _rooms(home) if safe.issuperset(room.occupants))
