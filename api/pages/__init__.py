"""Pages for people: HTML over the same services as the JSON routes; they work without script."""

from api.pages import board, casework, provider, sessions

PAGES = (sessions.router, provider.router, board.router, casework.router)
