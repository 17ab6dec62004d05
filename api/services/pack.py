"""The panel pack of a kept plan as a tagged PDF: need, how it is met, evidence, gap, support, for every child.

It is built from named parts of the plan, never from a whole record with parts hidden. Neither the file's name nor what the
PDF says of itself holds a reference; the header names the audience and the plan.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from api.services.asked_for import asked_in_words
from api.services.paper import set_on_paper
from matching.candidates import GOAL_TITLES
from matching.domain import Caseload
from matching.policy import Policy
from matching.wording import counted, spoken, written

TEMPLATE = Path(__file__).with_name("pack.typ")
AUDIENCE = "For the matching panel alone"


def panel_pack(plan: dict[str, Any], made_at: date, made_by: str, caseload: Caseload, policy: Policy) -> bytes:
    """The pack as PDF."""
    titles = {rule.code: rule.title for rule in policy.every_rule} | {c.code: c.title for c, _ in policy.criteria}
    children = [_placed(one, caseload, titles) for one in plan["placements"]]
    children += [_unplaced(one, caseload) for one in plan["unplaced"]]
    proof = (
        "No better plan exists: proven."
        if plan["status"] == "optimal"
        else "Whether a better plan exists is not proven."
    )
    sound = "The independent checker has read it: sound." if plan["checker"]["sound"] else "THE CHECKER FOUND BREACHES."
    told = {
        "title": "Panel pack",
        "header": f"{AUDIENCE}. {written(made_at)}",
        "hash": plan["plan_hash"][:12],
        "opening": f"Made by {made_by} on {written(made_at)}. {counted(len(plan['placements']), 'child has', 'children have')} "
        f"a home in this plan; {_without(plan['unplaced'])}. {proof} {sound}",
        "goals": [{**goal, "title": GOAL_TITLES[goal["code"]]} for goal in plan["goals"]],
        "children": children,
    }
    return set_on_paper(TEMPLATE, told, datetime(made_at.year, made_at.month, made_at.day, tzinfo=UTC))


def _nowhere(one: dict[str, Any]) -> bool:
    """Whether the child waits for a home; who asks to move lives on where they live, who asks for nights with parents."""
    return not (one.get("stays_at") or one.get("for_nights"))


def _without(unplaced: list[dict[str, Any]]) -> str:
    """How many have no home, and how many stay where they live for now."""
    none = sum(map(_nowhere, unplaced))
    more = len(unplaced) - none
    return f"{none} have no home yet" + (f", {more} more stay where they live for now" if more else "")


def _placed(one: dict[str, Any], caseload: Caseload, titles: dict[str, str]) -> dict[str, Any]:
    rows = [_row(said, titles, met=said["sentence"]) for said in one["reasons"]]
    rows += [_row(said, titles, gap=said["sentence"]) for said in one["worries"]]
    rows += [_row(said, titles, gap=f"We do not know. {said['sentence']}") for said in one["not_known"]]
    rows += [_row(said, titles, support=said["sentence"]) for said in one["before"]]
    return {
        **_about(one["child"], caseload),
        "heading": f"{one['child']}: {one['home']} is proposed",
        "rows": rows,
        "said": [],
    }


def _row(said: dict[str, Any], titles: dict[str, str], **what: str) -> dict[str, str]:
    need = titles.get(said["code"], spoken(said["code"]).capitalize())
    return {"need": need, "met": "", "gap": "", "support": "", "evidence": said["code"], **what}


def _unplaced(one: dict[str, Any], caseload: Caseload) -> dict[str, Any]:
    said = [reason["sentence"] for reason in one["reasons"]]
    for miss in one["possible_if"]:
        needs = " ".join(need["sentence"] for need in miss["needs"])
        said.append(f"{miss['home']} would be possible if this were settled: {needs}")
    return {
        **_about(one["child"], caseload),
        "heading": f"{one['child']}: no home is proposed yet" if _nowhere(one) else one["heading"],
        "rows": [],
        "said": said,
    }


def _about(ref: str, caseload: Caseload) -> dict[str, str]:
    """What the panel needs of the child; a child who is no longer in the record is said to be so."""
    child = caseload.child_by_ref.get(ref)
    if child is None:
        return {"about": "This child is no longer in the record.", "words": ""}
    age = child.age_on(caseload.as_of)
    told = f"{counted(age, 'year')} old." if age is not None else "Age not known."
    if asked := asked_in_words(caseload, child):
        told += f" {asked[:1].upper()}{asked[1:]}."
    return {"about": told, "words": child.own_words or ""}
