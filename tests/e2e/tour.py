"""The tour: every page as a picture at three widths, made by `make tour`, so that the pictures never fall behind."""

import io
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Route

from tests.e2e.conftest import Desk, chromium, filled_city, running_city

DOCS = Path(__file__).parents[2] / "docs"
WIDTHS = {"1280": 1280, "320": 320}  # 320 pixels is also what a 1280 pixel screen shows at 400 % zoom
IN_FEW_COLOURS = (
    "board",
    "refer-fault",
    "homes",
    "compare",
    "meeting-grid",
    "futures-run",
)  # as who chose their own colours
ON_PAPER = ("board", "tonight", "homes", "meeting")


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


def wished(desk: Desk) -> None:
    """A plan for everybody, if none was made yet."""
    desk.open("/meeting")
    button = desk.page.get_by_role("button", name="Plan for everybody")
    if button.count():
        with desk.page.expect_navigation(timeout=120_000):
            button.click()


def typed(desk: Desk) -> None:
    """A referral with a fault, so that the page says where."""
    desk.open("/refer")
    desk.page.fill("#date_of_birth", "31 February 2018")
    desk.page.click("text=Check the answers")
    desk.page.wait_for_load_state()


def checked(desk: Desk) -> None:
    """A referral that is ready to be sent."""
    desk.open("/refer")
    desk.page.fill("#date_of_birth", "1 March 2018")
    desk.page.click("text=Check the answers")
    desk.page.wait_for_url("**/refer/check")


def listed(desk: Desk) -> None:
    """The list of a planned child, after the first thought."""
    desk.open(f"/children/{PLANNED}")
    if desk.page.locator("#thought").count():
        desk.page.check("#skip-1")
        desk.page.click("text=See the homes")
        desk.page.wait_for_load_state()


