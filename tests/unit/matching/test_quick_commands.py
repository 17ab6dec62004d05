"""A command starts without what only others need; the service without what only a plan, a forecast or a page on paper needs."""

import subprocess
import sys

import pytest

FOR_OTHERS = (
    "pandas",
    "ortools",
    "scipy.optimize",
    "matplotlib",
    "statsmodels",
    "holidays",
    "openpyxl",
    "typst",
    "dbos",
)
FOR_THE_SERVICE = ("fastapi", "sqlalchemy", "numpy", "scipy")
FIND = "from matching.cli.app import app, Commands; import typer; typer.main.get_group(app).get_command(None, {name!r})"
TOLD = "; import sys; print(' '.join(name for name in {names!r} if name in sys.modules))"


def imported(code: str, names: tuple[str, ...]) -> list[str]:
    """Which of some modules a new process has after this code."""
    command = [sys.executable, "-c", code + TOLD.format(names=names)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("name", ["serve", "worker", "backup"])
def test_a_command_of_the_service_is_found_without_the_library(name: str) -> None:
    assert imported(FIND.format(name=name), (*FOR_OTHERS, *FOR_THE_SERVICE)) == []


def test_the_service_starts_without_what_only_its_worker_needs() -> None:
    assert imported("import api.main, api.sample, uvicorn", FOR_OTHERS) == []


def test_the_lists_would_be_found() -> None:
    """What is looked for is named as Python names it: a command that needs it has it."""
    assert imported(f"import {', '.join(FOR_OTHERS)}", FOR_OTHERS) == list(FOR_OTHERS)
    assert imported("import api.main", FOR_THE_SERVICE) == list(FOR_THE_SERVICE)
    assert imported(FIND.format(name="propose"), FOR_THE_SERVICE) == ["numpy", "scipy"]
