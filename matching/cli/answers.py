"""Commands that answer what an officer asks of a plan; each command stands in a module of its own."""

import typer

from matching.cli.alternatives import alternatives
from matching.cli.calls import calls, refused
from matching.cli.childs_file import childs_file
from matching.cli.doubts import doubts
from matching.cli.fairness import fairness
from matching.cli.split import split
from matching.cli.what_it_takes import what_it_takes


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(alternatives)
    app.command("childs-file")(childs_file)
    app.command()(fairness)
    app.command()(doubts)
    app.command()(calls)
    app.command()(refused)
    app.command("split")(split)
    app.command("what-it-takes")(what_it_takes)
