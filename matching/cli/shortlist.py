"""`placements shortlist`: which homes to ring, in order."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console

from matching.cli import beside as said
from matching.cli import show
from matching.cli.options import CaseloadFolder, Child, Json, PolicyFile
from matching.cli.places import policy_of, read_folder
from matching.io.plan_json import read_plan
from matching.pairs import Register
from matching.shortlist import shortlist as make_shortlist


def shortlist(
    caseload_folder: CaseloadFolder,
    child: Child,
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Tonight: also homes outside their terms, for up to 6 working days.")
    ] = False,
    pool: said.PoolOption = False,
    expected: said.ExpectedFile = None,
    beside: said.BesidePlan = None,
    draws: said.Draws = said.DEFAULT_DRAWS,
    seed: said.Seed = 1,
    policy_file: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """The homes to ring for one child or sibling group, in order, with reasons, questions and near misses."""
    register, policy = Register(read_folder(caseload_folder)), policy_of(policy_file, caseload_folder)
    plan = None if beside is None else dict(read_plan(beside).placements)
    found = make_shortlist(register, policy, child, emergency=emergency, beside=plan)
    more = said.beside(found, register, policy, pool=pool, expected=expected, draws=draws, seed=seed)
    if as_json:
        data = show.shortlist_data(found)
        for option in data["options"]:
            option.update(more.data(option["home"]))
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    else:
        show.shortlist(Console(), found, said_of=more.said_of)
