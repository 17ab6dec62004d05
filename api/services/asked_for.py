"""What is asked for a child: a home, another home than theirs, or some nights away."""

from datetime import date
from enum import StrEnum

from matching.describe import moving_from
from matching.domain import Caseload, Child
from matching.wording import listed, written

MOST_STAYS = 3  # told one by one; of the others how many there are


class Asks(StrEnum):
    """What is asked for a child; the value names its list on the duty board."""

    HOME = "later"
    MOVE = "moving"
    NIGHTS = "nights"


def what_is_asked(caseload: Caseload, child: Child) -> Asks:
    """Of a child who is among those seeking: who lives in a home or with the family is not without one."""
    if child.by_nights:
        return Asks.NIGHTS
    return Asks.HOME if moving_from(caseload, child.ref) is None else Asks.MOVE


def asked_in_words(caseload: Caseload, child: Child) -> str:
    """By when a home or a move is asked for, or which nights; empty where nothing is, or no day is known."""
    nights, day = nights_in_words(child, caseload.as_of), child.needs_home_by
    asks = what_is_asked(caseload, child)
    if asks is Asks.NIGHTS:
        return f"nights away are asked for: {nights}" if nights else ""
    settled = asks is Asks.MOVE and not child.move_requested
    if day is None or settled:
        return ""
    why = f" ({child.deadline.value})" if child.deadline else ""
    return f"{'a move is asked for' if asks is Asks.MOVE else 'needs a home'} by {written(day)}{why}"


def nights_in_words(child: Child, day: date) -> str:
    """The next nights that are asked for; empty for who asks for every night."""
    ahead = [stay.in_words for stay in child.nights or () if stay.last >= day]
    more = [f"{len(ahead) - MOST_STAYS} more"] if len(ahead) > MOST_STAYS else []
    return listed(ahead[:MOST_STAYS] + more)