def compared(desk: Desk) -> None:
    """The first two homes of the list side by side."""
    listed(desk)
    boxes = desk.page.locator("input[name=home][type=checkbox]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    desk.page.get_by_role("button", name="Compare the homes").click()
    desk.page.wait_for_url("**/compare?*")


def chosen(desk: Desk) -> None:
    """The second home of the list, before it is chosen."""
    listed(desk)
    desk.page.get_by_role("button", name="said yes").nth(1).click()
    desk.page.wait_for_url("**/choose?*")


def asked(desk: Desk) -> None:
    """A rule sent to a role that may lift it; then that role's queue."""
    desk.open("/to-agree")


def case(desk: Desk) -> None:
    """A training case that has a planted fault, not answered yet."""
    desk.open("/training/case-2")


def case_found(desk: Desk) -> None:
    """A training case, answered."""
    desk.open("/training/case-1")
    if desk.page.locator("#named-none").count():
        desk.page.check("#named-none")
        desk.page.get_by_role("button", name="Answer").click()
        desk.page.wait_for_load_state()


JOB = re.compile(r"/(imports|futures/runs)/[0-9a-f-]{36}$")
RUNS: dict[str, str] = {}
REGISTER = b"Carer ref;Type of home;Free places;Notes\nH901;Foster;1;two dogs\nH902;Fostering household;2;\n"


def sent_to_be_mapped(desk: Desk) -> None:
    """A register whose columns are to be mapped, codes shown."""
    desk.open("/imports")
    desk.page.select_option("#table", "homes")
    desk.page.set_input_files("#table-file", {"name": "register.csv", "mimeType": "text/csv", "buffer": REGISTER})
    desk.page.get_by_role("button", name="Map its columns").click()
    desk.page.wait_for_url("**/imports/mapping/*")
    for place, column in enumerate(("ref", "kind", "places_free")):
        desk.page.select_option(f"#col-{place}", column)
    desk.page.get_by_role("button", name="Keep, and show the codes").click()
    desk.page.wait_for_load_state()


def mapped_with_faults(desk: Desk) -> None:
    """The trial of a mapping that leaves a code without a word."""
    sent_to_be_mapped(desk)
    desk.page.get_by_role("button", name="Try it, change nothing").click()
    desk.page.wait_for_url(JOB)
    desk.city.work(desk.page.url.rsplit("/", 1)[-1])
    desk.page.reload()


def _without_renewal(route: Route) -> None:
    """A page that would renew itself in seconds stands still to be looked at."""
    answer = route.fetch()
    kept = {name: text for name, text in answer.headers.items() if name != "refresh"}
    route.fulfill(response=answer, headers=kept)


def waits(desk: Desk) -> None:
    """A run of futures that waits for the worker."""
    desk.page.route(JOB, _without_renewal)
    desk.open("/futures")
    desk.page.select_option("#years", "1")
    desk.page.select_option("#runs", "50")
    desk.page.get_by_role("button", name="Run", exact=True).click()
    desk.page.wait_for_url(JOB)
    desk.page.goto(desk.page.url)  # where a form leads to is not held; what is opened again is


def ran(desk: Desk) -> None:
    """Futures side by side: one scenario beside the base case, run once for each city."""
    if desk.city.url not in RUNS:
        desk.open("/futures")
        desk.page.fill("#name", "Twenty for teenagers")
        desk.page.fill("#homes", "20")
        desk.page.select_option("#profile", "teenagers")
        desk.page.get_by_role("button", name="Keep the scenario").click()
        desk.page.wait_for_load_state()
        desk.page.check("#scenario-1")
        desk.page.select_option("#years", "1")
        desk.page.select_option("#runs", "50")
        desk.page.get_by_role("button", name="Run", exact=True).click()
        desk.page.wait_for_url(JOB)
        RUNS[desk.city.url] = desk.page.url.rsplit("/", 1)[-1]
        desk.city.work(RUNS[desk.city.url])
    desk.open(f"/futures/runs/{RUNS[desk.city.url]}")


def table_behind(desk: Desk) -> None:
    """The table behind the first picture of a run."""
    ran(desk)
    desk.page.get_by_role("link", name="The table behind it").first.click()
    desk.page.wait_for_url("**/tables/*")


PLANNED, TONIGHT, SIBLINGS = "C0001", "C0003", "C0014"
OFFICER, DIRECTOR = "duty-officer", "nominated-officer"
STOPS = (
    Stop("sign-in", "", "Signing in.", at("/sign-in")),
    Stop("board", OFFICER, "The duty board: who needs a home today, what waits on whom, vacancies and the age of their confirmation.", at("/board")),
    Stop("tonight", OFFICER, "Tonight's list on paper.", at("/board/tonight")),
    Stop("refer", OFFICER, "The Friday form.", at("/refer")),
    Stop("refer-fault", OFFICER, "What can not be read is said beside its question.", typed),
    Stop("refer-check", OFFICER, "The answers to check: what is not known is in plain sight.", checked),
    Stop("first-thought", "family-finder", "An own first thought before the list.", at(f"/children/{PLANNED}")),
    Stop("homes", OFFICER, "The homes to ring, in order.", listed),
    Stop("homes-tonight", OFFICER, "The homes for tonight.", at(f"/children/{TONIGHT}")),
    Stop("homes-siblings", OFFICER, "Brothers and sisters for whom no home can be rung: what would open one.", at(f"/children/{SIBLINGS}?emergency=yes")),
    Stop("why-not", OFFICER, "Why is this home not here?", at(f"/children/{PLANNED}/homes/H0012")),
    Stop("compare", OFFICER, "Homes side by side.", compared),
    Stop("choose", OFFICER, "A home that is not the first: one more line.", chosen),
    Stop("details", OFFICER, "What we know, as a list of tasks.", at(f"/children/{PLANNED}/details")),
    Stop("details-safety", OFFICER, "One part: safety.", at(f"/children/{PLANNED}/details/safety")),
    Stop("to-agree", DIRECTOR, "What waits for a role's agreement.", asked),
    Stop("meeting", OFFICER, "The matching meeting: the plan for everybody.", wished),
    Stop("meeting-grid", OFFICER, "Children down, homes across.", lambda desk: (wished(desk), desk.open("/meeting/grid"))),
    Stop("meeting-since", OFFICER, "All that a plan does otherwise than the one before.", at("/meeting/since")),
    Stop("meeting-others", OFFICER, "Other plans, nearly as good.", at("/meeting/alternatives")),
    Stop("meeting-fairness", OFFICER, "Who waits, who finds a home.", at("/meeting/fairness")),
    Stop("split", OFFICER, "The best ways to split brothers and sisters.", at(f"/children/{SIBLINGS}/split")),
    Stop("outcomes", OFFICER, "How placements go.", at("/outcomes")),
    Stop("family-finding", "family-finder", "Family finding: groups, links, pools.", at("/family-finding")),
    Stop("futures", "commissioner", "Scenarios by form.", at("/futures")),
    Stop("futures-waits", "commissioner", "A run, and how far it is.", waits),
    Stop("futures-run", "commissioner", "Futures side by side, with ranges and the table behind each picture.", ran),
    Stop("futures-table", "commissioner", "The table behind a picture.", table_behind),
    Stop("imports", "data-manager", "Files into the record: a trial first.", at("/imports")),
    Stop("mapping", "data-manager", "A table of another system: its columns and codes mapped by form.", sent_to_be_mapped),
    Stop("import-faults", "data-manager", "A trial: every fault by file, row and column.", mapped_with_faults),
    Stop("training", OFFICER, "Training cases, in most of which a fault is planted.", at("/training")),
    Stop("training-case", OFFICER, "One case, marked as training.", case),
    Stop("training-found", OFFICER, "What was planted, told after the answer.", case_found),
    Stop("oversight", "team-manager", "How we decide: by practice, which rules are lifted, what was found in training.", at("/oversight")),
    Stop("trail", "auditor", "The trail of acts.", at("/trail")),
    Stop("trail-verified", "auditor", "Whether the trail is whole.", at("/trail/verified")),
    Stop("trail-plans", "auditor", "Plans that were kept.", at("/trail/plans")),
    Stop("people", "administrator", "People and roles, and no case.", at("/people")),
    Stop("person", "administrator", "What somebody may do.", at("/people/analyst")),
    Stop("find", OFFICER, "Finding by reference.", at("/find?q=C000")),
    Stop("not-found", OFFICER, "Something that is not there.", at("/children/NONE")),
    Stop("start", "analyst", "Signing in leads to the role's own page.", at("/")),
)  # fmt: skip


def take(stop: Stop, folder: Path, desk: Desk) -> None:
    """Pictures of a stop at each width; some also in colours that the reader chose, and as printed."""
    stop.reach(desk)
    for name, width in WIDTHS.items():
        desk.page.set_viewport_size({"width": width, "height": 900})
        _keep(desk, folder / f"{stop.name}-{name}.png")
    desk.page.set_viewport_size({"width": 1280, "height": 900})
    if stop.name in IN_FEW_COLOURS:
        desk.page.emulate_media(forced_colors="active", reduced_motion="reduce")
        _keep(desk, folder / f"{stop.name}-colours.png")
    if stop.name in ON_PAPER:
        desk.page.emulate_media(media="print", forced_colors="none")
        _keep(desk, folder / f"{stop.name}-paper.png")
    desk.context.close()


def _keep(desk: Desk, file: Path) -> None:
    """The whole page as a small picture."""
    desk.show_every_picture()
    whole = desk.page.screenshot(full_page=True, animations="disabled")
    Image.open(io.BytesIO(whole)).quantize(128).save(file, optimize=True)


def main(*wanted: str) -> None:
    """Write docs/tour/*.png and docs/tour.md; with names, those pictures alone."""
    folder = DOCS / "tour"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        if not wanted:
            old.unlink()
    with (
        tempfile.TemporaryDirectory() as full,
        tempfile.TemporaryDirectory() as work,
        running_city(filled_city(Path(full)), Path(work)) as city,
        chromium() as browser,
    ):
        for stop in STOPS:
            if not wanted or stop.name in wanted:
                take(stop, folder, Desk(city, browser.new_context(locale="en-GB")))
    (DOCS / "tour.md").write_text(_page(), encoding="utf-8")


def _page() -> str:
    return "# Tour of the pages\n\nMade by `make tour` from the sample city; nobody in it exists.\n\n" + "\n".join(
        map(_told, STOPS)
    )


def _told(stop: Stop) -> str:
    """One stop of the page, with links to its other pictures."""
    more = [("At 320 pixels", "320")]
    more += [("In colours of the reader's own, nothing moving", "colours")] if stop.name in IN_FEW_COLOURS else []
    more += [("On paper", "paper")] if stop.name in ON_PAPER else []
    links = " ".join(f"[{words}](tour/{stop.name}-{name}.png)." for words, name in more)
    title = stop.name.replace("-", " ").capitalize()
    return f"## {title}\n\n{stop.says} {links}\n\n![{stop.says}](tour/{stop.name}-1280.png)\n"


if __name__ == "__main__":
    main(*sys.argv[1:])
