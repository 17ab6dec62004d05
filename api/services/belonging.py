"""Whose a child or home is: somebody adds and changes only what belongs to their own authority or pool."""

from api.db.queries import Kept
from api.errors import Wrong
from api.security.accounts import User

WHOSE = {"child": "authority", "home": "approved_by"}


def added(user: User, cells: dict[str, str]) -> dict[str, str]:
    """The cells of a new child, who is the person's own; raises `Wrong` for another's."""
    if user.authority is None or cells.get("pool") == user.authority:
        return cells
    if cells.get("authority", user.authority) != user.authority:
        raise Wrong(
            "The child is another authority's.",
            "Only own children are referred.",
            ({"field": "authority", "reason": "is another"},),
        )
    return {**cells, "authority": user.authority}


def changed(user: User, before: Kept, cells: dict[str, str]) -> dict[str, str]:
    """The cells of an edit; whose it is stays as it was; raises `Wrong` if the edit says otherwise."""
    column = WHOSE.get(before.kind)
    if column is None or user.authority is None or column not in before.cells:
        return cells
    if cells.get(column, before.cells[column]) != before.cells[column]:
        raise Wrong(
            "An edit does not give a child or home to another authority.",
            "Leave the field as it was.",
            ({"field": column, "reason": "differs"},),
        )
    return {**cells, column: before.cells[column]}
