"""A sign-in provider that keeps to OpenID Connect, in a process of its own: Authlib's server parts behind Flask.

`python -m tests.lib.sign_in_provider` prints its port. `/control` makes it misbehave, as an attacker or a broken provider would.
"""

import os
import secrets
import sys
import time
import warnings
from dataclasses import dataclass, field
from typing import Any

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback only
warnings.simplefilter("ignore")

from authlib.integrations.flask_oauth2 import AuthorizationServer  # noqa: E402
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin, grants  # noqa: E402
from authlib.oauth2.rfc7636 import CodeChallenge  # noqa: E402
from authlib.oidc.core import UserInfo  # noqa: E402
from authlib.oidc.core.grants.code import OpenIDCode, OpenIDToken  # noqa: E402
from flask import Flask, jsonify, redirect, request  # noqa: E402
from joserfc import jwt  # noqa: E402
from joserfc.jwk import KeySet, RSAKey  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

CLIENT, SECRET = "placements", "the secret of the service"


@dataclass
class Somebody:
    sub: str
    name: str
    groups: list[str]
    active: bool = True

    def get_user_id(self) -> str:
        return self.sub


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    sub: str
    at: float = field(default_factory=time.time)

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.at)

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str]:
        return list(STATE.amr)

    def is_expired(self) -> bool:
        return time.time() - self.at > 60


@dataclass
class Token(TokenMixin):
    access_token: str
    refresh_token: str
    scope: str
    sub: str

    def get_scope(self) -> str:
        return self.scope

    def check_client(self, client: Any) -> bool:
        return bool(client.get_client_id() == CLIENT)

    def get_expires_in(self) -> int:
        return 3600

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False


class TheClient(ClientMixin):
    id_token_signed_response_alg = "RS256"

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/sign-in/provider/back")

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, SECRET)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == STATE.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


@dataclass
class State:
    issuer: str = ""
    people: dict[str, Somebody] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    amr: list[str] = field(default_factory=list)
    auth_method: str = "client_secret_post"
    forger: RSAKey | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    down: bool = False

    def rotate(self) -> None:
        self.keys.insert(0, RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"}))


STATE = State()


class InTokens:
    def resolve_client_private_key(self, client: Any) -> RSAKey:
        return STATE.forger or STATE.keys[0]

    def get_client_claims(self, client: Any) -> dict[str, Any]:
        return {"iss": STATE.issuer, "aud": CLIENT, "sid": "session-of-the-browser", **STATE.told}

    def get_encode_header(self, client: Any) -> dict[str, str]:
        return {"alg": "RS256", "kid": STATE.keys[0].kid}

    def generate_user_info(self, user: Somebody, scope: str) -> UserInfo:
        return UserInfo(
            sub=user.sub,
            preferred_username=user.name,
            roles=user.groups,
            **{k: v for k, v in STATE.told.items() if k in ("sub",)},
        )


class WithCode(InTokens, OpenIDCode):  # type: ignore[misc]
    def get_authorization_code_claims(self, authorization_code: Code) -> dict[str, Any]:
        told = super().get_authorization_code_claims(authorization_code)
        return {**told, **{k: v for k, v in STATE.told.items() if k in ("nonce", "auth_time")}}

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return any(code.nonce == nonce for code in STATE.codes.values())


class WithRefresh(InTokens, OpenIDToken):  # type: ignore[misc]
    pass


class ByCode(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post", "client_secret_basic"]

    def save_authorization_code(self, code: str, request: Any) -> None:
        told = request.payload.data
        STATE.codes[code] = Code(
            code, request.payload.redirect_uri, request.payload.scope, told.get("nonce"), told.get("code_challenge"),
            told.get("code_challenge_method"), request.user.sub,
        )  # fmt: skip

    def query_authorization_code(self, code: str, client: Any) -> Code | None:
        found = STATE.codes.get(code)
        return found if found and not found.is_expired() else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del STATE.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> Somebody | None:
        found = STATE.people[authorization_code.sub]
        return found if found.active else None


class ByRefresh(grants.RefreshTokenGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post", "client_secret_basic"]
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        found = STATE.tokens.get(refresh_token)
        return found if found and STATE.people[found.sub].active else None

    def authenticate_user(self, refresh_token: Token) -> Somebody | None:
        found = STATE.people[refresh_token.sub]
        return found if found.active else None

    def revoke_old_credential(self, refresh_token: Token) -> None:
        del STATE.tokens[refresh_token.refresh_token]


def _save(token: dict[str, Any], asked: Any) -> None:
    refresh = token.get("refresh_token") or secrets.token_hex(8)
    STATE.tokens[refresh] = Token(token["access_token"], refresh, token["scope"], asked.user.sub)


def app() -> Flask:
    made = Flask(__name__)
    made.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
    server = AuthorizationServer(
        made, query_client=lambda name: TheClient() if name == CLIENT else None, save_token=_save
    )
    server.register_grant(ByCode, [WithCode(require_nonce=True), CodeChallenge(required=True)])
    server.register_grant(ByRefresh, [WithRefresh()])

    @made.get("/.well-known/openid-configuration")
    def about() -> Any:
        pages = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "keys",
            "end_session_endpoint": "end",
        }
        told = {name: f"{STATE.issuer}/{path}" for name, path in pages.items()}
        return jsonify({"issuer": STATE.issuer, **told, "token_endpoint_auth_methods_supported": [STATE.auth_method]})

    @made.get("/keys")
    def keys() -> Any:
        return jsonify(KeySet(STATE.keys).as_dict(private=False))

    @made.get("/authorize")
    def authorize() -> Any:
        """The person at the keyboard is named by `login`, as a session of the provider would."""
        STATE.asked.append(dict(request.args))
        user = STATE.people.get(request.args.get("login", ""))
        return server.create_authorization_response(grant_user=user, grant=server.get_consent_grant(end_user=user))

    @made.post("/token")
    def token() -> Any:
        return ("down", 502) if STATE.down else server.create_token_response()

    @made.get("/end")
    def end() -> Any:
        return redirect(request.args["post_logout_redirect_uri"])

    @made.post("/control")
    def control() -> Any:
        return jsonify(_controlled(request.get_json()))

    return made


def _controlled(told: dict[str, Any]) -> dict[str, Any]:
    for person in told.get("people", []):
        STATE.people[person["name"]] = Somebody(**person)
        STATE.people[person["sub"]] = STATE.people[person["name"]]
    for name in ("told", "amr", "down", "auth_method"):
        if name in told:
            setattr(STATE, name, told[name])
    if told.get("rotate"):
        STATE.rotate()
    if told.get("forget_old_keys"):
        del STATE.keys[1:]
    if "forged" in told:
        STATE.forger = RSAKey.generate_key(2048) if told["forged"] else None
    message = None
    if "logout" in told:
        claims = {
            "iss": STATE.issuer, "aud": CLIENT, "iat": int(time.time()), "exp": int(time.time()) + 120,
            "jti": secrets.token_hex(8), "events": {"http://schemas.openid.net/event/backchannel-logout": {}}, **told["logout"],
        }  # fmt: skip
        key = STATE.forger or STATE.keys[0]
        message = jwt.encode({"alg": "RS256", "kid": STATE.keys[0].kid, "typ": "logout+jwt"}, claims, key)
    return {"message": message, "asked": STATE.asked}


def main() -> None:
    STATE.rotate()
    server = make_server("127.0.0.1", 0, app(), threaded=True)
    STATE.issuer = f"http://127.0.0.1:{server.port}"
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
