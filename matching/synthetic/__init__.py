"""Invented caseloads on real geography and published distributions; the same seed gives the same city."""

from matching.synthetic.area import authorities_of
from matching.synthetic.city import sample_caseload
from matching.synthetic.moves import sample_city
from matching.synthetic.referrals import invented_referrals

__all__ = ["authorities_of", "invented_referrals", "sample_caseload", "sample_city"]
