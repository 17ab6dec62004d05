"""What a forecast leaves on disk: tables as CSV and one workbook, pictures, and a summary page to print."""

import json
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from matching.sufficiency.forecast import Forecast
from matching.sufficiency.pictures import Picture, pictures_of, rows_of
from matching.sufficiency.scenario import BASE

PAGE = "sufficiency.html"
SHOWN = {"q50": "middle", "q10": "from (8 in 10)", "q90": "to (8 in 10)"}


def write_forecast(made: Forecast, folder: Path) -> list[Path]:
    """Write everything to a folder; runs themselves never leave, only ranges with small numbers hidden."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"answers": made.table, "against-base": made.against_base, "assumptions": made.parameters}
    written = [_csv(frame, folder / f"{name}.csv") for name, frame in tables.items()]
    book = folder / "sufficiency.xlsx"
    with pd.ExcelWriter(book, engine="openpyxl") as writer:
        for name, frame in tables.items():
            frame.to_excel(writer, sheet_name=name, index=False)
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(made.manifest | {"warnings": made.warnings}, indent=1) + "\n", encoding="utf-8")
    shown: list[tuple[Picture, str]] = []
    for picture in pictures_of(made):
        for kind in ("svg", "png"):
            path = folder / f"{picture.name}.{kind}"
            picture.figure.savefig(path, dpi=150, metadata={"Date": None} if kind == "svg" else None)
            written.append(path)
        shown.append((picture, _html(picture.table)))
    page = folder / PAGE
    page.write_text(_page(made, shown), encoding="utf-8")
    return [*written, book, manifest, page]


def sentences(made: Forecast) -> list[str]:
    """A plain sentence for each answer."""
    last = made.manifest["years"]
    said = []
    for measure, words in (
        ("in care", "children are in care"),
        ("no family found", "children a year find no family though a family is the plan"),
        ("groups parted", "groups of brothers and sisters a year are parted"),
    ):
        rows = rows_of(made, measure, "all")
        for row in rows[(rows.year == last) & (rows.scenario == BASE.name)].itertuples():
            said.append(f"In year {last}, {row.q50:.0f} {words}; in 8 of 10 runs {row.q10:.0f} to {row.q90:.0f}.")
    against = made.against_base
    for name in made.manifest["scenarios"][1:]:
        rows = against[(against.scenario == name) & (against.year == last) & (against.kind == "all")].set_index(
            "measure"
        )
        unmet, spend = rows.loc["no family found"], rows.loc["spend"]
        said.append(
            f"{name}: {unmet['mean']:+.0f} children a year without a family in year {last} ({unmet.q10:+.0f} to {unmet.q90:+.0f}); "
            f"{spend['mean'] / 1e6:+.1f} million pounds a year ({spend.q10 / 1e6:+.1f} to {spend.q90 / 1e6:+.1f})."
        )
    return said


def _csv(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_csv(path, index=False, lineterminator="\n")
    return path


def _html(frame: pd.DataFrame) -> str:
    columns = {"scenario": "scenario", "kind": "kind", "year": "year", **SHOWN}
    shown = frame[list(columns)].rename(columns=columns)
    return str(shown.to_html(index=False, border=0, na_rep="few", float_format="{:.0f}".format))


def _page(made: Forecast, shown: list[tuple[Picture, str]]) -> str:
    pages = Environment(loader=PackageLoader("matching", "pages"), autoescape=True, undefined=StrictUndefined)
    assumptions = made.parameters.to_html(index=False, border=0, float_format="{:.3g}".format)
    return pages.get_template(PAGE).render(
        sentences=sentences(made),
        pictures=shown,
        assumptions=assumptions,
        warnings=made.warnings,
        manifest=made.manifest,
    )
