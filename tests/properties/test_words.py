"""Sentences are short and plain: at most 20 words each, and a reading grade of at most 7 over all that can be said."""

import re
from collections.abc import Iterator

from matching.domain import Caseload
from matching.plan import Plan, Reason
from matching.planning import propose_plan
from matching.policy import Policy
from tests.lib.builders import fostering
from tests.lib.random_caseloads import random_caseload
from tests.stories.practice import STORIES

MOST_WORDS, HIGHEST_GRADE = 20, 7.0


def reasons_in(plan: Plan) -> Iterator[Reason]:
    """Everything that a plan says of children and homes."""
    for placed in plan.placements:
        yield from (*placed.reasons, *placed.worries, *placed.not_known, *placed.before)
    for unplaced in plan.unplaced:
        yield from unplaced.reasons
        for miss in unplaced.near_misses:
            yield from miss.needs


def said() -> list[str]:
    """One example of each template that is used, sentence by sentence."""
    stories = [make() for make in STORIES]
    asked: list[tuple[Caseload, Policy]] = [(story.caseload, story.policy) for story in stories]
    asked += [(random_caseload(seed, children=5, homes=4, wild=0.2), fostering()) for seed in range(40)]
    examples: dict[str, str] = {}
    for caseload, policy in asked:
        for reason in reasons_in(propose_plan(caseload, policy)):
            examples.setdefault(reason.sentence.template, str(reason.sentence))
    return [one for text in examples.values() for one in re.split(r"(?<=[.?!]) +", text)]


def syllables(word: str) -> int:
    """Groups of vowels, less a silent e; at least one."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", letters))
    silent = letters.endswith("e") and not letters.endswith("le")
    return max(1, groups - silent)


def grade(sentences: list[str]) -> float:
    """Flesch-Kincaid grade: school years that a reader needs."""
    words = [word for sentence in sentences for word in sentence.split()]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_the_measure_tells_plain_from_heavy() -> None:
    assert grade(["The cat sat on the mat."]) < 1
    assert (
        grade(["Notwithstanding considerations regarding proportionality, accommodation arrangements continue."]) > 15
    )


def test_sentences_are_short_and_plain() -> None:
    sentences = said()
    assert len(sentences) > 70, "too little was said to show anything"
    too_long = [one for one in sentences if len(one.split()) > MOST_WORDS]
    assert not too_long, too_long
    assert grade(sentences) <= HIGHEST_GRADE
