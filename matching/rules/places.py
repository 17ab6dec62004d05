"""Rules about how many children a home may have: usable places, terms of approval, the usual fostering limit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.domain import Caseload, HomeKind, Household, Level, PlaceState, SiblingGroup
from matching.pairs import Truth, VerdictMatrix, verdicts
from matching.rules.approval import MAY_VARY_TERMS, TERMS
from matching.rules.base import Capacity, SetRule, Sets, Source, named_sets, opened_by_decision
from matching.wording import Sentence, counted, spoken

READ = date(2026, 11, 23)
STANDARD_10 = Source(text="Fostering National Minimum Standards 2011", paragraph="standard 10", read_on=READ)
SCHEDULE_7 = Source(text="Children Act 1989", paragraph="Schedule 7", read_on=READ)
NO_LIMIT = 10_000
NOBODY = "nobody:"  # no group has this reference


def places_free(household: Household) -> int | None:
    """Beds that can be used now."""
    return household.home.places_free


def place_state(household: Household) -> PlaceState | None:
    """Whether the free places are vacant, filled or not available."""
    return household.home.place_state


def residents(household: Household) -> int:
    """Foster children who live there and stay."""
    return len(household.residents)


def most_children(household: Household) -> int | None:
    """Most foster children that the terms allow."""
    return household.home.approval.most_children


def _whole(limit: np.ndarray) -> np.ndarray:
    """Limits as whole numbers; nothing where not known, because nothing may be planned there."""
    return np.where(np.isnan(limit), 0, limit).astype(np.int64)


@dataclass(frozen=True)
class UsablePlace(SetRule):
    """There is a usable place for every child of the set."""

    code = "usable-place"
    title = "The home has usable places"
    purpose = "Approved minus filled is not vacancy: a place counts when the carer and worker say it can be used now."
    source = STANDARD_10
    level = Level.NEVER

    def judge(self, sets: Sets) -> VerdictMatrix:
        state, free = sets.codes(place_state, "place-state"), sets.numbers(places_free)
        vacant = sets.register.vocabularies["place-state"].code(PlaceState.VACANT)
        enough = Truth.of(sets.size <= free, ~np.isnan(free))
        return verdicts(Truth.of(state == vacant, state >= 0) & enough, sets.group.shape)

    def room_for_others(self, sets: Sets) -> Capacity:
        return Capacity(limit=sets.register.homes.counts(places_free))

    def because(
        self, caseload: Caseload, group: SiblingGroup, children: tuple[str, ...], household: Household
    ) -> Sentence:
        home = household.home
        if home.place_state is PlaceState.FILLED or home.place_state is PlaceState.NOT_AVAILABLE:
            word = spoken(home.place_state.value)
            return Sentence.of("The places at {home} are {state}.", home=home.ref, state=word)
        if home.place_state is None or home.places_free is None:
            return Sentence.of(
                "We do not know how many places at {home} can be used now. Ask the carers.", home=home.ref
            )
        free = counted(home.places_free, "usable place") if home.places_free else "no usable place"
        return Sentence.of(
            "{home} has {free} for {wanted}.",
            home=home.ref,
            free=free,
            wanted=counted(len(children), "child", "children"),
        )


@dataclass(frozen=True)
class WithinApprovedNumber(SetRule):
    """The number of foster children stays within the terms."""

    code = "approved-number"
    title = "The number of children is within the home's approval"
    purpose = "A fostering household cares for no more children than its approval allows, unless its terms are changed."
    source = TERMS
    level = Level.NEEDS_DECISION
    lifted_by = MAY_VARY_TERMS

    def judge(self, sets: Sets) -> VerdictMatrix:
        most, total = sets.numbers(most_children), sets.numbers(residents) + sets.size
        within = Truth.of(total <= most, ~np.isnan(most))
        return verdicts(within | Truth.of(self._opened(sets)), sets.group.shape)

    def _opened(self, sets: Sets) -> np.ndarray:
        return named_sets(sets, opened_by_decision(sets.register.caseload, self))

    def room_for_others(self, sets: Sets) -> Capacity:
        homes = sets.register.homes
        left = _whole(homes.numbers(most_children) - homes.numbers(residents))
        return Capacity(limit=left, excepted=self._opened(sets))

    def because(
        self, caseload: Caseload, group: SiblingGroup, children: tuple[str, ...], household: Household
    ) -> Sentence:
        home, most = household.home.ref, household.home.approval.most_children
        if most is None:
            return Sentence.of(
                "We do not know how many children {home} is approved for. Ask the supervising social worker.", home=home
            )
        template = "{home} is approved for {most} and would have {total}."
        total = len(household.residents) + len(children)
        return Sentence.of(template, home=home, most=counted(most, "child", "children"), total=total)


OUTSIDE_LIMIT = (
    HomeKind.RESIDENTIAL,
    HomeKind.SUPPORTED_ACCOMMODATION,
    HomeKind.SUPPORTED_LODGINGS,
    HomeKind.ADOPTIVE,
)


@dataclass(frozen=True)
class UsualFosteringLimit(SetRule):
    """No more than the usual limit of foster children, unless all are siblings or an exemption names them all."""

    limit: int = 3

    code = "usual-fostering-limit"
    title = "The usual fostering limit is kept"
    purpose = (
        "A home has at most three foster children, unless all are brothers and sisters or an exemption names them."
    )
    source = SCHEDULE_7
    level = Level.NEVER

    def judge(self, sets: Sets) -> VerdictMatrix:
        total = sets.numbers(residents) + sets.size
        lawful = self._unlimited(sets) | (total <= self.limit) | self._one_family(sets)
        return verdicts(Truth.of(lawful) | self._exempt(sets), sets.group.shape)

    def _unlimited(self, sets: Sets) -> np.ndarray:
        return np.asarray(sets.numbers(_outside_limit) == 1)

    def _one_family(self, sets: Sets) -> np.ndarray:
        """Whether the children who live there and the set are all brothers and sisters."""
        there, words = sets.codes(_only_family, "foster family"), sets.register.vocabularies["foster family"]
        own = np.array([words.code(group.ref) for group in sets.groups], dtype=np.int64)[sets.group]
        return np.asarray((there == words.code(NOBODY)) | (there == own))

    def _exempt(self, sets: Sets) -> Truth:
        homes, caseload = sets.register.homes, sets.register.caseload
        told = sets.numbers(_exemption_known) == 1
        named = homes.remembered("exempted", lambda: _exempted(homes.items))
        everyone = named_sets(sets, named) & (sets.numbers(_residents_exempted) == 1)
        ends = sets.numbers(_exemption_ends)
        return Truth.of(everyone, told) & Truth.of(ends >= caseload.as_of.toordinal(), ~np.isnan(ends))

    def room_for_others(self, sets: Sets) -> Capacity:
        homes = sets.register.homes
        left = np.where(homes.numbers(_outside_limit) == 1, NO_LIMIT, self.limit - homes.numbers(residents))
        over = sets.numbers(residents) + sets.size > self.limit
        exempt = self._exempt(sets).yes & ~self._unlimited(sets)
        whole = over & ~exempt & ~self._unlimited(sets)
        return Capacity(limit=np.maximum(left, 0).astype(np.int64), excepted=exempt, whole=whole)

    def because(
        self, caseload: Caseload, group: SiblingGroup, children: tuple[str, ...], household: Household
    ) -> Sentence:
        home, approval = household.home.ref, household.home.approval
        total = len(household.residents) + len(children)
        if approval.exempted_children is None:
            return Sentence.of(
                "We do not know whether {home} has an exemption from the usual fostering limit. Ask its authority.",
                home=home,
            )
        if verdict_not_known(approval.exemption_ends, approval.exempted_children):
            return Sentence.of("We do not know when the exemption of {home} ends. Ask its authority.", home=home)
        template = "{home} would have {total} foster children who are not all brothers and sisters; the usual limit is {limit}."
        return Sentence.of(template, home=home, total=total, limit=self.limit)


def verdict_not_known(ends: date | None, exempted: tuple[str, ...]) -> bool:
    """Whether an exemption names children but nobody knows when it ends."""
    return bool(exempted) and ends is None


def _only_family(household: Household) -> str | None:
    """The one family of the foster children there, `NOBODY` where none lives; `None` where more families live."""
    families = {resident.sibling_group or resident.ref for resident in household.residents}
    return None if len(families) > 1 else next(iter(families), NOBODY)


def _exempted(homes: Iterable[Household]) -> frozenset[tuple[str, str]]:
    """Children and homes for which an exemption names the child."""
    return frozenset((c, h.home.ref) for h in homes for c in h.home.approval.exempted_children or ())


def _outside_limit(household: Household) -> bool:
    return household.home.kind in OUTSIDE_LIMIT


def _exemption_known(household: Household) -> bool:
    return household.home.approval.exempted_children is not None


def _residents_exempted(household: Household) -> bool:
    exempted = household.home.approval.exempted_children or ()
    return all(resident.ref in exempted for resident in household.residents)


def _exemption_ends(household: Household) -> float | None:
    ends = household.home.approval.exemption_ends
    return None if ends is None else ends.toordinal()
