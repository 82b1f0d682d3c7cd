"""How the demo's people reach us: a form signed as the provider signs it, and a mail as a mail program writes it."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from app.config import Config
from channels.channel import Fetched

HOOK = "/hooks/whatsapp"
PATIENCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A message on a telephone."""

    sid: str
    sender: str
    name: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail; `answers` is the Message-ID of ours that it replies to."""

    address: str
    name: str
    subject: str
    body: str
    answers: str | None = None


def knock(config: Config, line: str, text: Text) -> int:
    """Push a message to our own hook; the status that came back, 0 for none."""
    from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # The SDK ships no types.

    account = config.environ["TWILIO_ACCOUNT_SID"]
    token = config.environ["TWILIO_AUTH_TOKEN"].split(",")[0].strip()
    form = {
        "SmsMessageSid": text.sid,
        "NumMedia": "0",
        "ProfileName": text.name,
        "MessageType": "text",
        "SmsSid": text.sid,
        "WaId": text.sender.lstrip("+"),
        "SmsStatus": "received",
        "Body": text.body,
        "To": f"whatsapp:{line}",
        "NumSegments": "1",
        "MessageSid": text.sid,
        "AccountSid": account,
        "From": f"whatsapp:{text.sender}",
        "ApiVersion": "2010-04-01",
    }
    signature = RequestValidator(token).compute_signature(config.public_url + HOOK, form)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    path = urlsplit(config.public_url).path + HOOK
    wire = HTTPConnection("127.0.0.1", config.port, timeout=PATIENCE)
    try:
        wire.request("POST", path, body=urlencode(form), headers=headers)
        return wire.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        wire.close()


def letter(mail: Mail, *, to: str, now: datetime) -> Fetched:
    """The bytes of a mail, under the key of mails that were handed over."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f'"{mail.name}" <{mail.address}>' if mail.name else mail.address
    message["To"] = to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=mail.address.rpartition("@")[2] or "example.com")
    if mail.answers:
        message["In-Reply-To"] = message["References"] = mail.answers
    message.set_content(mail.body)
    raw = bytes(message)
    return Fetched(wire_key=f"hand:{sha256(raw).hexdigest()}", raw=raw)
