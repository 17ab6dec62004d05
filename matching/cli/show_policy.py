"""A policy as a person reads it: what it chooses, and what it leaves out."""

from typing import Any

from rich.console import Console
from rich.table import Table

from matching.candidates import GOAL_TITLES
from matching.domain import Level
from matching.policy import Policy
from matching.rules import PAIR_RULES, SET_RULES
from matching.wording import listed


def policy_data(policy: Policy) -> dict[str, Any]:
    """A policy as plain data, with the rules that it leaves out."""
    on = {rule.code for rule in policy.every_rule}
    out = [kind for kind in (*PAIR_RULES, *SET_RULES) if kind.code not in on]
    return {
        "name": policy.name,
        "version": policy.version,
        "valid_from": policy.valid_from.isoformat(),
        "fingerprint": policy.fingerprint,
        "rules": sorted(on),
        "left_out": [kind.code for kind in out],
        "left_out_though_nobody_may_lift_them": [kind.code for kind in out if kind.level is Level.NEVER],
        "criteria": {criterion.code: weight for criterion, weight in policy.criteria},
        "goals": list(policy.goals),
    }


def policy(screen: Console, data: dict[str, Any]) -> None:
    """A policy in words."""
    screen.print(
        f"{data['name']} {data['version']}, from {data['valid_from']}: nothing is wrong with it.", style="bold"
    )
    screen.print(f"Fingerprint {data['fingerprint'][:12]}; {len(data['rules'])} rules are on.")
    if data["left_out"]:
        screen.print(f"Left out: {listed(data['left_out'])}.")
    if data["left_out_though_nobody_may_lift_them"]:
        codes = listed(data["left_out_though_nobody_may_lift_them"])
        screen.print(f"Nobody may lift {codes}. Leave it out only where the law does not apply.", style="bold red")
    table = Table("Criterion", "Weight", title="What counts", title_justify="left")
    for code, weight in sorted(data["criteria"].items(), key=lambda item: (-item[1], item[0])):
        table.add_row(code, str(weight))
    screen.print(table)
    screen.print("Goals, in order: " + "; ".join(GOAL_TITLES[goal].lower() for goal in data["goals"]) + ".")
