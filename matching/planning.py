"""Orchestration: a caseload and a policy in, a plan or a shortlist out. No clock, no chance, no files."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from matching.candidates import (
    Candidates,
    Made,
    chunks_of,
    find_candidates,
    find_in_chunks,
    homes_in_reach,
    problem_from,
)
from matching.checker import check_plan, count_goals
from matching.describe import blockers_of, group_position, must_go_with, outcomes_of, placements_of, unplaced_of
from matching.domain import Caseload, CurrentPlacement, Standing
from matching.errors import PlanRefused, UnknownReference
from matching.pairs import Register
from matching.plan import Goal, Manifest, Placement, Plan, Status, Unplaced
from matching.policy import Policy
from matching.solver import ENGINES, Limits, Problem, Solution, solve

MOST_PAIRS = 3_000_000  # of children and homes that are judged as one grid
Pins = Mapping[str, str | None]
Pair = tuple[str, str]
Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A caseload made ready under a policy, so that questions about it are quick."""

    caseload: Caseload
    policy: Policy
    found: Candidates
    made: Made | None = None


def _ready(caseload: Caseload, policy: Policy, workers: int) -> Prepared:
    """Made ready for a plan; a large caseload in chunks, without a grid of all children and homes."""
    if len(caseload.seeking) * len(caseload.homes) <= MOST_PAIRS:
        return prepare(caseload, policy)
    found, made = find_in_chunks(Register(caseload), policy, workers)
    return Prepared(caseload=caseload, policy=policy, found=found, made=made)


def prepare(caseload: Caseload, policy: Policy) -> Prepared:
    """Judge every child who needs a home against every home, once."""
    return Prepared(caseload=caseload, policy=policy, found=find_candidates(Register(caseload), policy))


def propose_plan(
    caseload: Caseload | Prepared,
    policy: Policy,
    *,
    limits: Limits | None = None,
    pins: Pins | None = None,
    forbidden: Collection[Pair] = (),
    promised: Collection[Pair] = (),
    fingerprint: str = "",
    software: str = "",
    progress: Progress = lambda stage: None,
    solved: "Solved | None" = None,
) -> Plan:
    """The best plan for everybody in the policy's order of goals, read by the independent checker.

    `pins` puts a child in a home, or in none; no pair of a child and a home that is `forbidden` is proposed. What was
    `promised` (pairs of an earlier plan) stays wherever no goal before that of what was agreed gains. Raises
    `PlanRefused` when pins cannot be kept together, or when the checker finds a breach: such a plan is never returned.
    `solved` is the solution of what is prepared, where nothing is pinned, forbidden or promised and it is at hand already.
    """
    progress("Judging every child with every home")
    limits = limits or Limits()
    if not isinstance(caseload, Prepared):
        caseload = _ready(_promising(caseload, promised), policy, limits.workers)
    ready = _with_promised(caseload, promised, limits.workers)
    progress("Solving goal by goal, with proof")
    solution = solved or decide(ready, pins or {}, limits, forbidden)
    placed = placed_by(ready.found, solution.problem, solution.solution)
    progress("Reading the plan with the independent checker")
    checked = check_plan(ready.caseload, placed, ready.found.policy.settings)
    if not checked.sound:
        raise PlanRefused("The checker refused the plan:\n" + "\n".join(str(b.sentence) for b in checked.breaches))
    _same_count(ready, placed, solution.solution)
    goals = tuple(
        Goal(code=code, achieved=got, bound=bound)
        for code, got, bound in zip(
            solution.problem.goals, solution.solution.achieved, solution.solution.bound, strict=True
        )
    )
    progress("Putting the reasons into words")
    placements, unplaced = _in_words(ready, placed)
    return Plan(
        status=Status.OPTIMAL if solution.solution.proven else Status.FEASIBLE,
        goals=goals,
        placements=placements,
        unplaced=unplaced,
        sibling_groups=outcomes_of(ready.caseload, placed),
        checked=checked,
        manifest=replace(
            _manifest(ready, fingerprint, software, pins or {}),
            forbidden=tuple(sorted(forbidden)),
            promised=tuple(sorted(promised)),
        ),
        seconds=tuple(solution.solution.seconds),
    )


@dataclass(frozen=True, kw_only=True)
class Solved:
    """A problem with its solution."""

    problem: Problem
    solution: Solution


def _with_promised(ready: Prepared, promised: Collection[Pair], workers: int) -> Prepared:
    """The same with what was promised to children who still wait counted as agreed, where nothing else was agreed."""
    caseload = _promising(ready.caseload, promised)
    return ready if caseload is ready.caseload else _ready(caseload, ready.policy, workers)


