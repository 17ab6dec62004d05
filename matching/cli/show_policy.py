"""A policy as a person reads it: what it chooses, and what it leaves out."""

from typing import Any

from rich.console import Console
from rich.table import Table

from matching.candidates import GOAL_TITLES
from matching.domain import Level
from matching.policy import Policy
from matching.rules import PAIR_RULES, SET_RULES, AnyRule
from matching.wording import listed


def policy_data(policy: Policy) -> dict[str, Any]:
    """A policy as plain data, with the rules that it leaves out."""
    on = {rule.code for rule in policy.every_rule}
    out = [kind for kind in (*PAIR_RULES, *SET_RULES) if kind.code not in on]
    return {
        "name": policy.name,
        "version": policy.version,
        "valid_from": policy.valid_from.isoformat(),
        "valid_until": None if policy.valid_until is None else policy.valid_until.isoformat(),
        "signed": None
        if policy.signature is None
        else {"by": policy.signature.by, "on": policy.signature.on.isoformat(), "seal": policy.signature.seal},
        "fingerprint": policy.fingerprint,
        "dates": {rule.code: _dates(policy, rule) for rule in policy.every_rule},
        "dated_here": [dated.code for dated in policy.dates],
        "rules": sorted(on),
        "left_out": [kind.code for kind in out],
        "left_out_though_nobody_may_lift_them": [kind.code for kind in out if kind.level is Level.NEVER],
        "criteria": {criterion.code: weight for criterion, weight in policy.criteria},
        "goals": list(policy.goals),
    }


def _dates(policy: Policy, rule: AnyRule) -> list[str | None]:
    """First and last day on which the policy has a rule hold."""
    return [None if day is None else day.isoformat() for day in policy.dates_of(rule)]


def policy(screen: Console, data: dict[str, Any]) -> None:
    """A policy in words."""
    until = f" to {data['valid_until']}" if data["valid_until"] else ""
    screen.print(
        f"{data['name']} {data['version']}, from {data['valid_from']}{until}: nothing is wrong with it.", style="bold"
    )
    if data["signed"] is None:
        screen.print("Nobody has signed it. Sign it with placements policy sign.", style="bold red")
    else:
        screen.print(f"Signed by {data['signed']['by']} on {data['signed']['on']}; nothing was changed since.")
    screen.print(f"Fingerprint {data['fingerprint'][:12]}; {len(data['rules'])} rules are on.")
    for code in data["dated_here"]:
        first, last = data["dates"][code]
        screen.print(f"{code} holds here from {first or 'the beginning'} to {last or 'no last day'}.")
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
