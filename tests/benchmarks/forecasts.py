"""How long a forecast takes and how much memory; `python -m tests.benchmarks.forecasting`."""

import resource
import sys
import time
from pathlib import Path

from matching.sufficiency.forecast import city_of, forecast
from matching.sufficiency.parameters import published_parameters
from matching.sufficiency.scenario import Scenario
from matching.synthetic import sample_caseload
from tests.lib.builders import fostering

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
MEBIBYTE = 1024


def main() -> None:
    """One city of about 550 children and 270 homes over five years."""
    here = sample_caseload(REFERENCE, children=30, homes=270, placed=300, seed=1)
    referrals = sample_caseload(REFERENCE, children=300, homes=1, seed=1001)
    city = city_of(here, referrals, fostering(), published_parameters(REFERENCE))
    say = sys.stdout.write
    say(f"{len(city.stock.kind)} children, {len(city.choices.homes)} homes, 5 years, 2 workers\n")
    for name, scenarios, runs in (("500 runs", 0, 500), ("1,000 runs", 0, 1000), ("20 scenarios of 50 runs", 19, 50)):
        chosen = [Scenario(f"s{n}", demand={"starts": 1 + n / 50}) for n in range(scenarios)]
        before = time.perf_counter()
        forecast(city, chosen, years=5, runs=runs, workers=2)
        own, workers = (
            resource.getrusage(who).ru_maxrss / MEBIBYTE for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        say(f"{name}: {time.perf_counter() - before:.1f} s; {own:.0f} MiB here, {workers:.0f} MiB the largest worker\n")


if __name__ == "__main__":
    main()
