"""Facts as they were read before: a fact is read anew when it changed, a caseload made anew when anything in it did.

Reading and unsealing a city of 1,100 facts takes over a second, and every look and every decision needs it. Each change of
a fact leaves a stamp that no other change has, so what was read under a stamp stays true as long as the stamp stands.
Only the database says which stamps stand; nothing here outlives the process.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.tables import Fact
from matching.domain import Caseload
from matching.pairs import Register

MOST_CASELOADS = 8
AT_ONCE = 500


class Readings:
    """What this process has read, by stamp; any number of threads may ask."""

    def __init__(self) -> None:
        self._lock, self._making = Lock(), Lock()
        self._values: dict[str, Any] = {}
        self._caseloads: OrderedDict[Hashable, tuple[Caseload, Register, Lock]] = OrderedDict()

    def facts(self, session: Session, stamps: Sequence[str], read: Callable[[Sequence[Fact]], list[Any]]) -> list[Any]:
        """The facts with these stamps, each read once; `read` makes values of rows."""
        with self._lock:
            known = {stamp: self._values[stamp] for stamp in stamps if stamp in self._values}
        missing = [stamp for stamp in stamps if stamp not in known]
        for first in range(0, len(missing), AT_ONCE):
            rows = session.scalars(select(Fact).where(Fact.stamp.in_(missing[first : first + AT_ONCE]))).all()
            known |= {row.stamp: value for row, value in zip(rows, read(rows), strict=True)}
        if missing:
            with self._lock:  # what was changed or removed since is forgotten
                self._values = known
        return [known[stamp] for stamp in stamps]

    def caseload(self, key: Hashable, make: Callable[[], Caseload]) -> Caseload:
        """The caseload of a state of the record; `key` holds every stamp and promise that it depends on."""
        found = self._kept(key)
        if found is not None:
            return found
        with self._making:  # many who ask at once wait for the first, instead of each making the same
            return self._kept(key) or self._keep(key, make())

    def _kept(self, key: Hashable) -> Caseload | None:
        with self._lock:
            if key not in self._caseloads:
                return None
            self._caseloads.move_to_end(key)
            return self._caseloads[key][0]

    def _keep(self, key: Hashable, made: Caseload) -> Caseload:
        with self._lock:
            self._caseloads[key] = (made, Register(made), Lock())
            while len(self._caseloads) > MOST_CASELOADS:
                self._caseloads.popitem(last=False)
        return made

    def with_register(self, caseload: Caseload, ask: Callable[[Register], Any]) -> Any:
        """Ask something of a caseload's columns, one at a time; they are made once for a caseload that is kept here."""
        with self._lock:
            found = next((kept for kept in self._caseloads.values() if kept[0] is caseload), None)
        if found is None:
            return ask(Register(caseload))
        with found[2]:
            return ask(found[1])
