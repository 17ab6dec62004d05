"""Commands, their options and their exit codes; each is one plain function.

Exit codes: 0 done; 1 a fault of ours; 2 the input or the call is wrong; 3 the checker found breaches;
4 stopped at the limit before proof, best plan written with its gap.
"""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from matching.checker import check_plan
from matching.cli import answers, show
from matching.cli import beside as said
from matching.cli.annex_a import annex_a
from matching.cli.exits import Exit, outcome_of
from matching.cli.forecast import commands as forecast
from matching.cli.import_returns import import_returns
from matching.cli.map_table import map_table
from matching.cli.options import CaseloadFolder, Child, Json, PlanFile, PolicyFile
from matching.cli.places import data_folder, policy_of, read_folder
from matching.cli.places_commands import commands as places
from matching.cli.profile_command import profile
from matching.cli.propose import propose
from matching.cli.read_caseload import read
from matching.cli.show_policy import policy as show_policy
from matching.cli.show_policy import policy_data
from matching.difference import difference
from matching.errors import MatchingError
from matching.explain import explain as explain_pair
from matching.io.caseload_csv import fingerprint, write_caseload
from matching.io.plan_json import read_plan, write_plan
from matching.pairs import Register
from matching.planning import prepare, propose_plan
from matching.policy import read_policy, sign_policy
from matching.shortlist import shortlist as make_shortlist
from matching.synthetic import authorities_of, sample_caseload

app = typer.Typer(
    name="placements",
    help="Find a home for a child: proposes, proves, checks and explains. A named person decides.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog="Start with:  placements demo",
)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path("demo"),
    seed: Annotated[int, typer.Option("--seed", help="Seed of the invented city.", min=0)] = 1,
) -> None:
    """Run the main job on an invented Southampton: sample, propose, check, explain, print.

    Writes the caseload folder and plan.json under --out and says where.
    """
    screen = Console()
    with show.progress() as say:
        say("Inventing a city on real geography")
        caseload = sample_caseload(data_folder() / "reference", seed=seed)
        write_caseload(caseload, out / "caseload")
        caseload = read_folder(out / "caseload")
        policy = policy_of(None, out / "caseload")
        ready = prepare(caseload, policy)
        plan = propose_plan(ready, policy, fingerprint=fingerprint(caseload), software=show.software(), progress=say)
        write_plan(plan, out / "plan.json")
        group = show.friday_group(caseload)
        friday = make_shortlist(ready.found.register, policy, group, emergency=True)
    show.caseload(screen, caseload)
    show.plan(screen, plan)
    show.shortlist(screen, friday, title="Friday, 16:50: one sibling group needs a home tonight")
    show.written(screen, out)
    raise typer.Exit(outcome_of(plan))


@app.command()
def template(
    out: Annotated[Path, typer.Option("--out", help="Workbook to write.")] = Path("caseload.xlsx"),
) -> None:
    """Write an empty Excel workbook of a caseload: headings with their meaning, lists to choose from, the data dictionary."""
    from matching.io.workbook import write_template

    write_template(out, sample_caseload(data_folder() / "reference"))
    Console().print(f"Wrote {out}. Fill in its sheets and give it wherever a caseload folder is asked for.")


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write the caseload to.")],
    children: Annotated[int, typer.Option("--children", help="Children who need a home.", min=0)] = 40,
    homes: Annotated[int, typer.Option("--homes", help="Homes.", min=1)] = 270,
    seed: Annotated[int, typer.Option("--seed", help="Seed: the same seed gives the same city.", min=0)] = 1,
    region: Annotated[
        str | None, typer.Option("--region", help="All authorities of a region such as 'South East', or of England.")
    ] = None,
) -> None:
    """Write an invented caseload folder, made from published distributions on real geography."""
    reference = data_folder() / "reference"
    codes = authorities_of(reference, region) if region else ()
    caseload = sample_caseload(reference, children=children, homes=homes, seed=seed, authorities=codes)
    write_caseload(caseload, folder)
    Console().print(f"Wrote {len(caseload.children)} children and {len(caseload.homes)} homes to {folder}.")


app.command()(propose)


@app.command()
def check(
    caseload_folder: CaseloadFolder, plan_file: PlanFile, policy_file: PolicyFile = None, as_json: Json = False
) -> None:
    """Read a plan with the independent checker alone: 0 sound, 3 breaches found (listed)."""
    caseload = read_folder(caseload_folder)
    told = read_plan(plan_file)
    policy = policy_of(policy_file, caseload_folder)
    checked = check_plan(caseload, list(told.placements), policy.on(caseload.as_of).settings)
    if as_json:
        breaches = [
            {"rule": b.rule, "child": b.child, "home": b.home, "sentence": str(b.sentence)} for b in checked.breaches
        ]
        sys.stdout.write(json.dumps({"sound": checked.sound, "breaches": breaches}, indent=1) + "\n")
    else:
        show.checked(Console(), checked, len(told.placements))
    raise typer.Exit(Exit.DONE if checked.sound else Exit.BREACHES)


@app.command()
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


@app.command()
def explain(
    caseload_folder: CaseloadFolder,
    plan_file: PlanFile,
    child: Annotated[str, typer.Option("--child", help="Reference of the child.")],
    home: Annotated[
        str | None, typer.Option("--home", help="Reference of a home: why it is or is not proposed.")
    ] = None,
    draws: said.Draws = said.DEFAULT_DRAWS,
    seed: said.Seed = 1,
    policy_file: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Why this home, why not that one, why nobody; with what another choice would cost, proven by solving again."""
    caseload = read_folder(caseload_folder)
    told = read_plan(plan_file)
    caseload.child(child)
    ready = prepare(caseload, policy_of(policy_file, caseload_folder))
    home_of = dict(told.placements)
    if home is None:
        home = home_of.get(child)
    data = (
        show.unplaced_data(ready, home_of, child)
        if home is None
        else show.explanation_data(explain_pair(ready, home_of, child, home), child, home)
    )
    if data["kind"] == "proposed" and (steady := said.steadiness(ready, home_of, child, draws, seed)):
        data["steadiness"] = steady
    if as_json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    else:
        show.explanation(Console(), data)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="A plan.json.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Another plan.json.")],
    as_json: Json = False,
) -> None:
    """What the second plan does otherwise than the first: goals, then each child whose home differs."""
    found = difference(read_plan(before), read_plan(after))
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n")
    else:
        for sentence in found.sentences:
            Console().print(str(sentence))


answers.register(app)

policies = typer.Typer(help="Policies: what counts, how much, in which order.", no_args_is_help=True)
app.add_typer(policies, name="policy")
app.add_typer(places, name="places")
app.add_typer(forecast, name="forecast")
for command in entry_points(group="placements.commands"):  # the service adds its own, if it is installed
    command.load()(app)
app.command()(profile)
app.command()(read)
app.command("import")(import_returns)
app.command("annex-a")(annex_a)
app.command("map")(map_table)


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
