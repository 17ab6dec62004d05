"""What is set on paper is tagged and the same each time, and the library that sets it stays out of the process that asks."""

import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from api.services.paper import set_on_paper

AT = datetime(2026, 11, 27, tzinfo=UTC)
TEMPLATE = """#let told = json(bytes(sys.inputs.told))
#set document(title: "A page")
#set text(lang: "en")
= #told.title
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "page.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def test_a_page_is_tagged_and_the_same_each_time(template: Path) -> None:
    once, again = (set_on_paper(template, {"title": "“Ä” – together"}, AT) for _ in range(2))
    assert once == again
    read = PdfReader(io.BytesIO(once))
    assert "“Ä” – together" in read.pages[0].extract_text()
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_library_stays_out_of_the_process_that_asks(template: Path) -> None:
    asks = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from api.services.paper import set_on_paper
made = set_on_paper(Path({str(template)!r}), {{"title": "A"}}, datetime(2026, 11, 27, tzinfo=UTC))
print(made[:5], "typst" in sys.modules)
"""
    told = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "b'%PDF-' False"


def test_what_can_not_be_set_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "wrong.typ").write_text("#let", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        set_on_paper(tmp_path / "wrong.typ", {}, AT)
