"""Rules about bedrooms: a room of one's own after the third birthday, and nobody beside a child who may harm them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.domain import Bedroom, Caseload, Child, HomeKind, Household, Level, SiblingGroup
from matching.pairs import Truth, VerdictMatrix, verdicts
from matching.rules.base import Counts, SetRule, Sets, Shared, Source, named_sets, opened_by_decision
from matching.rules.sleeping import Arrangement, Sleeping, harmless
from matching.wording import Sentence, counted

READ = date(2026, 11, 23)
FAMILY_HOMES = (HomeKind.FOSTER, HomeKind.CONNECTED, None)
ENOUGH = 99  # rooms, and beds in rooms, of a setting to which the standard on bedrooms does not apply
ASK = "We do not know which bedrooms {home} has and who sleeps there. Ask the carers."


def _elsewhere(household: Household) -> bool:
    """Whether the standard on bedrooms is not for this kind of home: there is room enough for anybody."""
    return household.home.kind not in FAMILY_HOMES


def _for_children(household: Household) -> list[Bedroom] | None:
    rooms = household.home.bedrooms
    return None if rooms is None else [room for room in rooms if not room.with_carers]


def free_rooms(household: Household) -> int | None:
    """Bedrooms for children in which nobody sleeps."""
    if _elsewhere(household):
        return ENOUGH
    rooms = _for_children(household)
    return None if rooms is None else sum(room.beds > 0 and not room.occupants for room in rooms)


def free_doubles(household: Household) -> int | None:
    """Bedrooms for children with two beds or more in which nobody sleeps."""
    if _elsewhere(household):
        return ENOUGH
    rooms = _for_children(household)
    return None if rooms is None else sum(room.beds > 1 and not room.occupants for room in rooms)


def cots(household: Household) -> int | None:
    """Cots that nobody sleeps in, in the carers' room."""
    rooms = () if _elsewhere(household) else household.home.bedrooms
    return None if rooms is None else sum(room.free_beds for room in rooms if room.with_carers)


@dataclass(frozen=True)
class _SafeBeds:
    """Column of the beds beside nobody, or beside foster children who are known (or hoped) to be no danger."""

    as_of: date
    hoped: bool

    def __call__(self, household: Household) -> int | None:
        if _elsewhere(household):
            return ENOUGH
        rooms = household.home.bedrooms
        return None if rooms is None else sum(room.free_beds for room in rooms if self._safe(room, household.residents))

    def _safe(self, room: Bedroom, residents: Iterable[Child]) -> bool:
        here = {child.ref: child for child in residents}
        wanted = (True, None) if self.hoped else (True,)
        return all(ref in here and harmless(here[ref], self.as_of) in wanted for ref in room.occupants)


@dataclass(frozen=True)
class OwnBedroom(SetRule):
    """Everybody over the age has a bedroom, shared only with a brother or sister where both were assessed.

    Each family's rooms are reckoned by themselves, as few as the family can do with; families who are new to
    each other never share. A baby may sleep in a cot in the carers' room. Where more families than double rooms could
    share, some of them take rooms of their own: what counts is that beds and rooms suffice for all.
    """

    own_room_from: int = 3  # years; the standard says over 3
    carers_room_under: int = 2  # years
    mixed_under: int = 10  # years; boys and girls share only below this; practice, not law

    code = "own-bedroom"
    title = "Every child over three has a bedroom of their own"
    purpose = "Children sleep in a room of their own; brothers and sisters share where both were assessed as able to."
    source = Source(text="Fostering National Minimum Standards 2011", paragraph="standard 10.6", read_on=READ)
    level = Level.NEEDS_DECISION
    lifted_by = ("placing-authority",)

    def judge(self, sets: Sets) -> VerdictMatrix:
        rooms = sets.numbers(free_rooms)
        known = ~np.isnan(rooms)
        sleeping, at_best = self._sleeping(sets, hoped=False), self._sleeping(sets, hoped=True)
        surely = hoped = self._arranged(sets, sleeping)
        if not at_best.alike(sleeping):
            hoped = self._arranged(sets, at_best)
        enough = Truth(known & (surely.rooms <= rooms), known & (hoped.rooms > rooms))
        return verdicts(enough | Truth.of(self._opened(sets)), sets.group.shape)

    def shared(self, sets: Sets) -> tuple[Shared, ...]:
        """Rooms, cots, and beds; a single baby takes a cot or a room, whichever is left, and who could share may not."""
        homes, opened = sets.register.homes, self._opened(sets)
        used = self._arranged(sets, self._sleeping(sets, hoped=False))
        rooms, doubles, cot = (homes.counts(fact) for fact in (free_rooms, free_doubles, cots))
        alone = np.where(opened, _in_danger(sets), used.rooms)
        in_cots, in_beds = (np.where(opened, 0, some) for some in (used.cots, used.doubles))
        return (
            Shared(use=alone, limit=rooms),
            Shared(use=alone + in_cots, limit=rooms + cot),
            Shared(use=np.where(sets.size > 1, in_cots, 0), limit=cot),
            Shared(use=alone + in_beds, limit=rooms + doubles),
            Shared(use=alone + in_beds + in_cots, limit=rooms + doubles + cot),
        )

    def read_as_one(self, sets: Sets) -> np.ndarray:
        """In homes with a cot, where one will do for one of them: a family takes its cots, a single baby a cot or a room."""
        families = np.array([len(g.children) > 1 and self._has_baby(sets, g) for g in sets.groups], dtype=bool)
        return np.asarray(families[sets.group] & (sets.counts(cots) > 0), dtype=bool)

    def _has_baby(self, sets: Sets, group: SiblingGroup) -> bool:
        caseload = sets.register.caseload
        ages = [c.age_on(caseload.as_of) for ref in group.children if not (c := caseload.child_by_ref[ref]).with_parent]
        return any(age is not None and age < self.carers_room_under for age in ages)

    def _opened(self, sets: Sets) -> np.ndarray:
        return named_sets(sets, opened_by_decision(sets.register.caseload, self))

    def _sleeping(self, sets: Sets, *, hoped: bool) -> Sleeping:
        return Sleeping(sets, self.own_room_from, self.carers_room_under, self.mixed_under, hoped)

    def _arranged(self, sets: Sets, sleeping: Sleeping) -> Arrangement:
        return sleeping.arrangement(sets.counts(free_doubles), sets.counts(cots))

    def because(
        self, caseload: Caseload, group: SiblingGroup, children: tuple[str, ...], household: Household
    ) -> Sentence:
        free, home = free_rooms(household), household.home.ref
        if free is None:
            return Sentence.of(ASK, home=home)
        rooms = counted(free, "free bedroom") if free else "no free bedroom"
        if any(caseload.child(ref).with_parent for ref in children):
            template = "{home} has {free}. A parent who comes along needs one, and so does each child of 3 or over."
            return Sentence.of(template, home=home, free=rooms)
        template = "{home} has {free}, and {wanted} would need their own; sharing is for children assessed as able to."
        who = counted(len(children), "child", "children")
        return Sentence.of(template, home=home, free=rooms, wanted=who)


