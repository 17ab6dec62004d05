"""Where the placements of a return lie: straight miles from home, and inside the authority or not, by postcode."""

import pandas as pd

from matching.places import Located, PostcodeBook, relation


def lies_where(here: pd.DataFrame, book: PostcodeBook, authority: str) -> pd.DataFrame:
    """Miles and authority by child; miles are NaN unless both postcodes are whole and known.

    `here` has columns child, home_postcode, placement_postcode; the answer is indexed by child, with columns miles
    and authority ("inside", "adjoining", "distant" or missing).
    """
    texts = pd.unique(pd.concat([here.home_postcode, here.placement_postcode]).dropna())
    known = {text: book.look_up(text) for text in texts}
    rows = [
        _one(known.get(home), known.get(placement), book, authority)
        for home, placement in zip(here.home_postcode, here.placement_postcode, strict=True)
    ]
    return pd.DataFrame(rows, columns=["miles", "authority"], index=pd.Index(here.child)).astype({"miles": float})


def _one(
    home: Located | None, placement: Located | None, book: PostcodeBook, authority: str
) -> tuple[float | None, str | None]:
    if placement is None:
        return None, None
    lies = relation(home or book.look_up(""), placement, book.authorities, responsible=authority)
    return (None if lies.over_20_miles is None else lies.miles), lies.authority
