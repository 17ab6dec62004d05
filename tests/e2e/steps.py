"""Steps that stories and walk-throughs share: a referral, the homes of a list, a choice with its reason."""

import re

from tests.e2e.conftest import Desk


def heading(desk: Desk) -> str:
    return desk.page.locator("h1").inner_text()


def homes(desk: Desk) -> list[str]:
    return [re.sub(r"^\d+\. ", "", text) for text in desk.page.locator("article h3").all_inner_texts()]


def firm(desk: Desk) -> list[str]:
    """Homes of the list that need nobody's agreement for tonight."""
    told = zip(homes(desk), desk.page.locator("article").all_inner_texts(), strict=True)
    return [home for home, text in told if "To settle after tonight" not in text]


def refer(desk: Desk, born: str, sex: str) -> str:
    """A referral tonight; gives its reference."""
    desk.open("/refer")
    ref = desk.page.locator("#ref").input_value()
    desk.type("date_of_birth", born)
    desk.tick("sex" if sex == "female" else f"sex-{sex}")
    desk.type("needs_home_by", "27/11/2026")
    desk.tick("deadline")
    desk.choose("care_type", "short-term")
    desk.type("home_place", "so14 7ly")
    desk.type("places_to_avoid", "none")
    desk.tick("risk_harm_sexual-no")
    desk.tick("essential_skills-none")
    desk.tick("adaptations-none")
    desk.press("Check the answers")
    return ref


def take(desk: Desk, home: str = "") -> str:
    """Choose a home of the list, else the first that needs nobody's agreement, and say why; gives the home."""
    home = home or firm(desk)[0]
    is_first = homes(desk)[0] == home
    desk.press(f"{home} said yes")
    desk.type("reason", "Near to school and family.")
    if not is_first:
        desk.type("against", "They can not collect tonight.")
    desk.tick("right_child")
    desk.press("Promise the place")
    return home


def refer_siblings(at: Desk, *born: tuple[str, str]) -> None:
    """Brothers and sisters of the child just referred, each with a day of birth and sex; the family's answers stand already."""
    for day, sex in born:
        at.press("refer a brother or sister")
        at.type("date_of_birth", day)
        at.tick("sex" if sex == "female" else f"sex-{sex}")
        at.tick("essential_skills-none")
        at.tick("adaptations-none")
        at.tick("risk_harm_sexual-no")
        at.press("Check the answers")
