"""Every command by name, and the module that it stands in, which is imported when the command is used.

Exit codes: 0 done; 1 a fault of ours; 2 the input or the call is wrong; 3 the checker found breaches;
4 stopped at the limit before proof, best plan written with its gap.
"""

import sys
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

import typer
from typer.core import TyperGroup

from matching.cli.exits import Exit
from matching.errors import MatchingError

COMMANDS = {  # in the order of the help
    "demo": "demo:demo",
    "template": "sample:template",
    "sample": "sample:sample",
    "propose": "propose:propose",
    "check": "check:check",
    "shortlist": "shortlist:shortlist",
    "explain": "explain:explain",
    "compare": "explain:compare",
    "alternatives": "alternatives:alternatives",
    "childs-file": "childs_file:childs_file",
    "fairness": "fairness:fairness",
    "doubts": "doubts:doubts",
    "calls": "calls:calls",
    "refused": "calls:refused",
    "split": "split:split",
    "what-it-takes": "what_it_takes:what_it_takes",
    "profile": "profile_command:profile",
    "read": "read_caseload:read",
    "import": "import_returns:import_returns",
    "annex-a": "annex_a:annex_a",
    "map": "map_table:map_table",
    "policy": "policy_commands:policies",
    "places": "places_commands:commands",
    "forecast": "forecast:commands",
}


class Commands(TyperGroup):
    """The group of all commands; what a command needs takes seconds to import, and another one does not wait for it."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every name, in the order of the help."""
        return [*COMMANDS, *_added()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One command, with its module imported; `None` for a name that no command has."""
        if cmd_name not in COMMANDS:
            names: Any = dict.fromkeys(self.list_commands(ctx))
            self.commands = names  # for the hint at one that was meant
            return _added().get(cmd_name)
        module, _, name = COMMANDS[cmd_name].partition(":")
        return _command(cmd_name, getattr(import_module(f"matching.cli.{module}"), name))


def _command(name: str, found: Any) -> Any:
    """A function, or commands of a second word, as a command of this name."""
    alone = typer.Typer(rich_markup_mode="rich", add_completion=False)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name)(found)
        alone.callback()(lambda: None)
    return typer.main.get_group(alone).commands[name]


@cache
def _added() -> dict[str, Any]:
    """What other installed packages add: the service its own commands."""
    added = typer.Typer(rich_markup_mode="rich", add_completion=False)
    for one in entry_points(group="placements.commands"):
        one.load()(added)
    return dict(typer.main.get_group(added).commands)


app = typer.Typer(
    name="placements",
    help="Find a home for a child: proposes, proves, checks and explains. A named person decides.",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog="Start with:  placements demo",
)
app.callback()(lambda: None)


def main() -> None:
    """Run the command; a named fault is told in words on stderr, never as a traceback."""
    try:
        app(standalone_mode=True)
    except MatchingError as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(Exit.WRONG_INPUT)
    except OSError as fault:
        sys.stderr.write(
            f"{fault.strerror or fault}: {fault.filename or ''}. Maybe the path is wrong or may not be written.\n"
        )
        sys.exit(Exit.WRONG_INPUT)
