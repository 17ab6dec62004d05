"""What the command says to the program that called it."""

from enum import IntEnum

from matching.plan import Plan, Status


class Exit(IntEnum):
    """Exit codes of the command."""

    DONE = 0
    OUR_FAULT = 1
    WRONG_INPUT = 2
    BREACHES = 3
    NOT_PROVEN = 4


def outcome_of(plan: Plan) -> int:
    """Done, or not proven."""
    return Exit.DONE if plan.status is Status.OPTIMAL else Exit.NOT_PROVEN
