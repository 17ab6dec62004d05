"""Same caseload, new processes with different hash seeds, one and two workers: the same plan, byte for byte."""

import json
import os
import subprocess
import sys
from pathlib import Path


def run(folder: Path, *arguments: str, seed: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "matching.cli", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_five_processes_write_the_same_plan(tmp_path: Path) -> None:
    assert run(tmp_path, "sample", "caseload", "--children", "25", "--homes", "90", "--seed", "7").returncode == 0
    told = []
    for seed in range(5):
        out = tmp_path / f"plan{seed}.json"
        workers = str(1 + seed % 2)
        done = run(tmp_path, "propose", "caseload", "--out", out.name, "--workers", workers, seed=seed)
        assert done.returncode == 0, done.stderr
        plan = json.loads(out.read_text())
        del plan["seconds"]
        told.append(json.dumps(plan))
    assert len(set(told)) == 1
    assert json.loads(told[0])["status"] == "optimal"
    assert json.loads(told[0])["placements"]


def test_the_sample_is_the_same_in_every_process(tmp_path: Path) -> None:
    for seed in range(2):
        assert run(tmp_path, "sample", f"c{seed}", "--children", "10", "--homes", "30", seed=seed).returncode == 0
    files = sorted(path.name for path in (tmp_path / "c0").iterdir())
    assert "children.csv" in files
    assert all((tmp_path / "c0" / name).read_bytes() == (tmp_path / "c1" / name).read_bytes() for name in files)
