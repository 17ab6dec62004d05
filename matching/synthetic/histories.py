"""Invented histories of care with a known truth, as an authority's yearly returns: for calibration, tests and trying things out.

Nobody in them is real. The truth is smooth in age and in time in care, so that no estimator with bands has it for free.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.returns.as_known import known_on
from matching.returns.history import History
from matching.returns.modules import BY_NAME, EPISODES

Floats = npt.NDArray[np.float64]
YEAR = 365.25
BANDS = ((0.0, 1.0), (1.0, 5.0), (5.0, 10.0), (10.0, 16.0), (16.0, 17.8))
OLD = 18.0
BEFORE = 20  # years of care before the first return, until numbers are steady
SIZES = (1, 2, 3, 4)
SHARES_OF_SIZES = (0.74, 0.15, 0.07, 0.04)
SECTORS = ("SO14 7", "SO17 1", "SO23 8", "PO1 2", "RG21 4", "BH2 6", "PO30 1", "SO16 6")
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
# kind of placement: code and provider of the return
KINDS = {
    "kin": ("U1", "PR1"), "in-house": ("U6", "PR1"), "agency": ("U6", "PR4"), "residential": ("K2", "PR4"),
    "supported": ("H5", "PR4"), "with parents": ("P1", "PR0"), "adoption": ("A6", "PR1"),
}  # fmt: skip
FIRST = {
    False: {"kin": 0.2, "in-house": 0.42, "agency": 0.26, "residential": 0.05, "with parents": 0.07},
    True: {"in-house": 0.15, "agency": 0.2, "residential": 0.15, "supported": 0.5},
}
HOME, GUARDIAN, ADOPTED, OTHER = "E4A", "E41", "E11", "E8"
AT_18 = {"in-house": "E17", "agency": "E17", "kin": "E17"}


@dataclass(frozen=True)
class CareTruth:
    """What is true of an invented authority.

    `starts` children a year, by `ages` (shares of those not unaccompanied, by band), `unaccompanied` a share of them.
    From the year `changes_in` (of its 31 March) on: `growth` times a year, and once `teenagers` and `under_fives` times.
    `leaving` times the usual rates; `season` the swing within a year; `uneven` the SD of a year's level in the log.
    """

    starts: float = 200.0
    ages: tuple[float, ...] = (0.20, 0.18, 0.19, 0.32, 0.11)
    unaccompanied: float = 0.08
    changes_in: int = 9999
    growth: float = 1.0
    teenagers: float = 1.0
    under_fives: float = 1.0
    leaving: float = 1.0
    season: float = 0.15
    uneven: float = 0.05

    def starts_by_band(self, year: int) -> Floats:
        """Children expected to start in a year (of its 31 March), by band, unaccompanied ones left out."""
        factor = np.ones(len(BANDS))
        if year >= self.changes_in:
            factor *= self.growth ** (year - self.changes_in + 1)
            factor[:2] *= self.under_fives
            factor[3:] *= self.teenagers
        return np.asarray(self.starts * (1 - self.unaccompanied) * np.array(self.ages) * factor)

    def rate(self, age: Floats, in_care: Floats) -> Floats:
        """Chance a year to leave before 18, by age and years in care."""
        by_age = np.interp(age, [0, 2, 5, 10, 14, 17, 18], [0.75, 0.8, 0.42, 0.27, 0.27, 0.45, 0.45])
        return np.asarray(self.leaving * by_age * (0.45 + 1.5 * np.exp(-in_care / 0.6)))


def invented_returns(truth: CareTruth, first: int, last: int, seed: int) -> dict[str, pd.DataFrame]:
    """Modules `header`, `episodes`, `uasc`, `ad1`, `placed_for_adoption` with real dates, all years from `first` to `last`."""
    random = np.random.default_rng(seed)
    children = _arrivals(truth, first, last, random)
    children["ended"] = children.started + _stays(truth, children, random)
    children["because"] = _because(children, random)
    day = np.datetime64(f"{first - 1}-04-01")
    known = children[children.ended > 0]  # whoever left before the first return is in none
    rows = [row for child in known.itertuples() for row in _episodes(child, random)]
    episodes = pd.DataFrame(
        rows, columns=["CHILD", "from", "RNE", "LS", "CIN", "kind", "until", "REC", "HOME_POST", "PL_POST"]
    )
    episodes["PLACE"] = [KINDS[kind][0] for kind in episodes.kind]
    episodes["PLACE_PROVIDER"] = [KINDS[kind][1] for kind in episodes.kind]
    episodes["DECOM"], episodes["DEC"] = (_days(day, episodes[name]) for name in ("from", "until"))
    header = pd.DataFrame({"CHILD": known.child, "SEX": 1 + (random.random(len(known)) < 0.45)})
    header["DOB"] = _days(day, known.started - known.age * YEAR)
    adopted = episodes[episodes.kind == "adoption"]
    decided = pd.DataFrame({"CHILD": adopted.CHILD, "DATE_PLACED": _days(day, adopted["from"] - 300)})
    decided["DATE_PLACED"] = np.maximum(decided.DATE_PLACED, header.set_index("CHILD").DOB[adopted.CHILD].to_numpy())
    matched = adopted[adopted.REC == ADOPTED]
    return {
        "header": header,
        "episodes": episodes.drop(columns=["from", "until", "kind"]),
        "uasc": header[known.alone.to_numpy()][["CHILD", "DOB"]],
        "ad1": pd.DataFrame({"CHILD": matched.CHILD, "DATE_MATCH": _days(day, matched["from"] - 20)}),
        "placed_for_adoption": decided,
    }


def write_returns(modules: dict[str, pd.DataFrame], folder: Path, years: range) -> list[Path]:
    """One folder for each year's return, as it was sent then: what came after its 31 March is not in it."""
    return [_write(modules, folder / f"{year}", year) for year in years]


