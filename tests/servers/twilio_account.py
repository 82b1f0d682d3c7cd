"""What the stand-in for Twilio keeps: one account, its messages and files, and the faults that wait to be met."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import uuid4

ACCOUNT = "AC" + "a" * 32
TOKEN = "12345"
API_KEY = ("SK" + "b" * 32, "secreto")
NUMBER = "+34921000000"
SERVICE = "MG" + "c" * 32


@dataclass(kw_only=True)
class Media:
    """A file that hangs on a message."""

    sid: str
    content: bytes
    content_type: str


@dataclass(kw_only=True)
class Message:
    """A message in the account, theirs or ours."""

    sid: str
    sender: str
    to: str
    body: str
    direction: str
    status: str
    created: datetime
    form: dict[str, list[str]] = field(default_factory=dict)
    callback: str | None = None
    error_code: int | None = None
    media: list[Media] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What the next request meets: an error answer, silence before or after the message was taken, or a broken line.

    With a `method` it waits for a request of that kind: POST is a message of ours.
    """

    status: int | None = None
    code: int | None = None
    silent: str | None = None
    broken: bool = False
    method: str | None = None


class Account:
    """The state that the API shows."""

    url: str

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.senders: list[dict[str, object]] = []
        self.templates: dict[str, str] = {}
        self.requests: list[tuple[str, str, bool]] = []
        self.faults: list[Fault] = []
        # Where a file's address sends its reader instead of to our own second path.
        self.redirect: str | None = None
        self.released = threading.Event()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def sent(self) -> list[Message]:
        """What we were given to send, oldest first."""
        return [message for message in self.messages if message.direction == "outbound-api"]

    def fault_of(self, method: str) -> Fault:
        """What a request meets now; it is met once."""
        met = next((fault for fault in self.faults if fault.method in {None, method}), None)
        if met is not None:
            self.faults.remove(met)
        return met or Fault()

    def wrong(self, form: dict[str, list[str]]) -> int | None:
        """The code with which Twilio would refuse this message at once."""
        said = {name: values[0] for name, values in form.items()}
        if not said.get("To", "").startswith("whatsapp:"):
            return 21211
        if said.get("From", f"whatsapp:{NUMBER}") != f"whatsapp:{NUMBER}":
            return 63007
        if "From" not in said and "MessagingServiceSid" not in said:
            return 21603
        if "ContentSid" in said:
            return None if said["ContentSid"] in self.templates and "Body" not in said else 21655
        if len(form.get("MediaUrl", [])) > 10:
            return 21623
        if not said.get("Body") and "MediaUrl" not in said:
            return 21619
        return 21617 if len(said.get("Body", "")) > 1600 else None

    def take_out(self, form: dict[str, list[str]]) -> Message:
        """A message of ours, accepted."""
        said = {name: values[0] for name, values in form.items()}
        body = said.get("Body", "")
        if "ContentSid" in said:
            body = self.templates[said["ContentSid"]]
            for name, value in json.loads(said.get("ContentVariables", "{}")).items():
                body = body.replace("{{" + name + "}}", value)
        message = Message(
            sid="SM" + uuid4().hex,
            sender=said.get("From", f"whatsapp:{NUMBER}"),
            to=said["To"],
            body=body,
            direction="outbound-api",
            status="queued",
            created=self.clock(),
            form=form,
            callback=said.get("StatusCallback"),
        )
        self.messages.append(message)
        return message

    def listed(self, asked: dict[str, str]) -> list[Message]:
        """Newest first, as the API lists them; a message that waits has no date of sending yet."""
        return [message for message in reversed(self.messages) if _fits(message, asked)]

    def media(self, sid: str) -> Media | None:
        """A file of any message."""
        held = (media for message in self.messages for media in message.media)
        return next((media for media in held if media.sid == sid), None)


def _fits(message: Message, asked: dict[str, str]) -> bool:
    if asked.get("To", message.to) != message.to or asked.get("From", message.sender) != message.sender:
        return False
    after = asked.get("DateSent>")
    if after is None:
        return True
    sent = message.status not in {"queued", "accepted"}
    return sent and message.created >= datetime.fromisoformat(after).astimezone(UTC)


def shown(message: Message) -> dict[str, object]:
    """A message as the API shows it."""
    created = format_datetime(message.created)
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": ACCOUNT,
        "messaging_service_sid": message.form.get("MessagingServiceSid", [None])[0],
        "from": message.sender,
        "to": message.to,
        "body": message.body,
        "direction": message.direction,
        "status": message.status,
        "error_code": message.error_code,
        "error_message": None,
        "num_media": str(len(message.media)),
        "num_segments": "1",
        "date_created": created,
        "date_sent": None if message.status in {"queued", "accepted"} else created,
        "date_updated": created,
        "uri": f"{path}.json",
        "subresource_uris": {"media": f"{path}/Media.json"},
    }


def shown_media(message: Message, media: Media) -> dict[str, object]:
    """A file as the API shows it."""
    return {
        "sid": media.sid,
        "account_sid": ACCOUNT,
        "parent_sid": message.sid,
        "content_type": media.content_type,
        "date_created": format_datetime(message.created),
        "date_updated": format_datetime(message.created),
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{message.sid}/Media/{media.sid}.json",
    }
