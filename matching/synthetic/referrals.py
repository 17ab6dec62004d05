"""Invented referrals to a place: needs by published figures, families where the children of the place come from."""

from pathlib import Path

from matching.domain import Caseload
from matching.synthetic.area import with_sectors
from matching.synthetic.city import sample_caseload

REFERRALS, SEED = 300, 1001  # so many give every kind a few


def invented_referrals(reference: Path, here: Caseload | None = None, *, children: int = REFERRALS) -> Caseload:
    """`children` who may be referred to a place, whose families live in the authorities that care for the children of `here`.

    Those of several authorities are shared out by how many postcodes each has. Without a caseload, or where it names no
    authority of England, families are those of the invented Southampton.
    """
    codes = {child.authority for child in here.children if child.authority} if here else set()
    known = tuple(sorted(codes & with_sectors(reference)))
    return sample_caseload(reference, children=children, homes=1, seed=SEED, authorities=known)
