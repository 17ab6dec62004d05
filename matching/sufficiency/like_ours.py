"""Homes like ours of each profile and area, so that a campaign has homes to stand for, judged by the same rules."""

from collections.abc import Sequence
from dataclasses import replace

from matching.domain import Child, Home, HomeKind, Place
from matching.sufficiency.areas import ELSEWHERE, Areas

PROFILES = ("any", "teenagers", "brothers-and-sisters", "young-children")
# enough that one home's habits do not decide, few enough that judging them takes a second
LIKENESSES = 3
# sorts after every reference of a register
MARK = "~"


def fits_profile(home: Home, profile: str) -> bool:
    """Whether a foster home is of a profile, by its terms of approval."""
    low, high = home.approval.youngest or 0, home.approval.oldest or 18
    most = home.approval.most_children or 1
    return (
        home.kind in (None, HomeKind.FOSTER)
        and {
            "any": True,
            "teenagers": high >= 16,
            "brothers-and-sisters": most >= 3,
            "young-children": low == 0 and high <= 10,
        }[profile]
    )


def reference(profile: str, area: str, turn: int) -> str:
    """Reference of a home that is like ours."""
    return f"{MARK}{profile} {area} {turn}"


def homes_like_ours(homes: Sequence[Home], children: Sequence[Child], areas: Areas) -> tuple[Home, ...]:
    """LIKENESSES homes of each profile and area: our own homes of the profile, moved to where somebody lives there."""
    made = []
    for profile in PROFILES:
        ours = _of_profile(homes, profile)
        for number, area in enumerate(areas.names):
            spots = _spots(homes, children, areas, number)
            if area == ELSEWHERE or not ours or not spots:
                continue
            for turn in range(LIKENESSES):
                # a step of the golden section spreads few choices over many homes
                home = ours[int((number * LIKENESSES + turn) * 0.618034 * len(ours)) % len(ours)]
                place, authority = spots[turn * len(spots) // LIKENESSES]
                made.append(replace(home, ref=reference(profile, area, turn), place=place, authority=authority))
    return tuple(made)


def _of_profile(homes: Sequence[Home], profile: str) -> list[Home]:
    """Our own homes of a profile, or anybody's where we have none."""
    fitting = [home for home in homes if fits_profile(home, profile) and (home.places_free or 0) > 0]
    own = [home for home in fitting if home.provider is not None and home.provider.value == "own"]
    return own or fitting


def _spots(
    homes: Sequence[Home], children: Sequence[Child], areas: Areas, number: int
) -> list[tuple[Place, str | None]]:
    """Where homes of an area lie, or where families live while no home does."""
    found = [(home.place, home.authority) for home in homes if home.place and areas.of(home.place) == number]
    return found or [
        (child.home_place, child.authority)
        for child in children
        if child.home_place and areas.of(child.home_place) == number
    ]
