"""What is shipped, how long things are, and that locks name no host."""

import ast
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION, LONGEST_MODULE = 60, 400


def test_the_wheel_holds_the_packages_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    wheel = next(tmp_path.glob("*.whl"))
    top = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"matching", "api"}


def test_no_other_distribution_owns_our_package() -> None:
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.distribution("matching")
    assert metadata.distribution("placement-matching").version


def test_locks_pin_with_hashes_and_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert text.count("--hash=sha256:") > text.count("==") > 10


def modules() -> list[Path]:
    found = sorted((ROOT / "matching").rglob("*.py"))
    assert len(found) > 30
    return found


def test_modules_and_functions_stay_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    assert max(lengths.values()) <= LONGEST_MODULE, sorted(lengths.items(), key=lambda item: -item[1])[:5]
    functions = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    assert max(functions.values()) <= LONGEST_FUNCTION, sorted(functions.items(), key=lambda item: -item[1])[:10]


def test_the_python_floor_is_stated_once() -> None:
    stated = [line for line in (ROOT / "pyproject.toml").read_text().splitlines() if "3.11" in line]
    assert any(line.startswith("requires-python") for line in stated)
    assert sys.version_info >= (3, 11)
