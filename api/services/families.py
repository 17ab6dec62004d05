"""Brothers and sisters and their plan, who belongs together or apart, adopters reserved by a link."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from api.db import queries
from api.db.queries import Kept
from api.db.tables import Bed
from api.errors import Conflict, NotHere, Wrong
from api.services.homes import At
from matching.domain import Caseload, Standing, Tie


def groups(caseload: Caseload) -> list[dict[str, Any]]:
    """Sibling groups of the children who need a home, with those who are settled, and the plan."""
    return [
        {
            "ref": group.ref,
            "waiting": list(group.children),
            "settled": list(group.settled),
            "plan": group.plan.value,
            "subsets": ["+".join(sorted(part)) for part in group.subsets],
        }
        for group in caseload.groups
        if not group.ref.startswith("only:")
    ]


def plan_siblings(at: At, caseload: Caseload, group: str, cells: dict[str, str], version: int | None) -> Kept:
    """Record the assessed plan of a sibling group; raises `NotHere` for a group that no child of ours belongs to."""
    members = {child.ref for child in caseload.children if child.sibling_group == group}
    own = queries.own_children(at.session, at.authority)
    if not members or (own is not None and not members <= own):
        raise NotHere("There is no such sibling group.", "Write its reference at each child first.")
    return queries.save(
        at.session, at.seal, at.maps, "relationship", {"tie": Tie.SIBLING_PLAN.value, "of": group, **cells}, version
    )


def relate(at: At, caseload: Caseload, cells: dict[str, str]) -> Kept:
    """Record a tie between a child of ours and another child or a home; raises `NotHere` when either is not there."""
    _own(at, cells.get("of", ""))
    other = cells.get("to", "")
    if other not in caseload.child_by_ref and other not in caseload.home_by_ref:
        raise NotHere("There is nobody with the second reference.", "Look it up in the list.")
    return queries.save(at.session, at.seal, at.maps, "relationship", cells)


def unrelate(at: At, tie: Tie, of: str, to: str) -> None:
    """A tie no longer holds; raises `NotHere` when there is none."""
    _own(at, of)
    ref = "|".join((tie.value, of, to))
    queries.one(at.session, at.seal, "relationship", ref, None)
    queries.remove(at.session, "relationship", ref)


def _own(at: At, child: str) -> None:
    """Raise `NotHere` unless the child is the person's own, and not one who only lives beside theirs."""
    queries.one(at.session, at.seal, "child", child, at.authority)


@dataclass(frozen=True)
class Link:
    """Adopters reserved for children who go together, until a day."""

    children: tuple[str, ...]
    home: str
    expires_on: date


def links(caseload: Caseload) -> list[dict[str, Any]]:
    """Every link, in force or expired, by child."""
    found = [p for p in caseload.placements if p.standing is Standing.LINKED]
    return [
        {
            "child": p.child,
            "home": p.home,
            "since": p.since.isoformat() if p.since else None,
            "expires_on": p.expires_on.isoformat() if p.expires_on else None,
            "in_force": (p.child, p.home) in caseload.linked,
        }
        for p in sorted(found, key=lambda p: (p.child, p.home))
    ]


def reserve(at: At, caseload: Caseload, link: Link) -> list[Kept]:
    """Reserve adopters for children of one group, all or none.

    Raises `Conflict` when the adopters are reserved for others, or a child has a link elsewhere; `Wrong` for a day that
    is past, or children who are no brothers and sisters.
    """
    caseload.home(link.home)
    for child in link.children:
        _own(at, child)
    if link.expires_on < at.day:
        raise Wrong("A link ends today or later.", "Give a later day.", ({"field": "expires_on", "reason": "is past"},))
    if not all(caseload.one_family(link.children[0], child) for child in link.children):
        raise Wrong("A link is for one child or one sibling group.", "Reserve for each group by itself.")
    _not_reserved(at, caseload, link)
    return [
        queries.save(
            at.session,
            at.seal,
            at.maps,
            "placement",
            {
                "child": child,
                "home": link.home,
                "standing": Standing.LINKED.value,
                "since": at.day.isoformat(),
                "expires_on": link.expires_on.isoformat(),
            },
        )
        for child in link.children
    ]


def _not_reserved(at: At, caseload: Caseload, link: Link) -> None:
    for child, home in sorted(caseload.linked):
        if home == link.home and not caseload.one_family(child, link.children[0]):
            raise Conflict(
                f"{home} is reserved for other children already.", "Wait until that link ends, or ask again."
            )
        if child in link.children and home != link.home:
            raise Conflict(f"{child} has a link with {home} already.", "Withdraw that one first.")
    lives = [child for child in link.children if caseload.lives_in.get(child) == link.home]
    held = at.session.scalars(select(Bed.child).where(Bed.child.in_(link.children))).all()
    if lives or held:
        raise Conflict(f"{(lives or held)[0]} has a place already.", "A link comes before a place.")


def unlink(at: At, child: str, home: str) -> None:
    """Withdraw a link; raises `NotHere` when there is none."""
    _own(at, child)
    kept = queries.one(at.session, at.seal, "placement", f"{child}|{home}", None)
    if kept.cells.get("standing") != Standing.LINKED.value:
        raise NotHere("There is no link of this child with these adopters.", "Look it up in the list of links.")
    queries.remove(at.session, "placement", kept.ref)
