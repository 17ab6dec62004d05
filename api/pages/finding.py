"""Finding a child or home by its reference, from every page, by keyboard."""

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.pages.rendering import Looking, PageNeeds, back_to, page
from api.security.roles import May
from api.services import matching

router = APIRouter(include_in_schema=False)
MOST = 20


@router.get("/find", dependencies=[Depends(PageNeeds(May.SEE_CASES))])
def find(look: Looking, q: str = "") -> Response:
    """Straight to the child whose reference it is; else all whose reference holds what was typed."""
    parts, text = look.parts, q.strip().upper()[:80]
    with parts.store.reading() as session:
        caseload = matching.caseload_now(session, parts.store.seal, parts.maps, look.user, parts.today())
        own = look.user.authority
        mine = [c.ref for c in caseload.children if own is None or c.authority in (own, None)]
    look.run("find", "find", lambda _: {})
    exact = [ref for ref in mine if ref.upper() == text]
    if exact:
        return back_to(f"/children/{exact[0]}")
    children = [ref for ref in mine if text and text in ref.upper()]
    homes = [home for home in caseload.homes if text and text in home.ref.upper()]
    waiting = {child.ref for child in caseload.seeking}
    lived = {home.ref: caseload.households[home.ref].residents for home in homes[:MOST]}
    return page(
        "find.html",
        look,
        text=text,
        children=children[:MOST],
        homes=homes[:MOST],
        waiting=waiting,
        lived=lived,
        mine=set(mine),
        more=len(children) + len(homes) > 2 * MOST,
    )
