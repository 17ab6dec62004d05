"""What operators are told is true: hazards name tests that exist, alerts have pages and watch figures that the service keeps."""

import ast
import re
from pathlib import Path

from api.telemetry import REGISTRY

ROOT = Path(__file__).resolve().parents[2]
DOCS, DEPLOY = ROOT / "docs", ROOT / "deploy"


def test_every_hazard_names_a_test_that_exists() -> None:
    rows = [line for line in (DOCS / "hazards.md").read_text(encoding="utf-8").splitlines() if line.startswith("| H")]
    assert len(rows) >= 25
    for row in rows:
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", row)
        assert named, row
        for file, name in named:
            tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
            found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert name in found, f"{file}::{name}"


def test_every_alert_has_its_page_and_watches_a_figure_that_is_kept() -> None:
    told = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")
    alerts = re.findall(r"alert: ([\w-]+)", told)
    pages = {path.stem for path in (DOCS / "runbook").glob("*.md")}
    assert len(alerts) >= 7
    assert set(alerts) == pages
    kept = {sample.name for family in REGISTRY.collect() for sample in family.samples} | {
        f"{family.name}{end}" for family in REGISTRY.collect() for end in ("", "_total", "_bucket")
    }
    watched = set(re.findall(r"placements_\w+", told))
    assert watched
    assert watched <= kept, watched - kept


def test_both_units_are_hardened_and_run_commands_that_exist() -> None:
    needed = ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateDevices=yes", "SystemCallFilter=", "UMask=0077")
    for name, command in (("web", "serve --alone"), ("worker", "worker")):
        unit = (DEPLOY / f"placements-{name}.service").read_text(encoding="utf-8")
        assert all(line in unit for line in needed), name
        assert f"placements {command}" in unit
    assert "USER 10001" in (DEPLOY / "Containerfile").read_text(encoding="utf-8")
