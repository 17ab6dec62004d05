"""Children who note what is read of them, so that an answer is given again to every child who is alike in it."""

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from matching.domain import Child
from matching.pairs.columns import Side, Vocabulary

Ask = Callable[[Child], Hashable]


@dataclass(frozen=True)
class Fact:
    """A fact of a child, or what a child answers to a question, such as the age on a day."""

    name: str
    told: tuple[Hashable, ...] | None = None

    def __call__(self, child: Child) -> Hashable:
        """What the child says."""
        value = getattr(child, self.name)
        return cast(Hashable, value if self.told is None else value(*self.told))


@dataclass(frozen=True)
class OneOf:
    """A fact of a child where it is one of those known, else `None`: all children whom nothing known concerns are alike."""

    fact: Ask
    known: frozenset[Hashable]

    def __call__(self, child: Child) -> Hashable:
        """The fact, where it is known."""
        value = self.fact(child)
        return value if value in self.known else None


class Observed:
    """Stands for a child and notes every fact that is read; only what was read can bear on an answer."""

    def __init__(self, child: Child, asks: set[Ask]) -> None:
        self._child, self._asks = child, asks

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._child, name)
        if callable(value):
            return partial(self._answer, name, value)
        self._asks.add(Fact(name))
        return value

    def _answer(self, name: str, answer: Callable[..., Any], *told: Hashable) -> Any:
        self._asks.add(Fact(name, told))
        return answer(*told)


class ObservedSide(Side[Child]):
    """The children of some pairs, with a note (`asks`) of all that was read of them."""

    def __init__(self, children: Sequence[Child], vocabularies: dict[str, Vocabulary]) -> None:
        self.asks: set[Ask] = set()
        self._children = tuple(children)
        super().__init__([cast(Child, Observed(child, self.asks)) for child in children], vocabularies)

    def among(self, fact: Ask, known: Collection[Hashable]) -> list[Hashable]:
        """The fact of each child where it is one of those known; notes no more than that."""
        ask = OneOf(fact, frozenset(known))
        self.asks.add(ask)
        return [ask(child) for child in self._children]