def _promising(caseload: Caseload, promised: Collection[Pair]) -> Caseload:
    agreed = {child for child, _ in caseload.agreed}
    seeking = {child.ref for child in caseload.seeking}
    new = tuple(
        CurrentPlacement(child=child, home=home, standing=Standing.AGREED)
        for child, home in sorted(promised)
        if child in seeking and child not in agreed and home in caseload.home_by_ref
    )
    return replace(caseload, placements=(*caseload.placements, *new)) if new else caseload


def _in_words(ready: Prepared, placed: list[Pair]) -> tuple[tuple[Placement, ...], tuple[Unplaced, ...]]:
    """Placements and children without a home with their reasons; of a large caseload some groups at a time.

    There, reasons speak of the homes within reach of the children: those not too distant.
    """
    if ready.made is None:
        return placements_of(ready.found, placed), unplaced_of(ready.found, placed)
    placements: list[Placement] = []
    unplaced: list[Unplaced] = []
    register = ready.found.register
    for groups in chunks_of(register, ready.found.policy):
        near = register.among(homes_in_reach(register, ready.found.policy, groups, full=True))
        found = find_candidates(near, ready.policy, groups)
        placements += placements_of(found, [pair for pair in placed if pair[0] in found.row_of_child])
        unplaced += unplaced_of(found, placed)
    return tuple(sorted(placements, key=lambda one: one.child)), tuple(sorted(unplaced, key=lambda one: one.child))


def decide(ready: Prepared, pins: Pins, limits: Limits, forbidden: Collection[Pair] = ()) -> Solved:
    """Build and solve the problem, with some children pinned and some pairs forbidden."""
    for child, home in (*pins.items(), *forbidden):
        if child not in ready.found.row_of_child:
            raise UnknownReference(
                f"Child {child!r} does not need a home in this caseload. Maybe they live in one already."
            )
        if home is not None:
            ready.caseload.home(home)
    problem = problem_from(ready.found, dict(pins), forbidden, ready.made)
    for child, home in pins.items():
        if home is not None and not problem.holding(ready.found.row_of_child[child]).any():
            _say_why_not(ready, child, home)
    return Solved(problem=problem, solution=solve(problem, limits))


def _say_why_not(ready: Prepared, child: str, home: str) -> None:
    """Refuse a pin with the rules that stand in its way; where none does by itself, the solver will refuse."""
    found = ready.found
    if ready.made is not None:
        return
    together = must_go_with(found.groups[group_position(found, child)], child)
    stands = blockers_of(found, together, found.register.home_index[home])
    if stands:
        told = " ".join(str(reason.sentence) for reason in stands)
        raise PlanRefused(f"{child} cannot be planned for {home} now. {told}")


def placed_by(found: Candidates, problem: Problem, solution: Solution) -> list[tuple[str, str]]:
    """Who goes where, by reference of the child."""
    placed = []
    for block in solution.chosen:
        members = found.groups[int(problem.block_group[block])].children
        home = problem.homes[int(problem.block_home[block])]
        placed += [(ref, home) for i, ref in enumerate(members) if int(problem.block_mask[block]) >> i & 1]
    return sorted(placed)


def _same_count(ready: Prepared, placed: list[tuple[str, str]], solution: Solution) -> None:
    """The checker's own count of the goals must equal the solver's; otherwise the proof is about something else."""
    counted = count_goals(ready.caseload, placed, ready.found.policy.settings)
    for code, achieved in zip(ready.found.policy.goals, solution.achieved, strict=True):
        if code in counted and counted[code] != achieved:
            raise PlanRefused(
                f"Goal {code}: the solver counts {achieved}, the checker {counted[code]}. Report this fault."
            )


def _manifest(ready: Prepared, fingerprint: str, software: str, pins: Pins) -> Manifest:
    policy = ready.policy
    return Manifest(
        caseload=fingerprint,
        policy=policy.fingerprint,
        policy_name=policy.name,
        policy_version=policy.version,
        as_of=ready.caseload.as_of.isoformat(),
        lot=policy.lot,
        software=software,
        solver=ENGINES,
        parameters=tuple(sorted((child, home or "nobody") for child, home in pins.items())),
        policy_signed=str(policy.signature or ""),
        policy_dates=(policy.valid_from.isoformat(), policy.valid_until.isoformat() if policy.valid_until else None),
    )
