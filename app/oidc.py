"""The house's own sign-in (OpenID Connect): where a person is sent, and who the provider says has come back.

State, nonce and PKCE (S256) on every way; tokens are believed only with a signature of the provider's published keys.
"""

import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from app.errors import ConfigError
from channels.way import HERE, Way

SCOPE = "openid email profile"
PATIENCE, FRESH = 10.0, 3600.0
# Signatures with a secret that we share, or none at all, prove nothing.
ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
# RFC 8176: a second factor was asked for.
STRONG = {"mfa"}


class ProviderAway(Exception):
    """Nobody answers at the provider, or not as the standard says."""


class NotProven(Exception):
    """What came back does not prove who it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the browser keeps while a person is at the provider."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Who has come back: `subject` is for ever, `email` is verified by the provider, `strong` says by two factors."""

    subject: str
    email: str | None
    strong: bool


class Provider:
    """One provider, found by its issuer's published metadata, which is asked for when it is first needed."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, name: str | None, way: Way) -> None:
        self.issuer, self.name = issuer, name
        self._client_id, self._secret, self._way = client_id, client_secret, way
        self._lock = threading.Lock()
        self._told: dict[str, tuple[float, Any]] = {}

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self | None:
        """By OIDC_ISSUER; None without it. Raises ConfigError."""
        issuer = environ.get("OIDC_ISSUER", "").strip().rstrip("/")
        if not issuer:
            return None
        parts = urlsplit(issuer)
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)):
            raise ConfigError("OIDC_ISSUER: debe ser la dirección https:// del proveedor de identidad.")
        client_id, secret = environ.get("OIDC_CLIENT_ID", ""), environ.get("OIDC_CLIENT_SECRET", "")
        for name, value in (("OIDC_CLIENT_ID", client_id), ("OIDC_CLIENT_SECRET", secret)):
            if not value:
                raise ConfigError(f"{name}: falta; lo da el proveedor al registrar esta aplicación.")
        try:
            way = Way.from_env(environ)
        except ValueError as error:
            raise ConfigError(str(error)) from error
        return cls(issuer, client_id, secret, environ.get("OIDC_NAME") or None, way)

    def begin(self, back: str) -> Sent:
        """Where to send somebody; raises ProviderAway."""
        from authlib.common.security import generate_token

        nonce, verifier, door = generate_token(32), generate_token(64), self._metadata()["authorization_endpoint"]
        with self._session(door, back) as session:
            url, state = session.create_authorization_url(door, nonce=nonce, code_verifier=verifier)
        return Sent(url=url, state=state, nonce=nonce, verifier=verifier)

    def finish(self, told: Mapping[str, str], sent: Sent, back: str) -> Known:
        """Who has come back with these arguments; raises NotProven or ProviderAway."""
        if not hmac.compare_digest(told.get("state", "").encode(), sent.state.encode()):
            raise NotProven("state")
        if "code" not in told:
            raise NotProven(told.get("error", "no code")[:60])
        token = self._token(told["code"], sent.verifier, back)
        claims = self._claims(str(token.get("id_token") or ""), str(token.get("access_token") or ""), sent.nonce)
        email = claims.get("email") if claims.get("email_verified") is True else None
        amr = claims.get("amr")
        return Known(
            subject=f"{self.issuer} {claims['sub']}",
            email=email if isinstance(email, str) else None,
            strong=isinstance(amr, list) and bool(STRONG & {str(one) for one in amr}),
        )

    def check(self) -> None:
        """Raises ProviderAway unless metadata and keys are there."""
        self._get(self._metadata()["jwks_uri"], again=True)

    def _token(self, code: str, verifier: str, back: str) -> Mapping[str, Any]:
        from authlib.integrations.base_client import OAuthError

        door = self._metadata()["token_endpoint"]
        try:
            with self._session(door, back) as session:
                token: Mapping[str, Any] = session.fetch_token(
                    door, grant_type="authorization_code", code=code, code_verifier=verifier
                )
        except OAuthError as error:
            raise NotProven(str(error.error)[:60]) from error
        except (OSError, ValueError) as error:
            raise ProviderAway(type(error).__name__) from error
        return token

    def _claims(self, token: str, access_token: str, nonce: str) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError
        from joserfc.jwk import KeySet
        from joserfc.jws import JWSRegistry

        metadata = self._metadata()
        offered = set(metadata.get("id_token_signing_alg_values_supported") or ["RS256"])
        how = JWSRegistry(algorithms=sorted(offered & ALGORITHMS), strict_check_header=False)

        def decoded(*, again: bool) -> Any:
            keys = KeySet.import_key_set(self._get(metadata["jwks_uri"], again=again))
            return jwt.decode(token, keys, registry=how)

        wanted = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": self._client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        try:
            try:
                found = decoded(again=False)
            except InvalidKeyIdError:
                # The provider has changed its keys since we asked for them.
                found = decoded(again=True)
            known = {"nonce": nonce, "client_id": self._client_id, "access_token": access_token}
            claims = CodeIDToken(found.claims, found.header, wanted, known)
            claims.validate(leeway=120)
        except ProviderAway:
            raise
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise NotProven(type(error).__name__) from error
        return dict(claims)

    def _metadata(self) -> Mapping[str, Any]:
        told: Mapping[str, Any] = self._get(f"{self.issuer}/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri", "issuer")
        if any(not isinstance(told.get(name), str) for name in needed) or told["issuer"].rstrip("/") != self.issuer:
            raise ProviderAway("metadata")
        return told

    def _get(self, url: str, *, again: bool = False) -> Any:
        """A JSON object that the provider publishes, asked for at most once an hour."""
        with self._lock:
            kept = self._told.get(url)
        if kept is not None and not again and time.monotonic() - kept[0] < FRESH:
            return kept[1]
        try:
            with self._session(url) as session:
                answer = session.get(url, withhold_token=True, timeout=PATIENCE)
                answer.raise_for_status()
                told = answer.json()
        except (OSError, ValueError) as error:
            raise ProviderAway(type(error).__name__) from error
        if not isinstance(told, dict):
            raise ProviderAway("no object")
        with self._lock:
            self._told[url] = time.monotonic(), told
        return told

    def _session(self, url: str, back: str | None = None) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        from channels.outward import furnish

        session = OAuth2Session(
            client_id=self._client_id,
            client_secret=self._secret,
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=PATIENCE,
        )
        furnish(session, self._way, urlsplit(url).hostname or "")
        return session
