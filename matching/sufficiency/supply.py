"""Homes over the years: those of the register, those that join of themselves, and those of campaigns; by run, keyed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from matching.domain import HomeKind
from matching.errors import MatchingError
from matching.sufficiency.choices import NOT_ASKED, Choices
from matching.sufficiency.coming import NEVER
from matching.sufficiency.draws import uniform
from matching.sufficiency.like_ours import LIKENESSES, fits_profile, reference
from matching.sufficiency.parameters import WEEKS, Parameters
from matching.sufficiency.scenario import WEEKS_A_MONTH, Campaign, Scenario

HOLD_BLOCK = 12
# so far apart lie the homes of two tiers on a list
TIER = 5_000
Weeks = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Listed:
    """Homes as the kinds of referral list them under a policy.

    `rank` (kinds, columns) is the place of a home on the list, NOT_ASKED where a rule stands in the way; `bits` (kinds, words)
    has one bit for each home on the list.
    """

    rank: npt.NDArray[np.int16]
    bits: npt.NDArray[np.uint64]


def listed(rank: npt.NDArray[np.int16]) -> Listed:
    """The lists of some ranks."""
    return Listed(rank, bits_of(rank != NOT_ASKED))


def bits_of(homes: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint64]:
    """One bit for each home, packed in words, so that many are asked at once."""
    packed = np.packbits(homes, axis=-1)
    pad = [(0, 0)] * (packed.ndim - 1) + [(0, -packed.shape[-1] % 8)]
    return np.ascontiguousarray(np.pad(packed, pad)).view(np.uint64)


@dataclass(frozen=True)
class Supply:
    """Columns of homes: `copy_of` is the home of the choices that each is like.

    `parts` names what columns are drawn for, with how many of each, in order: the register, joiners, campaigns.
    `first` is how they are listed under the scenario's policy; `later` the same from the week `later_from` on, where
    approvals are widened. `own_places` (weeks,) are places in children's homes of our own.
    """

    copy_of: npt.NDArray[np.int16]
    parts: tuple[tuple[str, int], ...]
    first: Listed
    later: Listed
    later_from: int
    places: npt.NDArray[np.int8]
    own: npt.NDArray[np.bool_]
    adoptive: npt.NDArray[np.bool_]
    own_places: npt.NDArray[np.int16]


def supply_of(
    choices: Choices,
    parameters: Parameters,
    scenario: Scenario,
    years: int,
    seed: int,
    widened: npt.NDArray[np.int16] | None = None,
) -> Supply:
    """The columns of a scenario; `widened` are the ranks once approvals are widened. The same for every run."""
    if choices.register >= TIER:
        raise MatchingError(f"{choices.register} homes are more than a forecast can hold. Forecast areas one by one.")
    # as many as come where most come; beyond that nobody joins
    most = {"home_joins": parameters.figures["home_joins"].high}
    expected = _joining(choices, most, scenario) * years * WEEKS
    joiners = int(np.ceil(expected + 2 * np.sqrt(expected)))
    like = (uniform(seed, 0, "like which home", joiners) * choices.register).astype(int)
    copy_of, parts = [*range(choices.register), *like.tolist()], [("home", choices.register), ("joiner", joiners)]
    for name, campaign in _named(scenario):
        copy_of += _likenesses(choices, campaign, float(uniform(seed, 0, name, 1)[0]))
        parts.append((name, campaign.homes))
    copies = np.array(copy_of, dtype=np.int16)
    first = listed(_under_policy(choices, choices.rank, scenario)[:, copies])
    later = first if widened is None else listed(_under_policy(choices, widened, scenario)[:, copies])
    kinds = [choices.homes[at].kind for at in copy_of]
    return Supply(
        copies,
        tuple(parts),
        first,
        later,
        round(max((one.from_month for one in scenario.approvals), default=0) * WEEKS_A_MONTH),
        choices.places[copies],
        choices.own[copies],
        np.array([kind is HomeKind.ADOPTIVE for kind in kinds]),
        _own_places(choices, scenario, int(years * WEEKS)),
    )


def _joining(choices: Choices, rates: Mapping[str, float], scenario: Scenario) -> float:
    """Homes that join of themselves in a week."""
    return rates["home_joins"] * choices.register * scenario.supply.get("joining", 1.0) / WEEKS


def _named(scenario: Scenario) -> Iterator[tuple[str, Campaign]]:
    """Campaigns with what their draws are keyed by: the same campaign is the same in every scenario."""
    seen: Counter[str] = Counter()
    for campaign in scenario.campaigns:
        name = f"campaign {campaign.profile} {campaign.area or 'anywhere'}"
        seen[name] += 1
        yield f"{name} {seen[name]}", campaign


def _likenesses(choices: Choices, campaign: Campaign, draw: float) -> list[int]:
    """The homes that those of a campaign are like: of its profile, in its area."""
    if campaign.area is not None:
        names = [reference(campaign.profile, campaign.area, turn) for turn in range(LIKENESSES)]
        fitting = [at for at, home in enumerate(choices.homes) if home.ref in names]
    else:
        inside = range(choices.register)
        fitting = [at for at in inside if choices.own[at] and fits_profile(choices.homes[at], campaign.profile)]
        fitting = fitting or [at for at in inside if fits_profile(choices.homes[at], campaign.profile)]
    if not fitting:
        where = f" in {campaign.area}" if campaign.area else ""
        raise MatchingError(
            f"No home of the register is like {campaign.profile!r}{where}, so nobody can tell what one more would do. "
            "Choose another profile or area."
        )
    # steps of the golden section from a keyed start: even over the homes, and a larger campaign holds the smaller one
    return [fitting[int((draw + turn * 0.618034) % 1 * len(fitting))] for turn in range(campaign.homes)]


def _under_policy(choices: Choices, rank: npt.NDArray[np.int16], scenario: Scenario) -> npt.NDArray[np.int16]:
    """Ranks with homes too far left out and tiers apart: in-house, agencies that come first, others."""
    policy, asked = scenario.policy, rank != NOT_ASKED
    if policy.within_miles is not None:
        asked &= ~(choices.miles > policy.within_miles)
    tier = np.zeros(len(choices.homes), dtype=np.int16)
    if policy.first_agencies:
        first = np.array([home.agency in policy.first_agencies for home in choices.homes])
        tier += (~choices.own & ~first).astype(np.int16)
    if policy.in_house_first:
        tier += (~choices.own).astype(np.int16)
    return np.where(asked, rank + tier * TIER, NOT_ASKED).astype(np.int16)


def _own_places(choices: Choices, scenario: Scenario, weeks: int) -> npt.NDArray[np.int16]:
    """Places in children's homes of our own in each week: those of the register, opened, less those closed."""
    own = [
        int(choices.places[at])
        for at in range(choices.register)
        if choices.own[at] and choices.homes[at].kind is HomeKind.RESIDENTIAL
    ]
    places = np.full(weeks, sum(own), dtype=np.int16)
    for home in scenario.childrens_homes:
        places[ceil(home.from_month * WEEKS_A_MONTH) :] += home.places
    if places.min(initial=0) < 0:
        raise MatchingError(
            f"{scenario.name}: more places in children's homes close than the register holds ({sum(own)}). "
            "Add the homes to the register, or close fewer."
        )
    return places


