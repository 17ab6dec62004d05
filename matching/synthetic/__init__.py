"""Invented caseloads on real geography and published distributions; the same seed gives the same city."""

from matching.synthetic.city import sample_caseload

__all__ = ["sample_caseload"]
