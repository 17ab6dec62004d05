"""`placements serve` and `placements audit`: the commands that the service adds."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def register(app: typer.Typer) -> None:
    """Add the commands; what they need is imported when they run."""
    app.command("serve")(serve)
    app.command("audit")(audit)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.", min=1, max=65535)] = 8000,
    empty: Annotated[bool, typer.Option("--empty", help="Do not load the sample city into an empty database.")] = False,
) -> None:
    """Run the service; an empty SQLite database gets the sample city and a sign-in for each role, printed once."""
    import uvicorn

    from api.main import create_app
    from api.sample import fill
    from api.settings import Settings

    settings = Settings.from_environment()
    screen = Console()
    if settings.database.startswith("sqlite") and not empty:
        for name, password in fill(settings, date.today()):  # noqa: DTZ011 - the day where the officers are
            screen.print(f"{name:32} {password}")
    screen.print(f"Listening on http://{host}:{port}; the API is described at /api/openapi.json")
    uvicorn.run(create_app(settings), host=host, port=port, log_level="warning", access_log=False)


def audit(
    head: Annotated[
        str | None, typer.Option("--head", help="NUMBER:HASH that was kept elsewhere; it must still stand.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the head to this file, to keep elsewhere.")
    ] = None,
) -> None:
    """Read the whole trail: 0 whole, 3 faults found (listed)."""
    from api.db import audit as trail
    from api.db.sealing import Seal
    from api.db.store import Store
    from api.settings import Settings

    settings = Settings.from_environment()
    store = Store(settings.database, Seal.from_file(settings.key_file, make=False))
    number, _, text = (head or "").partition(":")
    with store.reading() as session:
        found = trail.verify(session, (int(number), text) if head else None)
    for fault in found.faults:
        Console().print(fault)
    Console().print(f"{found.entries} entries read; head {found.entries}:{found.head}")
    if export:
        export.write_text(f"{found.entries}:{found.head}\n", encoding="utf-8")
    raise typer.Exit(3 if found.faults else 0)
