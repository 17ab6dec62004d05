"""A run of futures told side by side: rows of its table of answers, a column for each scenario, ranges and never points."""

from typing import Any

from matching.wording import counted, spoken

Rows = list[dict[str, Any]]
POUNDS = "spend"
WORDS = {  # part and key of a scenario, as people say it
    ("demand", "starts"): "children who come into care",
    ("demand", "teenagers"): "of them, aged 11 and over",
    ("supply", "joining"): "new homes that join",
    ("supply", "leaving"): "homes that leave",
    ("price", "residential"): "price of children’s homes",
}


def side_by_side(rows: Rows) -> dict[str, Any]:
    """For the last year, over all kinds: a row for each measure, a column for each scenario, middle and range."""
    return _table([row for row in rows if row.get("kind") == "all" and row.get("area", "all") == "all"], "measure")


def unmet(rows: Rows) -> dict[str, Any]:
    """Children who would find no family, in the last year, by kind; small numbers stay hidden."""
    some = [row for row in rows if row.get("measure") == "no family found" and row["kind"] != "all"]
    return _table([row for row in some if row.get("area", "all") == "all"], "kind")


def _table(rows: Rows, by: str) -> dict[str, Any]:
    last = max((int(row["year"]) for row in rows), default=0)
    names = list(dict.fromkeys(row["scenario"] for row in rows))
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if int(row["year"]) == last:
            found.setdefault(row[by], {})[row["scenario"]] = in_words(row)
    return {"year": last, "scenarios": names, "rows": list(found.items())}


def in_words(row: dict[str, Any]) -> str:
    """The middle with the range of eight runs in ten, pounds in millions; empty where it is hidden."""
    if str(row.get("hidden")) == "True" or row.get("q50") in (None, ""):
        return ""
    low, middle, high = (float(row[name]) for name in ("q10", "q50", "q90"))
    if row.get("measure") == POUNDS:
        return f"£{middle / 1e6:,.1f} million ({low / 1e6:,.1f} to {high / 1e6:,.1f})"
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def changes_in_words(changes: dict[str, Any]) -> list[str]:
    """What a scenario changes against the base case, a line for each; one line when it is nothing."""
    said = []
    for part, keys in changes.items():
        for key, value in (keys if isinstance(keys, dict) else {"": keys}).items():
            if key == "campaigns":
                said += [_campaign(one) for one in value]
            else:
                said.append(_factor(WORDS.get((part, key), f"{part} {key}".strip().replace("_", " ")), value))
    return said or ["Nothing: it is the base case under another name."]


def _campaign(one: dict[str, Any]) -> str:
    whom = "any child" if one.get("profile") == "any" else spoken(str(one.get("profile")))
    homes = int(one.get("homes", 0))
    where = f" in {one['area']}" if one.get("area") else ""
    return f"{counted(homes, 'home')} recruited for {whom}{where}, from month {one.get('from_month', 0)} on."


def _factor(words: str, value: object) -> str:
    if not isinstance(value, int | float):
        return f"{words[:1].upper()}{words[1:]}: {value}."
    more = round((value - 1) * 100, 1)
    told = f"{abs(more):g} in 100 {'more' if more > 0 else 'fewer'}" if more else "as it is"
    return f"{words[:1].upper()}{words[1:]}: {told}."
