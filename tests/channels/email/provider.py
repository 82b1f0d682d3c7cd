"""A provider of mail that hands out access tokens and says which are good, over HTTP on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from tests.servers.dovecot import USER


class Provider(ThreadingHTTPServer):
    """`asked` are the forms it was asked for tokens with; `refresh` is the one refresh token that it takes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.refresh = "refresh-1"
        self.renews_to = ""
        self.lasts = 3600
        self.status = 200
        self.asked: list[dict[str, str]] = []
        self.good: set[str] = set()

    def url(self, path: str) -> str:
        """The address of one of its doors."""
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"

    def grant(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """What it says to somebody who asks for a token."""
        self.asked.append(form)
        own = form["grant_type"] == "client_credentials" and form.get("client_secret") == "secreto"
        if self.status != 200:
            return self.status, {}
        if not own and form.get("refresh_token") != self.refresh:
            return 400, {"error": "invalid_grant"}
        token = f"token-{len(self.asked)}"
        self.good.add(token)
        told: dict[str, object] = {"access_token": token, "expires_in": self.lasts, "token_type": "Bearer"}
        if self.renews_to:
            self.refresh, told["refresh_token"] = self.renews_to, self.renews_to
        return 200, told


class _Desk(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        form = {name: values[0] for name, values in parse_qs(self._body()).items()}
        if self.path == "/token":
            status, told = self.server.grant(form)
        else:
            good = form.get("token") in self.server.good
            status, told = 200, {"active": good, "username": USER if good else ""}
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def _body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that is stopped whatever happens."""
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        thread.join()
        provider.server_close()
