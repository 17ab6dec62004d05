"""A child's file page as text and as HTML; names are put in here, if at all."""

from collections.abc import Mapping
from textwrap import wrap

from jinja2 import Environment, PackageLoader, StrictUndefined

from matching.childs_file import ChildsFile, Line

NO_WORDS = "We have not written down what they say. Ask first, and write it here."
MARGIN, WIDTH = 20, 76


def as_html(page: ChildsFile, names: Mapping[str, str] | None = None) -> str:
    """The page as one HTML file that needs nothing else."""
    pages = Environment(loader=PackageLoader("matching", "pages"), autoescape=True, undefined=StrictUndefined)
    shown = names or {}
    return pages.get_template("childs_file.html").render(
        page=page,
        names=shown,
        shown=lambda ref: shown.get(ref, ref),
        day=_day(page),
        no_words=NO_WORDS,
    )


def as_text(page: ChildsFile, names: Mapping[str, str] | None = None) -> str:
    """The page as plain text, codes in the left margin."""
    child = (names or {}).get(page.child, page.child)
    told = [f"A proposal for {child}", f"For the child's file. {_day(page)}.", "", f"In {child}'s own words"]
    told += [f"  {line}" for line in wrap(page.own_words or NO_WORDS, WIDTH)]
    for part in page.parts:
        told += ["", part.heading]
        told += [row for line in part.lines for row in _rows(line, names)]
        told += [f"  {part.asks} {'_' * 20}"] if part.asks else []
    return "\n".join([*told, "", page.made_from]) + "\n"


def _rows(line: Line, names: Mapping[str, str] | None) -> list[str]:
    words = wrap(line.sentence.naming(names), WIDTH - MARGIN)
    return [f"{line.code if i == 0 else '':<{MARGIN}}{row}" for i, row in enumerate(words)]


def _day(page: ChildsFile) -> str:
    return f"{page.as_of.day} {page.as_of:%B %Y}"
