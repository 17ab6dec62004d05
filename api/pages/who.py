"""The banner that says who a page is about: the same words on every page."""

from dataclasses import dataclass
from datetime import date

from api.services.asked_for import asked_in_words
from matching.domain import Caseload, Child
from matching.wording import counted, listed, written


@dataclass(frozen=True)
class Who:
    """A child as the banner shows them; `heading` when the banner is the page's own heading."""

    ref: str
    told: str
    own_words: str | None
    born: date | None
    heading: bool


def who(caseload: Caseload, ref: str, *, heading: bool = False) -> Who:
    """The banner of a child."""
    child = caseload.child(ref)
    told = [_age(child, caseload.as_of)]
    if child.date_of_birth:
        told[0] += f", born {written(child.date_of_birth)}"
    if asked := asked_in_words(caseload, child):
        told.append(asked)
    others = [one.ref for one in caseload.brothers_and_sisters(ref)]
    if others:
        told.append(f"brothers and sisters: {listed(others)}")
    if ref in caseload.lives_in:
        told.append(f"lives at {caseload.lives_in[ref]}")
    return Who(ref, "; ".join(told) + ".", child.own_words, child.date_of_birth, heading)


def _age(child: Child, day: date) -> str:
    """In years; of a baby in months."""
    age, born = child.age_on(day), child.date_of_birth
    if age is None or born is None:
        return "Age not known"
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    if age:
        return f"{counted(age, 'year')} old"
    return f"{counted(months, 'month')} old" if months else "Under a month old"
