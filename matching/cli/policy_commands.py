"""`placements policy`: say what is wrong with a policy file, and sign it."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from matching.cli.options import Json
from matching.cli.show_policy import policy as show_policy
from matching.cli.show_policy import policy_data
from matching.policy import read_policy, sign_policy

policies = typer.Typer(help="Policies: what counts, how much, in which order.", no_args_is_help=True)


@policies.command("check")
def check_policy(
    policy_file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy file (TOML).")], as_json: Json = False
) -> None:
    """Say what is wrong with a policy file, every fault at once; or, when nothing is, what it chooses."""
    chosen = policy_data(read_policy(policy_file))
    if as_json:
        sys.stdout.write(json.dumps(chosen, ensure_ascii=False, indent=1) + "\n")
    else:
        show_policy(Console(), chosen)


@policies.command("sign")
def sign(
    policy_file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy file (TOML).")],
    by: Annotated[str, typer.Option("--by", help="Who signs: their role, and their name if they wish.")],
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day of signing.")],
) -> None:
    """Sign a policy file: from then on it is refused when anything in it is changed."""
    signed = sign_policy(policy_file, by, on.date())
    Console().print(f"{signed.name} {signed.version} is {signed.signature}. Fingerprint {signed.fingerprint[:12]}.")
