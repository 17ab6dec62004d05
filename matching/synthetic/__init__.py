"""Invented caseloads on real geography and published distributions; the same seed gives the same city."""

from matching.synthetic.area import authorities_of
from matching.synthetic.city import sample_caseload

__all__ = ["authorities_of", "sample_caseload"]