def homes_open(
    supply: Supply, choices: Choices, rates: Mapping[str, float], scenario: Scenario, weeks: int, seed: int, run: int
) -> tuple[Weeks, Weeks, npt.NDArray[np.bool_]]:
    """Week from which each home takes children, week in which it leaves, and whether it is on hold by block of weeks."""
    campaigns = dict(_named(scenario))
    leaves = rates["home_leaves"] * scenario.supply.get("leaving", 1.0) + 1e-9
    opens, stays, held = [], [], []
    for name, count in supply.parts:
        if name == "home":
            start = np.zeros(count)
        elif name == "joiner":
            # one after another on a clock that a scenario runs faster: the same home comes, sooner
            gaps = -np.log1p(-uniform(seed, run, "joins", count))
            start = np.minimum(np.cumsum(gaps) / max(_joining(choices, rates, scenario), 1e-9), NEVER)
        else:
            start = _campaign_weeks(campaigns[name], name, seed, run)
        opens.append(start)
        stays.append(-np.log1p(-uniform(seed, run, f"{name} leaves", count)) * WEEKS / leaves)
        held.append(uniform(seed, run, f"{name} on hold", (count, weeks // HOLD_BLOCK + 1)) < rates["on_hold"])
    whole = np.concatenate(opens)
    whole[supply.places == 0] = NEVER
    closes = np.minimum(whole + np.concatenate(stays), NEVER)
    return whole.astype(np.int16), closes.astype(np.int16), np.concatenate(held)


def _campaign_weeks(campaign: Campaign, name: str, seed: int, run: int) -> npt.NDArray[np.float64]:
    draw = uniform(seed, run, f"{name} when", campaign.homes)
    lost = uniform(seed, run, f"{name} lost", campaign.homes) < campaign.attrition
    month = campaign.from_month + draw * (campaign.over_months if campaign.over_months > 1 else 0)
    return np.where(lost, NEVER, month * WEEKS_A_MONTH)
