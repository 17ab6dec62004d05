"""JSON routes, one module for each resource; `ROUTERS` is all of them."""

from api.routes import casework, decisions, facts, jobs, people, sessions, trail

ROUTERS = (sessions.router, people.router, facts.router, casework.router, decisions.router, jobs.router, trail.router)
