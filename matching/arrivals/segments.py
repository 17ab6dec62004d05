"""Homes that stand for each other: of the same kind, for like ages, with room for brothers and sisters or not."""

from matching.domain import Home

TEENAGER, SMALL, SEVERAL = 11, 4, 2


def segment_of(home: Home) -> str:
    """The segment of a home, in words; homes of one segment are priced alike."""
    terms = home.approval
    kind = home.kind.value if home.kind else "unknown"
    ages = [
        "small children" if (terms.youngest or 0) <= SMALL else "no small children",
        "teenagers" if (terms.oldest or 0) >= TEENAGER else "no teenagers",
    ]
    room = "several" if (terms.most_children or 0) >= SEVERAL else "one"
    return ", ".join([kind, *ages, room])
