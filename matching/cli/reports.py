"""Faults and queries as a file for other programs."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("file", "row", "column", "value", "reason", "way_out")


def write_report(path: Path | None, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows as JSON where the name ends so, else as CSV; nothing when no file is asked for."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".json":
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