@dataclass(frozen=True)
class NoUnsafeSharing(SetRule):
    """Nobody shares a bedroom with a child whose sexual behaviour may harm others; no decision opens this."""

    code = "no-unsafe-sharing"
    title = "Nobody shares a bedroom with a child who may harm them"
    purpose = "A child whose behaviour may harm others sexually has a room of their own, until a new assessment."
    source = Source(text="Fostering National Minimum Standards 2011", paragraph="standard 10.6", read_on=READ)
    level = Level.NEVER

    def judge(self, sets: Sets) -> VerdictMatrix:
        day = sets.register.caseload.as_of
        danger = _told(_in_danger(sets), _in_danger(sets, hoped=True), sets.numbers(free_rooms))
        sure, hoped = (sets.numbers(_SafeBeds(day, hoped)) for hoped in (False, True))
        beds = Truth(sets.size <= sure, sets.size > hoped)
        return verdicts(danger & beds, sets.group.shape)

    def shared(self, sets: Sets) -> tuple[Shared, ...]:
        homes, day = sets.register.homes, sets.register.caseload.as_of
        return (
            Shared(use=_in_danger(sets), limit=homes.counts(free_rooms)),
            Shared(use=sets.size, limit=homes.counts(_SafeBeds(day, hoped=False))),
        )

    def because(
        self, caseload: Caseload, group: SiblingGroup, children: tuple[str, ...], household: Household
    ) -> Sentence:
        if household.home.bedrooms is None and not _elsewhere(household):
            return Sentence.of(ASK, home=household.home.ref)
        worried = [ref for ref in children if harmless(caseload.child(ref), caseload.as_of) is not True]
        told = {"child": worried[0] if worried else children[0], "home": household.home.ref}
        if worried and caseload.child(worried[0]).risks.harm_sexual is None:
            return Sentence.of("We do not know whether {child} may share a bedroom, and {home} has none free.", **told)
        return Sentence.of("{home} has no bed for {child} in a room where nobody would be at risk.", **told)


def _told(surely: Counts, hoped: Counts, rooms: np.ndarray) -> Truth:
    """Whether there are rooms enough, where more are needed surely than hoped; none needed is always enough."""
    return Truth((surely <= rooms) | (surely == 0), hoped > rooms)


def _in_danger(sets: Sets, *, hoped: bool = False) -> Counts:
    """How many children of each set must have a room to themselves, whatever is decided."""
    day, child_by_ref = sets.register.caseload.as_of, sets.register.caseload.child_by_ref
    wanted = (False,) if hoped else (False, None)
    bits = np.zeros(len(sets.groups), dtype=np.int64)
    for g in sets.present:
        members = enumerate(sets.groups[g].children)
        bits[g] = sum(1 << i for i, ref in members if harmless(child_by_ref[ref], day) in wanted)
    return np.asarray(np.bitwise_count(bits[sets.group] & sets.mask), dtype=np.int64)
