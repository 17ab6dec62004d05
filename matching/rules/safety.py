"""Rules that keep children safe: whom and where they may not be near, and homes that may not be asked."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.domain import CareType, Caseload, Child, Hold, Household, Level, Place, RefusedBy, Tie, Verdict
from matching.pairs import Pairs, Truth, VerdictMatrix, all_of, verdicts
from matching.rules.base import Rule, Source
from matching.wording import Sentence, spoken, written

READ = date(2026, 11, 23)
NO_CONTACT = Source(text="Children Act 1989", paragraph="sections 22(3) and 34, and orders of a court", read_on=READ)
ASSESSMENT = Source(text="Children Act 1989", paragraph="section 22C(8)(c), with the sibling assessment", read_on=READ)
STANDARD_15 = Source(text="Fostering National Minimum Standards 2011", paragraph="standard 15", read_on=READ)


@dataclass(frozen=True)
class NotOnHold(Rule):
    """The home may be asked now."""

    code = "not-on-hold"
    title = "The home may be asked now"
    purpose = "A home on hold, on holiday or under investigation is not asked; an old hold is a question, not a yes."
    source = STANDARD_15
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        held, until = pairs.of_homes(_held), pairs.of_homes(_hold_until)
        over = until < pairs.caseload.as_of.toordinal()  # False where no end is known
        return verdicts(Truth.of(held == 0, ~np.isnan(held) & ~((held == 1) & over)), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        home = household.home
        if home.hold is None:
            return Sentence.of("We do not know whether {home} may be asked now. Ask its social worker.", home=home.ref)
        if home.hold_until and home.hold_until < caseload.as_of:
            template = "The hold on {home} should have ended on {day}. Ask whether it may be asked again."
            return Sentence.of(template, home=home.ref, day=written(home.hold_until))
        told = {"home": home.ref, "hold": spoken(home.hold.value)}
        if home.hold_until:
            return Sentence.of("{home} may not be asked until {day}: {hold}.", day=written(home.hold_until), **told)
        return Sentence.of("{home} may not be asked now: {hold}.", **told)


def _held(household: Household) -> bool | None:
    return None if household.home.hold is None else household.home.hold is not Hold.NONE


def _hold_until(household: Household) -> float | None:
    until = household.home.hold_until
    return None if until is None else until.toordinal()


@dataclass(frozen=True)
class NoContact(Rule):
    """The home is not one the child may not be near."""

    code = "no-contact"
    title = "No person or place the child must stay away from"
    purpose = "Court orders, bail conditions and safety plans name people and places that a child may not be near."
    source = NO_CONTACT
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        barred = Truth.of(pairs.tied(Tie.NO_CONTACT))
        return verdicts(~barred & _avoids(pairs), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        home = household.home.ref
        if (child.ref, home) in caseload.ties[Tie.NO_CONTACT]:
            return Sentence.of(
                "{child} may have no contact with somebody at or near {home}.", child=child.ref, home=home
            )
        if child.places_to_avoid is None:
            return Sentence.of(
                "We do not know which places {child} must stay away from. Ask the child's social worker.",
                child=child.ref,
            )
        if covers(child.places_to_avoid, household.home.place) is None:
            return Sentence.of(
                "We do not know whether {home} lies where {child} must not be.", child=child.ref, home=home
            )
        return Sentence.of("{home} lies in an area that {child} must stay away from.", child=child.ref, home=home)


def covers(avoided: tuple[Place, ...], place: Place | None) -> bool | None:
    """Whether any avoided area covers a place; `None` when that cannot be told."""
    if not avoided:
        return False
    if place is None:
        return None
    outcode = place.district
    areas = {area.postcode for area in avoided}
    if place.postcode in areas or outcode in areas:
        return True
    coarse = place.postcode == outcode and any(area.startswith(outcode + " ") for area in areas)
    return None if coarse else False


def _avoids(pairs: Pairs) -> Truth:
    """Whether each home lies outside what each child must avoid; few children must avoid any place."""
    count = pairs.of_children(_how_many_avoided)
    clear, barred = np.array(np.broadcast_to(count == 0, pairs.shape)), np.zeros(pairs.shape, dtype=bool)
    if not (count > 0).any():
        return Truth(clear, barred)
    grid = np.stack([_verdicts_on(pairs, child.places_to_avoid or ()) for child in pairs.children.items])
    covered = grid if pairs.at is None else grid[pairs.at]
    some = np.broadcast_to(count > 0, pairs.shape)
    return Truth(clear | (some & (covered == Verdict.MET)), barred | (some & (covered == Verdict.NOT_MET)))


def _verdicts_on(pairs: Pairs, avoided: tuple[Place, ...]) -> VerdictMatrix:
    """For each home: whether it lies outside the avoided areas; each postcode is looked at once."""
    places, at = pairs.homes.remembered("postcodes", lambda: _postcodes(pairs))
    told = {True: Verdict.NOT_MET, False: Verdict.MET, None: Verdict.NOT_KNOWN}
    return np.asarray(np.array([told[covers(avoided, place)] for place in places], dtype=np.int8)[at])


def _postcodes(pairs: Pairs) -> tuple[list[Place | None], np.ndarray]:
    """One place for each postcode that homes have, and which of them each home has."""
    by_postcode: dict[str | None, Place | None] = {}
    postcodes = [None if h.home.place is None else h.home.place.postcode for h in pairs.homes.items]
    for postcode, household in zip(postcodes, pairs.homes.items, strict=True):
        by_postcode.setdefault(postcode, household.home.place)
    number = {postcode: i for i, postcode in enumerate(by_postcode)}
    at = [number[postcode] for postcode in postcodes]
    return list(by_postcode.values()), np.array(at, dtype=np.int64)


def _how_many_avoided(child: Child) -> int | None:
    return None if child.places_to_avoid is None else len(child.places_to_avoid)


@dataclass(frozen=True)
class KeptApart(Rule):
    """Nobody lives there from whom the child is kept apart."""

    code = "kept-apart"
    title = "Nobody in the home from whom the child is kept apart"
    purpose = "Children assessed as unsafe together, brothers and sisters included, do not share a home."
    source = ASSESSMENT
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        lives_in = pairs.caseload.lives_in
        barred = [(one, lives_in[other]) for one, other in pairs.caseload.kept_apart if other in lives_in]
        barred += [(c.ref, home) for c in pairs.children.items for home in _booked_homes(pairs.caseload, c)]
        return verdicts(~Truth.of(pairs.where(barred)), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        others, home = _apart_from(caseload, child), household.home.ref
        lives = next((resident.ref for resident in household.residents if resident.ref in others), None)
        visits = next((c.ref for c in caseload.visitors(child, home) if c.ref in others), "a child")
        template = "{child} and {other} are kept apart, and {other} lives at {home}."
        if lives is None:
            template = "{child} and {other} are kept apart, and {other} is booked into {home}."
        return Sentence.of(template, child=child.ref, other=lives or visits, home=home)


def _booked_homes(caseload: Caseload, child: Child) -> list[str]:
    """Homes into which somebody from whom the child is kept apart is booked, on a night for which the child asks."""
    if not caseload.bookings_in:
        return []
    others = _apart_from(caseload, child)
    return [home for home in caseload.bookings_in if {c.ref for c in caseload.visitors(child, home)} & others]


def _apart_from(caseload: Caseload, child: Child) -> set[str]:
    return {other for one, other in caseload.kept_apart if one == child.ref}


@dataclass(frozen=True)
class CarerHasNotRefused(Rule):
    """The carer has not said no to this child."""

    code = "carer-said-no"
    title = "The carers have not said no"
    purpose = "A carer's no is respected; nobody is placed where they are not wanted."
    source = STANDARD_15
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        return verdicts(all_of(~Truth.of(pairs.tied(Tie.REFUSED))), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        about = {"child": child.ref, "home": household.home.ref}
        noes = [n for n in caseload.refusals if n.holds_on(caseload.as_of)]
        no = next((n for n in noes if (n.child, n.home) == (child.ref, household.home.ref)), None)
        if no is not None and no.by not in (RefusedBy.CARER, RefusedBy.AGENCY):
            template = (
                "{child} has said no to {home}."
                if no.by is RefusedBy.CHILD
                else "{child}'s {by} has said no to {home}."
            )
            by = {} if no.by is RefusedBy.CHILD else {"by": spoken(no.by.value)}
            return Sentence.of(template, **about, **by)
        return Sentence.of("The carers at {home} have said no to {child}.", **about)


@dataclass(frozen=True)
class AnotherHome(Rule):
    """The child does not live there now."""

    code = "another-home"
    title = "A move is to another home"
    purpose = "Where a move is asked for, the home that the child would leave is no answer."
    source = ASSESSMENT
    level = Level.NEVER

    def judge(self, pairs: Pairs) -> VerdictMatrix:
        return verdicts(~Truth.of(pairs.where(list(pairs.caseload.lives_in.items()))), pairs.shape)

    def because(self, caseload: Caseload, child: Child, household: Household) -> Sentence:
        told = {"child": child.ref, "home": household.home.ref}
        if child.move_requested and child.care_type is CareType.LONG_TERM:
            template = "{child} lives at {home} now. To stay there until grown up, the carers and the authority agree on it; nobody moves."
            return Sentence.of(template, **told)
        if child.nights:
            return Sentence.of("{child} lives at {home}, and asks for nights elsewhere.", **told)
        return Sentence.of("{child} lives at {home} now. The move that is asked for is to another home.", **told)
