"""Build data/reference from public open data.

    python tools/build_reference.py RAW_FOLDER

RAW_FOLDER holds the downloads named in data/SOURCES.md, arranged as geo/, public-stats/ and parameters.csv.
Needs pandas, pyarrow, shapely and pyproj; the product itself needs none of them.
"""

import gzip
import hashlib
import json
import sys
from itertools import combinations
from pathlib import Path

import pandas as pd
import pyproj
import shapely
from shapely.geometry import shape

DATA = Path(__file__).resolve().parent.parent / "data"
REFERENCE = DATA / "reference"
CIVIC_CENTRE = (441792, 112191)
METRES_IN_A_MILE = 1609.344
FEWEST_POSTCODES = 20  # of few, the mean could give away one real address
EDGE_GAP_M = 50  # generalised edges of true neighbours part by up to this much

# Regions of authorities which the public statistics extract leaves out.
REGIONS = {
    "East Midlands": "E06000015 E10000024",
    "East of England": "E10000012 E10000029",
    "London": "E09000002 E09000009 E09000012 E09000013 E09000015 E09000018 E09000021 E09000024",
    "North East": "E06000047",
    "North West": "E06000006 E06000007 E06000008 E06000049 E08000009 E08000010",
    "South East": "E06000037 E06000039 E06000043 E06000044 E10000016",
    "South West": "E06000023 E06000026 E06000052",
    "West Midlands": "E06000019",
    "Yorkshire and The Humber": "E08000019 E08000035",
}
LATER_CODES = {"E08000016": "E08000038", "E08000019": "E08000039"}  # Barnsley, Sheffield

PARAMETERS = (
    "cla_rate_per_10k_england", "starts_to_stock_ratio",
    "entry_share_age_", "entry_share_need_", "entry_share_legal_", "entry_share_uasc",
    "first_placement_share_", "stock_share_", "uasc_", "fostered_children_disabled_share",
    "foster_provider_share_", "distance_share_", "distance_lognormal_",
    "placement_duration_", "care_period_share_", "cease_share_reason_", "adoption_months_", "carer_hazard_", "application_",
    "household_leave_", "placement_ended_within_7_days", "sibling_", "share_of_children_in_care_with_sibling",
    "foster_places_", "places_per_household", "children_per_household", "household_approved_for_",
    "household_main_offer_", "kin_share_", "foster_households_", "teen_capable_household_share",
    "short_notice_household_share", "cost_foster_", "cost_residential_weekly_", "cost_childrens_home_",
    "minimum_allowance_weekly_south_east_", "adopted_entry_age_share_", "adoption_entry_mean_age",
    "adoption_waiting_", "adopters_two_people_share",
    "exit_hazard_age_", "mothers_aged_", "staying_put_", "cost_adoption_", "entry_share_male",
)  # fmt: skip


def collection(path: Path) -> list[dict]:
    return json.loads(gzip.decompress(path.read_bytes()))["features"]


def upper_tier(geo: Path) -> pd.DataFrame:
    """Upper-tier authority of every district, indexed by district code."""
    features = collection(geo / "boundary_lad24_england.geojson.gz")
    return pd.DataFrame([feature["properties"] for feature in features]).set_index("lad_code")


def sector_of(postcodes: pd.Series) -> pd.Series:
    return postcodes.str[:-2]


def sectors(geo: Path) -> pd.DataFrame:
    """One row per sector of England; the authority is the one that holds most of its postcodes."""
    table = pd.read_csv(geo / "postcode_sectors_england_2025-05.csv.gz").set_index("sector")
    table = table.join(authority_shares(geo))
    table = table.rename(columns={"p90_radius_m": "radius_m", "units": "postcodes"})
    columns = ["easting", "northing", "radius_m", "postcodes", "authority", "authority_share"]
    return table[columns].sort_index().reset_index()


