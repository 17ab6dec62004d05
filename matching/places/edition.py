"""One edition of the postcode directory: every unit postcode of England in a file of seven megabytes.

Columns are stored as differences between neighbouring rows, byte by byte, because neighbours in the alphabet are
neighbours on the ground; numpy reads the file without any further library.
"""

import zipfile
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.errors import MatchingError
from matching.places.spelling import Keys, key_of

NONE = 0  # row of `authorities` and of `wards` that stands for not known
Whole = npt.NDArray[np.int32]


class State(IntEnum):
    """What an edition says of a unit postcode."""

    LIVE = 0
    TERMINATED = 1
    NOT_ON_THE_LIVE_LIST = 2  # terminated, or newer than the list of live postcodes; the source does not say which


@dataclass(frozen=True, slots=True)
class Unit:
    """One row: grid reference in metres (EPSG:27700), upper-tier authority, ward, state; `None` is not known."""

    easting: int | None
    northing: int | None
    authority: str | None
    ward: str | None
    state: State


@dataclass(frozen=True)
class Edition:
    """Unit postcodes in order of their key; all columns have one row each.

    `name` is what every answer shows; `authorities` and `wards` are codes, their first entry empty.
    A grid reference of 0, 0 is not known.
    """

    name: str
    keys: Keys
    easting: Whole
    northing: Whole
    authority: npt.NDArray[np.uint8]
    ward: npt.NDArray[np.uint16]
    state: npt.NDArray[np.uint8]
    authorities: tuple[str, ...]
    wards: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.keys)

    def row(self, unit: str) -> int | None:
        """Row of a unit postcode as `spelling` writes it."""
        key = np.uint64(key_of(unit))
        at = int(np.searchsorted(self.keys, key))
        return at if at < len(self.keys) and self.keys[at] == key else None

    def find(self, unit: str) -> Unit | None:
        """What this edition says of a unit postcode; `None` when it is not in it."""
        at = self.row(unit)
        if at is None:
            return None
        known = bool(self.easting[at] or self.northing[at])
        return Unit(
            easting=int(self.easting[at]) if known else None,
            northing=int(self.northing[at]) if known else None,
            authority=self.authorities[self.authority[at]] or None,
            ward=self.wards[self.ward[at]] or None,
            state=State(int(self.state[at])),
        )

    def write(self, path: Path) -> None:
        """Write the file; the same edition gives the same bytes."""
        parts = {
            "name": np.array(self.name),
            "keys": _planes(np.diff(self.keys, prepend=np.uint64(0))),
            "easting": _planes(_folded(self.easting)),
            "northing": _planes(_folded(self.northing)),
            "authority": self.authority,
            "ward": _planes(self.ward),
            "state": self.state,
            "authorities": np.array(self.authorities),
            "wards": np.array(self.wards),
        }
        part = path.with_name(f".{path.stem}-writing.npz")
        np.savez_compressed(part, allow_pickle=False, **parts)
        part.replace(path)

    @classmethod
    def read(cls, path: Path) -> "Edition":
        """Read a file; raises `MatchingError` when it is missing or not one of ours."""
        try:
            with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                return cls(
                    name=str(file["name"]),
                    keys=np.cumsum(_joined(file["keys"], np.uint64), dtype=np.uint64),
                    easting=_unfolded(file["easting"]),
                    northing=_unfolded(file["northing"]),
                    authority=file["authority"],
                    ward=_joined(file["ward"], np.uint16),
                    state=file["state"],
                    authorities=tuple(file["authorities"].tolist()),
                    wards=tuple(file["wards"].tolist()),
                )
        except FileNotFoundError:
            raise MatchingError(f"There are no postcodes in {path}. Run `placements places update`.") from None
        except (ValueError, KeyError, zipfile.BadZipFile, EOFError):
            raise MatchingError(f"{path} is not a postcode edition. Run `placements places update`.") from None


def _folded(values: Whole) -> npt.NDArray[np.uint32]:
    """Differences with their sign in the last bit, so that small steps either way are small numbers."""
    steps = np.empty(len(values), dtype=np.int64)
    steps[:1], steps[1:] = values[:1], np.subtract(values[1:], values[:-1], dtype=np.int64)
    folded: npt.NDArray[np.uint32] = ((steps << 1) ^ (steps >> 63)).astype(np.uint32)
    return folded


def _unfolded(planes: npt.NDArray[np.uint8]) -> Whole:
    folded = _joined(planes, np.uint32)
    steps = (folded >> np.uint32(1)).astype(np.int32) ^ -(folded & np.uint32(1)).astype(np.int32)
    return np.cumsum(steps, dtype=np.int32)


def _planes(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Bytes of the same weight side by side: (bytes of a value, values)."""
    little = values.astype(values.dtype.newbyteorder("<"))
    return np.ascontiguousarray(little.view(np.uint8).reshape(len(values), values.itemsize).T)


def _joined(planes: npt.NDArray[np.uint8], kind: type[Any]) -> npt.NDArray[Any]:
    width = np.dtype(kind).newbyteorder("<")
    return np.ascontiguousarray(planes.T).view(width).reshape(-1).astype(kind)
