"""Scenarios and forecasts: the same functions as the command line and the notebooks, on the homes of the record."""

import mimetypes
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
from api.worker.bench import Bench
from matching.cli.places import data_folder
from matching.cli.show_forecast import parameters_of
from matching.domain import Caseload
from matching.sufficiency.forecast import City, city_of, forecast
from matching.sufficiency.scenario import Scenario
from matching.sufficiency.scenario_file import scenario_from
from matching.sufficiency.sentences import sentences
from matching.sufficiency.summary import sectors_of, write_forecast
from matching.synthetic import sample_caseload

REFERRALS, REFERRAL_SEED = 300, 1001  # invented from published figures; so many give every kind a few


def work(bench: Bench) -> None:
    """Run the futures and keep tables, pictures and the summary page as files of the job."""
    bench.say(5, "reads homes and children")
    with bench.store.reading() as session:
        caseload = matching.caseload_now(session, bench.store.seal, bench.maps, bench.user, bench.day)
        scenarios = _scenarios(bench, session)
    city = _city(bench, caseload)
    bench.say(20, "runs the futures")
    years, runs, seed = (int(bench.asked[name]) for name in ("years", "runs", "seed"))
    made = forecast(city, scenarios, years=years, runs=runs, seed=seed, progress=lambda said: bench.say(30, said))
    bench.say(90, "writes tables and pictures")
    sectors = sectors_of(data_folder() / "reference")
    with tempfile.TemporaryDirectory(prefix="forecast-") as room:
        files = [(path.name, path.read_bytes()) for path in write_forecast(made, Path(room), city.as_of, sectors)]
    said = [sentence for part in sentences(made).values() for sentence in part]
    told = {"files": sorted(name for name, _ in files), "said": said, "manifest": made.manifest}

    def keep(session: Session) -> dict[str, Any]:
        for name, content in files:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            keep_file(session, bench.store.seal, f"job:{bench.job}:out", name, kind, content)
        return told

    bench.finish("forecast", "forecast", keep, scenarios=len(scenarios), years=years, runs=runs)


def _scenarios(bench: Bench, session: Session) -> list[Scenario]:
    rows = [session.get(ScenarioKept, str(number)) for number in bench.asked["scenarios"]]
    found = [row for row in rows if row is not None and bench.user.authority in (None, row.authority)]
    if len(found) < len(rows):
        raise NotHere("A scenario is not there any more.", "Look it up in the list of scenarios.")
    return [scenario_from({**row.changes, "name": row.name}, row.name) for row in found]


def _city(bench: Bench, caseload: Caseload) -> City:
    reference = data_folder() / "reference"
    referrals = sample_caseload(reference, children=REFERRALS, homes=1, seed=REFERRAL_SEED)
    with _returns(bench) as history:
        return city_of(caseload, referrals, bench.policy, parameters_of(history, reference))


@contextmanager
def _returns(bench: Bench) -> Iterator[list[Path]]:
    """The authority's own returns, if any were imported, in a folder that is gone after."""
    with tempfile.TemporaryDirectory(prefix="returns-") as room:
        with bench.store.reading() as session:
            for name, content in files_of(session, bench.store.seal, f"returns:{bench.user.authority or 'all'}"):
                (Path(room) / name).write_bytes(content)
        yield [Path(room)] if any(Path(room).iterdir()) else []
