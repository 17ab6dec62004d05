"""`placements serve`, `worker`, `audit`, `replay`, `backup`, `restore`: the commands that the service adds."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from api.db.store import Store

WRONG_INPUT, BREACHES = 2, 3
GRACE = 20  # seconds in which requests that have begun may end
KEPT_OPEN = 75  # seconds a quiet connection stays open: longer than people think, so that none closes as they ask again


def register(app: typer.Typer) -> None:
    """Add the commands; what they need is imported when they run."""
    app.command("serve")(serve)
    app.command("worker")(work)
    trail = typer.Typer(help="The trail of acts.", invoke_without_command=True)
    trail.callback()(audit)
    trail.command("verify")(verify)
    trail.command("export")(export_head)
    trail.command("public-key")(show_public_key)
    app.add_typer(trail, name="audit")
    app.command("replay")(replay)
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("renew-key")(renew_key)
    app.command("grant")(grant)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.", min=1, max=65535)] = 8000,
    empty: Annotated[bool, typer.Option("--empty", help="Do not load the sample city into an empty database.")] = False,
    alone: Annotated[
        bool, typer.Option("--alone", help="Do not start the worker; 'placements worker' runs it elsewhere.")
    ] = False,
) -> None:
    """Run the service; an empty SQLite database gets the sample city and a sign-in for each role, printed once."""
    import uvicorn

    from api.main import create_app
    from api.sample import fill
    from api.settings import Settings
    from api.telemetry import log_as_json

    settings = Settings.from_environment()
    screen = Console()
    if settings.database.startswith("sqlite") and not empty:
        for name, password in fill(settings, date.today()):  # noqa: DTZ011 - the day where the officers are
            screen.print(f"{name:32} {password}")
    screen.print(f"Listening on http://{host}:{port}; the API is described at /api/openapi.json")
    log_as_json()
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=KEPT_OPEN,
    )
    server = uvicorn.Server(config)
    with _beside(alone):
        Thread(target=_warm, args=(server, app), daemon=True).start()
        server.run()
    if not server.started:  # the port is taken, or the record does not open; the log says which
        raise typer.Exit(1)


def _warm(server: "uvicorn.Server", app: "FastAPI") -> None:
    """Once it is ready: what else the first who asks would wait for, the description of the routes and the bank holidays."""
    from matching.working_days import is_working_day

    while not server.started:
        time.sleep(0.1)
    is_working_day(date.today())  # noqa: DTZ011 - the day where the officers are
    app.openapi()


@contextmanager
def _beside(alone: bool) -> Iterator[None]:
    """The worker as a process beside this one, unless it runs by itself elsewhere."""
    if alone:
        yield
        return
    process = subprocess.Popen([sys.executable, "-m", "matching.cli", "worker", "--beside", str(os.getpid())])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def work(
    beside: Annotated[int | None, typer.Option("--beside", hidden=True, help="End when this process does.")] = None,
) -> None:
    """Run the worker alone: plans over a second, imports, forecasts and exports. A second one stands by."""
    from api.settings import Settings
    from api.telemetry import log_as_json
    from api.worker import queue

    log_as_json()
    queue.run(Settings.from_environment(), _store(), beside)


def audit(
    context: typer.Context,
    head: Annotated[
        str | None, typer.Option("--head", help="NUMBER:HASH that was kept elsewhere; it must still stand.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the head to this file, to keep elsewhere.")
    ] = None,
) -> None:
    """The trail of acts; without a further word, `verify`."""
    if context.invoked_subcommand is None:
        verify(head, export)


def verify(
    head: Annotated[
        str | None,
        typer.Option(
            "--head", help="NUMBER:HASH, or a file of signed heads, that was kept elsewhere; it must still stand."
        ),
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the head to this file, to keep elsewhere.")
    ] = None,
    public_key: Annotated[
        str | None, typer.Option("--public-key", help="Key of the signed heads; else that of the signing key file.")
    ] = None,
) -> None:
    """Read the whole trail: 0 whole, 3 faults found (listed)."""
    from api.db import audit as trail

    heads = _heads(head, public_key) if head else []
    store = _store()
    with store.reading() as session:
        found = trail.verify(session, *heads)
    for fault in found.faults:
        Console().print(fault)
    Console().print(f"{found.entries} entries read; head {found.entries}:{found.head}", soft_wrap=True)
    if export:
        export.write_text(f"{found.entries}:{found.head}\n", encoding="utf-8")
    raise typer.Exit(BREACHES if found.faults else 0)


def _heads(head: str, public: str | None) -> list[tuple[int, str]]:
    from api.db import heads
    from api.settings import Settings

    number, _, text = head.partition(":")
    if number.isdigit() and text:
        return [(int(number), text)]
    if not Path(head).is_file():
        raise typer.BadParameter("it is NUMBER:HASH, or a file that 'audit export' wrote to.", param_hint="--head")
    file = Settings.from_environment().signing_key_file
    key = heads.public_key(public) if public else heads.signing_key(file, make=False).public_key()
    return heads.read(Path(head).read_text(encoding="utf-8").splitlines(), key)


def export_head(
    to: Annotated[
        Path | None, typer.Option("--to", help="File to add the signed head to, on another machine's disk.")
    ] = None,
    command: Annotated[
        str | None, typer.Option("--command", help="Command that takes the signed head on its standard input.")
    ] = None,
) -> None:
    """Sign the head of the trail and send it off this machine: to a file, to a command, else to the screen."""
    import shlex
    import subprocess
    from datetime import UTC, datetime

    from api.db import audit as trail
    from api.db import heads
    from api.settings import Settings

    with _store().reading() as session:
        entries, last = trail.head(session)
    key = heads.signing_key(Settings.from_environment().signing_key_file, make=True)
    line = heads.signed(key, entries, last, datetime.now(tz=UTC).isoformat(timespec="seconds"))
    if to:
        with to.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
    if command:
        subprocess.run(shlex.split(command), input=f"{line}\n", text=True, check=True)
    if not to and not command:
        typer.echo(line)


def show_public_key() -> None:
    """Print the key by which exported heads are checked; keep it with them."""
    from api.db import heads
    from api.settings import Settings

    key = heads.signing_key(Settings.from_environment().signing_key_file, make=True)
    typer.echo(heads.public_text(key.public_key()))


def grant(
    role: Annotated[str, typer.Argument(metavar="ROLE", help="The PostgreSQL role that the service runs as.")],
) -> None:
    """Give the service's role its rights on the tables; it can add to the trail and not change it. Run as their owner."""
    from api.db.grants import grant_to
    from api.db.store import Store
    from api.settings import Settings

    settings = Settings.from_environment()
    store = Store(settings.database_owner or settings.database, _store().seal)
    store.migrate()
    with store.rewriting() as connection:
        grant_to(connection, role)
    typer.echo(f"{role} may read and write, and only add to the trail")


