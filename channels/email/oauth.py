"""Access tokens for a mailbox that takes no password: fetched when needed, kept while they last."""

import json
import os
import threading
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from channels.channel import Unreachable
from channels.way import Way

# A token that is about to end is not worth beginning with.
MARGIN = 120.0
REFUSED = "El proveedor del correo no concede el permiso de acceso: compruebe MAIL_OAUTH_CLIENT_ID y lo que le sigue"
AWAY = "El proveedor del correo no contesta al pedirle el permiso de acceso (MAIL_OAUTH_TOKEN_URL)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """By what right tokens are asked for: a refresh token of the mailbox, or the application's own secret.

    `kept` is the file for refresh tokens that the provider renews; None keeps none.
    """

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    token_url: str
    scope: str
    kept: Path | None


@dataclass(slots=True)
class Tokens:
    """The current access token of one grant, shared by whoever talks to the mailbox."""

    grant: Grant
    way: Way = field(default_factory=Way)
    step: float = 10
    _token: str = field(default="", repr=False)
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def current(self) -> str:
        """A token that lasts for a while; raises Unreachable."""
        with self._lock:
            if time.monotonic() >= self._until:
                told = self._asked()
                self._token = str(told["access_token"])
                self._until = time.monotonic() + max(0.0, _seconds(told) - MARGIN)
            return self._token

    def forget(self) -> None:
        """The server did not take the current one."""
        with self._lock:
            self._until = 0.0

    def _asked(self) -> dict[str, object]:
        # Half a second to import, and most mailboxes have a password.
        import requests

        from channels import outward

        form, url = self._form(), self.grant.token_url
        try:
            with requests.Session() as session:
                outward.furnish(session, self.way, urlsplit(url).hostname or "")
                answer = session.post(url, data=form, timeout=self.step, allow_redirects=False)
            told = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Unreachable(AWAY) from error
        if not isinstance(told, dict) or not told.get("access_token"):
            raise Unreachable(AWAY if answer.status_code >= 500 else REFUSED)
        if (renewed := told.get("refresh_token")) and renewed != form.get("refresh_token"):
            self._keep(str(renewed))
        return told

    def _form(self) -> dict[str, str]:
        grant = self.grant
        form = {"client_id": grant.client_id, "client_secret": grant.client_secret, "scope": grant.scope}
        if grant.refresh_token:
            form |= {"grant_type": "refresh_token", "refresh_token": self._renewed() or grant.refresh_token}
        else:
            form |= {"grant_type": "client_credentials"}
        return {name: value for name, value in form.items() if value}

    def _renewed(self) -> str | None:
        """The refresh token that the provider last gave us in place of the one in the settings."""
        try:
            kept = json.loads(self.grant.kept.read_bytes()) if self.grant.kept else None
        except (OSError, ValueError):
            return None
        # Whoever writes a new one in the settings wants that one.
        return str(kept["token"]) if isinstance(kept, dict) and kept.get("of") == self._mark() else None

    def _keep(self, token: str) -> None:
        if (kept := self.grant.kept) is None or not self.grant.refresh_token:
            return
        fresh = kept.with_name(f"{kept.name}.{os.getpid()}")
        try:
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps({"of": self._mark(), "token": token}), encoding="ascii")
            fresh.replace(kept)
        except OSError:
            # The one in the settings still serves for as long as its provider lets it.
            fresh.unlink(missing_ok=True)

    def _mark(self) -> str:
        return sha256(self.grant.refresh_token.encode()).hexdigest()


def phrase(user: str, token: str) -> str:
    """What XOAUTH2 says."""
    return f"user={user}\1auth=Bearer {token}\1\1"


def _seconds(told: dict[str, object]) -> float:
    try:
        return float(str(told.get("expires_in")))
    except ValueError:
        return 300.0