def _write(modules: dict[str, pd.DataFrame], folder: Path, year: int) -> Path:
    first, last = pd.Timestamp(year - 1, 4, 1), pd.Timestamp(year, 3, 31)
    episodes = modules["episodes"]
    here = episodes[(last >= episodes.DECOM) & (episodes.DEC.isna() | (first <= episodes.DEC))].copy()
    open_ = here.DEC.isna() | (last < here.DEC)
    here.loc[open_, "DEC"] = pd.NaT
    here.loc[open_, "REC"] = ""
    here["REASON_PLACE_CHANGE"] = np.where(here.REC == "X1", "CARPL", "")
    here["URN"] = ""
    header = modules["header"].assign(ETHNIC="WBRI", UPN="UN5", MOTHER="", MC_DOB="")
    alone = modules["uasc"].assign(SEX=1, DUC="")
    matched = modules["ad1"][last >= modules["ad1"].DATE_MATCH]
    decided = modules["placed_for_adoption"]
    decided = decided[last >= decided.DATE_PLACED].assign(DATE_PLACED_CEASED="", REASON_PLACED_CEASED="")
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"header": header, "episodes": here, "uasc": alone, "ad1": matched, "placed_for_adoption": decided}
    for name, table in tables.items():
        kept = table if name == "episodes" else table[table.CHILD.isin(here.CHILD)]
        kept.to_csv(folder / f"{name}.csv", index=False, date_format="%d/%m/%Y", lineterminator="\n")
    return folder


def _days(first: np.datetime64, days: "pd.Series[float]") -> "pd.Series[pd.Timestamp]":
    return pd.Series(first, index=days.index).astype("datetime64[ns]") + pd.to_timedelta(np.floor(days), unit="D")


def _arrivals(truth: CareTruth, first: int, last: int, random: np.random.Generator) -> pd.DataFrame:
    parts = [_year(truth, year, (year - first) * YEAR, random) for year in range(first - BEFORE, last + 1)]
    children = pd.concat(parts, ignore_index=True)
    children.insert(0, "child", [f"C{number:06}" for number in random.permutation(len(children))])
    return children


def _year(truth: CareTruth, year: int, begins: float, random: np.random.Generator) -> pd.DataFrame:
    """Children who start in one year, brothers and sisters on one day from one home."""
    bands = truth.starts_by_band(year)
    level = np.exp(truth.uneven * random.standard_normal() - truth.uneven**2 / 2)
    mean_size = np.dot(SIZES, SHARES_OF_SIZES)
    groups = int(random.poisson(bands.sum() * level / mean_size))
    alone = int(random.poisson(truth.starts * truth.unaccompanied * level))
    size = np.concatenate([random.choice(SIZES, groups, p=SHARES_OF_SIZES), np.ones(alone, dtype=int)])
    day = _day_in_year(truth.season, len(size), random)
    home = [_postcode(random) for _ in size]
    group = np.repeat(np.arange(len(size)), size)
    band = random.choice(len(BANDS), len(size), p=bands / bands.sum())
    low, high = np.array(BANDS)[band].T
    eldest = low + (high - low) * random.random(len(size))
    eldest[groups:] = 15.5 + 2.2 * random.random(alone)
    apart = np.where(np.arange(len(group)) > np.searchsorted(group, group), 3 * random.standard_normal(len(group)), 0.0)
    age = np.abs(eldest[group] + apart)
    return pd.DataFrame(
        {
            "started": begins + day[group],
            "age": np.where(age > 17.8, 17.8 - (age - 17.8) % 4, age),
            "alone": group >= groups,
            "home": np.array(home, dtype=object)[group] if len(size) else [],
        }
    )


def _day_in_year(season: float, number: int, random: np.random.Generator) -> Floats:
    """Days from 1 April, more of them in early summer and autumn, by rejection."""
    tried = random.random(number * 3 + 20) * YEAR
    kept = tried[random.random(len(tried)) < (1 + season * np.cos(4 * np.pi * (tried / YEAR - 0.2))) / (1 + season)]
    return np.resize(kept, number)


