"""Who must be alone in a home, counted by kinds of children, is who has nobody beside whom they could live."""

import os

import numpy as np

from matching.candidates import find_candidates
from matching.candidates.beside import Clashes
from matching.pairs import Register
from matching.rules import by_night
from tests.lib.builders import fostering
from tests.lib.random_caseloads import random_caseload

POLICY = fostering()
SEEDS = range(200 if "NIGHTLY" in os.environ else 40)


def test_sets_that_must_be_alone_are_those_with_a_child_who_suits_nobody() -> None:
    alone = others = 0
    for seed in SEEDS:
        caseload = random_caseload(seed, children=16, homes=8, wild=0.05 if seed % 2 else 0.2)
        found = find_candidates(Register(caseload), POLICY)
        sets = by_night(found.sets).sets
        clashes = Clashes(sets, found.policy)
        for home in np.unique(sets.home).tolist():
            at = np.flatnonzero(sets.home == home)
            assert np.array_equal(clashes.present(home, at).alone, clashes.alone[at]), (seed, home)
        alone += int(clashes.alone.sum())
        others += int((~clashes.alone).sum())
    assert alone > 100
    assert others > 100
