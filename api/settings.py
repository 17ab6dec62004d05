"""Everything that can be set, from the environment; each setting is documented in docs/how-to/serve.md."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

PREFIX = "PLACEMENTS_"


class Settings(BaseModel):
    """How one service runs; nothing else in the process is configured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: str = Field("sqlite:///placements.db", description="SQLAlchemy URL: SQLite, or postgresql+psycopg://...")
    key_file: Path = Field(
        Path("placements.key"), description="File with the keys that seal protected fields, newest first."
    )
    signing_key_file: Path = Field(
        Path("placements.signing"), description="File with the key that signs exported heads of the trail."
    )
    session_hours: float = Field(8.0, gt=0, le=24, description="Hours after which somebody must sign in again.")
    idle_minutes: float = Field(30.0, gt=0, le=480, description="Minutes without a request after which a session ends.")
    plan_seconds: float = Field(60.0, gt=0, le=1800, description="Longest time that a plan may take.")
    jobs_at_once: int = Field(1, ge=1, le=16, description="Jobs that the worker does side by side.")
    job_memory: int = Field(4096, ge=64, le=262_144, description="Most memory that one job may have, in megabytes.")
    keep_files_days: int = Field(30, ge=1, le=365, description="Days after which files that jobs made are removed.")
    sign_in_file: Path | None = Field(None, description="File that says which sign-in provider is used, and its roles.")
    second_factor: Literal["offered", "required"] = Field(
        "offered", description="Whether a local account must set up an authenticator before it may do anything."
    )
    person_requests: str = Field("60 per minute; 600 per 30 minutes", description="Most that one person may ask.")
    machine_requests: str = Field("600 per minute", description="Most that one machine's key may ask.")
    database_owner: str | None = Field(
        None, description="URL of the role that owns the tables and migrates; the service itself has fewer rights."
    )
    largest_request: int = Field(20_000_000, gt=0, description="Largest request in bytes.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read `PLACEMENTS_<NAME>`; raises `ValidationError` for a value that cannot be."""
        told = {
            name: environment[PREFIX + name.upper()]
            for name in cls.model_fields
            if PREFIX + name.upper() in environment
        }
        return cls.model_validate(told)
