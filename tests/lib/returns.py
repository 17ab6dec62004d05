"""A small return as frames."""

import random
from datetime import date, timedelta
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


POSTCODES = ["SO14 7LY", "SO17 1BJ", "SO23 8UJ", "PO1 2AL", "RG21 4AH", "BH2 6DY", "PO30 1UD", "SO16 6YD"]


def random_return(folder: Path, seed: int, children: int) -> Path:
    """A return of invented children with shares near the published ones; postcodes are of public offices."""
    chance = random.Random(seed)
    last = date(2024, 3, 31)
    header, rows, alone = [], [], []
    for number in range(children):
        ref = f"R{number:05}"
        age = chance.choices([0, 2, 7, 12, 16], [5, 14, 18, 39, 24])[0]
        born = last - timedelta(days=age * 365 + chance.randrange(30, 360))
        start = max(born, last - timedelta(days=chance.choice([60, 200, 400, 900, 1500, 2200])))
        header.append((ref, chance.choice("12"), f"{born:%d/%m/%Y}", "WBRI", "UN5", "", ""))
        need = chance.choices([f"N{n}" for n in range(1, 9)], [60, 3, 3, 8, 12, 2, 1, 11])[0]
        moves, because = chance.choices([0, 1, 2, 3], [55, 25, 12, 8])[0], "S"
        for left in range(moves, -1, -1):
            end = start + timedelta(days=chance.randrange(20, 300))
            ending = left and end < last
            place = chance.choices(["U6", "U4", "U1", "A6", "P1", "K2", "H5", "R1"], [40, 20, 12, 3, 7, 9, 8, 1])[0]
            provider = {"P1": "PR0", "A6": "PR1"}.get(place, chance.choices(["PR1", "PR4", "PR5"], [46, 40, 7])[0])
            gone = chance.random() < 0.12 and not ending
            rows.append(
                (ref, f"{start:%d/%m/%Y}", because, chance.choice(["C1", "C2", "V2"]), need, place, provider,
                 f"{end:%d/%m/%Y}" if ending else (f"{last:%d/%m/%Y}" if gone else ""), "X1" if ending else ("E4A" if gone else ""),
                 chance.choice(["CARPL", "CREQB", "CREQO", "PLACE", "OTHER", "CHILD"]) if ending else "",
                 "" if chance.random() < 0.05 else chance.choice(POSTCODES[:2]), chance.choice(POSTCODES), f"SC{chance.randrange(40):06}")
            )  # fmt: skip
            if not ending:
                break
            start, because = end, chance.choice("PPPBT")
        if need == "N8" and age == 16:
            alone.append((ref, "1", f"{born:%d/%m/%Y}", ""))
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", header)
    write(folder / "episodes.csv", ",".join(COLUMNS), rows)
    write(folder / "uasc.csv", "CHILD,SEX,DOB,DUC", alone)
    return folder


def write(path: Path, header: str, rows: list[tuple[str, ...]]) -> None:
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
