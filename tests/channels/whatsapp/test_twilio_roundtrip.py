"""The stand-in plays both sides over HTTP: citizens write, our messages are reported on, forgeries are sent away."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest

from channels.channel import Forged, Knock, Pushed
from channels.message import Address, Delivery, Inbound, Outbound, Receipt
from channels.whatsapp.adapter import WhatsApp
from tests.servers.twilio import Twilio
from tests.servers.twilio_account import ACCOUNT, API_KEY, NUMBER, TOKEN

ANA = Address(channel="whatsapp", address="+34600111222", kind="phone")


class Door(BaseHTTPRequestHandler):
    """A webhook as the desk has one: read, keep, answer."""

    channel: WhatsApp
    kept: list[Pushed]

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        _, _, key = parts.path.partition("/status/")
        try:
            asked = Knock(path=parts.path, query=parts.query, headers=headers, body=body, key=key or None)
            self.kept.extend(self.channel.read(asked))
        except Forged:
            self.send_error(403)
            return
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def door(twilio: Twilio, whatsapp: WhatsApp) -> Iterator[list[Pushed]]:
    """What a webhook keeps; Twilio signs for our public name and reaches us here."""
    kept: list[Pushed] = []
    handler = type("OpenDoor", (Door,), {"channel": whatsapp, "kept": kept})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    twilio.reach = f"http://127.0.0.1:{server.server_port}"
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


def read(channel: WhatsApp, pushed: Pushed) -> Inbound | Receipt:
    (one,) = channel.parse(pushed.raw, datetime.now(UTC))
    return one


def test_a_citizen_s_message_comes_in(twilio: Twilio, whatsapp: WhatsApp, door: list[Pushed]) -> None:
    status = twilio.incoming(body=" ¿Abren hoy? ñ\n", ProfileName="Ana", Forwarded="true")

    inbound = read(whatsapp, door[0])
    assert status == 200
    assert isinstance(inbound, Inbound)
    assert (inbound.text, inbound.sender_name, inbound.was_forwarded) == ("¿Abren hoy? ñ", "Ana", True)
    assert inbound.external_id == door[0].wire_key


def test_a_citizen_s_photo_comes_in_and_is_fetched(twilio: Twilio, whatsapp: WhatsApp, door: list[Pushed]) -> None:
    twilio.incoming(files=((b"uno", "image/jpeg"), (b"dos", "application/pdf")))
    inbound = read(whatsapp, door[0])

    assert isinstance(inbound, Inbound)
    files = [b"".join(whatsapp.fetch(attachment.reference or "")) for attachment in inbound.attachments]
    assert files == [b"uno", b"dos"]


def test_a_callback_brings_both_ids_back(twilio: Twilio, whatsapp: WhatsApp, door: list[Pushed]) -> None:
    now = datetime.now(UTC)
    sent = whatsapp.send(
        Outbound(key=81, attempt=1, channel="whatsapp", line=NUMBER, to=ANA, text="Hola", queued_at=now)
    )
    answers = [
        twilio.callback(sent.external_id, "delivered"),
        twilio.callback(sent.external_id, "undelivered", 63016),
    ]
    delivered, failed = (read(whatsapp, pushed) for pushed in door)

    assert answers == [200, 200]
    assert isinstance(delivered, Receipt)
    assert (delivered.delivery, delivered.external_id, delivered.outbound_key) == (
        Delivery.DELIVERED,
        sent.external_id,
        81,
    )
    assert isinstance(failed, Receipt)
    assert (failed.delivery, failed.code) == (Delivery.FAILED, "63016")


def test_the_same_push_twice_has_the_same_key(twilio: Twilio, door: list[Pushed]) -> None:
    form = twilio.form_of(twilio.take_in(body="Hola"))
    for _ in range(2):
        twilio.push(f"{twilio.public_url}/hooks/whatsapp", form)

    assert door[0] == door[1]


def test_a_push_signed_for_another_address_is_sent_away(twilio: Twilio, door: list[Pushed]) -> None:
    status = twilio.push("https://otro.example.es/hooks/whatsapp", twilio.form_of(twilio.take_in(body="Hola")))

    assert status == 403
    assert door == []


def asked(twilio: Twilio, method: str, path: str, *, user: str = f"{ACCOUNT}:{TOKEN}", body: str = "") -> int:
    connection = HTTPConnection(urlsplit(twilio.url).netloc)
    headers = {"Authorization": f"Basic {b64encode(user.encode()).decode()}"}
    connection.request(method, f"/2010-04-01/Accounts/{ACCOUNT}/{path}", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_stand_in_checks_who_asks_and_what_it_is_given(twilio: Twilio) -> None:
    good = f"To=whatsapp%3A%2B34600111222&From=whatsapp%3A%2B{NUMBER[1:]}&Body="

    assert asked(twilio, "POST", "Messages.json", body=good + "a" * 1600) == 201
    assert asked(twilio, "POST", "Messages.json", body=good + "a" * 1601) == 400
    assert asked(twilio, "POST", "Messages.json", body=good.replace(NUMBER[1:], "34999") + "a") == 400
    assert asked(twilio, "POST", "Messages.json", body="Body=a") == 400
    assert asked(twilio, "POST", "Messages.json", body=good + "a", user=":".join(API_KEY)) == 201
    assert asked(twilio, "POST", "Messages.json", body=good + "a", user=f"{ACCOUNT}:robado") == 401
    assert len(twilio.sent) == 2


def test_the_stand_in_forgets_a_file_that_is_deleted(twilio: Twilio) -> None:
    message = twilio.take_in()
    path = urlsplit(twilio.attach(message, b"uno", "image/jpeg")).path.partition(f"{ACCOUNT}/")[2]

    assert asked(twilio, "GET", path) == 307
    assert asked(twilio, "DELETE", path) == 204
    assert asked(twilio, "GET", path) == 404
