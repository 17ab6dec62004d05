"""A story: a caseload as it comes up in a week, told in a paragraph."""

from dataclasses import dataclass
from datetime import timedelta

from matching.domain import (
    Caseload,
    Deadline,
)
from matching.policy import Policy, read_policy
from tests.lib.builders import DATA, TODAY

TONIGHT = {"deadline": Deadline.EMERGENCY, "needs_home_by": TODAY}
LAST_WEEK = TODAY - timedelta(days=7)


@dataclass(frozen=True)
class Story:
    """A caseload with its telling; `tonight` asks for the emergency list of these children, `split` for a split menu,
    `why_not` why the plan does not propose a home for a child."""

    code: str
    title: str
    told: str
    caseload: Caseload
    policy: Policy
    placed: dict[str, str]
    tonight: tuple[str, ...] = ()
    split: str | None = None
    why_not: tuple[tuple[str, str], ...] = ()


def adoption() -> Policy:
    """The policy for adoption as it is shipped."""
    return read_policy(DATA / "policies" / "adoption.toml")
