"""Messages found through Twilio's API, written as the forms that Twilio would have pushed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from channels.channel import Pushed
from channels.whatsapp.form import CREATED, FETCHED, written
from channels.whatsapp.settings import Settings
from channels.whatsapp.statuses import NEWS


def to_us(message: Any, settings: Settings) -> Pushed:
    """A message that came in; the API keeps neither buttons, places nor profile names, and the form says so."""
    pairs = [*_common(message, settings), ("SmsStatus", "received"), ("Body", message.body or "")]
    if int(message.num_media or 0):
        pairs += _media(message, settings)
    return Pushed(wire_key=message.sid, raw=written(pairs))


def from_us(message: Any, settings: Settings) -> Pushed | None:
    """News of a message of ours, or None while Twilio only carries it."""
    status = message.status or ""
    if status not in NEWS:
        return None
    pairs = [*_common(message, settings), ("MessageStatus", status)]
    if message.error_code:
        pairs.append(("ErrorCode", str(message.error_code)))
    return Pushed(wire_key=f"{message.sid}:{status}", raw=written(pairs))


def _common(message: Any, settings: Settings) -> Iterator[tuple[str, str]]:
    yield "MessageSid", message.sid
    yield "AccountSid", message.account_sid or settings.account
    yield "From", message.from_ or ""
    yield "To", message.to or ""
    if message.messaging_service_sid:
        yield "MessagingServiceSid", message.messaging_service_sid
    if isinstance(message.date_created, datetime):
        yield CREATED, message.date_created.isoformat()
    yield FETCHED, "true"


def _media(message: Any, settings: Settings) -> Iterator[tuple[str, str]]:
    held = message.media.list()
    yield "NumMedia", str(len(held))
    for place, media in enumerate(held):
        yield f"MediaUrl{place}", settings.api + media.uri.removesuffix(".json")
        yield f"MediaContentType{place}", media.content_type or "application/octet-stream"
