"""A stand-in for Twilio: its API on a free port, its signed pushes, and the faults that it is known for."""

import threading
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # The SDK ships no types.

from tests.servers.twilio_account import ACCOUNT, NUMBER, TOKEN, Account, Fault, Media, Message
from tests.servers.twilio_api import Handler, Server


class Twilio(Account):
    """One account. `public_url` is what webhooks are signed for; `reach` is where they are really delivered."""

    def __init__(self, *, public_url: str = "https://consultas.example.es", reach: str | None = None) -> None:
        super().__init__()
        self.public_url, self.reach = public_url, reach
        self.port = 0
        self.start()

    def start(self) -> None:
        """Listen on its address."""
        self._server = Server(("127.0.0.1", self.port), Handler)
        self._server.account = self
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """From now on connections are refused."""
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._thread.join()

    def close(self) -> None:
        """Stop it for good, and let go whatever waits for an answer."""
        self.released.set()
        self.stop()

    @property
    def environ(self) -> dict[str, str]:
        """The variables with which a desk speaks to this account."""
        return {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": self.url,
            "WHATSAPP_FROM": NUMBER,
            "PUBLIC_URL": self.public_url,
        }

    def fault(self, **what: Any) -> None:
        """The next request meets this; several queue up."""
        self.faults.append(Fault(**what))

    def attach(self, message: Message, content: bytes, content_type: str) -> str:
        """Hang a file on a message; its MediaUrl."""
        media = Media(sid="ME" + uuid4().hex, content=content, content_type=content_type)
        message.media.append(media)
        return self.media_url(message, media)

    def take_in(self, *, body: str = "", sender: str = "+34600111222", **fields: str) -> Message:
        """A citizen's message in the account of which no webhook tells: lost, until somebody asks."""
        sid = fields.get("MessageSid", "SM" + uuid4().hex)
        message = Message(
            sid=sid,
            sender=f"whatsapp:{sender}",
            to=f"whatsapp:{NUMBER}",
            body=body,
            direction="inbound",
            status="received",
            created=self.clock(),
        )
        self.messages.append(message)
        return message

    def form_of(self, message: Message, **fields: str) -> dict[str, str]:
        """The form that Twilio pushes for a message that came in."""
        return {
            "SmsMessageSid": message.sid,
            "NumMedia": str(len(message.media)),
            "SmsSid": message.sid,
            "WaId": message.sender.removeprefix("whatsapp:+"),
            "SmsStatus": "received",
            "Body": message.body,
            "To": message.to,
            "NumSegments": "1",
            "ReferralNumMedia": "0",
            "MessageSid": message.sid,
            "AccountSid": ACCOUNT,
            "From": message.sender,
            "ApiVersion": "2010-04-01",
            **{f"MediaUrl{n}": self.media_url(message, media) for n, media in enumerate(message.media)},
            **{f"MediaContentType{n}": media.content_type for n, media in enumerate(message.media)},
            **fields,
        }

    def media_url(self, message: Message, media: Media) -> str:
        """Where a file waits, for who holds our credentials."""
        return f"{self.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{message.sid}/Media/{media.sid}"

    def incoming(
        self, *, body: str = "", sender: str = "+34600111222", files: tuple[tuple[bytes, str], ...] = (), **fields: str
    ) -> int:
        """A citizen writes: push it to /hooks/whatsapp; the status with which the desk answered."""
        message = self.take_in(body=body, sender=sender, **fields)
        for content, content_type in files:
            self.attach(message, content, content_type)
        return self.push(f"{self.public_url}/hooks/whatsapp", self.form_of(message, **fields))

    def callback(self, sid: str, status: str, error_code: int | None = None) -> int:
        """News of a message of ours, to the StatusCallback that came with it; the status of the answer."""
        message = next(message for message in self.messages if message.sid == sid)
        message.status, message.error_code = status, error_code
        form = {
            "MessageSid": sid,
            "SmsSid": sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": message.to,
            "From": message.sender,
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "ChannelPrefix": "whatsapp",
        }
        if error_code:
            form["ErrorCode"] = str(error_code)
        return self.push(message.callback or f"{self.public_url}/hooks/whatsapp", form)

    def push(self, url: str, form: dict[str, str]) -> int:
        """POST a signed form over HTTP."""
        body, headers = self.signed(url, form)
        there, meant = urlsplit(self.reach or url), urlsplit(url)
        kind = HTTPSConnection if there.scheme == "https" else HTTPConnection
        connection = kind(there.netloc, timeout=15)
        try:
            connection.request("POST", meant.path + (f"?{meant.query}" if meant.query else ""), body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def signed(self, url: str, form: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        """The body of a push and its headers."""
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        kind = "application/x-www-form-urlencoded; charset=UTF-8"
        return urlencode(form).encode(), {"X-Twilio-Signature": signature, "Content-Type": kind}
