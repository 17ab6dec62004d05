"""Caseloads as they come up in a week, told in a paragraph each, in the order of the page; children and homes are invented."""

from collections.abc import Callable

from tests.stories import families, kinds_of_care, moves, one_home, tonight
from tests.stories.story import Story

STORIES: tuple[Callable[[], Story], ...] = (
    tonight.friday_evening,
    one_home.four_unrelated,
    kinds_of_care.early_permanence,
    moves.stepping_down,
    one_home.two_refusals,
    one_home.on_hold,
    families.two_apart,
    one_home.smoke_and_asthma,
    tonight.arrival_at_night,
    families.group_of_three,
    families.decision_taken,
    kinds_of_care.weekends_away,
    kinds_of_care.a_mother_and_her_baby,
    kinds_of_care.lodgings_at_seventeen,
    moves.long_term_and_nearer_home,
)
