"""A policy: the signed, dated choice of rules, criteria, weights and order of goals; values only.

Read from TOML. Everything that is not named keeps its default, everything that is misspelt is refused.
"""

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from matching.criteria import CRITERIA, Criterion
from matching.errors import PolicyRefused
from matching.rules import PAIR_RULES, SET_RULES, AnyRule, Rule, SetRule
from matching.signing import Signature, signature_of, with_signature

T = TypeVar("T")
GOALS: tuple[str, ...] = (
    "deadlines",
    "placed",
    "siblings-required",
    "siblings-together",
    "short-breaks",
    "suitability",
    "kept-as-agreed",
    "spare-scarce",
)
AFTER_HOMES = ("siblings-together", "short-breaks", "suitability", "spare-scarce")  # never before 'placed'


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """The days on which a policy says that a rule holds; `None`: no such day."""

    code: str
    first: date | None
    last: date | None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What counts, how much, and in which order; `goals` come first to last, each fixed before the next.

    `valid_from` and `valid_until` are the first and the last day on which plans are made with it (`None`: no last day).
    """

    name: str
    version: str
    valid_from: date
    rules: tuple[Rule, ...]
    set_rules: tuple[SetRule, ...]
    criteria: tuple[tuple[Criterion, int], ...]
    goals: tuple[str, ...] = GOALS
    lot: str = "by lot"
    dates: tuple[Dated, ...] = ()
    valid_until: date | None = None
    signature: Signature | None = None

    def in_force_on(self, day: date) -> bool:
        """Whether plans may be made with it on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def on(self, day: date) -> "Policy":
        """The policy with the rules that held on a day: by the policy's own dates, else since their source did."""
        return replace(
            self,
            rules=tuple(rule for rule in self.rules if self._held(rule, day)),
            set_rules=tuple(rule for rule in self.set_rules if self._held(rule, day)),
        )

    def _held(self, rule: AnyRule, day: date) -> bool:
        first, last = self.dates_of(rule)
        return (first is None or first <= day) and (last is None or day <= last)

    def dates_of(self, rule: AnyRule) -> tuple[date | None, date | None]:
        """First and last day on which a rule holds; `None` where there is no such day."""
        first, last = next(((d.first, d.last) for d in self.dates if d.code == rule.code), (None, None))
        return first or rule.source.in_force_from, last

    @property
    def settings(self) -> Mapping[str, Mapping[str, object]]:
        """Each rule's parameters by code, as plain values: all that the independent checker is told."""
        return {rule.code: rule.settings for rule in self.every_rule}

    @property
    def every_rule(self) -> tuple[AnyRule, ...]:
        """Pair rules, then set rules, in handbook order."""
        return (*self.rules, *self.set_rules)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything the policy chooses."""
        told = {
            "rules": {code: {k: str(v) for k, v in values.items()} for code, values in self.settings.items()},
            "criteria": [[c.code, weight, _parameters(c)] for c, weight in self.criteria],
            "goals": self.goals,
            "lot": self.lot,
            "dates": [[d.code, str(d.first), str(d.last)] for d in self.dates],
            "who": [self.name, self.version, self.valid_from.isoformat(), str(self.valid_until)],
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _parameters(thing: Any) -> dict[str, str]:
    return {item.name: str(getattr(thing, item.name)) for item in fields(thing)}


def read_policy(path: Path) -> Policy:
    """Read a policy file; raises `PolicyRefused` naming the table, the key and the way out."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PolicyRefused(f"There is no policy file {path}. Maybe the path is mistyped.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise PolicyRefused(f"{path} is not a TOML file: {fault}. Correct that line.") from None
    return policy_from(told, str(path))


def sign_policy(path: Path, by: str, on: date) -> Policy:
    """Sign a policy file for somebody, in place of any signature there; raises `PolicyRefused` when something is wrong."""
    if not path.is_file():
        read_policy(path)  # says so
    text = path.read_text(encoding="utf-8")
    told = {key: value for key, value in tomllib.loads(text).items() if key != "signed"}
    policy_from(told, str(path))
    if not by.strip():
        raise PolicyRefused("Nobody is named. Give the role of who signs with --by.")
    draft = path.with_name(path.name + ".part")
    draft.write_text(with_signature(text, told, by.strip(), on), encoding="utf-8")
    draft.replace(path)
    return read_policy(path)


def policy_from(told: Mapping[str, Any], where: str = "the policy") -> Policy:
    """A policy from parsed TOML; raises `PolicyRefused` with every fault, one a line."""
    faults: list[str] = []

    def tried(read: Callable[..., T], *given: Any) -> T | None:
        """What is read; a refusal is kept, so that all of them are told at once."""
        try:
            return read(*given, where)
        except PolicyRefused as fault:
            faults.append(str(fault))
            return None

    about, rules, criteria = (_table(told, name) for name in ("policy", "rules", "criteria"))
    tried(_only, told, {"policy", "rules", "criteria", "goals", "signed"})
    tried(_about, about)
    signature = tried(signature_of, told)
    tried(_only_in, rules, {kind.code for kind in (*PAIR_RULES, *SET_RULES)}, "rules")
    tried(_only_in, criteria, {kind.code for kind in CRITERIA}, "criteria")
    pair: list[Rule | None] = [tried(_made, k, _table(rules, k.code)) for k in PAIR_RULES if _on(rules, k.code)]
    sets: list[SetRule | None] = [tried(_made, k, _table(rules, k.code)) for k in SET_RULES if _on(rules, k.code)]
    weighed = [tried(_weighed, kind, _table(criteria, kind.code)) for kind in CRITERIA if kind.code in criteria]
    goals = tried(_chosen_goals, _table(told, "goals")) or GOALS
    dated = [tried(_dated, k, _table(rules, k.code)) for k in (*PAIR_RULES, *SET_RULES) if k.code in rules]
    if faults:
        raise PolicyRefused("\n".join(faults))
    return Policy(
        name=str(about["name"]),
        version=str(about["version"]),
        valid_from=about["valid_from"],
        rules=tuple(rule for rule in pair if rule),
        set_rules=tuple(rule for rule in sets if rule),
        criteria=tuple(one for one in weighed if one and one[1]),
        goals=goals,
        lot=str(about.get("lot", "by lot")),
        dates=tuple(one for one in dated if one),
        valid_until=about.get("valid_until"),
        signature=signature,
    )


