"""`placements places`: postcodes to places, a caseload without true locations, journeys, a new edition."""

import json
import shutil
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from matching.cli.places import CELLS, crossings, data_folder, postcode_book, read_exactly, read_folder
from matching.domain import Caseload
from matching.errors import MatchingError
from matching.io.caseload_csv import write_caseload
from matching.journeys import Estimate, FirstOf, Matrix, Remembered, Roads, RouteServer, ServerKind, journeys_of
from matching.places import CellMap, Edition, Located, Precision, draw_cells, middles_of, protect, relation, true_places
from matching.places.making import authority_of_district, from_directory, from_package
from matching.places.spelling import together
from matching.wording import counted

ATTRIBUTION = (
    "Contains OS data © Crown copyright and database right 2025. Contains Royal Mail data © Royal Mail copyright and "
    "database right 2025. Contains National Statistics data © Crown copyright and database right 2025. Open Government "
    "Licence v3.0."
)
POLICY = "policy.toml"


class LookUpFirst(TyperGroup):
    """`placements places SO14 7LY` means `placements places find "SO14 7LY"`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What is no command is a postcode."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["find", *args]
        return super().parse_args(ctx, args)


commands = typer.Typer(
    cls=LookUpFirst,
    help="Places: `placements places POSTCODE...`, or one of the commands below. Nothing leaves this machine.",
    no_args_is_help=True,
    epilog=ATTRIBUTION,
)


@commands.command("find")
def find(
    postcodes: Annotated[list[str], typer.Argument(metavar="POSTCODE...", help="Postcodes or parts of them.")],
    home: Annotated[
        str | None, typer.Option("--from", help="A child's home postcode: how each place lies to it.")
    ] = None,
    authority: Annotated[
        str | None, typer.Option("--authority", help="The child's authority, by code or name; else that of --from.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of words.")] = False,
) -> None:
    """Where a postcode is, how exactly that is known, its authority and ward; every answer has a sentence."""
    book = postcode_book()
    start = book.look_up(home) if home else None
    responsible = book.authorities.named(authority) if authority else None
    answers = [_answer(book.look_up(text), start, responsible) for text in together(postcodes)]
    if as_json:
        told = {"edition": book.edition.name, "attribution": ATTRIBUTION, "places": answers}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        return
    screen = Console(highlight=False)
    if start is not None:
        screen.print(f"From: {start.sentence}")
    for answer in answers:
        _show(screen, answer)
    screen.print(f"Edition: {book.edition.name}. {ATTRIBUTION}", style="dim")


def _answer(found: Located, start: Located | None, responsible: str | None) -> dict[str, Any]:
    book = postcode_book()
    answer: dict[str, Any] = {
        "asked": found.asked,
        "postcode": found.postcode,
        "precision": found.precision.value,
        "authority": found.authority,
        "authority_name": book.authorities.name(found.authority),
        "ward": found.ward,
        "ward_name": book.ward_name(found.ward),
        "country": found.country,
        "easting": found.easting,
        "northing": found.northing,
        "sentence": str(found.sentence),
        "suggestions": list(found.suggestions),
    }
    if start is not None:
        lies = relation(start, found, book.authorities, responsible=responsible)
        answer["from"] = {
            "authority": lies.authority,
            "miles": None if lies.miles is None else round(lies.miles, 2),
            "over_20_miles": lies.over_20_miles,
            "estimated_minutes_by_road": _minutes(start, found),
            "sentences": [str(sentence) for sentence in lies.sentences],
        }
    return answer


def _minutes(start: Located, end: Located) -> int | None:
    if start.place is None or end.place is None:
        return None
    return round(float(Estimate(crossings()).journeys([start.place], [end.place]).minutes[0, 0]))


def _show(screen: Console, answer: dict[str, Any]) -> None:
    screen.print(f"[bold]{answer['asked'].strip() or '(empty)'}[/bold]: {answer['sentence']}")
    parts = [f"precision {answer['precision']}"]
    if answer["authority"]:
        parts.append(f"authority {answer['authority']} {answer['authority_name']}")
    if answer["ward"]:
        parts.append(f"ward {answer['ward']} {answer['ward_name'] or ''}".rstrip())
    screen.print(f"  {', '.join(parts)}", style="dim")
    if answer["precision"] == Precision.UNKNOWN:
        return
    for sentence in answer.get("from", {}).get("sentences", []):
        screen.print(f"  {sentence}")
    minutes = answer.get("from", {}).get("estimated_minutes_by_road")
    if minutes is not None:
        screen.print(f"  About {counted(minutes, 'minute')} by road, an estimate.")


@commands.command("locate")
def locate(
    caseload_folder: Annotated[Path, typer.Argument(metavar="CASELOAD", help="Folder with whole postcodes.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write, with cells for homes and sectors for children.")],
    cells: Annotated[
        Path | None,
        typer.Option(
            "--cells", help="The map of cells in use, else the one in --out; one is drawn where there is none."
        ),
    ] = None,
    redraw: Annotated[
        bool, typer.Option("--redraw", help="Redraw the map, once a year: cells are put together, never cut.")
    ] = False,
    schools: Annotated[
        Path | None, typer.Option("--schools", help="Your GIAS extract; school_place may then hold a URN.")
    ] = None,
) -> None:
    """Take true locations out of a caseload: each home gets a fixed cell that holds at least five homes."""
    if cells is None and (out / CELLS).is_file():
        cells = out / CELLS  # a second map beside the first would give homes away
    if redraw and cells is None:
        raise MatchingError("--redraw needs the map in use. Name it with --cells.")
    book = postcode_book()
    caseload = read_exactly(caseload_folder, schools)
    drawn = _cells(caseload, cells, redraw)
    done = protect(caseload, drawn, book.parts, book.authorities)
    write_caseload(done.caseload, out)
    drawn.write(out / CELLS)
    if (caseload_folder / POLICY).is_file():
        shutil.copyfile(caseload_folder / POLICY, out / POLICY)
    screen = Console(highlight=False)
    screen.print(
        f"Wrote {counted(len(caseload.children), 'child', 'children')} and {counted(len(caseload.homes), 'home')} "
        f"in {counted(len(drawn.cells), 'cell')} to {out}."
    )
    _say_precision(screen, caseload)
    if done.withheld:
        screen.print(
            f"Location withheld, because fewer than five homes are near: {', '.join(done.withheld)}. "
            "Their distances are not known."
        )


def _cells(caseload: Caseload, path: Path | None, redraw: bool) -> CellMap:
    before = CellMap.read(path) if path else None
    if before is not None and not redraw:
        return before
    book = postcode_book()
    homes = filter(None, true_places(caseload, book.authorities))
    return draw_cells(homes, middles_of(book.edition), crossings(), before=before)


def _say_precision(screen: Console, caseload: Caseload) -> None:
    """How many homes are known how exactly, and which less than by a postcode of their own."""
    held = {home.ref: home.place.precision if home.place else "unknown" for home in caseload.homes}
    told = ", ".join(f"{count} by {word}" for word, count in Counter(held.values()).items())
    screen.print(f"Homes were located: {told}.")
    vague = [ref for ref, word in held.items() if word != Precision.UNIT]
    if vague and len(vague) < len(held):
        screen.print(f"Ask for the full present postcode of {', '.join(vague)}.")


@commands.command("journeys")
def journeys(
    caseload_folder: Annotated[Path, typer.Argument(metavar="CASELOAD", help="A folder that `locate` wrote.")],
    matrix: Annotated[Path | None, typer.Option("--matrix", help="CSV of minutes: from,to,minutes by sector.")] = None,
    server: Annotated[str | None, typer.Option("--server", help="Address of a route server of your own.")] = None,
    kind: Annotated[ServerKind, typer.Option("--kind", help="What runs there.")] = ServerKind.OSRM,
    allow: Annotated[
        list[str] | None, typer.Option("--allow", help="Name of another machine that may be asked, over https.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", help="Longest wait for one answer.", min=0.1)] = 10.0,
) -> None:
    """Fill travel.csv from a matrix or a route server; what they do not know stays an estimate, and is counted."""
    caseload = read_folder(caseload_folder)
    estimate = Estimate(crossings())
    asked: list[Roads] = [Matrix.read(matrix)] if matrix else []
    if server:
        asked.append(Remembered(RouteServer(server, kind, frozenset(allow or ()), seconds)))
    if not asked:
        raise MatchingError("Name a --matrix or a --server. Without them matching estimates journeys by itself.")
    found = journeys_of(caseload, FirstOf((*asked, estimate)), left_out=estimate.name)
    write_caseload(replace(caseload, travel=found.travel), caseload_folder)
    screen = Console(highlight=False)
    for name, count in found.counts.items():
        screen.print(f"{counted(count, 'journey')} between areas: {name}.")
    for note in found.notes:
        screen.print(f"Note: {note}")


@commands.command("update")
def update(
    source: Annotated[
        Path | None, typer.Option("--from", help="ONS Postcode Directory (CSV); else the installed postcode package.")
    ] = None,
) -> None:
    """Renew the postcodes from the installed postcode package, or from the ONS Postcode Directory as downloaded."""
    reference = data_folder() / "reference"
    districts = authority_of_district(reference / "districts.csv")
    path = reference / "postcodes.npz"
    edition = from_directory(source, districts) if source else from_package(Edition.read(path), districts)
    edition.write(path)
    Console(highlight=False).print(f"{len(edition):,} postcodes of {edition.name}.")
