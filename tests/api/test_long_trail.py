"""A trail of a million entries: read through in half a minute, and never read through for a page."""

import os
import time
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from api.db import audit
from api.db.audit import FIRST, TRAIL
from api.db.store import Store
from tests.api.conftest import Running

ENTRIES = 1_000_000 if os.environ.get("NIGHTLY") else 20_000
SECONDS = 30.0
V1 = "/api/v1"


def lengthen(store: Store, count: int) -> None:
    """Chained entries, quicker than acts would make them."""
    with store.engine.begin() as connection:
        number, before = connection.execute(
            text("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
        ).one_or_none() or (0, FIRST)
        for start in range(number, number + count, 10_000):
            rows = []
            for one in range(start + 1, start + 1 + min(10_000, number + count - start)):
                row = {"number": one, "at": "2026-11-23T10:00:00.000000+00:00", "who": "duty-officer", "act": "read-child", "about": f"child:C{one % 500:04}", "detail": "{}", "before": before}  # fmt: skip
                row["hash"] = before = audit.hash_of(Row(row))
                rows.append(row)
            connection.execute(insert(TRAIL), rows)


class Row:
    """A row by its names."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.__dict__.update(told)


def test_a_long_trail_is_read_through_in_time(store: Store) -> None:
    lengthen(store, ENTRIES)
    began = time.process_time()
    with store.reading() as session:
        found = audit.verify(session)
    took = time.process_time() - began
    assert found.faults == ()
    assert found.entries >= ENTRIES
    if os.environ.get("NIGHTLY"):
        assert took <= SECONDS, f"{took:.1f} s for {found.entries} entries"


@pytest.mark.parametrize(
    "path", ["/children", "/children/C1", "/homes", "/trail?limit=50", "/trail?limit=50&about=child:C1"]
)
def test_no_page_reads_the_whole_trail(service: Running, path: str) -> None:
    """The ways of the database to each entry that a request reads: by number, by the index of what it is about, or the last one."""
    if service.store.engine.dialect.name != "sqlite":
        return
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if "FROM audit" in statement:
            asked.append((statement, parameters))

    event.listen(service.store.engine, "before_cursor_execute", note)
    who = "auditor" if path.startswith("/trail") else "duty-officer"
    assert service.by[who].ask("GET", V1 + path).status_code == 200
    event.remove(service.store.engine, "before_cursor_execute", note)
    assert asked, "each request writes its entry after the last one"
    with service.store.engine.connect() as connection:
        for statement, parameters in asked:
            way = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
            last_one = "ORDER BY audit.number DESC" in statement and "LIMIT" in statement and "TEMP B-TREE" not in way
            assert "SEARCH audit" in way or last_one, (statement, way)