def _table(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A table of the file; an entry that is no table counts as one with an unknown entry."""
    found = told.get(name, {})
    return found if isinstance(found, Mapping) else {str(found): found}


def _about(about: Mapping[str, Any], where: str) -> None:
    _only(about, {"name", "version", "valid_from", "valid_until", "lot"}, f"{where} [policy]")
    missing = [key for key in ("name", "version", "valid_from") if key not in about]
    if missing:
        raise PolicyRefused(f"{where} [policy] has no {' and no '.join(missing)}. Add it.")
    first, last = (_day(about, key, where) for key in ("valid_from", "valid_until"))
    if first and last and last < first:
        raise PolicyRefused(f"{where} [policy] ends on {last}, before it begins on {first}. Correct one of them.")


def _day(about: Mapping[str, Any], key: str, where: str) -> date | None:
    value = about.get(key)
    if value is not None and not isinstance(value, date):
        raise PolicyRefused(f"{where} [policy] {key} is {value!r}. Write a date such as 2026-04-01.")
    return value


def _only(told: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in told:
        if key not in known:
            close = get_close_matches(key, known, n=1)
            way_out = f"Maybe {close[0]!r} was meant." if close else f"Known are: {', '.join(sorted(known))}."
            raise PolicyRefused(f"{where} has an unknown entry {key!r}. {way_out}")


def _on(told: Mapping[str, Any], code: str) -> bool:
    return bool(_table(told, code).get("on", True))


def _only_in(told: Mapping[str, Any], known: set[str], part: str, where: str) -> None:
    _only(told, known, f"{where} [{part}]")


def _made(kind: type[Any], told: Mapping[str, Any], where: str) -> Any:
    """One rule or criterion with its parameters, checked for name and type."""
    types = {item.name: item.type for item in fields(kind)}
    chosen = {key: value for key, value in told.items() if key not in ("on", "from", "until", "weight")}
    _only(chosen, set(types), f"{where} [{kind.code}]")
    for key, value in chosen.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise PolicyRefused(f"{where} [{kind.code}] {key} is {value!r}. Write a number that is not negative.")
    made = kind(**chosen)
    if getattr(made, "limit", 1) < 1:
        raise PolicyRefused(
            f"{where} [{kind.code}] limit is {made.limit}: no child could live anywhere. Write 1 or more."
        )
    if getattr(made, "too_far", 1) <= getattr(made, "easy", 0):
        raise PolicyRefused(f"{where} [{kind.code}] too_far must be more than easy. Maybe the two were swapped.")
    return made


def _dated(kind: type[AnyRule], told: Mapping[str, Any], where: str) -> Dated | None:
    """The days that the policy gives a rule, if it gives any."""
    days = [told.get(key) for key in ("from", "until")]
    for key, value in zip(("from", "until"), days, strict=True):
        if value is not None and not isinstance(value, date):
            raise PolicyRefused(f"{where} [{kind.code}] {key} is {value!r}. Write a date such as 2026-04-01.")
    first, last = days
    if first and last and last < first:
        raise PolicyRefused(f"{where} [{kind.code}] ends on {last}, before it begins on {first}. Correct one of them.")
    return Dated(code=kind.code, first=first, last=last) if first or last else None


def _weighed(kind: type[Criterion], told: Mapping[str, Any], where: str) -> tuple[Criterion, int]:
    return _made(kind, told, where), _weight(told, kind.code, where)


def _weight(told: Mapping[str, Any], code: str, where: str) -> int:
    weight = told.get("weight")
    if isinstance(weight, bool) or not isinstance(weight, int) or not 0 <= weight <= 100:
        raise PolicyRefused(f"{where} [criteria.{code}] weight is {weight!r}. Write a whole number from 0 to 100.")
    return weight


def _chosen_goals(told: Mapping[str, Any], where: str) -> tuple[str, ...]:
    _only(told, {"order"}, f"{where} [goals]")
    order = tuple(told.get("order", GOALS))
    for goal in order:
        if goal not in GOALS:
            raise PolicyRefused(f"{where} [goals] order names {goal!r}. Known goals are: {', '.join(GOALS)}.")
    if len(set(order)) != len(order) or not order:
        raise PolicyRefused(f"{where} [goals] order must name each goal once and at least one.")
    _homes_first(order, where)
    return order


def _homes_first(order: tuple[str, ...], where: str) -> None:
    """No child goes without a home so that others suit better: having a home comes before what only makes it better."""
    if "placed" not in order:
        raise PolicyRefused(f"{where} [goals] order leaves out 'placed'. Name it: children need homes before all else.")
    for goal in order[: order.index("placed")]:
        if goal in AFTER_HOMES:
            raise PolicyRefused(
                f"{where} [goals] order puts {goal!r} before 'placed': a child could go without a home for it. "
                f"Move {goal!r} after 'placed'."
            )
