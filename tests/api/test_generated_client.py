"""A client that a standard generator makes of our description does the Friday story, from referral to recorded placement."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from openapi_python_client import Config, MetaType, generate
from openapi_python_client.config import ConfigFile

from tests.api.conftest import PASSWORD, Running
from tests.lib.builders import TODAY

NAME = "placement_matching_client"
OPERATIONS = {
    "sign_in": "sign_in_api_v1_session_post",
    "refer": "refer_api_v1_referrals_post",
    "questions": "questions_api_v1_referrals_ref_questions_get",
    "child": "child_api_v1_children_ref_get",
    "complete": "complete_child_api_v1_children_ref_patch",
    "shortlist": "shortlist_api_v1_shortlists_post",
    "confirm": "confirm_api_v1_homes_ref_vacancy_post",
    "propose": "propose_api_v1_plans_post",
    "decide": "decide_api_v1_decisions_post",
    "decided": "decided_api_v1_children_ref_decisions_get",
}


@pytest.fixture(scope="module")
def made(service: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client, generated from what the running service says of itself."""
    folder = tmp_path_factory.mktemp("client")
    described = folder / "openapi.json"
    described.write_text(json.dumps(service.nobody.ask("GET", "/api/openapi.json").json()), encoding="utf-8")
    wanted = ConfigFile(package_name_override=NAME, post_hooks=[])
    told = {"meta_type": MetaType.NONE, "document_source": described, "file_encoding": "utf-8", "overwrite": True}
    faults = generate(
        config=Config.from_sources(wanted, output_path=folder / NAME, **told)  # type: ignore[arg-type]
    )
    assert not [one for one in faults if one.level.value == "ERROR"], faults
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))
    for name in [one for one in sys.modules if one.startswith(NAME)]:
        del sys.modules[name]


def operations(made: ModuleType) -> dict[str, Any]:
    """The generated functions by what they do here."""
    root = Path(str(made.__file__)).parent
    found = {path.stem: path for path in (root / "api").rglob("*.py")}
    missing = set(OPERATIONS.values()) - set(found)
    assert not missing, missing
    parts = {name: found[stem].relative_to(root).with_suffix("").parts for name, stem in OPERATIONS.items()}
    return {name: importlib.import_module(".".join((NAME, *part))) for name, part in parts.items()}


def test_the_friday_story_by_a_generated_client(service: Running, made: ModuleType) -> None:
    models, do = importlib.import_module(f"{NAME}.models"), operations(made)
    signing = models.SignIn.from_dict({"name": "duty-officer", "password": PASSWORD})
    with made.Client(base_url=service.url) as nobody:
        token = do["sign_in"].sync(client=nobody, body=signing).token
    with made.AuthenticatedClient(base_url=service.url, token=token) as officer:
        assert _friday(officer, models, do) == ["accepted", "placed"]


def _friday(officer: Any, models: Any, do: dict[str, Any]) -> list[str]:
    """From referral to placement; what the record tells of it."""

    def body(model: str, **told: Any) -> Any:
        return getattr(models, model).from_dict(told)

    told = {"ref": "F1", "sex": "female", "deadline": "emergency", "needs_home_by": TODAY.isoformat(), "own_words": "My bear."}  # fmt: skip
    referral = do["refer"].sync_detailed(client=officer, body=body("Referral", children=[told]))
    assert referral.status_code == 201
    asked = do["questions"].sync("F1", client=officer)
    assert any(one.friday and one.column == "date_of_birth" for one in asked)
    like = do["child"].sync("C3", client=officer).cells.to_dict()
    rest = {column: text for column, text in like.items() if column not in ("ref", "own_words", *told)}
    opened = do["child"].sync_detailed("F1", client=officer)
    completed = do["complete"].sync_detailed(
        "F1", client=officer, body=body("Facts", cells=rest), if_match=opened.headers["etag"]
    )
    assert completed.status_code == 200
    wanted = body("ForWhom", children=["F1"], emergency=True)
    found = json.loads(do["shortlist"].sync_detailed(client=officer, body=wanted).content)
    home = found["options"][0]["home"]
    vacancy = body("Vacancy", places_free=1, place_state="vacant")
    assert do["confirm"].sync(home, client=officer, body=vacancy).version > 1
    proposed = do["propose"].sync_detailed(client=officer, body=body("PlanWanted", pins={"F1": home}))
    assert proposed.status_code == 201, proposed.content
    plan = proposed.parsed
    for kind in ("accepted", "placed"):
        decision = body("Decision", kind=kind, children=["F1"], home=home, plan=plan.id)
        kept = do["decide"].sync_detailed(client=officer, body=decision, idempotency_key=f"friday-{kind}")
        assert kept.status_code == 201, kept.content
    return [one.kind for one in do["decided"].sync("F1", client=officer)]
