"""The README's picture: the demo's own output, from the goals to the first placements, and the Friday shortlist."""

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "demo.svg"


def excerpt(text: str) -> str:
    """The goals, a few placements and the shortlist."""
    lines = text.splitlines()
    friday = next(i for i, line in enumerate(lines) if line.startswith("Friday"))
    return "\n".join([*lines[:34], "   ...", "", *lines[friday : friday + 18]])


if __name__ == "__main__":
    command = [sys.executable, "-m", "matching.cli", "demo", "--out", sys.argv[1]]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"COLUMNS": "110", "PATH": ""})
    screen = Console(record=True, width=112, file=io.StringIO())
    screen.print(Text(excerpt(done.stdout)))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    screen.save_svg(str(PICTURE), title="placements demo")
