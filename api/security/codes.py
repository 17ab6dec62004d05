"""The second factor of a local account: a code of the moment (TOTP), each good once, and codes on paper for a lost phone."""

import hashlib
import hmac
import io
import secrets
from datetime import UTC, datetime

import pyotp
import segno

from api.db.sealing import Seal
from api.db.tables import Person
from api.errors import Conflict, Wrong

STEP_SECONDS = 30
ISSUER = "Find a home for a child"
ON_PAPER = 10


def begin(seal: Seal, person: Person) -> str:
    """A new secret for somebody's authenticator, as the address that it reads; it counts once a code confirms it."""
    if person.totp_confirmed:
        raise Conflict("An authenticator is set up already.", "Take it off first, with a code of it.")
    secret = pyotp.random_base32()
    person.totp = seal.close({"secret": secret}, "person", person.name, "totp")
    return pyotp.TOTP(secret).provisioning_uri(name=person.name, issuer_name=ISSUER)


def picture(uri: str) -> str:
    """The address as a QR code, SVG."""
    out = io.BytesIO()
    segno.make(uri, error="m").save(out, kind="svg", xmldecl=False, svgns=True, scale=4, border=4)
    return out.getvalue().decode()


def confirm(seal: Seal, person: Person, code: str, at: datetime) -> list[str]:
    """The authenticator works: codes for paper, shown this once; raises `Wrong`."""
    if person.totp is None or person.totp_confirmed:
        raise Conflict("No authenticator waits to be confirmed.", "Begin again.")
    if not _of_the_moment(seal, person, code, at):
        raise Wrong(
            "The code is wrong.", "Wait for the next one and type it.", ({"field": "code", "reason": "is wrong"},)
        )
    person.totp_confirmed = True
    return new_paper(person)


def new_paper(person: Person) -> list[str]:
    """New codes for paper; the old ones end."""
    made = [secrets.token_hex(10) for _ in range(ON_PAPER)]
    person.recovery = [_hashed(one) for one in made]
    return ["-".join(one[at : at + 5] for at in range(0, 20, 5)) for one in made]


def accepted(seal: Seal, person: Person, code: str | None, at: datetime) -> bool:
    """Whether a code proves the second factor; a code of the moment or of paper is used up by it."""
    given = "".join((code or "").replace("-", "").split())
    if len(given) == 6:
        return _of_the_moment(seal, person, given, at)
    mark = _hashed(given.lower())
    if mark in person.recovery:
        person.recovery = [one for one in person.recovery if one != mark]
        return True
    return False


def take_off(person: Person) -> None:
    """No second factor any more."""
    person.totp, person.totp_confirmed, person.recovery = None, False, []


def _of_the_moment(seal: Seal, person: Person, code: str, at: datetime) -> bool:
    """A step before or after is as good, since clocks differ; a step that was used, or one before it, is not."""
    secret = seal.open(person.totp, "person", person.name, "totp")["secret"]
    step = int(at.replace(tzinfo=UTC).timestamp()) // STEP_SECONDS
    for one in (step - 1, step, step + 1):
        fits = hmac.compare_digest(pyotp.TOTP(secret).generate_otp(one).encode(), code.encode())
        if fits and one > person.totp_step:
            person.totp_step = one
            return True
    return False


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
