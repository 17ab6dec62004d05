"""Build data/reference/statistics from the published series: children looked after, fostering, features of authorities.

    python tools/build_statistics.py RAW_FOLDER

RAW_FOLDER holds public-stats/ and geo/ as named in data/SOURCES.md. Needs pandas, shapely and pyproj.
"""

import sys
from pathlib import Path

import pandas as pd
from build_reference import REFERENCE, grid_shapes, upper_tier, write_checksums

OUT = REFERENCE / "statistics"
ENGLAND = "E92000001"
FLOWS = {"stock_31mar": "stock", "start": "started", "cease": "ceased"}
CATEGORIES = {"gt20": "over_20", "le20": "within_20", "inside_la": "inside", "outside_la": "outside"}
COSTS = ["foster_unit_cost", "residential_unit_cost", "la_mainstream_places", "la_mainstream_places_filled"]
RECODED = {"E10000002": "E06000060", "E10000023": "E06000065", "E10000027": "E06000066"}
# England's percentages, by table: dimensions that name a measure of ours.
STABILITY = "cla_group={} | population_group=Age group | characteristic=Total children | placement_stability={}"
SHARES = {
    "cla_pl_count_by_characteristics": {
        STABILITY.format("CLA on 31 March", "With 3 or more placements during the year"): "three_or_more_placements",
        STABILITY.format("CLA 2 years on 31 March", "With 3 or more placements during the previous 2 years"): "three_or_more_in_two_years",
    },
    "cla_on_31_march_by_placement_distance_and_placement_locality": {
        "cla_group=All children | characteristic=1. 20 miles or less": "distance.within_20",
        "cla_group=All children | characteristic=2. Over 20 miles": "distance.over_20",
        "cla_group=All children | characteristic=Distance not known or not recorded": "distance.not_known",
    },
    "cla_on_31_march_by_placement_provider_placement_type_and_locality": {
        f"placement_type=1. All children looked after at 31 March | placement_provider={name}": f"provider.{code}"
        for name, code in {
            "Own provision (by the LA)": "own",
            "Other LA provision": "other_authority",
            "Other public provision (e.g., PCT)": "other_public",
            "Private provision": "private",
            "Voluntary/third sector provision": "voluntary",
            "Parents or other person with parental responsibility": "parents",
        }.items()
    },
    "reason_for_placement_change_during_year": {
        f"cla_group=Category of need | characteristic=Total | reason_for_change={name}": f"change.{code}"
        for name, code in {
            "Allegation (s47)": "ALLEG",
            "Approval removed": "APPRR",
            "Carer requests placement end other than due to child's behaviour": "CREQO",
            "Carer requests placement ends due to child's behaviour": "CREQB",
            "Change in the status of a placement only": "PLACE",
            "Change to/Implementation of care plan": "CARPL",
            "Child requests placement to end": "CHILD",
            "Custody": "CUSTOD",
            "Other": "OTHER",
            "Resignation or closure of provision": "CLOSE",
            "Responsible/Area authority requests placement to end": "LAREQ",
            "Standards of care concern": "STAND",
        }.items()
    },
}  # fmt: skip


def looked_after(raw: Path) -> pd.DataFrame:
    """One row for each year and authority, England last; one column for each count."""
    table = pd.read_csv(raw / "cla_by_authority_2011_2022.csv")
    table["area_code"] = table.area_code.where(table.level == "la", ENGLAND)
    category = table.category.replace(CATEGORIES)
    measure = table.flow.map(FLOWS) + "." + table.breakdown + "." + category
    table["measure"] = measure.str.replace(
        r"\.total\.total|\.uasc\.uasc", lambda hit: ".uasc" if "uasc" in hit[0] else "", regex=True
    )
    wide = table.pivot_table(index=["year", "area_code"], columns="measure", values="count", aggfunc="first")
    people = pd.read_csv(raw / "population_0_17_2012_2022.csv").set_index(["year", "area_code"]).population_0_17
    wide.insert(0, "children_0_17", people.reindex(wide.index))
    return wide.round(0).astype("Int64").rename_axis(["year", "authority"]).reset_index()


