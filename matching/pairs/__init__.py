"""Columns of facts that broadcast: children down, homes across.

`Pairs` is a grid of every child with every home, or a list of chosen pairs; rules and criteria are
written once, as elementwise expressions over columns, and serve both.
"""

from matching.pairs.columns import Column, Side
from matching.pairs.memory import Memory
from matching.pairs.pairs import Pairs, Register
from matching.pairs.truth import Mask, Truth, VerdictMatrix, all_of, any_of, verdicts

__all__ = [
    "Column",
    "Mask",
    "Memory",
    "Pairs",
    "Register",
    "Side",
    "Truth",
    "VerdictMatrix",
    "all_of",
    "any_of",
    "verdicts",
]