def _postcode(random: np.random.Generator) -> str:
    return SECTORS[random.integers(len(SECTORS))] + LETTERS[random.integers(20)] + LETTERS[random.integers(20)]


def _stays(truth: CareTruth, children: pd.DataFrame, random: np.random.Generator) -> Floats:
    """Days in care, by weekly steps; at 18 everybody leaves."""
    week = 7 / YEAR
    wall = OLD - children.age.to_numpy()
    need = -np.log1p(-random.random(len(children)))
    used, stay = np.zeros(len(children)), wall.copy()
    for step in range(int(OLD / week) + 1):
        open_ = (stay == wall) & (step * week < wall)
        if not open_.any():
            break
        age = children.age.to_numpy()[open_] + step * week
        used[open_] += truth.rate(age, np.full(len(age), (step + 0.5) * week)) * week
        done = open_.copy()
        done[open_] = used[open_] >= need[open_]
        stay[done] = np.minimum((step + random.random(int(done.sum()))) * week, wall[done])
    return np.asarray(stay * YEAR + (stay == wall))


def _because(children: pd.DataFrame, random: np.random.Generator) -> list[str]:
    """Why each left: young children who stayed long are adopted, those older go home or to a guardian."""
    age = children.age.to_numpy() + (children.ended - children.started).to_numpy() / YEAR
    long = (children.ended - children.started).to_numpy() > 1.2 * YEAR
    chance = random.random(len(children))
    young = np.where(long & (age < 6), ADOPTED, np.where(chance < 0.6, HOME, GUARDIAN))
    old = np.where(chance < 0.65, HOME, np.where(chance < 0.8, GUARDIAN, OTHER))
    return [str(one) for one in np.where(age >= OLD - 0.001, "18", np.where(age < 6, young, old))]


def _episodes(child: object, random: np.random.Generator) -> Iterator[tuple[object, ...]]:
    """The rows of one child: first placement, moves, and the adoptive home of those adopted."""
    name, started, age, alone, home, ended, because = (
        getattr(child, part) for part in ("child", "started", "age", "alone", "home", "ended", "because")
    )
    kind, at, new = _drawn(FIRST[age >= 16], random), started, "S"
    placed = started + 0.66 * (ended - started) if because == ADOPTED else np.inf
    near = home if random.random() < 0.1 else _postcode(random)
    while True:
        stay = (YEAR * 1.1) * random.weibull(0.65) + 1
        until = min(at + stay, ended, placed if at < placed else np.inf)
        last = until >= ended
        rec = {"18": AT_18.get(kind, "E5")}.get(because, because) if last else "X1"
        status = "V2" if alone else ("E1" if kind == "adoption" else "C2")
        yield name, at, new, status, "N8" if alone else "N1", kind, until, rec, home, near
        if last:
            return
        now = age + (until - started) / YEAR
        kind = "adoption" if until == placed or kind == "adoption" else _moved(kind, now, random)
        at, new, near = until, "P", _postcode(random)


def _moved(kind: str, age: float, random: np.random.Generator) -> str:
    """Where a child lives next."""
    if age >= 16 and random.random() < 0.6:
        return "supported"
    if age >= 11 and random.random() < 0.25:
        return "residential"
    return _drawn({"kin": 0.1, "in-house": 0.5, "agency": 0.33, "with parents": 0.07}, random)


def _drawn(shares: dict[str, float], random: np.random.Generator) -> str:
    return list(shares)[int(np.searchsorted(np.cumsum(list(shares.values())), random.random() * 0.999999))]


def history_of(modules: dict[str, pd.DataFrame], first: int, last: int) -> History:
    """The history that reading the returns of some years gives, without the way over files."""
    begins, ends = pd.Timestamp(first - 1, 4, 1), pd.Timestamp(last, 3, 31)
    rows = modules["episodes"]
    seen = rows[(ends >= rows.DECOM) & (rows.DEC.isna() | (begins <= rows.DEC))]
    newest = seen.DEC.fillna(ends).where(lambda days: days <= ends, ends)
    years = (newest.dt.year + (newest > pd.to_datetime(dict(year=newest.dt.year, month=3, day=31)))).astype(int)
    extra = {"change_because": None, "urn": None, "authority": ""}
    episodes = seen.rename(columns=EPISODES.columns).assign(year=years, **extra)
    kept = {
        name: modules[file].rename(columns=BY_NAME[name].columns).assign(year=last, authority="")
        for name, file in (("children", "header"), ("adopted", "ad1"), ("to_be_adopted", "placed_for_adoption"))
    }
    nothing = np.datetime64("NaT", "ns")
    kept["unaccompanied"] = modules["uasc"].rename(columns={"CHILD": "child"}).assign(until=nothing, year=last)
    kept["to_be_adopted"] = kept["to_be_adopted"].assign(ceased=nothing, ceased_because=None)
    return known_on(History({"episodes": episodes, **kept}, ()), ends)
