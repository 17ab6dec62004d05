"""JSON routes, one module for each resource; `ROUTERS` is all of them."""

from api.routes import (
    casework,
    decisions,
    facts,
    families,
    files,
    forecasting,
    homes,
    jobs,
    kept_words,
    outcomes,
    people,
    policies,
    referrals,
    sessions,
    trail,
)

ROUTERS = (
    sessions.router,
    people.router,
    referrals.router,
    facts.router,
    families.router,
    homes.router,
    casework.router,
    decisions.router,
    kept_words.router,
    outcomes.router,
    policies.router,
    forecasting.router,
    files.router,
    jobs.router,
    trail.router,
)
