"""The tour: every page as a picture at three widths, made by `make tour`, so that the pictures never fall behind."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.conftest import City, Desk, chromium, running_city

DOCS = Path(__file__).parents[2] / "docs"
WIDTHS = {"1280": 1280, "320": 320}


@dataclass(frozen=True)
class Stop:
    """One page or state: who is there, how they come there, what it shows."""

    name: str
    role: str
    says: str
    come: Callable[[Desk], object]

    def reach(self, desk: Desk) -> Desk:
        """Be signed in and go there."""
        if self.role:
            desk.as_role(self.role)
        self.come(desk)
        return desk


def at(path: str) -> Callable[[Desk], object]:
    """Open an address."""
    return lambda desk: desk.open(path)


STOPS = (
    Stop("sign-in", "", "Signing in.", at("/sign-in")),
    Stop("board", "duty-officer", "The duty board: who needs a home by when, vacancies and the age of their confirmation.", at("/board")),
    Stop("refer", "duty-officer", "The Friday form.", at("/refer")),
    Stop("child", "duty-officer", "A child, and the homes to ring in order.", at("/children/C0001")),
    Stop("meeting", "duty-officer", "The matching meeting before a plan is made.", at("/meeting")),
    Stop("not-found", "duty-officer", "Something that is not there.", at("/children/NONE")),
    Stop("start", "administrator", "An administrator, who sees no case.", at("/")),
)  # fmt: skip


def take(stop: Stop, city: City, folder: Path, desks: Callable[[int], Desk]) -> None:
    """Pictures of a stop at each width."""
    for name, width in WIDTHS.items():
        desk = stop.reach(desks(width))
        desk.page.screenshot(path=folder / f"{stop.name}-{name}.png", full_page=True, animations="disabled")
        desk.context.close()


def main() -> None:
    """Write docs/tour/*.png and docs/tour.md."""
    folder = DOCS / "tour"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as work, running_city(Path(work)) as city, chromium() as browser:

        def desks(width: int) -> Desk:
            return Desk(city, browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB"))

        for stop in STOPS:
            take(stop, city, folder, desks)
    (DOCS / "tour.md").write_text(_page(), encoding="utf-8")


def _page() -> str:
    said = [
        f"## {stop.name.replace('-', ' ').capitalize()}\n\n{stop.says} [At 320 pixels](tour/{stop.name}-320.png).\n\n"
        f"![{stop.says}](tour/{stop.name}-1280.png)\n"
        for stop in STOPS
    ]
    return "# Tour of the pages\n\nMade by `make tour` from the sample city; nobody in it exists.\n\n" + "\n".join(said)


if __name__ == "__main__":
    main()
