"""Where and when something was measured."""

import os
import platform
import subprocess
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def where() -> str:
    """Day, commit, Python, processor: to stand beside figures."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    model = next((x.split(":")[1].strip() for x in _cpu() if x.startswith("model name")), platform.machine())
    busy = f"{os.getloadavg()[2]:.0f} processes at work on average"
    return f"{date.today().isoformat()}, commit {commit.strip()}, Python {platform.python_version()}, {model}, 2 cores, {busy}"  # noqa: DTZ011


def _cpu() -> list[str]:
    info = Path("/proc/cpuinfo")
    return info.read_text(encoding="utf-8").splitlines() if info.exists() else []
