"""How routes answer beyond plain JSON: tables as CSV, versions as ETags, refusals as problem+json."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Header
from fastapi.responses import Response

from api.services import tables

Accept = Annotated[str, Header(description="`text/csv` for a table.")]
TABLE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "As JSON, or as a table."}
}
REFUSAL: dict[str, Any] = {
    "description": "A refusal: why, which fields it is about, and a way out.",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail", "way_out", "fields"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer", "minimum": 400, "maximum": 599},
                    "detail": {"type": "string"},
                    "way_out": {"type": "string"},
                    "fields": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["field", "reason"],
                            "additionalProperties": {"type": "string"},
                        },
                    },
                },
            },
            "example": {
                "type": "about:blank",
                "title": "Not found",
                "status": 404,
                "detail": "There is no child with this reference.",
                "way_out": "Look it up in the list.",
                "fields": [],
            },
        }
    },
}


def as_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Response:
    """Rows as CSV in which no cell is a formula; lists are parted by spaces."""
    plain = [{name: " ".join(v) if isinstance(v, list) else v for name, v in row.items()} for row in rows]
    return Response(tables.as_csv(columns, plain), media_type=tables.CSV)


def wants_table(accept: str) -> bool:
    """Whether the request asks for CSV."""
    return "text/csv" in accept
