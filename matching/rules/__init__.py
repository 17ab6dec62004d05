"""What may never be and what needs a named decision, each rule in one place.

Reading order is handbook order. To add a rule: a class in its family, its line here, its check in
`matching.checker`, its spec table.
"""

from matching.rules.adoption import EarlyPermanenceCarers, NotReserved, OneFamily
from matching.rules.approval import (
    ApprovalInForce,
    NamedInApproval,
    WithinApprovedAges,
    WithinApprovedCareType,
    WithinApprovedSex,
)
from matching.rules.area import NotDistant
from matching.rules.base import AnyRule, Capacity, Rule, SetRule, Sets, Shared, Source, judge_with_decisions
from matching.rules.bedrooms import NoUnsafeSharing, OwnBedroom
from matching.rules.household import CanLiveAlongside, ConsiderationsKept
from matching.rules.kinds import KindOfHome, SuitsAsAssessed
from matching.rules.nights import by_night, judged_by_night
from matching.rules.places import UsablePlace, UsualFosteringLimit, WithinApprovedNumber
from matching.rules.safety import AnotherHome, CarerHasNotRefused, KeptApart, NoContact, NotOnHold
from matching.rules.schooling import KeyStage4School
from matching.rules.short_breaks import NightsAsked, ShortBreakDays, ShortBreakLength, ShortBreakSameCarers
from matching.rules.siblings import NobodyKeptApart, SiblingPlanKept, allowed_masks
from matching.rules.staying import counted_once
from matching.rules.surroundings import (
    EssentialsInPlace,
    EssentialsPossible,
    OldEnoughForSetting,
    RegisteredSetting,
    SafeWithAnimals,
    SmokeFree,
)

PAIR_RULES: tuple[type[Rule], ...] = (
    ApprovalInForce,
    NotOnHold,
    WithinApprovedAges,
    WithinApprovedSex,
    WithinApprovedCareType,
    NamedInApproval,
    KindOfHome,
    SuitsAsAssessed,
    OldEnoughForSetting,
    RegisteredSetting,
    AnotherHome,
    NoContact,
    KeptApart,
    ConsiderationsKept,
    CanLiveAlongside,
    EssentialsPossible,
    EssentialsInPlace,
    SmokeFree,
    SafeWithAnimals,
    KeyStage4School,
    NotDistant,
    EarlyPermanenceCarers,
    NotReserved,
    CarerHasNotRefused,
    NightsAsked,
    ShortBreakLength,
    ShortBreakDays,
    ShortBreakSameCarers,
)
SET_RULES: tuple[type[SetRule], ...] = (
    UsablePlace,
    WithinApprovedNumber,
    UsualFosteringLimit,
    OwnBedroom,
    NoUnsafeSharing,
    OneFamily,
    SiblingPlanKept,
    NobodyKeptApart,
)

__all__ = [
    "PAIR_RULES",
    "SET_RULES",
    "AnyRule",
    "Capacity",
    "Rule",
    "SetRule",
    "SiblingPlanKept",
    "Sets",
    "Shared",
    "Source",
    "UsablePlace",
    "allowed_masks",
    "by_night",
    "counted_once",
    "judge_with_decisions",
    "judged_by_night",
]
