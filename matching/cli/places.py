"""Where the command finds its reference data and policy."""

import os
from functools import lru_cache
from pathlib import Path

from matching.domain import Caseload
from matching.errors import MatchingError
from matching.geo import Gazetteer, read_adjoining, read_crossings
from matching.io.caseload_csv import read_caseload
from matching.policy import Policy, read_policy


def data_folder() -> Path:
    """The folder with `reference/` and `policies/`: PLACEMENTS_DATA, else `data/` beside the packages."""
    folder = Path(os.environ.get("PLACEMENTS_DATA", Path(__file__).resolve().parents[2] / "data"))
    if not (folder / "reference").is_dir():
        raise MatchingError(
            f"There is no reference data in {folder}. Set PLACEMENTS_DATA to the folder that holds reference/."
        )
    return folder


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Postcode areas, read once."""
    return Gazetteer.read(data_folder() / "reference")


def read_folder(folder: Path) -> Caseload:
    """Read a caseload folder with our postcodes, water crossings and map of authorities."""
    reference = data_folder() / "reference"
    return read_caseload(folder, gazetteer().find, read_crossings(reference), read_adjoining(reference))


def policy_of(chosen: Path | None, caseload_folder: Path) -> Policy:
    """The policy asked for, else the caseload's own, else the fostering policy."""
    own = caseload_folder / "policy.toml"
    if chosen is None and own.is_file():
        chosen = own
    return read_policy(chosen or data_folder() / "policies" / "fostering.toml")
