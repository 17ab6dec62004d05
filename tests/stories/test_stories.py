"""Each story ends as practice would have it, in sentences that somebody has read."""

from collections.abc import Callable

import pytest

from matching.planning import propose_plan
from tests.stories.practice import STORIES
from tests.stories.story import Story
from tests.stories.telling import PAGE, told


@pytest.mark.parametrize("make", STORIES, ids=[make.__name__ for make in STORIES])
def test_the_plan_is_the_one_that_practice_expects(make: Callable[[], Story]) -> None:
    story = make()
    plan = propose_plan(story.caseload, story.policy)
    assert plan.home_of == story.placed
    assert plan.checked
    assert plan.checked.sound


@pytest.mark.parametrize("make", STORIES, ids=[make.__name__ for make in STORIES])
def test_what_is_said_is_what_was_reviewed(make: Callable[[], Story]) -> None:
    """Changed on purpose? Read the change, then `make docs`."""
    assert "\n".join(told(make())) in PAGE.read_text(encoding="utf-8")
