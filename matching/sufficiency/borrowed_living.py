"""England's figures of how long placements last and where moves lead."""

from collections.abc import Mapping

from matching.sufficiency.figures import ASSUMED, BORROWED, Parameter

# kinds whose lengths are published, and that children leave for another
MOVED_FROM = ("foster", "residential", "supported", "with_parents")
MOVED_TO = ("kin", "foster", "residential", "supported", "with_parents", "adoption")
DURATION_NAMES = {
    "foster": "foster",
    "residential": "childrens_home_or_secure",
    "supported": "supported_or_independent",
    "with_parents": "with_parents",
}
# where moves lead, in the order of MOVED_TO; no table is published. Most moves are to a home of the same kind; step-downs from
# children's homes, and returns from parents into foster care, are a fifth and a half of theirs
LEADS = {
    "foster": (0.05, 0.70, 0.10, 0.06, 0.08, 0.01),
    "residential": (0.03, 0.20, 0.60, 0.14, 0.03, 0.0),
    "supported": (0.02, 0.05, 0.03, 0.88, 0.02, 0.0),
    "with_parents": (0.10, 0.50, 0.10, 0.10, 0.20, 0.0),
}


def living_figures(rows: Mapping[str, Mapping[str, str]]) -> dict[str, Parameter]:
    """England's lengths of placements, as fitted to the published bands, and assumed shares of where moves lead."""
    found = {}
    for kind, published in DURATION_NAMES.items():
        for name, unit, scale, part in (
            ("stay_shape", "shape of a Weibull curve", 1.0, "shape"),
            ("stay_weeks", "weeks, scale of a Weibull curve", 1 / 7, "scale"),
        ):
            row = rows[f"placement_duration_{published}_weibull_{part}"]
            value, source = float(row["value"]) * scale, f"{row['source']} ({row['year']})"
            found[f"{name}_{kind}"] = Parameter(value, value * 0.8, value * 1.25, unit, source, BORROWED)
        for to, share in zip(MOVED_TO, LEADS[kind], strict=True):
            why = "where moves lead; no table is published"
            found[f"from_{kind}_to_{to}"] = Parameter(
                share, share * 0.5, min(share * 1.6, 1.0), "share of moves", why, ASSUMED
            )
    return found
