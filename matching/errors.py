"""What can go wrong, as a tree.

MatchingError
├── UnreadableFile          a file or folder cannot be read as what it should be; lists every fault
├── InconsistentCaseload    the facts contradict each other
├── UnknownReference        a child, home, group, rule or criterion that is not there
├── PolicyRefused           a policy file asks for something that cannot be
├── PlanRefused             no plan can be made under the conditions asked for, or the checker refused it
├── WrongChance             a chance of a yes that is no share, or that is missing
├── NoProofInTime           the limit came before any plan
├── RoadsUnavailable        a source of journeys did not answer, or answered nonsense; another one stands in
├── NoWorkers               work was spread over processes or machines that died or did not answer
└── Stopped                 somebody asked for an end before the work was done

Every message says what, which value, where, and then the way out.
"""

from dataclasses import dataclass


class MatchingError(Exception):
    """Any fault that this library names; its text is fit to show to a user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with one cell, row or file of an import."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    reason: str
    way_out: str

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        value = self.value if self.value is None or len(self.value) <= 60 else self.value[:57] + "..."
        shown = "" if value is None else f" {value!r}:"
        return f"{place}:{shown} {self.reason} {self.way_out}"


class UnreadableFile(MatchingError):
    """A file cannot be read as what it should be; `faults` holds every fault found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        noun = "fault" if len(faults) == 1 else "faults"
        super().__init__("\n".join([f"{len(faults)} {noun}; nothing was read.", *map(str, faults)]))


class InconsistentCaseload(MatchingError):
    """The facts of a caseload contradict each other."""


class UnknownReference(MatchingError):
    """A reference to a child, home, group, rule or criterion that is not there."""


class PolicyRefused(MatchingError):
    """A policy asks for something that cannot be."""


class PlanRefused(MatchingError):
    """No plan can be made under the conditions asked for, or the checker refused the plan."""


class WrongChance(MatchingError):
    """A chance that is no share from 0 to 1, or a list of chances that leaves some homes without one."""


class NoProofInTime(MatchingError):
    """The limit came before any plan was found."""


class RoadsUnavailable(MatchingError):
    """A source of journeys did not answer, or answered nonsense; another one can stand in."""


class NoWorkers(MatchingError):
    """Work was spread over processes or machines that died again and again, or that did not answer."""


class Stopped(MatchingError):
    """Somebody asked for an end before the work was done; nothing of it was kept."""
