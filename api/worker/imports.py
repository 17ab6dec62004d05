"""Files that somebody sent: read whole outside any transaction, written in one act or refused with every fault."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.db.files import drop_files, files_of, keep_file
from api.errors import Conflict
from api.services import importing, table_mapping
from api.worker.bench import Bench
from matching.cli.places import gazetteer, read_folder
from matching.domain import Caseload, Home
from matching.io.mapping import read_mapped, read_mapping

MOST_QUERIES, TIMES = 500, 5


def work(bench: Bench) -> None:
    """Read what was sent as what it is said to be."""
    KINDS[str(bench.asked["kind"])](bench)


@contextmanager
def _unpacked(bench: Bench) -> Iterator[Path]:
    """The files that came with the job, in a folder that is gone after."""
    with tempfile.TemporaryDirectory(prefix="import-") as room:
        with bench.store.reading() as session:
            for name, content in files_of(session, bench.store.seal, f"job:{bench.job}:in"):
                (Path(room) / name).write_bytes(content)
        yield Path(room)


def _caseload(bench: Bench) -> None:
    bench.say(10, "reads the files")
    with _unpacked(bench) as room:
        books = sorted(room.glob("*.xlsx"))
        _into_the_record(bench, read_folder(books[0] if books else room), {})


def _annex_a(bench: Bench) -> None:
    from matching.io.annex_a import read_annex_a  # workbooks take half a second to import

    bench.say(10, "reads the workbook")
    with _unpacked(bench) as room:
        found = read_annex_a(next(room.glob("*.xlsx")), date.fromisoformat(str(bench.asked["as_of"])))
    said = {"left_out": [str(one) for one in found.left_out], "questions": [str(one) for one in found.questions]}
    _into_the_record(bench, found.caseload, said)


def _mapped(bench: Bench) -> None:
    """A table of another system, read by a mapping that was made by form."""
    bench.say(10, "reads the table by its mapping")
    with _unpacked(bench) as room:
        mapping = read_mapping(room / table_mapping.MAPPING)
        found = read_mapped(room / table_mapping.TABLE, mapping, gazetteer().find)
    day = date.fromisoformat(str(bench.asked["as_of"]))
    is_homes = mapping.kind is Home
    caseload = Caseload(as_of=day, children=() if is_homes else found.rows, homes=found.rows if is_homes else ())
    _into_the_record(bench, caseload, {"left_out": list(found.left_out)})


def _into_the_record(bench: Bench, caseload: Caseload, said: dict[str, Any]) -> None:
    """Compare and write; compared again when the record changed meanwhile."""
    for attempt in range(TIMES):
        bench.say(50, "compares with the record")
        with bench.store.reading() as session:
            found = importing.compare(session, bench.store.seal, bench.maps, caseload, bench.user)
        told = {**found.told(bool(bench.asked["dry_run"])), **said}
        try:
            bench.finish("import", "caseload", _writing(bench, found, told), rows=found.counts)
        except Conflict:
            if attempt == TIMES - 1:
                raise
        else:
            return


def _writing(bench: Bench, found: importing.Compared, told: dict[str, Any]) -> Callable[[Session], dict[str, Any]]:
    def keep(session: Session) -> dict[str, Any]:
        if not bench.asked["dry_run"]:
            importing.write(session, bench.store.seal, found)
        return told

    return keep


def _returns(bench: Bench) -> None:
    """A history of returns, kept for the forecast; the same again changes nothing."""
    from matching.returns import read_history

    bench.say(10, "reads the returns")
    with _unpacked(bench) as room:
        history = read_history([room])
        files = [(path.name, path.read_bytes()) for path in sorted(room.iterdir())]
    owner = f"returns:{bench.user.authority or 'all'}"
    digest = hashlib.sha256(b"\0".join(content for _, content in files)).hexdigest()
    rules = Counter((query.rule, query.column, query.reason) for query in history.queries)
    told: dict[str, Any] = {
        "dry_run": bench.asked["dry_run"],
        "years": list(history.years),
        "children": len(history.children),
        "episodes": len(history.episodes),
        "placements": len(history.placements),
        "questioned": len(history.queries),
        "queries": [
            {"rule": rule, "column": column, "reason": reason, "rows": rows}
            for (rule, column, reason), rows in rules.most_common(MOST_QUERIES)
        ],
    }

    def keep(session: Session) -> dict[str, Any]:
        """Put the files in the place of the earlier ones, unless they are the same or this is a trial."""
        before = b"\0".join(content for _, content in files_of(session, bench.store.seal, owner))
        same = hashlib.sha256(before).hexdigest() == digest
        if not same and not bench.asked["dry_run"]:
            drop_files(session, owner)
            for name, content in files:
                keep_file(session, bench.store.seal, owner, name, "text/csv", content)
        return {**told, "nothing_to_do": same}

    bench.finish("import", "returns", keep, years=list(history.years))


KINDS: dict[str, Callable[[Bench], None]] = {
    "caseload": _caseload,
    "annex-a": _annex_a,
    "ssda903": _returns,
    "mapped": _mapped,
}
