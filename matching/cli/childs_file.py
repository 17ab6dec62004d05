"""`placements childs-file`: the record of a proposal for the child's file."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from matching.childs_file import childs_file as make
from matching.childs_file_page import as_html, as_text
from matching.cli.options import CaseloadFolder, PlanFile, PolicyFile
from matching.cli.places import policy_of, read_folder
from matching.io.plan_json import read_plan
from matching.planning import prepare


def childs_file(
    caseload_folder: CaseloadFolder,
    plan_file: PlanFile,
    child: Annotated[str, typer.Option("--child", help="Reference of the child.")],
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the page as an HTML file instead of printing it.")
    ] = None,
    policy_file: PolicyFile = None,
) -> None:
    """Write the record of a proposal for the child's file: one page, the child's own words first."""
    told = read_plan(plan_file)
    ready = prepare(read_folder(caseload_folder), policy_of(policy_file, caseload_folder))
    plan_hash = str(json.loads(plan_file.read_text(encoding="utf-8")).get("plan_hash", ""))
    page = make(ready, dict(told.placements), child, plan_hash)
    if html is None:
        sys.stdout.write(as_text(page))
    else:
        html.write_text(as_html(page), encoding="utf-8")
