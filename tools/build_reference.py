"""Builds data/reference/ from the public files named in data/SOURCES.md.

    python tools/build_reference.py RAW_FOLDER data/reference

Needs pandas and shapely, which the product does not. RAW_FOLDER holds `geo/`, `public-stats/` and
`parameters.csv` as described in data/SOURCES.md.
"""

import sys
from pathlib import Path

import pandas as pd
from shapely.geometry import shape
from shapely.strtree import STRtree

WANTED = (
    "stock_share", "entry_share", "uasc", "fostered_children_disabled", "foster_provider", "sibling_group_size", "share_of_children_in_care_with_sibling",
    "adoption_waiting", "foster_places", "household_", "places_per_household", "kin_share", "teen_capable", "short_notice", "staying_put", "distance_lognormal",
    "cost_foster", "cost_adoption", "adopters_two", "exit_hazard", "mothers_aged",
)


def sectors(raw: Path, out: Path) -> None:
    """England's postcode sectors with the upper-tier authority most of their postcodes lie in, and its share."""
    table = pd.read_csv(raw / "geo/postcode_sectors_england_2025-05.csv.gz")
    units = pd.read_parquet(raw / "geo/postcode_units_england_2025-05.parquet", columns=["postcode", "lad_code"]).dropna()
    import json, gzip
    lads = json.load(gzip.open(raw / "geo/boundary_lad24_england.geojson.gz"))
    upper = {f["properties"]["lad_code"]: f["properties"]["utla_code"] for f in lads["features"]}
    units["sector"] = units.postcode.str[:-2]
    units["authority"] = units.lad_code.map(upper)
    count = units.groupby(["sector", "authority"]).size().rename("n").reset_index()
    count["share"] = count.n / count.groupby("sector").n.transform("sum")
    main = count.sort_values("n").drop_duplicates("sector", keep="last").set_index("sector")
    table = table.join(main[["authority", "share"]], on="sector")
    result = pd.DataFrame({
        "sector": table.sector, "easting": table.easting.round().astype(int), "northing": table.northing.round().astype(int),
        "radius_m": table.p90_radius_m.round().astype(int), "postcodes": table.units,
        "authority": table.authority.fillna(table.main_utla_code), "authority_share": table.share.fillna(table.main_lad_share).round(4),
    })
    result.sort_values("sector").to_csv(out / "postcode_sectors.csv", index=False)


def southampton(raw: Path, out: Path) -> None:
    """Sector by district within 40 km of the Civic Centre, with children apportioned from small areas."""
    units = pd.read_csv(raw / "geo/postcode_units_southampton_40km_2025-05.csv.gz")
    people = pd.read_csv(raw / "geo/lsoa11_south_population2020_age0-17_imd2019.csv.gz").set_index("lsoa11_code")
    children = people[[f"age_{a}" for a in range(18)]].sum(axis=1)
    units["sector"] = units.postcode.str[:-2]
    per_area = units.groupby("lsoa11_code").postcode.transform("size")
    units["children"] = units.lsoa11_code.map(children) / per_area
    keys = ["sector", "lad_code", "lad_name", "utla_code", "utla_name"]
    found = units.groupby(keys, dropna=False).agg(
        easting=("easting", "mean"), northing=("northing", "mean"), postcodes=("postcode", "size"),
        children_0_17=("children", lambda c: c.sum(min_count=1)), imd_decile=("imd2025_decile", "mean"), km=("km_from_civic_centre", "mean"),
    ).reset_index()
    found = found[found.postcodes >= 20].copy()
    found["easting"], found["northing"] = found.easting.round().astype(int), found.northing.round().astype(int)
    found["children_0_17"], found["imd_decile"] = found.children_0_17.round(1), found.imd_decile.round(1)
    found["miles_from_civic_centre"] = (found.km / 1.609344).round(2)
    names = {"lad_code": "district", "lad_name": "district_name", "utla_code": "authority", "utla_name": "authority_name"}
    columns = ["sector", "easting", "northing", *names, "postcodes", "children_0_17", "imd_decile", "miles_from_civic_centre"]
    found[columns].rename(columns=names).to_csv(out / "southampton_area.csv", index=False)


def authorities(raw: Path, out: Path) -> None:
    """Upper-tier authorities and which of them touch."""
    import json, gzip
    features = json.load(gzip.open(raw / "geo/boundary_utla23_england.geojson.gz"))["features"]
    regions = pd.read_csv(raw / "public-stats/authorities.csv").set_index("new_la_code").region_name
    codes = [f["properties"]["utla_code"] for f in features]
    names = pd.DataFrame({"code": codes, "name": [f["properties"]["utla_name"] for f in features]})
    names["region"] = names.code.map(regions)
    names.sort_values("code").to_csv(out / "authorities.csv", index=False)
    shapes = [shape(f["geometry"]).buffer(0) for f in features]
    tree = STRtree(shapes)
    pairs = [
        (codes[a], codes[b])
        for a, area in enumerate(shapes)
        for b in tree.query(area.buffer(0.001))
        if a != b and area.buffer(0.0006).intersection(shapes[b].buffer(0.0006)).area > 3e-6
    ]
    pd.DataFrame(sorted(set(pairs)), columns=["code", "neighbour"]).to_csv(out / "authority_neighbours.csv", index=False)


def parameters(raw: Path, out: Path) -> None:
    """The published figures and marked assumptions that a sample city is drawn from."""
    table = pd.read_csv(raw / "parameters.csv")
    table = table[table.name.str.startswith(WANTED)]
    source = table.source.fillna("")
    table["kind"] = "published"
    table.loc[source.str.contains("derived|computed|fitted"), "kind"] = "derived"
    table.loc[source.str.contains("ASSUMPTION"), "kind"] = "assumption"
    table.to_csv(out / "parameters.csv", index=False)


if __name__ == "__main__":
    raw, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for build in (sectors, southampton, authorities, parameters):
        build(raw, out)
    (out / "southampton_boundary.geojson").write_bytes((raw / "geo/boundary_southampton_lad23.geojson").read_bytes())
