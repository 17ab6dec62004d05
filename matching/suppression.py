"""Small numbers hidden so that nobody can be picked out, and enough others with them that none can be worked out.

A hidden number is from 1 to `small`, or was hidden to protect one. Nought stays: nobody is in it.
"""

from collections.abc import Mapping, Sequence

SMALL = 5
Column = Mapping[str, int]


def hidden_rows(columns: Sequence[Column], small: int = SMALL) -> frozenset[str]:
    """Rows to hide in these columns, so that with every sum known no small number can be worked out.

    Columns that can be worked out from each other are given together: everybody, those with a home, those without.
    A row is hidden where any of its numbers is small; then the smallest further rows, until those hidden are at least
    two and come to more than `small` in every column, or to nothing; else all rows.
    """
    rows = set(columns[0])
    hidden = {row for row in rows if any(0 < column[row] <= small for column in columns)}
    left = sorted(rows - hidden, key=lambda row: (columns[0][row], row))
    while hidden and left and not _safe(hidden, columns, small):
        hidden.add(left.pop(0))
    return frozenset(hidden)


def hide_total(columns: Sequence[Column], small: int = SMALL) -> bool:
    """Whether the sum over all rows of some column is small itself."""
    return any(0 < sum(column.values()) <= small for column in columns)


def _safe(hidden: set[str], columns: Sequence[Column], small: int) -> bool:
    """Whether the sums of what is hidden, which anybody can work out, say nothing about a few people."""
    sums = [sum(column[row] for row in hidden) for column in columns]
    return len(hidden) > 1 and all(total == 0 or total > max(small, len(hidden)) for total in sums)
