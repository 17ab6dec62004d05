"""Children who note what is read of them, so that an answer is given again to every child who is alike in it."""

from collections.abc import Callable, Collection, Hashable, Sequence
from functools import partial
from operator import attrgetter, methodcaller
from typing import Any, TypeVar, cast

from matching.domain import Child
from matching.pairs.columns import Side, Vocabulary

U = TypeVar("U")
Reader = Callable[[Child], Any]
Asks = dict[Hashable, Reader]  # what is asked of a child, by a name for it


class Observed:
    """Stands for a child and notes every fact that is read, and every question, such as the age on a day."""

    def __init__(self, child: Child, asks: Asks) -> None:
        self._child, self._asks = child, asks

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._child, name)
        if callable(value):
            return partial(self._answer, name, value)
        self._asks[name] = attrgetter(name)
        return value

    def _answer(self, name: str, answer: Callable[..., Any], *told: Hashable) -> Any:
        self._asks[name, told] = methodcaller(name, *told)
        return answer(*told)


class ObservedSide(Side[Child]):
    """The children of some pairs, with a note (`asks`) of all that was read of them: only that can bear on an answer."""

    def __init__(self, children: Sequence[Child], vocabularies: dict[str, Vocabulary]) -> None:
        self.asks: Asks = {}
        self._children = tuple(children)
        super().__init__([cast(Child, Observed(child, self.asks)) for child in children], vocabularies)

    def told(self, fact: Callable[[Child], U]) -> list[U]:
        """What each child says; notes the answer, not what it rests on. Facts that are equal say the same."""
        self.asks[fact] = fact
        return [fact(child) for child in self._children]

    def among(self, fact: Reader, known: Collection[Hashable], tell: Callable[[Child], U]) -> list[U | None]:
        """What each child tells whose fact is one of those known, else `None`; all whom nothing known concerns are alike."""
        here = frozenset(known)
        self.asks[fact, here, tell] = partial(_where_known, fact, here, tell)
        return [_where_known(fact, here, tell, child) for child in self._children]

    def itself(self, at: int) -> Child:
        """A child of whom it is noted who it is; then nothing else needs noting."""
        return self._children[at]


def _where_known(fact: Reader, known: frozenset[Hashable], tell: Callable[[Child], U], child: Child) -> U | None:
    return tell(child) if fact(child) in known else None
