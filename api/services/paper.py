"""PDFs, each set in a process of its own: the library that sets them keeps what it needed for the last ten, some 30 MB each.

Run as a script it reads what to set on its standard input and writes the PDF; it needs nothing of the service.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

LONGEST = 120  # seconds


def set_on_paper(template: Path, told: Mapping[str, Any], made_at: datetime) -> bytes:
    """A tagged PDF (PDF/UA) of a template and what it is told; its time is given, so that it is the same each time."""
    work = json.dumps({"template": template.read_text(encoding="utf-8"), "told": told, "at": made_at.isoformat()})
    command = [sys.executable, "-P", __file__]
    return subprocess.run(command, input=work.encode(), stdout=subprocess.PIPE, check=True, timeout=LONGEST).stdout


def _set(work: Mapping[str, Any]) -> bytes:
    import typst

    return typst.compile(
        work["template"].encode(),
        format="pdf",
        sys_inputs={"told": json.dumps(work["told"])},
        pdf_standards="ua-1",  # PDF/UA: tagged, titled, in a language
        timestamp=datetime.fromisoformat(work["at"]),
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(_set(json.load(sys.stdin)))
