"""The sign-in provider of the council (OpenID Connect): Entra ID, or any other that keeps to the standard.

Code flow with PKCE, state and nonce. The provider's keys are read again when a token names one that is not known.
"""

import threading
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, Field

from api.errors import NotReachable, NotSignedIn

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
LEEWAY = 60  # seconds by which clocks may differ
READ_AGAIN = timedelta(hours=1)
KEYS_AGAIN = timedelta(seconds=5)  # a token with an invented key does not make us ask for keys all day
SAYS_NO = ("invalid_grant", "interaction_required", "login_required", "access_denied", "consent_required")
BACK_CHANNEL = "http://schemas.openid.net/event/backchannel-logout"
AGAIN = "Sign in again; if it stays, tell whoever runs the service."


class SignInFile(BaseModel):
    """The file that PLACEMENTS_SIGN_IN_FILE names: which provider, and what its groups or roles are here."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    issuer: str
    client_id: str
    client_secret_file: Path | None = None
    address: str = Field(description="Of this service, as browsers know it: https://homes.example.gov.uk")
    scopes: list[str] = ["openid", "profile", "offline_access"]
    name_claim: str = "preferred_username"
    roles_claim: str = "roles"
    authority: str | None = None
    roles: dict[str, list[str]]
    authorities: dict[str, str] = {}

    @classmethod
    def read(cls, path: Path) -> "SignInFile":
        """Read it; raises `ValidationError`."""
        told = cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        for url in (told.issuer, told.address):
            if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
                raise ValueError(f"{url} is no https address.")
        return told

    @property
    def secret(self) -> str | None:
        """The client's secret; it stands in a file of its own."""
        return self.client_secret_file.read_text(encoding="utf-8").strip() if self.client_secret_file else None


class Refused(NotSignedIn):
    """The provider says no: the person, or their session there, is no more."""


