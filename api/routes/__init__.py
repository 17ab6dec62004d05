"""JSON routes, one module for each resource; `ROUTERS` is all of them."""

from api.routes import casework, decisions, facts, people, sessions, trail

ROUTERS = (sessions.router, people.router, facts.router, casework.router, decisions.router, trail.router)
