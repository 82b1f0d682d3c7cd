"""The other ends of the wires, for the demo: a WhatsApp provider and a mail server that live in this process."""

import json
import secrets
import socketserver
import threading
import urllib.request
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs

from app.config import Config
from app.desk.books import read_province

ACCOUNT = "AC" + "d" * 32
TOKEN = "demo-" + "0" * 27  # The demo signs its own messages to itself; it opens nothing.


def environment(config: Config) -> dict[str, str]:
    """The settings of the demo: its stand-ins, unless others on this machine were given."""
    environ, province = dict(config.environ), read_province(config.province_dir)
    if "TWILIO_ACCOUNT_SID" not in environ:
        environ |= {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": f"http://127.0.0.1:{_provider()}",
            "WHATSAPP_FROM": province.whatsapp,
        }
    if "SMTP_URL" not in environ:
        environ |= {
            "SMTP_URL": f"smtp://127.0.0.1:{_mail_server()}?tls=no",
            "MAIL_FROM": f"{province.entity} <{province.email}>",
        }
    return environ


class _Provider(BaseHTTPRequestHandler):
    """Takes messages as Twilio's API does, and reports them delivered and read."""

    def log_message(self, *_: object) -> None:
        """The desk logs what it sends; the stand-in is quiet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        sid = "SM" + secrets.token_hex(16)
        self._answer(
            201, {"sid": sid, "status": "queued", "to": form.get("To"), "from": form.get("From"), "error_code": None}
        )
        if callback := form.get("StatusCallback"):
            threading.Thread(target=_report, args=(callback, sid, form), daemon=True).start()

    def do_GET(self) -> None:
        self._answer(200, {"messages": [], "next_page_uri": None, "page": 0, "page_size": 50, "uri": self.path})

    def _answer(self, status: int, told: Mapping[str, object]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _report(callback: str, sid: str, form: Mapping[str, str]) -> None:
    from urllib.parse import urlencode

    from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # the SDK ships no types

    for status in ("sent", "delivered", "read"):
        fields = {
            "MessageSid": sid,
            "MessageStatus": status,
            "AccountSid": ACCOUNT,
            "From": form["From"],
            "To": form["To"],
        }
        signed = RequestValidator(TOKEN).compute_signature(callback, fields)
        request = urllib.request.Request(  # noqa: S310 - the address is our own PUBLIC_URL
            callback, data=urlencode(fields).encode(), headers={"X-Twilio-Signature": signed}
        )
        try:
            urllib.request.urlopen(request, timeout=5).close()  # noqa: S310
        except OSError:
            return


class _MailServer(socketserver.StreamRequestHandler):
    """Takes every mail (RFC 5321) and keeps none: what was sent stands in the ticket."""

    answers: ClassVar[dict[bytes, bytes]] = {
        b"EHLO": b"250-demo\r\n250 SMTPUTF8\r\n",
        b"HELO": b"250 demo\r\n",
        b"QUIT": b"221 bye\r\n",
        b"DATA": b"354 go on\r\n",
    }

    def handle(self) -> None:
        self.wfile.write(b"220 demo ESMTP\r\n")
        while line := self.rfile.readline(2000):
            verb = line[:4].upper()
            self.wfile.write(self.answers.get(verb, b"250 ok\r\n"))
            if verb == b"DATA":
                while self.rfile.readline(100_000).rstrip(b"\r\n") != b".":
                    pass
                self.wfile.write(b"250 taken\r\n")
            if verb == b"QUIT":
                return


def _provider() -> int:
    return _begin(ThreadingHTTPServer(("127.0.0.1", 0), _Provider))


def _mail_server() -> int:
    socketserver.ThreadingTCPServer.daemon_threads = True
    return _begin(socketserver.ThreadingTCPServer(("127.0.0.1", 0), _MailServer))


def _begin(server: socketserver.TCPServer) -> int:
    threading.Thread(target=server.serve_forever, name=type(server).__name__, daemon=True).start()
    port: int = server.server_address[1]
    return port
