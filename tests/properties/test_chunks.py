"""Candidates made chunk by chunk are those of the whole grid: no set, no row, no lot is lost or other."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching import planning
from matching.candidates import chunks, find_candidates, find_in_chunks, problem_from, reach
from matching.domain import Caseload
from matching.errors import UnknownReference
from matching.pairs import Register
from matching.planning import propose_plan
from matching.solver import Problem
from matching.synthetic import authorities_of, sample_caseload
from tests.lib.builders import fostering
from tests.lib.random_caseloads import random_caseload

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
POLICY = fostering()
SEEDS = range(60 if "NIGHTLY" in os.environ else 15)
ARRAYS = ("block_group", "block_mask", "block_home", "goal_values", "lot")


Row = tuple[int, tuple[tuple[int, float], ...]]


def in_order(problem: Problem) -> tuple[dict[str, np.ndarray], list[Row]]:
    """Blocks by group, children and home, and the rows over them."""
    order = np.lexsort((problem.block_home, problem.block_mask, problem.block_group))
    place = np.argsort(order)
    placed = replace(problem, row_block=place[problem.row_block].astype(np.int32))
    return {name: getattr(problem, name)[..., order] for name in ARRAYS}, rows_of(placed)


def rows_of(problem: Problem) -> list[Row]:
    rows = problem.rows
    spans = (slice(rows.indptr[row], rows.indptr[row + 1]) for row in range(problem.row_limit.size))
    told = (tuple(zip(rows.indices[at].tolist(), rows.data[at].tolist(), strict=True)) for at in spans)
    return sorted(zip(problem.row_limit.tolist(), told, strict=True))


def assert_same(caseload: Caseload, workers: int = 1) -> int:
    whole = problem_from(find_candidates(Register(caseload), POLICY))
    found, made = find_in_chunks(Register(caseload), POLICY, workers)
    pieced = problem_from(found, made=made).written_out()
    assert (whole.children, whole.homes) == (pieced.children, pieced.homes)
    (arrays, rows), (others, other_rows) = in_order(whole), in_order(pieced)
    for name in ARRAYS:
        assert np.array_equal(arrays[name], others[name]), name
    if any(group.nights for group in caseload.groups) or caseload.bookings_in:
        assert conflicts(rows) == conflicts(other_rows)
    else:
        assert rows == other_rows
    return whole.blocks


def conflicts(rows: list[Row]) -> set[tuple[int, int]]:
    """Blocks of which no two go together; by nights, rows about clashes may be put another way."""
    return {
        (one, other)
        for limit, uses in rows
        for one, use in uses
        for other, more in uses
        if one < other and use + more > limit
    }


def test_chunks_find_what_the_whole_grid_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "GROUPS", 3)
    monkeypatch.setattr(chunks, "HOMES", 2)
    blocks = sum(assert_same(random_caseload(seed, children=8, homes=6, wild=0.05)) for seed in SEEDS)
    assert blocks > 100


def test_chunks_of_a_region_find_what_the_whole_grid_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several authorities, of which some do not adjoin; with two workers."""
    monkeypatch.setattr(reach, "GROUPS", 20)
    codes = ("E06000045", "E10000014", "E06000044", "E09000002")
    region = sample_caseload(REFERENCE, children=80, homes=90, seed=4, authorities=codes)
    assert {child.authority for child in region.seeking} == set(codes)
    assert assert_same(region, workers=2) > 200


def test_a_plan_made_in_chunks_is_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    caseload = sample_caseload(REFERENCE, children=60, homes=80, seed=2)
    seeking = caseload.seeking[0].ref
    whole = propose_plan(caseload, POLICY, pins={seeking: None})
    monkeypatch.setattr(planning, "MOST_PAIRS", 0)
    monkeypatch.setattr(reach, "GROUPS", 10)
    pieced = propose_plan(caseload, POLICY, pins={seeking: None})
    assert [(p.child, p.home, p.points) for p in pieced.placements] == [
        (p.child, p.home, p.points) for p in whole.placements
    ]
    assert {u.child for u in pieced.unplaced} == {u.child for u in whole.unplaced}
    assert (pieced.goals, pieced.status) == (whole.goals, whole.status)


def test_a_region_that_does_not_exist_is_refused_with_those_that_do() -> None:
    assert len(authorities_of(REFERENCE, "South East")) == 19
    assert len(authorities_of(REFERENCE, "England")) > 140
    with pytest.raises(UnknownReference, match="South East"):
        authorities_of(REFERENCE, "Wessex")


def test_a_region_is_shared_out_over_its_authorities() -> None:
    region = sample_caseload(REFERENCE, children=50, homes=40, seed=1, authorities=("E10000014", "E06000044"))
    waiting = [child.authority for child in region.seeking]
    assert len(waiting) == 50
    assert len(region.homes) == 40
    assert waiting.count("E10000014") > waiting.count("E06000044") > 0
