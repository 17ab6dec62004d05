"""What the tests of the forecast stand on: a small city, two scenarios of it, and the returns of a small authority."""

from matching.sufficiency.forecast import City, city_of
from matching.sufficiency.parameters import published_parameters
from matching.sufficiency.scenario import Campaign, Scenario
from matching.synthetic import sample_caseload
from matching.synthetic.histories import CareTruth
from tests.lib.builders import DATA, fostering

REFERENCE = DATA / "reference"
RECRUIT = Scenario("recruit", campaigns=(Campaign("teenagers", 20, 3, 6),))
MORE = Scenario("more", demand={"starts": 1.5})
FIRST, LAST = 2019, 2024  # the returns of a small authority
TRUTH = CareTruth(starts=90)


def small_city() -> City:
    """Forty homes, and the kinds of children who may come."""
    here = sample_caseload(REFERENCE, children=10, homes=40, seed=4)
    referrals = sample_caseload(REFERENCE, children=60, homes=1, seed=9)
    return city_of(here, referrals, fostering(), published_parameters(REFERENCE))
