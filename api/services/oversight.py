"""How people decide, for those who answer for it: whether the first home is taken, by experience; which rules are lifted again and again.

Counts and never rates of persons: a band of few decisions says nothing, and no officer stands alone in a table.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import queries
from api.db.sealing import Seal
from api.db.tables import Decided
from api.errors import Wrong
from api.security.accounts import User
from api.services import notes, training
from api.services.decisions import PROMISES, Kind
from api.services.notes import Noted, NoteKind
from matching.policy import Policy

BANDS = (("fewer than 10 decisions", 10), ("10 to 49 decisions", 50), ("50 decisions or more", None))
FEWEST = 10  # no rate of fewer
NEARLY_ALL, HARDLY_ANY = 0.95, 0.30
AT_ONCE = 500


@dataclass(frozen=True)
class Band:
    """Choices of people who had decided so often before: of how many homes the first of the list was taken; training cases."""

    name: str
    chosen: int
    first: int
    cases: int
    caught: int

    @property
    def question(self) -> str:
        """What a manager should look at, if anything."""
        if self.chosen < FEWEST:
            return ""
        if self.first > NEARLY_ALL * self.chosen:
            return "Nearly always the first home. Is the list read, or only followed?"
        if self.first < HARDLY_ANY * self.chosen:
            return "Hardly ever the first home. What does the list not see?"
        return ""


@dataclass(frozen=True)
class Warning:
    """A rule that stands in the way: how often its lifting was asked, and what was answered."""

    rule: str
    title: str
    asked: int
    agreed: int
    refused: int

    @property
    def noisy(self) -> bool:
        """Whether it is lifted nearly each time, so that it warns of nothing."""
        answered = self.agreed + self.refused
        return answered >= FEWEST and self.agreed > NEARLY_ALL * answered


def band_of(before: int) -> str:
    """The band of somebody who has decided so often before."""
    return next(name for name, most in BANDS if most is None or before < most)


def bands(session: Session, seal: Seal, user: User) -> list[Band]:
    """Every band, the least experienced first; of the authority's own children alone."""
    own = queries.own_children(session, user.authority)
    rows = session.scalars(select(Decided).where(Decided.kind.in_([k.value for k in PROMISES])).order_by(Decided.at))
    before: Counter[str] = Counter()
    chosen: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for row in rows:
        if own is None or row.child in own:
            band = band_of(before[row.by])
            chosen[band] += 1
            first[band] += row.kind == Kind.ACCEPTED.value
        before[row.by] += 1
    tried, caught = _training(training.tried(session, seal, user), before)
    return [Band(name, chosen[name], first[name], tried[name], caught[name]) for name, _ in BANDS]


def _training(found: Iterable[training.Tried], decided: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """Training cases tried and caught, by band of who tried them."""
    told = [(band_of(decided[one.by]), one.caught) for one in found]
    return Counter(band for band, _ in told), Counter(band for band, caught in told if caught)


def warnings(session: Session, seal: Seal, policy: Policy, user: User) -> list[Warning]:
    """Rules whose lifting was asked, the most often asked first."""
    agreed = {(c["rule"], c["child"], c["home"]) for c in _agreements(session, seal, user)}
    titles = {one.code: one.title for one in policy.every_rule}
    found: dict[str, Counter[str]] = {}
    for note in notes.of(session, seal, NoteKind.AGREEMENT, user):
        rule = note.cells["rule"]
        counts = found.setdefault(rule, Counter(asked=0, agreed=0, refused=0))
        counts["asked"] += 1
        if note.settled_at is not None:
            counts["agreed" if (rule, note.about, note.cells["home"]) in agreed else "refused"] += 1
    told = [Warning(rule, titles.get(rule, rule), **counts) for rule, counts in found.items()]
    return sorted(told, key=lambda one: (-one.asked, one.rule))


def _agreements(session: Session, seal: Seal, user: User) -> list[dict[str, Any]]:
    found: list[queries.Kept] = []
    while more := queries.some(session, seal, "agreement", user.authority, found[-1].ref if found else "", AT_ONCE):
        found += more
    return [one.cells for one in found]


def review(session: Session, seal: Seal, user: User, band: str, said: str) -> Noted:
    """What a manager found when they looked at a band; raises `Wrong` without a word."""
    if band not in [name for name, _ in BANDS]:
        raise Wrong("There is no such band.", "Use the buttons of the page.")
    if not said.strip():
        field = f"said-{[name for name, _ in BANDS].index(band) + 1}"
        raise Wrong(
            "What you found is missing.", "", ({"field": field, "reason": "is empty.", "way_out": "Write a line."},)
        )
    return notes.keep(session, seal, user, NoteKind.REVIEW, band, {"said": said[:2000]})


def reviews(session: Session, seal: Seal, user: User) -> dict[str, Noted]:
    """The last review of each band."""
    return {one.about: one for one in notes.of(session, seal, NoteKind.REVIEW, user)}
