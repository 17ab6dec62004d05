"""Rules and criteria applied: which sets of children could go to which home, and what each would be worth."""

from matching.candidates.blocks import Candidates, assuming, find_candidates
from matching.candidates.changed import changed, opened
from matching.candidates.chunks import Made, find_in_chunks
from matching.candidates.goals import GOAL_TITLES
from matching.candidates.problem import problem_from
from matching.candidates.reach import chunks_of, homes_in_reach
from matching.candidates.remembered import candidates_of
from matching.candidates.standing import Standing, standing_of
from matching.candidates.verdicts import Judged, judge_pairs

__all__ = [
    "GOAL_TITLES",
    "Candidates",
    "Judged",
    "Made",
    "Standing",
    "assuming",
    "candidates_of",
    "changed",
    "chunks_of",
    "find_candidates",
    "find_in_chunks",
    "homes_in_reach",
    "judge_pairs",
    "opened",
    "problem_from",
    "standing_of",
]
