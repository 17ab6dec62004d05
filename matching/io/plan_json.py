"""plan.json: what a plan says to other programs, and reading back what the checker needs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matching.errors import Fault, UnreadableFile
from matching.plan import NearMiss, Placement, Plan, Reason


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """A plan as plain data; points stay inside, times stand apart."""
    manifest = plan.manifest
    return {
        "status": plan.status.value,
        "goals": [{"code": g.code, "achieved": g.achieved, "bound": g.bound} for g in plan.goals],
        "placements": [placement_data(p) for p in plan.placements],
        "unplaced": [
            {
                "child": u.child,
                "heading": str(u.heading),
                "stays_at": u.stays_at,
                "for_nights": u.for_nights,
                "reasons": [reason_data(r) for r in u.reasons],
                "possible_if": near_data(u.near_misses),
            }
            for u in plan.unplaced
        ],
        "sibling_groups": [
            {
                "group": s.group,
                "plan": s.plan,
                "outcome": s.outcome.value,
                "as_planned": s.as_planned,
                "homes": dict(s.homes),
            }
            for s in plan.sibling_groups
        ],
        "checker": _checker(plan),
        "manifest": {
            "caseload": manifest.caseload,
            "policy": {
                "name": manifest.policy_name,
                "version": manifest.policy_version,
                "fingerprint": manifest.policy,
                "signed": manifest.policy_signed or None,
                "valid_from": manifest.policy_dates[0],
                "valid_until": manifest.policy_dates[1],
            },
            "as_of": manifest.as_of,
            "lot": manifest.lot,
            "software": manifest.software,
            "solver": manifest.solver,
            "pins": dict(manifest.parameters),
            "forbidden": [list(pair) for pair in manifest.forbidden],
            "promised": [list(pair) for pair in manifest.promised],
        },
        "plan_hash": plan.digest,
        "seconds": {stage: round(seconds, 3) for stage, seconds in plan.seconds},
    }


def reason_data(reason: Reason) -> dict[str, Any]:
    """A reason as plain data."""
    level = None if reason.level is None else reason.level.value
    return {
        "code": reason.code,
        "verdict": reason.verdict.name.lower().replace("_", " "),
        "sentence": str(reason.sentence),
        "level": level,
        "may_be_lifted_by": list(reason.may_be_lifted_by),
    }


def near_data(near: tuple[NearMiss, ...]) -> list[dict[str, Any]]:
    """Near misses as plain data."""
    return [{"home": miss.home, "needs": [reason_data(reason) for reason in miss.needs]} for miss in near]


def placement_data(placement: Placement) -> dict[str, Any]:
    """A placement with its reasons, worries and questions as plain data."""
    parts = {
        name: [reason_data(r) for r in getattr(placement, name)]
        for name in ("reasons", "worries", "not_known", "before")
    }
    return {"child": placement.child, "home": placement.home, **parts}


def _checker(plan: Plan) -> dict[str, Any]:
    if plan.checked is None:
        return {"sound": None, "breaches": [], "rules": []}
    breaches = [
        {"rule": b.rule, "child": b.child, "home": b.home, "sentence": str(b.sentence)} for b in plan.checked.breaches
    ]
    return {"sound": plan.checked.sound, "breaches": breaches, "rules": list(plan.checked.rules)}


def write_plan(plan: Plan, path: Path) -> None:
    """Write plan.json whole: a half-written plan is never left behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_text(json.dumps(plan_to_dict(plan), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPlan:
    """What a plan file says: who would live where, what it reaches, and for which caseload and policy it was made."""

    placements: tuple[tuple[str, str], ...]
    caseload: str
    policy: str
    goals: tuple[tuple[str, int], ...] = ()
    staying: tuple[tuple[str, str], ...] = ()  # who asks to move and lives on in which home


def told_of(plan: Plan) -> ToldPlan:
    """A plan as its file tells it."""
    return ToldPlan(
        placements=tuple(sorted(plan.home_of.items())),
        caseload=plan.manifest.caseload,
        policy=plan.manifest.policy,
        goals=tuple((goal.code, goal.achieved) for goal in plan.goals),
        staying=tuple((one.child, one.stays_at) for one in plan.unplaced if one.stays_at),
    )


def read_plan(path: Path) -> ToldPlan:
    """Read who would live where; raises `UnreadableFile` when the file is no plan."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        placements = tuple((_ref(p["child"]), _ref(p["home"])) for p in told["placements"])
        manifest = told.get("manifest", {})
        return ToldPlan(
            placements=placements,
            caseload=str(manifest.get("caseload", "")),
            policy=str(manifest.get("policy", {}).get("fingerprint", "")),
            goals=tuple((_ref(goal["code"]), int(goal["achieved"])) for goal in told.get("goals", ())),
            staying=staying_in(told),
        )
    except FileNotFoundError:
        raise _refused(path, "the file is missing.", "Write one with `placements propose`.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        reason = f"the file is not a plan ({type(fault).__name__})."
        raise _refused(path, reason, "Write it with `placements propose`.") from None


def staying_in(told: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Who asks to move and lives on where they live, in a plan as plain data; none in plans older than this was told."""
    unplaced = told.get("unplaced", ())
    return tuple((_ref(one["child"]), _ref(one["stays_at"])) for one in unplaced if one.get("stays_at"))


def _ref(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a reference is text")
    return value


def _refused(path: Path, reason: str, way_out: str) -> UnreadableFile:
    return UnreadableFile((Fault(file=path.name, row=None, column=None, value=None, reason=reason, way_out=way_out),))
