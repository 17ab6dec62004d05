"""Writes the reference pages from the code and its spec tables: `python -m tests.lib.handbook`."""

from pathlib import Path
from typing import Any

from matching.criteria import CRITERIA
from matching.io.dictionary import dictionary
from matching.rules import PAIR_RULES, SET_RULES
from matching.wording import spoken
from tests.lib.builders import fostering
from tests.lib.spec_tables import Table, paragraphs, spec_file

PAGES = Path(__file__).resolve().parents[2] / "docs" / "reference"


def rules_page() -> str:
    """Every rule: title, purpose, source, level, who may lift it, and its cases."""
    opening = (
        "# Rules\n\nWhat may never be, and what needs a named decision. Each rule says met, not met or not known; only "
        "what is met can be planned, and what is not known becomes a question. The cases below are run as tests.\n"
    )
    return opening + "".join(_rule(rule) for rule in (*PAIR_RULES, *SET_RULES))


def _rule(rule: Any) -> str:
    lifted = ", ".join(spoken(role) for role in rule.lifted_by) or "nobody; only a change of the facts"
    told = f"\n## {rule.title}\n\n`{rule.code}`. {rule.purpose}\n\n"
    told += f"- Level: {rule.level.value}. May be lifted by: {lifted}.\n- Source: {rule.source}.\n"
    if rule.source.in_force_from:
        told += f"- In force from: {rule.source.in_force_from.isoformat()}.\n"
    return told + _cases(rule)


def criteria_page() -> str:
    """Every criterion: title, purpose, weight in the policy for fostering, and its cases."""
    opening = (
        "# Criteria\n\nWhat makes one home better than another for a child, from 0 to 1. A rating that is not known "
        "earns nothing and becomes a question. Weights are those of the policy for fostering.\n"
    )
    weights = {criterion.code: weight for criterion, weight in fostering().criteria}
    return opening + "".join(
        f"\n## {c.title}\n\n`{c.code}`, weight {weights.get(c.code, 0)}. {c.purpose}\n{_cases(c)}" for c in CRITERIA
    )


def _cases(thing: Any) -> str:
    return "".join(f"\n{p.sentence}\n\n{_markdown(p.table)}" for p in paragraphs(spec_file(thing)))


def _markdown(table: Table) -> str:
    lines = [table.columns, tuple("---" for _ in table.columns), *table.rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


PAGES_BY_NAME = {"rules.md": rules_page, "criteria.md": criteria_page, "files.md": dictionary}

if __name__ == "__main__":
    PAGES.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES_BY_NAME.items():
        (PAGES / name).write_text(page(), encoding="utf-8")
