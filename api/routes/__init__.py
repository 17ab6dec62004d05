"""JSON routes, one module for each resource; `ROUTERS` is all of them."""

from api.routes import account, api_keys, casework, decisions, facts, people, pools, sessions, trail

ROUTERS = (
    sessions.router,
    account.router,
    people.router,
    api_keys.router,
    pools.router,
    facts.router,
    casework.router,
    decisions.router,
    trail.router,
)
