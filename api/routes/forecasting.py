"""Scenarios and forecasts."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.dependencies import Needs, TheAct, Version
from api.routes.jobs import JobTold, accepted
from api.security.roles import May
from api.services import jobs, scenarios
from api.services.jobs import JobKind

router = APIRouter(prefix="/api/v1", tags=["scenarios and forecasts"], dependencies=[Depends(Needs(May.FORECAST))])
EXAMPLE: dict[str, Any] = {
    "name": "Recruit for teenagers",
    "changes": {"supply": {"campaigns": [{"profile": "teenagers", "homes": 20, "from_month": 9}]}},
}


class Scenario(BaseModel):
    """What is otherwise than in the base case: demand, supply, policy, price, as in a scenario file."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})
    name: str = Field(min_length=1, max_length=120)
    changes: dict[str, Any] = Field(default_factory=dict, max_length=10)


class ScenarioTold(BaseModel):
    """A scenario as it stands."""

    id: str
    name: str
    changes: dict[str, Any]
    by: str
    at: str
    version: int


class Futures(BaseModel):
    """Which scenarios, how many years and runs; the same seed gives the same answer."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"scenarios": [], "years": 3, "runs": 200, "seed": 1}]}
    )
    scenarios: list[Annotated[str, Field(max_length=36)]] = Field(default_factory=list, max_length=8)
    years: int = Field(3, ge=1, le=10)
    runs: int = Field(200, ge=2, le=2000)
    seed: int = Field(1, ge=0, le=2**31)


@router.get("/scenarios", response_model=list[ScenarioTold])
def every(act: TheAct) -> JSONResponse:
    """The scenarios of the person's authority, by name."""
    return act.do(
        "list-scenarios",
        "scenarios",
        lambda session: [scenarios.as_told(row) for row in scenarios.every(session, act.user)],
    )


@router.post("/scenarios", status_code=201, response_model=ScenarioTold)
def keep(told: Scenario, act: TheAct) -> JSONResponse:
    """Write down a scenario; every fault is named."""
    return act.do(
        "keep-scenario",
        "scenario",
        lambda session: scenarios.as_told(scenarios.keep(session, act.user, told.name, told.changes)),
        201,
    )


@router.get("/scenarios/{scenario}", response_model=ScenarioTold)
def one(scenario: str, act: TheAct) -> JSONResponse:
    """One scenario."""
    return act.do(
        "read-scenario",
        f"scenario:{scenario[:36]}",
        lambda session: scenarios.as_told(scenarios.of(session, act.user, scenario)),
    )


@router.put("/scenarios/{scenario}", response_model=ScenarioTold)
def change(scenario: str, told: Scenario, act: TheAct, version: Version) -> JSONResponse:
    """Write a scenario anew; If-Match names the version it was made on."""
    return act.do(
        "change-scenario",
        f"scenario:{scenario[:36]}",
        lambda session: scenarios.as_told(
            scenarios.change(session, act.user, scenario, told.name, told.changes, version)
        ),
    )


@router.post("/forecasts", status_code=202, response_model=JobTold)
def ask(told: Futures, act: TheAct) -> JSONResponse:
    """Run the base case and scenarios on the same futures: a job; its files are tables, pictures and a summary."""

    def asked(session: Session) -> Any:
        for scenario in told.scenarios:
            scenarios.of(session, act.user, scenario)
        return jobs.ask(session, act.parts.store.seal, act.user, JobKind.FORECAST, told.model_dump())

    return accepted(act, "ask-forecast", "forecast", asked, scenarios=len(told.scenarios), years=told.years)
