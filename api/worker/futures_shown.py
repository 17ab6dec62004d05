"""What a run of futures shows beside its tables: pictures with words and rows, light enough for a page; one PDF of it all."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

from api.services.side_by_side import changes_in_words, side_by_side, unmet
from matching.sufficiency.answers import NEEDED, each
from matching.sufficiency.duals import ranked_by_duals
from matching.sufficiency.forecast import City, Effort, Forecast
from matching.sufficiency.need_map import need_map
from matching.sufficiency.parameters import SIMULATED
from matching.sufficiency.pictures import Picture, pictures_of, worth_map
from matching.sufficiency.sensitivity import swings, tornado
from matching.wording import listed, spoken, written

TEMPLATE = Path(__file__).with_name("scenarios.typ")
PAPER, TABLES = "scenarios.pdf", "pictures.json"
FEW_RUNS, COLOURS, DPI = 8, 24, 100  # the same futures at both ends of a range: few runs tell what moves the answer
MOVES = ("starts", "leave_a10_15", "kin", "agency_found", "home_leaves", "home_joins")
MOST_ROWS = 60
SHOWN = {"q50": "middle", "q10": "from (8 in 10)", "q90": "to (8 in 10)"}


def pictures(made: Forecast, city: City, sectors: pd.DataFrame, say: Callable[[int, str], None]) -> list[Picture]:
    """The pictures of the summary, then unmet need with small cells hatched, what moves the answer, what a home is worth."""
    years, seed = int(made.manifest["years"]), int(made.manifest["seed"])
    say(75, "asks what moves the answer")
    few = Effort(years=years, runs=FEW_RUNS, seed=seed)
    swung = swings(city, [name for name in MOVES if name in city.parameters.figures], measure=NEEDED, effort=few)
    say(85, "asks what one more home is worth")
    worth = ranked_by_duals(city, years=years, runs=FEW_RUNS, seed=seed)
    moved = f"What moves the places needed, over the range of each figure. {_swung(swung)}"
    best = f"How much one more home of each kind and area helps, beside the best. {_worth(worth)}"
    return [
        *pictures_of(made, sectors),
        need_map(made, years),
        Picture("tornado", "What moves the answer", tornado(swung, NEEDED), moved, swung.drop(columns="name")),
        Picture("worth", "What one more home is worth", worth_map(worth, "children"), best, worth),
    ]


def _swung(rows: pd.DataFrame) -> str:
    return "; ".join(f"{row.words}: {row.low:.1f} to {row.high:.1f}" for row in each(rows)) + "."


def _worth(rows: pd.DataFrame) -> str:
    first = [f"{spoken(row.profile)} in {row.area}" for row in each(rows.head(3))]
    return f"Most: {listed(first)}."


def drawn(some: list[Picture], folder: Path) -> None:
    """Each picture as SVG for paper and as a small PNG for the page: a dozen of them weigh less than one photograph."""
    for picture in some:
        picture.figure.savefig(folder / f"{picture.name}.svg", metadata={"Date": None})
        raw = io.BytesIO()
        picture.figure.savefig(raw, format="png", dpi=DPI)
        Image.open(raw).convert("RGB").quantize(COLOURS).save(folder / f"{picture.name}.png", optimize=True)


def told(some: list[Picture]) -> list[dict[str, Any]]:
    """The pictures as data: name, title, words, and the rows behind each; what is hidden says so."""
    return [
        {"name": one.name, "title": one.title, "alt": one.alt, "tall": _tall(one), **_rows(one.table)} for one in some
    ]


def _tall(picture: Picture) -> int:
    """The height of a picture 640 wide, so that a page keeps its place while pictures come in."""
    wide, high = picture.figure.get_size_inches()
    return round(640 * float(high) / float(wide))


def _rows(frame: pd.DataFrame) -> dict[str, Any]:
    if "q50" in frame:
        keys = [name for name in ("scenario", "kind", "area", "year") if name in frame and frame[name].nunique() > 1]
        frame = frame[keys + list(SHOWN)].rename(columns=SHOWN)
    rows = [[_cell(value) for value in row] for row in frame.head(MOST_ROWS).itertuples(index=False)]
    return {"columns": [str(name) for name in frame.columns], "rows": rows}


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "few" if pd.isna(value) else f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value)


def paper(
    made: Forecast, shown: list[dict[str, Any]], scenarios: dict[str, dict[str, Any]], folder: Path, day: date
) -> bytes:
    """Scenarios side by side as one tagged PDF: what each changes, both tables, every picture with its words, assumptions."""
    # half a second to import, which no other job should wait for
    import typst
    from matplotlib import get_data_path

    rows = [{str(name): value for name, value in row.items()} for row in made.table.to_dict("records")]
    given = {
        "title": "Scenarios side by side",
        "day": written(day),
        "manifest": made.manifest,
        "scenarios": [{"name": name, "changes": changes_in_words(changes)} for name, changes in scenarios.items()],
        "tables": [_columns("All children", side_by_side(rows)), _columns("Children who find no family", unmet(rows))],
        "pictures": shown,
        "warnings": list(made.warnings),
        "assumptions": [_assumption(row) for row in made.parameters.to_dict("records") if row["name"] in SIMULATED],
    }
    made_pdf: bytes = typst.compile(
        TEMPLATE.read_bytes(),
        root=folder.resolve(),  # type: ignore[call-overload]
        font_paths=[Path(get_data_path()) / "fonts" / "ttf"],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"told": json.dumps(given)},
        pdf_standards="ua-1",
        timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )
    return made_pdf


def _columns(title: str, told: dict[str, Any]) -> dict[str, Any]:
    names = told["scenarios"]
    rows = [[what, *(cells.get(name) or "few" for name in names)] for what, cells in told["rows"]]
    return {"title": f"{title}, year {told['year']}", "names": names, "rows": rows}


def _assumption(row: dict[Any, Any]) -> list[str]:
    figures = [
        f"{row[name]:,.3g}" if abs(row[name]) < 1000 else f"{row[name]:,.0f}" for name in ("value", "low", "high")
    ]
    return [
        str(row["name"]).replace("_", " "),
        figures[0],
        f"{figures[1]} to {figures[2]}",
        str(row["unit"]),
        str(row["source"]),
    ]
