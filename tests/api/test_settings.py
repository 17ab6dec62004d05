"""Every setting is documented, with its default; a value that cannot be is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import PREFIX, Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "serve.md").read_text(encoding="utf-8")


def test_every_setting_stands_on_the_page_with_its_default() -> None:
    for name, field in Settings.model_fields.items():
        default = f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
        assert f"| `{PREFIX}{name.upper()}` | `{default}` |" in PAGE, name


def test_settings_come_from_the_environment() -> None:
    read = Settings.from_environment({"PLACEMENTS_SESSION_HOURS": "2", "HOME": "/nowhere"})
    assert read.session_hours == 2
    with pytest.raises(ValidationError):
        Settings.from_environment({"PLACEMENTS_SESSION_HOURS": "100"})
