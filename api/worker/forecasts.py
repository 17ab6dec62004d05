"""Scenarios and forecasts: the same functions as the command line and the notebooks, on the homes of the record."""

import json
import mimetypes
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.db.files import files_of, keep_file
from api.db.tables import ScenarioKept
from api.errors import NotHere
from api.services import matching
from api.worker import futures_shown
from api.worker.bench import Bench
from matching.cli.places import data_folder
from matching.cli.show_forecast import parameters_of
from matching.domain import Caseload
from matching.sufficiency.forecast import City, Forecast, city_of, forecast
from matching.sufficiency.scenario import Scenario
from matching.sufficiency.scenario_file import scenario_from
from matching.sufficiency.sentences import sentences
from matching.sufficiency.summary import sectors_of, write_forecast
from matching.synthetic import invented_referrals

RUNS_FROM, RUNS_TO = 15, 70  # hundredths of the job that the runs take
HUNDREDTHS = re.compile(r"(\d+)%$")


def work(bench: Bench) -> None:
    """Run the futures and keep tables, pictures and the summary page as files of the job."""
    bench.say(5, "reads homes and children")
    with bench.store.reading() as session:
        caseload = matching.caseload_now(session, bench.store.seal, bench.maps, bench.user, bench.day)
        scenarios, changes = _scenarios(bench, session)
    city = _city(bench, caseload)
    bench.say(RUNS_FROM, "runs the futures")
    years, runs, seed = (int(bench.asked[name]) for name in ("years", "runs", "seed"))
    made = forecast(city, scenarios, years=years, runs=runs, seed=seed, progress=lambda said: _told(bench, said))
    files = _files(bench, made, city, changes)
    said = [sentence for part in sentences(made).values() for sentence in part]
    told = {"files": sorted(name for name, _ in files), "said": said, "manifest": made.manifest}

    def keep(session: Session) -> dict[str, Any]:
        for name, content in files:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            keep_file(session, bench.store.seal, f"job:{bench.job}:out", name, kind, content)
        return told

    bench.finish("forecast", "forecast", keep, scenarios=len(scenarios), years=years, runs=runs)


def _told(bench: Bench, said: str) -> None:
    """How far the runs are: the engine says it in words that end in hundredths, as people at a terminal read them."""
    done = HUNDREDTHS.search(said)
    share = RUNS_FROM + int(done[1]) * (RUNS_TO - RUNS_FROM) // 100 if done else RUNS_TO
    bench.say(share, HUNDREDTHS.sub("", said).rstrip(": "))


def _files(bench: Bench, made: Forecast, city: City, changes: dict[str, dict[str, Any]]) -> list[tuple[str, bytes]]:
    """Everything that the run leaves, by name."""
    sectors = sectors_of(data_folder() / "reference")
    shown = futures_shown.pictures(made, city, sectors, bench.say)
    bench.say(90, "writes tables and pictures")
    with tempfile.TemporaryDirectory(prefix="forecast-") as place:
        room = Path(place)
        write_forecast(made, room, city.as_of, sectors)
        futures_shown.drawn(shown, room)
        told = futures_shown.told(shown)
        (room / futures_shown.TABLES).write_text(json.dumps(told), encoding="utf-8")
        (room / futures_shown.PAPER).write_bytes(futures_shown.paper(made, told, changes, room, city.as_of))
        return [(path.name, path.read_bytes()) for path in sorted(room.iterdir())]


def _scenarios(bench: Bench, session: Session) -> tuple[list[Scenario], dict[str, dict[str, Any]]]:
    """The scenarios that were asked for, and what each changes by its name."""
    rows = [session.get(ScenarioKept, str(number)) for number in bench.asked["scenarios"]]
    found = [row for row in rows if row is not None and bench.user.authority in (None, row.authority)]
    if len(found) < len(rows):
        raise NotHere("A scenario is not there any more.", "Look it up in the list of scenarios.")
    read = [scenario_from({**row.changes, "name": row.name}, row.name) for row in found]
    return read, {row.name: row.changes for row in found}


def _city(bench: Bench, caseload: Caseload) -> City:
    reference = data_folder() / "reference"
    with _returns(bench) as history:
        figures = parameters_of(history, reference, caseload)
        return city_of(caseload, invented_referrals(reference, caseload), bench.policy, figures)


@contextmanager
def _returns(bench: Bench) -> Iterator[list[Path]]:
    """The authority's own returns, if any were imported, in a folder that is gone after."""
    with tempfile.TemporaryDirectory(prefix="returns-") as room:
        with bench.store.reading() as session:
            for name, content in files_of(session, bench.store.seal, f"returns:{bench.user.authority or 'all'}"):
                (Path(room) / name).write_bytes(content)
        yield [Path(room)] if any(Path(room).iterdir()) else []