def replay(
    plan: Annotated[str, typer.Argument(metavar="PLAN_ID", help="The number of a kept plan.")],
    policy: Annotated[
        Path | None, typer.Option("--policy", help="A policy file instead of the plan's own: whose proposal changes?")
    ] = None,
) -> None:
    """Make a kept plan again: 0 the same, 3 another one, with each child whose home differs."""
    from api.errors import ServiceError
    from api.services import replaying
    from api.services.geography import maps
    from matching.policy import read_policy

    store, other = _store(), read_policy(policy) if policy else None
    try:
        with store.reading() as session:
            found = replaying.replay(session, store, maps(), plan, other)
    except ServiceError as fault:
        typer.echo(f"{fault.detail} {fault.way_out}", err=True)
        raise typer.Exit(WRONG_INPUT) from None
    for child, before, after in found.changed:
        typer.echo(f"{child}: {before or 'no home'} before, {after or 'no home'} now")
    same = found.same or (other is not None and not found.changed)
    typer.echo(f"{'The same plan' if found.same else f'{len(found.changed)} children differ'}; {found.digest}")
    raise typer.Exit(0 if same else BREACHES)


def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write the copy to.")]) -> None:
    """Copy the whole record into one file, as it stands at one moment, and the keys of its people into FILE.keys beside it.

    Keep only the newest keys: then somebody who was erased is gone from every older copy too. The key file is in neither.
    """
    from api.db.copies import read_whole, write_copy

    write_copy(_store(), file)
    found, _ = read_whole(file)
    typer.echo(f"{found.rows} rows, read back and whole; head of the trail {found.head}")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that backup wrote.")],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="The newest file of keys, if it is not FILE.keys.", exists=True)
    ] = None,
) -> None:
    """Put a copy into an empty record, all of it or nothing; its trail is read first."""
    from api.db.copies import restore_copy

    found = restore_copy(_store(), file, keys)
    typer.echo(f"{found.rows} rows restored; the trail is whole up to {found.head}")


def renew_key() -> None:
    """Seal every protected field with a new key. The old key stays in the file: copies of before need it."""
    from api.db.renewal import add_key, seal_again
    from api.settings import Settings

    store = _store()
    typer.echo(f"{seal_again(store, add_key(Settings.from_environment().key_file))} values sealed with the new key")


def _store() -> "Store":
    from api.db.sealing import Seal
    from api.db.store import Store
    from api.settings import Settings

    settings = Settings.from_environment()
    return Store(settings.database, Seal.from_file(settings.key_file, make=False))
