"""Pages for people: HTML over the same services as the JSON routes; they work without script."""

from api.pages import (
    agreeing,
    board,
    child,
    choosing,
    details,
    family_finding,
    finding,
    futures,
    importing,
    meeting,
    outcomes,
    people,
    provider,
    referring,
    sessions,
    trail,
)

PAGES = (
    sessions.router,
    provider.router,
    board.router,
    referring.router,
    details.router,
    choosing.router,
    child.router,
    agreeing.router,
    meeting.router,
    outcomes.router,
    family_finding.router,
    finding.router,
    futures.router,
    importing.router,
    trail.router,
    people.router,
)