def fostering(raw: Path) -> pd.DataFrame:
    table = pd.read_csv(raw / "fostering_by_authority_2018.csv")
    table["authority"] = codes_of(raw, table.area_name)
    wide = table.dropna(subset="authority").pivot_table(
        index=["year", "authority"], columns="measure", values="count", aggfunc="first"
    )
    return wide.astype("Int64").reset_index()


def costs(raw: Path) -> pd.DataFrame:
    table = pd.read_csv(raw / "lait_costs_places_2017_2022.csv")
    table = table[table.measure.isin(COSTS)].assign(authority=codes_of(raw, table.area_name))
    wide = table.dropna(subset="authority").pivot_table(
        index=["year", "authority"], columns="measure", values="value", aggfunc="first"
    )
    return wide.dropna(how="all").round(0).astype("Int64").reset_index()


def codes_of(raw: Path, names: pd.Series) -> pd.Series:
    listed = pd.read_csv(raw / "authorities.csv")
    codes = {**dict(zip(listed.la_name.map(plain), listed.new_la_code, strict=True)), "england": ENGLAND}
    return names.map(plain).map(codes)


def plain(name: str) -> str:
    return name.lower().replace(" borough", "").replace(", city of", "")


def england(raw: Path) -> pd.DataFrame:
    table = pd.read_csv(raw / "national_tables.csv", dtype=str)
    parts = []
    for name, measures in SHARES.items():
        rows = table[table.table == name]
        rows = rows.assign(measure=rows.dimensions.map(measures)).dropna(subset="measure")
        assert set(rows.measure) == set(measures.values()), set(measures.values()) - set(rows.measure)
        parts.append(rows)
    found = pd.concat(parts)[["time_period", "measure", "percentage"]]
    found = found.rename(columns={"time_period": "year", "percentage": "percent"})
    found["percent"] = found.percent.replace({"k": "0"})
    later = pd.DataFrame({"year": ["2024"], "measure": ["long_term_stability"], "percent": ["68"]})
    return pd.concat([found, later]).sort_values(["measure", "year"]).drop_duplicates()


def features(geo: Path) -> pd.DataFrame:
    """What makes authorities alike: children, how close together they live, deprivation, town or country."""
    areas = pd.read_csv(geo / "lsoa21_england_imd2025.csv.gz")
    authority = areas.ltla24_code.map(upper_tier(geo).utla_code)
    by = areas.assign(urban=areas.ruc21_code.str.startswith("U"), worst=areas.IMD_decile == 1).groupby(authority)
    table = pd.DataFrame(
        {"imd_score": by.IMD_score.mean(), "urban_share": by.urban.mean(), "most_deprived_tenth": by.worst.mean()}
    )
    people = pd.read_csv(geo / "utla20_england_population2020_age0-25.csv.gz")
    code = next(column for column in people.columns if "code" in column)
    ages = people.set_index(people[code].replace(RECODED))
    table["children_0_17_2020"] = ages[[f"age_{age}" for age in range(18)]].sum(axis=1)
    area = pd.Series({code: shape.area / 1e6 for code, shape in grid_shapes(geo)})
    table["children_per_km2"] = table.children_0_17_2020 / area
    table = table.round({"imd_score": 2, "urban_share": 3, "most_deprived_tenth": 3, "children_per_km2": 1})
    return table.astype({"children_0_17_2020": "Int64"}).rename_axis("authority").reset_index()


def main(raw: Path) -> None:
    OUT.mkdir(exist_ok=True)
    stats = raw / "public-stats"
    tables = {
        "looked_after": looked_after(stats),
        "fostering_2018": fostering(stats),
        "costs_and_places": costs(stats),
        "england_shares": england(stats),
        "authority_features": features(raw / "geo"),
    }
    for name, table in tables.items():
        table.to_csv(OUT / f"{name}.csv", index=False, lineterminator="\n")
        print(f"{name}: {len(table)} rows")
    write_checksums()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
