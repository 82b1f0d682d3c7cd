"""An identity provider of our own, made with Authlib's server side, over TLS with a certificate of its own."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from tests.servers.process import free_port

CLIENT, SECRET = "ventanilla", "secreto-del-proveedor"


@dataclass
class Person:
    """Who is signed in at the provider."""

    sub: str = "ana-1"
    email: str = "rosa@mesa.example"
    verified: bool = True
    amr: list[str] = field(default_factory=list)


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # authlib has no types
    """One code, good once."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    person: Person

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str]:
        return self.person.amr


class Client(ClientMixin):  # type: ignore[misc]
    """The desk, as it is registered."""

    client_id = CLIENT
    client_metadata: dict[str, Any] = {"id_token_signed_response_alg": "RS256"}  # noqa: RUF012

    def __init__(self, back: str) -> None:
        self.back = back

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Provider:
    """One provider; `person` is who is signed in there, `sign_with` the key it signs with, `back` where the desk is."""

    def __init__(self, folder: Path, back: str) -> None:
        self.port = free_port()
        self.issuer = f"https://127.0.0.1:{self.port}"
        self.authority = folder / "oidc.pem"
        _make_certificate(folder)
        self.person = Person()
        self.key = self.sign_with = RSAKey.generate_key(2048, {"kid": "uno", "use": "sig"}, private=True)
        self.nonce: str | None = None
        self.issued_by = self.issuer
        self.codes: dict[str, Code] = {}
        context = (str(folder / "oidc.pem"), str(folder / "oidc-key.pem"))
        self._server = make_server("127.0.0.1", self.port, _app(self, Client(back)), threaded=True, ssl_context=context)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def environ(self) -> dict[str, str]:
        """The settings of a desk that signs in here."""
        return {
            "OIDC_ISSUER": self.issuer,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
            "CA_BUNDLE": str(self.authority),
        }

    def turn_keys(self) -> None:
        """Sign with a new key from now on, and publish it instead of the old one."""
        self.key = self.sign_with = RSAKey.generate_key(2048, {"kid": f"k{time.time()}", "use": "sig"}, private=True)

    def close(self) -> None:
        """Nobody answers any more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _app(provider: Provider, client: Client) -> Flask:
    app = Flask("provider")
    server = AuthorizationServer(
        app, query_client=lambda name: client if name == CLIENT else None, save_token=lambda token, request: None
    )
    server.register_grant(_grant(provider), [_openid(provider), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        return jsonify(
            issuer=provider.issuer,
            authorization_endpoint=f"{provider.issuer}/authorize",
            token_endpoint=f"{provider.issuer}/token",
            jwks_uri=f"{provider.issuer}/jwks",
            id_token_signing_alg_values_supported=["RS256", "none", "HS256"],
        )

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=provider.person)
        return server.create_authorization_response(grant_user=provider.person, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    return app


def _grant(provider: Provider) -> type:
    class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            told = request.payload.data
            provider.codes[code] = Code(
                code=code,
                redirect_uri=request.payload.redirect_uri,
                scope=request.payload.scope,
                nonce=told.get("nonce", ""),
                code_challenge=told.get("code_challenge", ""),
                code_challenge_method=told.get("code_challenge_method", ""),
                person=request.user,
            )

        def query_authorization_code(self, code: str, client: Any) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            provider.codes.pop(authorization_code.code, None)

        def authenticate_user(self, authorization_code: Code) -> Person:
            return authorization_code.person

    return CodeGrant


def _openid(provider: Provider) -> OpenIDCode:
    class Openid(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def get_client_algorithm(self, client: Any) -> str:
            return "RS256"

        def resolve_client_private_key(self, client: Any) -> Any:
            return provider.sign_with

        def get_encode_header(self, client: Any) -> dict[str, str]:
            return {"alg": "RS256", "kid": provider.key.kid or ""}

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            now = int(time.time())
            return {"iss": provider.issued_by, "aud": [CLIENT], "iat": now, "exp": now + 300}

        def generate_user_info(self, user: Person, scope: str) -> UserInfo:
            told = UserInfo(sub=user.sub, email=user.email, email_verified=user.verified)
            if provider.nonce is not None:
                told["nonce"] = provider.nonce
            return told

    return Openid(require_nonce=True)


def _make_certificate(folder: Path) -> None:
    made = ("-keyout", folder / "oidc-key.pem", "-out", folder / "oidc.pem", "-addext", "subjectAltName=IP:127.0.0.1")
    kind = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Identidad")
    subprocess.run(["openssl", "req", *kind, *made], check=True, capture_output=True)


@contextmanager
def running(folder: Path, back: str) -> Iterator[Provider]:
    """A provider that is stopped whatever happens."""
    provider = Provider(folder, back)
    try:
        yield provider
    finally:
        provider.close()
