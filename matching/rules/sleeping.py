"""How few bedrooms some brothers and sisters can do with in a home, and with how many cots and double rooms."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from matching.domain import Child, SiblingGroup, Tie
from matching.rules.base import Counts, Sets

Counted = tuple[int, int, int]
HARMLESS_UNDER = 3  # nobody asks about harmful sexual behaviour before this age


def harmless(child: Child, day: date) -> bool | None:
    """Whether a child may sleep beside another; `None` where the worry is not known to be absent."""
    if child.risks.harm_sexual is None:
        age = child.age_on(day)
        return True if age is not None and age < HARMLESS_UNDER else None
    return not child.risks.harm_sexual


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """What each set takes of its home: bedrooms (those shared included), cots, double rooms that are shared."""

    rooms: Counts
    cots: Counts
    doubles: Counts


class Sleeping:
    """Arrangements for sets; `hoped` counts what is not known as if it were well."""

    def __init__(self, sets: Sets, own_room_from: int, carers_room_under: int, mixed_under: int, hoped: bool) -> None:
        self.sets = sets
        self.caseload = sets.register.caseload
        self.ages = own_room_from, carers_room_under, mixed_under
        self.hoped = hoped
        here = {g: sets.groups[g] for g in sets.present}
        self.pairs = {g: self._pairs(group) for g, group in here.items()}
        self.babies = {g: self._babies(group) for g, group in here.items()}
        self.with_parent = {g: self._with_parent(group) for g, group in here.items()}
        self.beside = {at: beds for g, group in here.items() for at, beds in self._beside(g, group) if beds}

    def alike(self, other: "Sleeping") -> bool:
        """Whether everybody sleeps as in the other, because all that is asked is known."""
        mine, theirs = ((one.pairs, one.babies, one.with_parent, one.beside) for one in (self, other))
        return mine == theirs

    def arrangement(self, doubles: Counts, cots: Counts) -> Arrangement:
        """The fewest rooms for each set, then cots, then double rooms; what the home has of each is given."""
        sets = self.sets
        menus = [(), *self.beside.values()]
        keys = [sets.group, sets.mask, np.minimum(doubles, sets.size), np.minimum(cots, sets.size), self._menu()]
        first, at = _distinct(keys)
        found = [self._fewest(menus, *key) for key in zip(*(column[first].tolist() for column in keys), strict=True)]
        table = np.array(found, dtype=np.int64).reshape(len(found), 3)[at]
        return Arrangement(rooms=table[:, 0], cots=table[:, 1], doubles=table[:, 2])

    def _fewest(self, menus: list[tuple[int, ...]], g: int, mask: int, doubles: int, cots: int, menu: int) -> Counted:
        accompanied, small = self.with_parent[g]
        others = mask & ~small
        pairs = tuple(pair for pair in self.pairs[g] if pair & others == pair)
        found = fewest(others, pairs, self.babies[g] & others, doubles, cots, menus[menu])
        return _plus(found, 1, 0, 0) if mask & accompanied else found

    def _with_parent(self, group: SiblingGroup) -> tuple[int, int]:
        """Who comes with a parent, and who of them sleeps in the parent's room, as bits."""
        children = [(1 << i, self.caseload.child_by_ref[ref]) for i, ref in enumerate(group.children)]
        accompanied = [(bit, child) for bit, child in children if child.with_parent]
        small = sum(bit for bit, child in accompanied if self._age(child) < self.ages[0])
        return sum(bit for bit, _ in accompanied), small

    def _pairs(self, group: SiblingGroup) -> tuple[int, ...]:
        children = [self.caseload.child_by_ref[ref] for ref in group.children]
        return tuple(
            1 << i | 1 << j
            for i, one in enumerate(children)
            for j in range(i + 1, len(children))
            if self._may_share(one, children[j])
        )

    def _babies(self, group: SiblingGroup) -> int:
        children = [self.caseload.child_by_ref[ref] for ref in group.children]
        return sum(1 << i for i, child in enumerate(children) if self._in_a_cot(child))

    def _in_a_cot(self, child: Child) -> bool:
        """A baby who comes with a parent sleeps in the parent's room."""
        return self._age(child) < self.ages[1] and not child.with_parent

    def _age(self, child: Child) -> float:
        age = child.age_on(self.caseload.as_of)
        return (0 if self.hoped else 99) if age is None else age

    def _may_share(self, one: Child, other: Child) -> bool:
        """Brothers and sisters: assessed as able to or both small, no danger, and of one sex or young enough."""
        own_room_from, _, mixed_under = self.ages
        oldest = max(self._age(one), self._age(other))
        pair = (one.ref, other.ref)
        assessed = pair in self.caseload.ties[Tie.MAY_SHARE_ROOM] or oldest < own_room_from
        alike = self.hoped if one.sex is None or other.sex is None else one.sex is other.sex
        if pair in self.caseload.ties[Tie.APART] or not (assessed and (alike or oldest < mixed_under)):
            return False
        if one.brings_baby or other.brings_baby:  # the baby sleeps there
            return False
        safe = [harmless(child, self.caseload.as_of) for child in (one, other)]
        return all(answer is True or (self.hoped and answer is None) for answer in safe)

    def _menu(self) -> Counts:
        """For each set, which of the `beside` it has, counted from 1; 0: none."""
        menu = np.zeros(self.sets.group.shape, dtype=np.int64)
        for i, (g, h) in enumerate(self.beside, start=1):
            menu[(self.sets.group == g) & (self.sets.home == h)] = i
        return menu

    def _beside(self, g: int, group: SiblingGroup) -> Iterator[tuple[tuple[int, int], tuple[int, ...]]]:
        """The homes where brothers and sisters of the group live, with the spare beds beside them."""
        theirs = {home for ref in group.settled if (home := self.caseload.lives_in.get(ref))}
        for h in sorted(h for home in theirs for h in self.sets.register.positions[home]):
            yield (g, h), self._spare_beds(group, h)

    def _spare_beds(self, group: SiblingGroup, h: int) -> tuple[int, ...]:
        """For each spare bed beside one settled brother or sister: who of the group may sleep there, as bits."""
        household = self.sets.register.homes.items[h]
        settled = {child.ref: child for child in household.residents if child.ref in group.settled}
        beds = []
        for room in household.home.bedrooms or ():
            if len(room.occupants) == 1 and room.free_beds and not room.with_carers and room.occupants[0] in settled:
                there = settled[room.occupants[0]]
                children = [self.caseload.child_by_ref[ref] for ref in group.children]
                beds.append(sum(1 << i for i, child in enumerate(children) if self._may_share(child, there)))
        return tuple(sorted(bits for bits in beds if bits))


