"""A small city, its forecast, and the returns of a small authority, each made once for all modules that have none of their own."""

from pathlib import Path

import pandas as pd
import pytest

from matching.returns import History
from matching.sufficiency.forecast import City, Forecast, forecast
from matching.sufficiency.parameters import Parameters, published_parameters
from matching.synthetic.histories import history_of, invented_returns, write_returns
from tests.lib.small_city import FIRST, LAST, MORE, RECRUIT, REFERENCE, TRUTH, small_city


@pytest.fixture(scope="session")
def england() -> Parameters:
    return published_parameters(REFERENCE)


@pytest.fixture(scope="session")
def city() -> City:
    return small_city()


@pytest.fixture(scope="session")
def made(city: City) -> Forecast:
    return forecast(city, [RECRUIT, MORE], years=2, runs=20, seed=2)


@pytest.fixture(scope="session")
def modules() -> dict[str, pd.DataFrame]:
    return invented_returns(TRUTH, FIRST, LAST, seed=5)


@pytest.fixture(scope="session")
def history(modules: dict[str, pd.DataFrame]) -> History:
    return history_of(modules, FIRST, LAST)


@pytest.fixture(scope="session")
def folder(modules: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("returns")
    write_returns(modules, where, range(FIRST, LAST + 1))
    return where
