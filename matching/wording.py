"""Sentences whose facts are data and whose names are put in last.

A `Sentence` never holds a person's name: `{child}` and `{home}` stand for references until the
place where it is shown calls `naming`. Two sentences are equal when their facts are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Fact = str | int | float
SPOKEN = {  # what a code can not hold: apostrophes, and hyphens that stay
    "childrens": "children's",
    "carers own": "carers' own",
    "carers circumstances": "carers' circumstances",
    "short term": "short-term",
    "long term": "long-term",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template and the facts that fill it; references stay references until shown."""

    template: str
    facts: tuple[tuple[str, Fact], ...] = field(default=())

    @classmethod
    def of(cls, template: str, **facts: Fact) -> "Sentence":
        """Make a sentence from keyword facts, kept in the order of their names."""
        return cls(template, tuple(sorted(facts.items())))

    def naming(self, names: Mapping[str, str] | None = None) -> str:
        """The finished text; `names` gives the words to show for references (default: the references)."""
        shown = {key: _named(value, names or {}) for key, value in self.facts}
        text = self.template.format(**shown)
        return text[:1].upper() + text[1:]

    def __str__(self) -> str:
        return self.naming()


def _named(value: Fact, names: Mapping[str, str]) -> Fact:
    return names.get(value, value) if isinstance(value, str) else value


def listed(items: tuple[str, ...] | list[str], last: str = "and") -> str:
    """Join words as people write them: "A", "A and B", "A, B and C"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def written(day: date) -> str:
    """A date as people write it: "1 March 2027"."""
    return f"{day.day} {day:%B %Y}"


def spoken(code: str) -> str:
    """A code as people say it: "director-of-childrens-services" is the director of children's services."""
    said = code.replace("-", " ").replace("_", " ")
    for written_as, said_as in SPOKEN.items():
        said = said.replace(written_as, said_as)
    return said


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 child", "3 children"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
