"""Who signed a policy, and whether it is still what they signed.

The seal is a SHA-256 over everything in the file and the signature. It finds any later change, by mistake or on the
quiet; it does not prove who a person is, which is for the record where policies are put into use.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matching.errors import PolicyRefused
from matching.wording import written

TABLE = "signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed a policy, in which role, and on which day."""

    by: str
    on: date
    seal: str

    def __str__(self) -> str:
        return f"signed by {self.by} on {written(self.on)}"


def seal_of(told: Mapping[str, Any], by: str, on: date) -> str:
    """The seal of a parsed policy file without its signature, for a signer and a day."""
    content = {key: value for key, value in told.items() if key != TABLE}
    text = json.dumps([content, by, on.isoformat()], sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def signature_of(told: Mapping[str, Any], where: str) -> Signature | None:
    """The signature in a parsed policy file, if there is one; raises `PolicyRefused` when it does not fit the file."""
    if TABLE not in told:
        return None
    table = told[TABLE]
    by, on, seal = (table.get(key) if isinstance(table, Mapping) else None for key in ("by", "on", "seal"))
    if not (isinstance(by, str) and by.strip() and isinstance(on, date) and isinstance(seal, str)):
        raise PolicyRefused(f"{where} [{TABLE}] needs by, on and seal. Sign it with `placements policy sign`.")
    if seal_of(told, by, on) != seal:
        raise PolicyRefused(
            f"{where} is not what {by} signed on {written(on)}: something was changed since. "
            "Undo the change, or have it signed again with `placements policy sign`."
        )
    return Signature(by=by, on=on, seal=seal)


def with_signature(text: str, told: Mapping[str, Any], by: str, on: date) -> str:
    """The text of a policy file with a signature at its end, in place of one that was there."""
    body = re.sub(rf"(?ms)^\[{TABLE}\]\s*$.*?(?=^\[|\Z)", "", text).rstrip("\n")
    lines = [f"[{TABLE}]", f"by = {json.dumps(by, ensure_ascii=False)}", f"on = {on.isoformat()}"]
    return "\n".join([body, "", *lines, f'seal = "{seal_of(told, by, on)}"', ""])
