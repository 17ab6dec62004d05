"""Every condition of the checker turned round, one at a time: does a test notice?

Each is tried in a process of its own that ends with it. Tests are called as they stand: the checker's unit tests and
the spec tables of the rules; they suffice, without the properties on random caseloads.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.lib.mutants import Mutant, in_place, mutants_of

ROOT = Path(__file__).resolve().parents[2]
CHECKER = sorted(p.stem for p in (ROOT / "matching" / "checker").glob("*_checks.py"))
SUITES = (
    *sorted(f"tests.unit.matching.checker.{p.stem}" for p in (ROOT / "tests/unit/matching/checker").glob("test_*.py")),
    *sorted(f"tests.spec.rules.{p.stem}" for p in (ROOT / "tests/spec/rules").glob("test_*.py")),
)
SECONDS = 240  # of processor time; a mutant that runs on for ever is noticed
Test = tuple[str, Callable[[], object]]


def every_case(suites: Sequence[str] = SUITES) -> list[Test]:
    """Every test that asks for no fixture, once for each of its cases."""
    return [test for suite in suites for test in _of(_loaded(suite))]


def _loaded(suite: str) -> ModuleType:
    if suite.startswith("tests.unit"):  # these folders are no packages
        path = (ROOT / suite.replace(".", "/")).with_suffix(".py")
        sys.path.insert(0, str(path.parent))
        return import_module(path.stem)
    return import_module(suite)


def _of(module: ModuleType) -> Iterator[Test]:
    for name, function in vars(module).items():
        if not name.startswith("test_"):
            continue
        marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == "parametrize"]
        for number, case in enumerate(product(*(_cases(mark) for mark in marks))):
            given = {key: value for part in case for key, value in part.items()}
            if set(given) == set(function.__code__.co_varnames[: function.__code__.co_argcount]):
                yield f"{module.__name__}.{name}[{number}]", lambda f=function, g=given: f(**g)


def _cases(mark: Any) -> list[dict[str, Any]]:
    names, values = mark.args[:2]
    names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
    return [dict(zip(names, v if len(names) > 1 else (v,), strict=True)) for v in values]


def noticed(module: ModuleType, mutant: Mutant, order: list[Test]) -> int | None:
    """The position of the first test that fails with the mutant in place, `None` when all pass."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        os.write(write, _first_failing(module, mutant, order).to_bytes(4, "big", signed=True))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read(4)
    _, status = os.waitpid(child, 0)
    if not told:  # ended by its limit of time, or by a fault of the interpreter
        assert os.WIFSIGNALED(status)
        assert os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
        return 0
    at = int.from_bytes(told, "big", signed=True)
    return None if at < 0 else at


def _first_failing(module: ModuleType, mutant: Mutant, order: list[Test]) -> int:
    in_place(module, mutant)
    for at, (_, test) in enumerate(order):
        try:
            test()
        except BaseException:
            return at
    return -1


def survivors(names: list[str], order: list[Test], every: int = 1) -> tuple[int, list[str]]:
    """How many mutants of these modules were tried, every so many of them, and those that no test noticed.

    Without a mutant every test passes: who asks sees to that.
    """
    tried, left = 0, []
    for name in names:
        module = import_module(f"matching.checker.{name}")
        for mutant in list(mutants_of(module))[::every]:
            tried += 1
            at = noticed(module, mutant, order)
            if at is None:
                left.append(f"{name}: {mutant}")
                print(f"SURVIVES {left[-1]}", flush=True)  # noqa: T201
            else:
                order.insert(0, order.pop(at))  # what notices one notices its neighbours
    return tried, left
