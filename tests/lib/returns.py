"""A small return as frames."""

from pathlib import Path

import pandas as pd

COLUMNS = {
    "CHILD": "child", "DECOM": "started", "RNE": "new_because", "LS": "legal_status", "CIN": "need", "PLACE": "placement",
    "PLACE_PROVIDER": "provider", "DEC": "ended", "REC": "ended_because", "REASON_PLACE_CHANGE": "change_because",
    "HOME_POST": "home_postcode", "PL_POST": "placement_postcode", "URN": "urn",
}  # fmt: skip


def frames(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Children and episodes of a folder of CSVs."""
    children = pd.read_csv(folder / "header.csv", dtype=str).rename(
        columns={"CHILD": "child", "DOB": "born", "SEX": "sex"}
    )
    episodes = pd.read_csv(folder / "episodes.csv", dtype=str).rename(columns=COLUMNS)
    children["born"] = pd.to_datetime(children.born, format="%d/%m/%Y")
    for column in ("started", "ended"):
        episodes[column] = pd.to_datetime(episodes[column], format="%d/%m/%Y")
    return children, episodes
