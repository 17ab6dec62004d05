"""What a forecast leaves on disk: tables as CSV and one workbook, pictures, and a summary of four pages as HTML and PDF."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from openpyxl.utils import get_column_letter

from matching.sufficiency.forecast import Forecast
from matching.sufficiency.parameters import CALLED, SIMULATED
from matching.sufficiency.pictures import Picture, pictures_of
from matching.sufficiency.sentences import sentences
from matching.wording import counted

PAGE, PAPER = "sufficiency.html", "sufficiency.pdf"
MOST_LETTERS = 60
SHOWN = {"q50": "middle", "q10": "from (8 in 10)", "q90": "to (8 in 10)"}
CARE = (
    "Who lives in a home already is not looked at when a child is placed in a run; approvals, places, sibling plans and "
    "every other rule are.",
    "'Few' stands for 5 children or less on average, but not none; of today's children also for what would give them away.",
)
SECTIONS = (
    ("In short", "short", ("children-in-care", "children-by-age", "no-family-found")),
    (
        "Who we will be short of, and where",
        "needs",
        ("places-needed", "map", "no-family-found-by-need"),
    ),
    ("Money, scenarios and the duty desk", "money", ("spend", "scenarios-places", "scenarios-spend")),
)


def write_forecast(made: Forecast, folder: Path, as_of: date, sectors: pd.DataFrame | None = None) -> list[Path]:
    """Write everything to a folder; runs themselves never leave, only ranges with small numbers hidden.

    `as_of` is the caseload's date, printed on the summary; `sectors` draws the map (rows of `postcode_sectors.csv`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "answers": made.table,
        "against-base": made.against_base,
        "pays-back": made.pays,
        "assumptions": made.parameters,
    }
    pictures = pictures_of(made, sectors)
    written = [*write_tables(tables, folder, "sufficiency.xlsx"), *write_pictures(pictures, folder)]
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(made.manifest | {"warnings": made.warnings}, indent=1) + "\n", encoding="utf-8")
    page, paper = folder / PAGE, folder / PAPER
    page.write_text(_page(made, pictures, as_of), encoding="utf-8")
    paper.write_bytes(_paper(made, pictures, folder, as_of))
    return [*written, manifest, page, paper]


def sectors_of(reference: Path) -> pd.DataFrame:
    """Postcode sectors of England with where they lie, to draw the map on."""
    return pd.read_csv(reference / "postcode_sectors.csv")


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path, book: str) -> list[Path]:
    """Each table as CSV, and all of them as one workbook."""
    written = []
    for name, frame in tables.items():
        written.append(folder / f"{name}.csv")
        frame.to_csv(written[-1], index=False, lineterminator="\n")
    with pd.ExcelWriter(folder / book, engine="openpyxl") as writer:
        for name, frame in tables.items():
            frame.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
            writer.sheets[name].auto_filter.ref = writer.sheets[name].dimensions
            for column, letters in enumerate(_widths(frame)):
                writer.sheets[name].column_dimensions[get_column_letter(column + 1)].width = letters
    return [*written, folder / book]


def _widths(frame: pd.DataFrame) -> list[int]:
    """How wide each column must be to be read, in letters."""
    return [
        min(max(len(str(name)) + 4, *frame[name].head(300).astype(str).str.len(), 8), MOST_LETTERS) for name in frame
    ]


def write_pictures(pictures: list[Picture], folder: Path) -> list[Path]:
    """Each picture as SVG and PNG, without the day it was made, so that the same forecast is the same file."""
    written = []
    for picture in pictures:
        for kind in ("svg", "png"):
            written.append(folder / f"{picture.name}.{kind}")
            picture.figure.savefig(written[-1], dpi=150, metadata={"Date": None} if kind == "svg" else None)
    return written


def _told(made: Forecast, pictures: list[Picture], as_of: date) -> dict[str, Any]:
    """Everything the summary says, as plain data."""
    by_name, said = {picture.name: picture for picture in pictures}, sentences(made)
    sections = [
        {
            "heading": heading,
            "sentences": said[key],
            "pictures": [_picture(by_name[name]) for name in names if name in by_name],
        }
        for heading, key, names in SECTIONS
    ]
    return {
        "title": "Sufficiency summary",
        "as_of": f"{as_of.day} {as_of:%B %Y}",
        "manifest": made.manifest,
        "years": counted(int(made.manifest["years"]), "year", "years"),
        "sections": sections,
        "duty": said["duty"],
        "care": [*made.warnings, *CARE],
        "assumptions": [_assumption(row) for row in made.parameters.to_dict("records") if row["name"] in SIMULATED],
    }


def _picture(picture: Picture) -> dict[str, str]:
    return {"name": picture.name, "title": picture.title, "alt": picture.alt, "table": _html(picture.table)}


def _assumption(row: Mapping[Any, Any]) -> dict[str, str]:
    value, low, high = (_short(row[name]) for name in ("value", "low", "high"))
    return {
        "name": CALLED[str(row["name"])],
        "value": value,
        "range": f"{low} to {high}",
        # how a published figure was counted stands in assumptions.csv
        "unit": str(row["unit"]).split(" (")[0],
        "kind": str(row["kind"]),
        "source": str(row["source"]),
    }


def _short(value: float) -> str:
    """A figure with two or three digits that say something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.{2 if abs(value) < 1 else 3}g}"


def _html(frame: pd.DataFrame) -> str:
    columns = {name: name for name in ("scenario", "kind", "area", "year") if frame[name].nunique() > 1} | SHOWN
    shown = frame[list(columns)].rename(columns=columns)
    return str(shown.to_html(index=False, border=0, na_rep="few", float_format="{:,.1f}".format))


def _page(made: Forecast, pictures: list[Picture], as_of: date) -> str:
    pages = Environment(loader=PackageLoader("matching", "pages"), autoescape=True, undefined=StrictUndefined)
    return pages.get_template(PAGE).render(**_told(made, pictures, as_of))


def _paper(made: Forecast, pictures: list[Picture], folder: Path, as_of: date) -> bytes:
    """The same as a tagged PDF (PDF/UA-1); pictures are read from the folder they were written to."""
    # half a second to import, which no other command should wait for
    import typst
    from matplotlib import get_data_path

    made_pdf: bytes = typst.compile(
        files("matching").joinpath("pages", "sufficiency.typ").read_bytes(),
        root=folder.resolve(),  # type: ignore[call-overload]
        # the letters of the pictures, which come with them: no system has to have any
        font_paths=[Path(get_data_path()) / "fonts" / "ttf"],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"told": json.dumps(_told(made, pictures, as_of))},
        pdf_standards="ua-1",
        timestamp=datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC),
    )
    return made_pdf
