"""How long a city's and England's returns take to read, beside a plain read of the same files."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from matching.returns import read_history

YEARS = range(2020, 2025)
CITY, ENGLAND = 560, 83_000


def made(folder: Path, children: int, seed: int = 1) -> Path:
    """Five returns of so many children each, half of them in the next one too; codes and dates as a return has them."""
    draw = np.random.default_rng(seed)
    for number, year in enumerate(YEARS):
        refs = np.arange(children) + number * children // 2
        place = folder / str(year)
        place.mkdir(parents=True)
        born = pd.Timestamp(year, 3, 31) - pd.to_timedelta(draw.integers(30, 6400, children), unit="D")
        header = pd.DataFrame(
            {"CHILD": refs, "SEX": draw.integers(1, 3, children), "DOB": _day(born), "ETHNIC": "WBRI"}
        )
        header.assign(UPN="", MOTHER="", MC_DOB="").to_csv(place / "header.csv", index=False)
        _episodes(draw, refs, year).to_csv(place / "episodes.csv", index=False)
    return folder


def _episodes(draw: np.random.Generator, refs: np.ndarray, year: int) -> pd.DataFrame:
    first = pd.Timestamp(year - 1, 4, 1) + pd.to_timedelta(draw.integers(0, 150, refs.size), unit="D")
    moved = first + pd.to_timedelta(draw.integers(20, 200, refs.size), unit="D")
    about = {
        "LS": draw.choice(["C1", "C2", "V2"], refs.size),
        "CIN": "N1",
        "HOME_POST": "SO14 7LY",
        "PL_POST": "SO17 1BJ",
        "URN": "1234567",
    }
    one = pd.DataFrame(
        {
            "CHILD": refs,
            "DECOM": _day(first),
            "RNE": "S",
            "PLACE": "U6",
            "PLACE_PROVIDER": "PR1",
            "DEC": _day(moved),
            "REC": "X1",
            "REASON_PLACE_CHANGE": "CARPL",
            **about,
        }
    )
    two = pd.DataFrame(
        {
            "CHILD": refs,
            "DECOM": _day(moved),
            "RNE": "P",
            "PLACE": "K2",
            "PLACE_PROVIDER": "PR4",
            "DEC": "",
            "REC": "",
            "REASON_PLACE_CHANGE": "",
            **about,
        }
    )
    return pd.concat([one, two])


def _day(days: pd.DatetimeIndex | pd.Series) -> np.ndarray:
    return np.asarray(pd.DatetimeIndex(days).strftime("%d/%m/%Y"))


def measured(children: int) -> dict[str, float]:
    """Seconds of a plain read and of the history, peak memory in MB, episodes; in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.returns", str(children)], capture_output=True, text=True, check=True
    )
    plain, read, memory, episodes = map(float, done.stdout.split())
    return {"plain": plain, "history": read, "memory": memory, "episodes": episodes}


def section() -> str:
    """Lines of the page."""
    lines = [
        "## Returns",
        "",
        "Five years of returns (SSDA903) as one history: read, checked, merged. A plain read of the same CSV files is the floor.",
        "",
    ]
    lines += ["| returns | episodes | plain read | history | memory |", "| --- | --- | --- | --- | --- |"]
    for name, children in (("a city, five years", CITY), ("England, five years", ENGLAND)):
        got = measured(children)
        lines.append(
            f"| {name}, {children:,} children a year | {got['episodes']:,.0f} | {got['plain']:.1f} s | {got['history']:.1f} s | {got['memory']:,.0f} MB |"
        )
    return "\n".join(lines)


def main(children: int) -> None:
    """Make, read plainly, read as a history, print."""
    with tempfile.TemporaryDirectory() as room:
        folder = made(Path(room) / "returns", children)
        started = time.perf_counter()
        for path in sorted(folder.rglob("*.csv")):
            pd.read_csv(path, dtype=str)
        plain = time.perf_counter() - started
        started = time.perf_counter()
        history = read_history([folder])
        read = time.perf_counter() - started
    sys.stdout.write(
        f"{plain} {read} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024} {len(history.episodes)}\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
