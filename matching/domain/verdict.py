"""What a rule can say."""

from enum import IntEnum, StrEnum


class Verdict(IntEnum):
    """Strictest first, so that the verdict on a pair is the minimum over its rules."""

    NOT_MET = 0
    NOT_KNOWN = 1
    MET = 2


class Level(StrEnum):
    """How firm a rule is (practice and law, section 11)."""

    NEVER = "never"
    NEEDS_DECISION = "needs a named decision"


def strictest(*verdicts: Verdict) -> Verdict:
    """The verdict on the whole is that of its strictest part."""
    return min(verdicts, default=Verdict.MET)


def verdict_of(met: bool | None) -> Verdict:
    """A yes, a no, or `None` for not known, as a verdict."""
    if met is None:
        return Verdict.NOT_KNOWN
    return Verdict.MET if met else Verdict.NOT_MET
