"""What stands beside each home of a shortlist: what taking it costs others, and whether the order holds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from matching.again import Base, base_of
from matching.cli.places import gazetteer
from matching.domain import Child
from matching.io.rows import read_rows
from matching.pairs import Register
from matching.planning import Prepared, prepare
from matching.policy import Policy
from matching.scarcity import Taking, cost_of_taking, pool_of, with_expected
from matching.shortlist import Shortlist
from matching.steadiness import DRAWS, Order, order_of, proposals_of

PoolOption = Annotated[
    bool, typer.Option("--pool", help="Say what taking each home would cost the other children who wait.")
]
ExpectedFile = Annotated[
    Path | None,
    typer.Option(
        "--expected",
        help="With --pool: a CSV file of children expected this month, with the columns of children.csv; `placements forecast` writes one.",
    ),
]
BesidePlan = Annotated[
    Path | None, typer.Option("--beside", help="A plan.json: only homes that are left beside it, nobody planned again.")
]
Draws = Annotated[
    int, typer.Option("--draws", help="Draws of the weights, each up to a fifth more or less; 0: none.", min=0)
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the draws.", min=0)]
DEFAULT_DRAWS = DRAWS
MANY = 10_000  # sets; with more, planning again for every draw takes minutes


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What is said beside the homes of one shortlist; parts that were not asked for are empty."""

    takings: dict[str, Taking]
    order: Order | None

    def said_of(self, home: str) -> list[str]:
        """In words, for one home."""
        said = [str(sentence) for sentence in self.takings[home].sentences] if home in self.takings else []
        if self._close(home):
            said.append("Too close to call: with the weights a little otherwise, it would not come before the next.")
        return said

    def _close(self, home: str) -> bool:
        return self.order is not None and dict(zip(self.order.homes, self.order.too_close, strict=True))[home]

    def data(self, home: str) -> dict[str, Any]:
        """As plain data, for one home."""
        told: dict[str, Any] = {}
        if self.order is not None:
            told["too_close_to_call"] = self._close(home)
        if home in self.takings:
            taking = self.takings[home]
            told["cost_to_others"] = {
                "possible": taking.possible,
                "loses": {code: lost for code, lost in taking.loses if lost and code != "suitability"},
                "without": list(taking.without),
                "worse_off": list(taking.worse_off),
                "expected_without": taking.expected,
                "proven": taking.proven,
                "sentences": [str(sentence) for sentence in taking.sentences],
            }
        return told


def beside(
    found: Shortlist, register: Register, policy: Policy, *, pool: bool, expected: Path | None, draws: int, seed: int
) -> Beside:
    """Work out what was asked for."""
    takings: dict[str, Taking] = {}
    if pool or expected is not None:
        base = base_of(prepare(register.caseload, policy))
        more: Base | None = None
        if expected is not None:
            more = with_expected(base, read_rows(expected, Child, gazetteer().find))
        others = pool_of(base, found.children, more)
        homes = [option.home for option in found.options if not option.only_in_emergency]
        takings = {home: cost_of_taking(others, home) for home in homes}
    order = order_of(found, register, policy, seed, draws) if draws else None
    return Beside(takings=takings, order=order)


def steadiness(ready: Prepared, home_of: dict[str, str], child: str, draws: int, seed: int) -> str | None:
    """How steady a proposal is, in words; `None` where the plan is not the best one or it would take minutes."""
    if not draws or ready.found.sets.home.size > MANY:
        return None
    base = base_of(ready)
    return str(proposals_of(base, seed, draws).sentence(child)) if base.home_of == home_of else None