def authority_shares(geo: Path) -> pd.DataFrame:
    """Largest authority of every sector and its share of the postcodes, rounded down."""
    units = pd.read_parquet(geo / "postcode_units_england_2025-05.parquet")
    units = units[units.quality < 60].dropna(subset="lad_code")
    sector = sector_of(units.postcode).rename("sector")
    authority = units.lad_code.astype(str).map(upper_tier(geo).utla_code).rename("authority")
    counts = pd.crosstab(sector, authority)
    share = counts.max(axis=1) / counts.sum(axis=1)
    return pd.DataFrame({"authority": counts.idxmax(axis=1), "authority_share": (share * 10000 + 1e-6) // 1 / 10000})


def southampton_area(geo: Path) -> pd.DataFrame:
    """Sectors within 40 km of the Civic Centre, cut by district, to sample invented homes from."""
    units = pd.read_csv(geo / "postcode_units_southampton_40km_2025-05.csv.gz")
    units = units.assign(sector=sector_of(units.postcode), children=children_by_postcode(geo, units))
    area = ["sector", "lad_code", "lad_name", "utla_code", "utla_name"]
    table = units.groupby(area).agg(
        easting=("easting", "mean"),
        northing=("northing", "mean"),
        postcodes=("postcode", "size"),
        children_0_17=("children", lambda known: known.sum(min_count=1)),
        imd_decile=("imd2025_decile", "mean"),
    )
    return area_columns(table[table.postcodes >= FEWEST_POSTCODES].reset_index())


def children_by_postcode(geo: Path, units: pd.DataFrame) -> pd.Series:
    """Children aged 0 to 17 of the postcode's LSOA, shared equally between its postcodes."""
    people = pd.read_csv(geo / "lsoa11_south_population2020_age0-17_imd2019.csv.gz").set_index("lsoa11_code")
    children = people[[f"age_{age}" for age in range(18)]].sum(axis=1)
    return units.lsoa11_code.map(children / units.lsoa11_code.value_counts())


def area_columns(table: pd.DataFrame) -> pd.DataFrame:
    east, north = CIVIC_CENTRE
    metres = ((table.easting - east) ** 2 + (table.northing - north) ** 2) ** 0.5
    table = table.assign(miles_from_civic_centre=(metres / METRES_IN_A_MILE).round(1))
    table = table.round({"easting": 0, "northing": 0, "children_0_17": 1, "imd_decile": 1})
    table = table.astype({"easting": int, "northing": int})
    names = {
        "lad_code": "district",
        "lad_name": "district_name",
        "utla_code": "authority",
        "utla_name": "authority_name",
    }
    order = ["sector", "easting", "northing", *names.values(), "postcodes", "children_0_17", "imd_decile"]
    return table.rename(columns=names)[[*order, "miles_from_civic_centre"]]


def authorities(raw: Path) -> pd.DataFrame:
    """Upper-tier authorities of 2023, their region, and a later code where one has replaced it."""
    features = collection(raw / "geo/boundary_utla23_england.geojson.gz")
    table = pd.DataFrame([feature["properties"] for feature in features])
    table = table.rename(columns={"utla_code": "code", "utla_name": "name"})[["code", "name"]].sort_values("code")
    published = pd.read_csv(raw / "public-stats/authorities.csv").set_index("new_la_code").region_name
    published = published.str.replace("and the", "and The").replace(["Inner London", "Outer London"], "London")
    filled = {code: region for region, codes in REGIONS.items() for code in codes.split()}
    region = table.code.map(published).fillna(table.code.map(filled))
    return table.assign(region=region, later_code=table.code.map(LATER_CODES))


def authority_neighbours(geo: Path) -> pd.DataFrame:
    """Both directions of every pair of authorities whose land touches; tidal water keeps a pair apart."""
    shapes = dict(grid_shapes(geo))
    pairs = [pair for pair in combinations(shapes, 2) if shapes[pair[0]].distance(shapes[pair[1]]) <= EDGE_GAP_M]
    both = sorted(pairs + [(second, first) for first, second in pairs])
    return pd.DataFrame(both, columns=["code", "neighbour"])


def grid_shapes(geo: Path) -> list[tuple[str, shapely.Geometry]]:
    """Shape of every authority on the national grid, in metres."""
    to_grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True).transform
    features = collection(geo / "boundary_utla23_england.geojson.gz")
    shapes = [shapely.transform(shape(feature["geometry"]), to_grid, interleaved=False) for feature in features]
    codes = [feature["properties"]["utla_code"] for feature in features]
    return [(code, outline.buffer(0)) for code, outline in zip(codes, shapes, strict=True)]


def southampton_boundary(geo: Path) -> str:
    boundary = json.loads((geo / "boundary_southampton_lad23.geojson").read_text())
    for feature in boundary["features"]:
        feature["properties"] = {"code": "E06000045", "name": "Southampton"}
    return json.dumps(boundary, separators=(",", ":")) + "\n"


def parameters(raw: Path) -> pd.DataFrame:
    """National rates a sample city needs: the newest row of each name."""
    table = pd.read_csv(raw / "parameters.csv", dtype=str)
    table = table[table.name.str.startswith(PARAMETERS) & (table.source != "same")]
    newest = table.year.str[-4:].astype(int)
    table = table.assign(newest=newest).sort_values("newest", kind="stable").drop_duplicates("name", keep="last")
    table = table.sort_index().assign(kind=table.source.map(kind), source=table.source.map(plain_source))
    return table[["name", "value", "unit", "year", "source", "kind"]]


def kind(source: str) -> str:
    if source.startswith("ASSUMPTION"):
        return "assumption"
    return "derived" if source.startswith(("computed", "derived", "fitted")) or " / " in source else "published"


def plain_source(source: str) -> str:
    source = source.replace("ASSUMPTION (no public figure found; ", "no public figure found (")
    source = source.replace("computed here from", "computed from").replace("fitted here", "fitted")
    return source.replace(" (authorities not held out)", ", most authorities")


def write_checksums() -> None:
    """Replace the checksum table at the end of SOURCES.md."""
    sources = DATA / "SOURCES.md"
    kept = sources.read_text().split("## Checksums")[0]
    files = sorted(path for path in REFERENCE.rglob("*") if path.is_file())
    sums = [(path.relative_to(REFERENCE), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
    rows = "".join(f"| `{name}` | `{digest}` |\n" for name, digest in sums)
    sources.write_text(f"{kept}## Checksums\n\n| file | sha256 |\n| --- | --- |\n{rows}")


def main(raw: Path) -> None:
    geo = raw / "geo"
    tables = {
        "postcode_sectors": sectors(geo),
        "southampton_area": southampton_area(geo),
        "authorities": authorities(raw),
        "authority_neighbours": authority_neighbours(geo),
        "parameters": parameters(raw),
    }
    for name, table in tables.items():
        table.to_csv(REFERENCE / f"{name}.csv", index=False, lineterminator="\n")
        print(f"{name}: {len(table)} rows")
    (REFERENCE / "southampton_boundary.geojson").write_text(southampton_boundary(geo))
    write_checksums()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