def _distinct(columns: list[Counts]) -> tuple[Counts, Counts]:
    """Where each different row of these small counts stands first, and which of them each row is."""
    code, width = np.zeros(columns[0].shape, dtype=np.int64), 1
    for column in columns:
        if most := int(column.max(initial=0)):
            code += width * column
            width *= most + 1
    if width > 4 * code.size + 1000:
        _, first, at = np.unique(code, return_index=True, return_inverse=True)
        return first, at
    where = np.full(width, -1, dtype=np.int64)
    where[code[::-1]] = np.arange(code.size)[::-1]
    first = where[where >= 0]
    where[where >= 0] = np.arange(first.size)
    return first, where[code]


@lru_cache(maxsize=100_000)
def fewest(mask: int, pairs: tuple[int, ...], babies: int, doubles: int, cots: int, beside: tuple[int, ...]) -> Counted:
    """Least (rooms, cots, doubles) in that order for the children in `mask`; `pairs` and `beside` are bits."""
    if not mask:
        return 0, 0, 0
    first = mask & -mask
    ways = [_plus(fewest(mask & ~first, pairs, babies, doubles, cots, beside), 1, 0, 0)]
    if first & babies and cots:
        ways.append(_plus(fewest(mask & ~first, pairs, babies, doubles, cots - 1, beside), 0, 1, 0))
    for pair in pairs if doubles else ():
        if pair & first and pair & mask == pair:
            ways.append(_plus(fewest(mask & ~pair, pairs, babies, doubles - 1, cots, beside), 1, 0, 1))
    for i, bed in enumerate(beside):
        if bed & first:
            left = beside[:i] + beside[i + 1 :]
            ways.append(fewest(mask & ~first, pairs, babies, doubles, cots, left))
    return min(ways)


def _plus(found: Counted, rooms: int, cots: int, doubles: int) -> Counted:
    return found[0] + rooms, found[1] + cots, found[2] + doubles