class Provider:
    """One sign-in provider; what it says of itself is read when first needed and kept for an hour."""

    def __init__(self, told: SignInFile, clock: Callable[[], datetime]) -> None:
        self.told, self._clock, self._lock = told, clock, threading.Lock()
        self._about: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._about_at = self._keys_at = datetime.min  # noqa: DTZ901 - as all times here: UTC, kept without zone

    def start(self, state: str, nonce: str, verifier: str, *, again: bool) -> str:
        """Where the browser goes to sign in; with `again` the provider asks anew even if it knows the person."""
        more = {"prompt": "login", "max_age": "0"} if again else {}
        uri: str = prepare_grant_uri(
            self.about["authorization_endpoint"],
            self.told.client_id,
            "code",
            redirect_uri=self._back,
            scope=" ".join(self.told.scopes),
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            **more,
        )
        return uri

    def exchange(self, code: str, verifier: str, nonce: str) -> tuple[CodeIDToken, dict[str, Any]]:
        """A code for who it is: the claims of the checked token, and the whole answer; raises `NotSignedIn`."""
        got = self._token(grant_type="authorization_code", code=code, code_verifier=verifier, redirect_uri=self._back)
        return self.claims(str(got.get("id_token", "")), nonce=nonce), got

    def renew(self, refresh_token: str) -> tuple[CodeIDToken | None, dict[str, Any]]:
        """Ask whether somebody still may; raises `Refused` when the provider says no, `NotReachable` when it says nothing."""
        got = self._token(grant_type="refresh_token", refresh_token=refresh_token)
        return (self.claims(str(got["id_token"])) if got.get("id_token") else None), got

    def claims(self, token: str, *, nonce: str | None = None) -> CodeIDToken:
        """What a token says, if it is the provider's, for this service, of now, and answers our question."""
        header, told = self._signed(token)
        options = {
            "iss": {"essential": True, "value": self.told.issuer},
            "aud": {"essential": True, "value": self.told.client_id},
        }
        claims = CodeIDToken(told, header, options, {"client_id": self.told.client_id, "nonce": nonce})
        try:
            claims.validate(now=self._seconds(), leeway=LEEWAY)
        except JoseError as fault:
            raise NotSignedIn("The provider's token is not one for this sign-in.", AGAIN) from fault
        return claims

    def ended(self, token: str) -> dict[str, Any]:
        """What a message of the provider says that a session has ended; raises `NotSignedIn` for one that does not hold."""
        header, told = self._signed(token)
        whole = "nonce" not in told and BACK_CHANNEL in (told.get("events") or {}) and ("sub" in told or "sid" in told)
        options = {
            "iss": {"essential": True, "value": self.told.issuer},
            "aud": {"essential": True, "value": self.told.client_id},
            "iat": {"essential": True},
            "jti": {"essential": True},
        }
        try:
            jwt.JWTClaimsRegistry(self._seconds(), LEEWAY, **options).validate(told)  # type: ignore[arg-type]
        except JoseError as fault:
            raise NotSignedIn("The message is not the provider's.", AGAIN) from fault
        if (
            not whole
            or self._seconds() - int(told["iat"]) > 600
            or header.get("typ") not in (None, "JWT", "logout+jwt")
        ):
            raise NotSignedIn("The message does not say that a session has ended.", AGAIN)
        return told

    def sign_out_url(self, id_token: str | None) -> str | None:
        """Where the browser goes so that the provider's own session ends too; `None` if it has no such page."""
        page = self.about.get("end_session_endpoint")
        if not page:
            return None
        told = {"client_id": self.told.client_id, "post_logout_redirect_uri": f"{self.told.address}/sign-in"}
        return str(httpx.URL(page, params={**told, **({"id_token_hint": id_token} if id_token else {})}))

    @property
    def about(self) -> dict[str, Any]:
        """What the provider says of itself; raises `NotReachable`, or `NotSignedIn` when it is another one."""
        with self._lock:
            if not timedelta(0) <= self._clock() - self._about_at <= READ_AGAIN:  # a clock that was put back counts too
                found = _read(f"{self.told.issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self.told.issuer:
                    raise NotSignedIn("The sign-in provider gives another name than the one that was set.", AGAIN)
                self._about, self._about_at = found, self._clock()
            return self._about

    def _signed(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Head and claims of a token whose signature is the provider's."""
        try:
            try:
                found = jwt.decode(token, self._known_keys(again=False), algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                found = jwt.decode(token, self._known_keys(again=True), algorithms=ALGORITHMS)
        except (JoseError, ValueError) as fault:
            raise NotSignedIn("The token is not signed by the sign-in provider.", AGAIN) from fault
        return dict(found.header), dict(found.claims)

    def _known_keys(self, *, again: bool) -> KeySet:
        url = str(self.about["jwks_uri"])
        with self._lock:
            age = self._clock() - self._keys_at
            stands = timedelta(0) <= age <= (KEYS_AGAIN if again else READ_AGAIN)
            if self._keys is None or not stands:
                self._keys, self._keys_at = KeySet.import_key_set(_read(url)), self._clock()  # type: ignore[arg-type]
            return self._keys

    def _token(self, **told: str) -> dict[str, Any]:
        secret, ways = (
            self.told.secret,
            self.about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]),
        )
        named = {"client_id": self.told.client_id}
        basic = None
        if secret and "client_secret_post" in ways:
            named["client_secret"] = secret
        elif secret:
            basic = httpx.BasicAuth(quote(self.told.client_id, safe=""), quote(secret, safe=""))
        try:
            url = str(self.about["token_endpoint"])
            answer = httpx.post(
                url, data={**told, **named}, auth=basic, timeout=10, headers={"Accept": "application/json"}
            )
            got = answer.json()
        except (httpx.HTTPError, ValueError) as fault:
            raise NotReachable("The sign-in provider does not answer.", "Try again in a moment.") from fault
        if isinstance(got, dict) and got.get("error") in SAYS_NO:
            raise Refused("The sign-in provider says no.", AGAIN)
        if answer.status_code != 200 or not isinstance(got, dict):
            raise NotReachable("The sign-in provider does not serve this service.", "Its settings may be wrong.")
        return got

    @property
    def _back(self) -> str:
        return f"{self.told.address}/sign-in/provider/back"

    def _seconds(self) -> int:
        return int((self._clock() - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001


def drawn() -> str:
    """A state, nonce or verifier that nobody guesses."""
    return str(generate_token(48))


def _read(url: str) -> dict[str, Any]:
    try:
        answer = httpx.get(url, timeout=10)
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError) as fault:
        raise NotReachable("The sign-in provider does not answer.", "Try again in a moment.") from fault
    if not isinstance(found, dict):
        raise NotReachable("The sign-in provider does not answer as it should.", "Try again in a moment.")
    return found
