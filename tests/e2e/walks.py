"""Friday, 17:00, five times over: from a blank referral to a recorded placement, every press, field and letter counted.

How long it takes is reckoned by the keystroke-level model of Card, Moran and Newell (1980), for a person who types
with two fingers: what a machine needs for the same steps says nothing of people. The telephone rings as long as it rings;
that time is not in it.
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.e2e.conftest import Desk, Filled, chromium, filled_city, running_city
from tests.e2e.steps import firm, homes, refer, refer_siblings, take

LETTER, POINT, THINK, READ = 0.28, 1.1, 1.35, 8.0  # seconds: a letter, a move of the hand, a decision, a new page
MOST_INTERACTIONS, MOST_SECONDS = 60, 300
PAGE = Path(__file__).parents[2] / "docs" / "walk-throughs.md"


@dataclass(frozen=True)
class Walk:
    """One evening: what happens, and how it is done at the pages; gives the words that show that the child has moved in."""

    name: str
    says: str
    go: Callable[[Desk], str]


@dataclass(frozen=True)
class Counted:
    """What a walk took."""

    interactions: int
    letters: int
    pages: int

    @property
    def seconds(self) -> int:
        """By the keystroke-level model, with reading."""
        return round(self.interactions * (THINK + POINT) + self.letters * LETTER + self.pages * READ)


def _one_yes(at: Desk) -> str:
    refer(at, "1 March 2019", "female")
    at.press("Send and see the homes")
    home = take(at)
    at.press("has moved in")
    return f"lives at {home}"


def _no_answer_no_yes(at: Desk) -> str:
    refer(at, "12 June 2022", "female")
    at.press("Send and see the homes")
    first, then = firm(at)[:2]
    at.open_up(f"{first} said something else")
    at.tick(f"said-{first}")
    at.press("Write it down")
    refuses = next(home for home in homes(at) if home not in (first, then))
    at.open_up(f"{refuses} said something else")
    at.tick(f"no-{refuses}")
    at.choose(f"why-{refuses}", "timing")
    at.press("Write it down")
    home = take(at, then)
    at.press("has moved in")
    return f"lives at {home}"


def _three_and_a_baby(at: Desk) -> str:
    refer(at, "3/4/2022", "female")
    refer_siblings(at, ("7/7/2023", "female"), ("9/9/2024", "female"), ("1/8/2026", "female"))
    at.press("Send and see the homes")
    at.press("The best ways to split them", role="link")
    parts = at.page.get_by_role("link", name="Homes for").count()
    for part in range(parts):
        at.press("Homes for", role="link", nth=part)
        if firm(at):
            break
        at.press("The best ways to split them", role="link")
    home = take(at)
    at.press("has moved in")
    return f"lives at {home}"


def _otherwise(at: Desk) -> str:
    refer(at, "20 May 2022", "female")
    at.press("Send and see the homes")
    home = take(at, firm(at)[1])
    at.press("has moved in")
    return f"lives at {home}"


def _taken_back(at: Desk) -> str:
    refer(at, "2 May 2022", "female")
    at.press("Send and see the homes")
    first = take(at)
    at.open_up("The place is not taken after all")
    at.type("why-withdrawn", "A child of theirs fell ill.")
    at.press("Withdraw")
    home = take(at, next(one for one in firm(at) if one != first))
    at.press("has moved in")
    return f"lives at {home}"


WALKS = (
    Walk("One child", "The first home says yes.", _one_yes),
    Walk("Three calls", "No answer, then a no, then a yes from the next.", _no_answer_no_yes),
    Walk("Three siblings and a baby", "Nobody takes all four; the best split is looked up, the first part is placed.", _three_and_a_baby),
    Walk("Not the first home", "The officer knows better, takes the second and says why.", _otherwise),
    Walk("A yes that is taken back", "The promised place falls through; the next home takes the child.", _taken_back),
)  # fmt: skip


def counted(walk: Walk, desk: Desk) -> Counted:
    """Go a walk from the duty board on; what it took, once the child is seen to live there."""
    desk.as_role("duty-officer").open("/board")
    desk.interactions = desk.letters = desk.pages = 0
    shows = walk.go(desk)
    assert shows in desk.page.content(), f"{walk.name}: {shows!r} is not on {desk.page.url}"
    return Counted(desk.interactions, desk.letters, desk.pages)


def main(day: str) -> None:
    """Write the table of docs/walk-throughs.md."""
    rows = []
    with tempfile.TemporaryDirectory() as full, chromium() as browser:
        filled = filled_city(Path(full))
        for walk in WALKS:
            rows.append((walk, _in_a_city_of_its_own(walk, filled, browser)))
    PAGE.write_text(_page(rows, date.fromisoformat(day)), encoding="utf-8")


def _in_a_city_of_its_own(walk: Walk, filled: Filled, browser: object) -> Counted:
    with tempfile.TemporaryDirectory() as folder, running_city(filled, Path(folder)) as city:
        return counted(walk, Desk(city, browser.new_context(locale="en-GB")))  # type: ignore[attr-defined]


def _page(rows: list[tuple[Walk, Counted]], day: date) -> str:
    told = "\n".join(
        f"| {walk.name} | {walk.says} | {c.interactions} | {c.letters} | {c.pages} | {c.seconds // 60} min {c.seconds % 60} s |"
        for walk, c in rows
    )
    return f"""# Friday, 17:00: five walk-throughs

Each goes from a blank referral to a recorded placement, in a browser, by script; every press, choice and field is counted, every
letter and every page. `make walks` makes this page, and `make e2e` fails where one takes more than {MOST_INTERACTIONS} interactions
or {MOST_SECONDS // 60} minutes. Counted on {day.isoformat()} in the sample city.

The time is reckoned by the keystroke-level model (Card, Moran and Newell 1980): {LETTER} s a letter, {POINT} s to point and
{THINK} s to decide at each interaction, and {READ:.0f} s to read each page. Telephone calls are not in it. No officer was timed.

| walk | what happens | interactions | letters | pages | reckoned time |
| --- | --- | ---: | ---: | ---: | ---: |
{told}
"""


if __name__ == "__main__":
    main(sys.argv[1])
