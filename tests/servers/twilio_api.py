"""The HTTP side of the stand-in for Twilio: the few paths of its Messages API that we use, and its CDN."""

import contextlib
import json
import socket
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.servers.twilio_account import ACCOUNT, API_KEY, TOKEN, Account, Fault, shown, shown_media

CDN = "/cdn/"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    account: Account

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, which a client may keep for its next request."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """It is over by itself."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Cut every connection: a server that is away does not answer on old ones either."""
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is part of the play."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def do_DELETE(self) -> None:
        self._handle("DELETE")

    def _handle(self, method: str) -> None:
        account, parts = self.server.account, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        account.requests.append((method, self.path, "Authorization" in self.headers))
        fault = account.fault_of(method)
        if fault.broken or fault.silent == "before":
            return self._say_nothing(fault)
        if fault.status:
            return self._error(fault.status, fault.code or fault.status)
        if parts.path.startswith(CDN):
            return self._file(parts.path.removeprefix(CDN))
        if not self._known():
            return self._error(401, 20003)
        return self._route(method, parts.path, parse_qs(parts.query), body, fault)

    def _known(self) -> bool:
        pairs = {f"{ACCOUNT}:{TOKEN}", ":".join(API_KEY)}
        return self.headers.get("Authorization", "") in {f"Basic {b64encode(p.encode()).decode()}" for p in pairs}

    def _route(self, method: str, path: str, query: dict[str, list[str]], body: str, fault: Fault) -> None:
        steps = path.removeprefix(f"/2010-04-01/Accounts/{ACCOUNT}/").removesuffix(".json").split("/")
        if path == "/v2/Channels/Senders":
            return self._answer(200, {"senders": self.server.account.senders, "meta": {"key": "senders"}})
        if steps == ["Messages"]:
            return self._create(body, fault) if method == "POST" else self._list(query)
        message = next((m for m in self.server.account.messages if steps[:2] == ["Messages", m.sid]), None)
        if message is None:
            return self._error(404, 20404)
        if len(steps) == 2:
            return self._answer(200, shown(message))
        if len(steps) == 3:
            listed = [shown_media(message, media) for media in message.media]
            return self._answer(200, {"media_list": listed, "next_page_uri": None, "page": 0, "page_size": 50})
        media = next((media for media in message.media if media.sid == steps[3]), None)
        if media is None:
            return self._error(404, 20404)
        if method == "DELETE":
            message.media.remove(media)
            return self._answer(204, None)
        return self._redirect(self.server.account.redirect or f"{self.server.account.url}{CDN}{media.sid}")

    def _create(self, body: str, fault: Fault) -> None:
        form = parse_qs(body, keep_blank_values=True)
        if code := self.server.account.wrong(form):
            return self._error(400, code)
        message = self.server.account.take_out(form)
        return self._say_nothing(fault) if fault.silent else self._answer(201, shown(message))

    def _list(self, query: dict[str, list[str]]) -> None:
        asked = {name: values[0] for name, values in query.items()}
        found = self.server.account.listed(asked)
        page, size = int(asked.get("Page", 0)), int(asked.get("PageSize", 50))
        more = len(found) > (page + 1) * size
        following = urlencode({**asked, "Page": page + 1, "PageToken": f"PA{page + 1}"})
        path = urlsplit(self.path).path
        listed = [shown(message) for message in found[page * size : (page + 1) * size]]
        uri = f"{path}?{following}" if more else None
        self._answer(200, {"messages": listed, "next_page_uri": uri, "page": page, "page_size": size})

    def _file(self, sid: str) -> None:
        media = self.server.account.media(sid)
        if media is None or "Authorization" in self.headers:
            # The real CDN refuses a request that brings credentials.
            return self._error(404 if media is None else 400, 20404)
        return self._send(200, media.content, media.content_type)

    def _say_nothing(self, fault: Fault) -> None:
        if fault.silent:
            self.server.account.released.wait(30)
        self.close_connection = True

    def _error(self, status: int, code: int) -> None:
        more = f"https://www.twilio.com/docs/errors/{code}"
        self._answer(status, {"code": code, "message": "said by the stand-in", "more_info": more, "status": status})

    def _redirect(self, location: str) -> None:
        self.send_response(307)
        self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, value: object) -> None:
        self._send(status, b"" if value is None else json.dumps(value).encode(), "application/json")

    def _send(self, status: int, content: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
