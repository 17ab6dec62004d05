"""Pages for people: HTML over the same services as the JSON routes; they work without script."""

from api.pages import (
    agreeing,
    board,
    child,
    choosing,
    described,
    details,
    finding,
    meeting,
    provider,
    referring,
    sessions,
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
    finding.router,
    described.router,
)
