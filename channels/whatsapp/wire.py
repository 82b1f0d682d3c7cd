"""The way to Twilio's REST API: sending, asking what became of a message, and finding what was missed."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.channel import NoAnswer, Pushed, Refused, Unreachable
from channels.message import Delivery, Outbound, Receipt
from channels.whatsapp import rest, statuses
from channels.whatsapp.errors import trouble
from channels.whatsapp.faults import GARBLED, WIRE, missing, while_sending
from channels.whatsapp.fetched import from_us, to_us
from channels.whatsapp.form import clean
from channels.whatsapp.settings import Settings

MOST_TEXT = 1600
MOST_MEDIA = 10
# Clocks differ a little, and the API rounds to seconds.
SLACK = timedelta(minutes=1)
# Ours may be hours off. To take an older message for ours loses one, to take ours for an older one sends it twice.
LONG_SLACK = timedelta(days=1)
OVER = {"failed", "undelivered", "canceled"}
MOST_LISTED = 1000


class Wire:
    """One account and one sender; safe to use from several threads."""

    def __init__(self, settings: Settings, *, timeout: float) -> None:
        self._settings = settings
        self._messages = rest.client(settings, timeout=timeout).messages

    def send(self, outbound: Outbound) -> Receipt:
        """Hand one message over; raises NotTaken, Refused or NoAnswer."""
        _check(outbound)
        try:
            message = self._messages.create(**self._fields(outbound))
        except (*WIRE, *GARBLED) as error:
            raise while_sending(error) from error
        if not message.sid:
            raise NoAnswer("Twilio no ha contestado si aceptaba el mensaje.")
        return _receipt(message, outbound)

    def ask(self, outbound: Outbound, *, others: Collection[str] = ()) -> Receipt | None:
        """What Twilio knows of it; None only when it surely has no trace of it; raises Unreachable."""
        if outbound.external_id:
            return self._by_id(outbound)
        with _reading():
            listed = list(self._messages.stream(to=_whatsapp(outbound.to.address), page_size=100, limit=MOST_LISTED))
        ours = [message for message in listed if message.sid not in others and _may_be(message, outbound)]
        same = [message for message in ours if _words(message.body) == _words(outbound.text)]
        if same:
            # The list is newest first, and a resend of the same words is younger than what we ask about; a try that
            # has failed is over, and may lie before the one that we ask about.
            return _receipt(next((m for m in reversed(same) if m.status not in OVER), same[-1]), outbound)
        if len(listed) == MOST_LISTED or (outbound.template and ours):
            raise Unreachable("En Twilio hay mensajes a esta persona que podrían ser este; mírelo una persona.")
        return None

    def since(self, moment: datetime, known: Callable[[str], bool] = lambda _: False) -> Iterator[Pushed]:
        """Messages to us and news of ours that are younger than `moment` and not known; raises Unreachable."""
        with _reading():
            for message in self._listed(moment):
                if known(message.sid if message.direction == "inbound" else f"{message.sid}:{message.status}"):
                    continue
                if message.direction == "inbound":
                    yield to_us(message, self._settings)
                elif news := from_us(message, self._settings):
                    yield news

    def _listed(self, moment: datetime) -> Iterator[Any]:
        """Without a number of our own (a Messaging Service) all of the account's WhatsApp messages are looked at."""
        sender = self._settings.sender
        # The SDK writes the moment as UTC without converting it.
        after = (moment - SLACK).astimezone(UTC)
        if sender.startswith("MG"):
            everything = self._messages.stream(date_sent_after=after, page_size=100)
            yield from (message for message in everything if (message.to or "").startswith("whatsapp:"))
            return
        yield from self._messages.stream(to=_whatsapp(sender), date_sent_after=after, page_size=100)
        yield from self._messages.stream(from_=_whatsapp(sender), date_sent_after=after, page_size=100)

    def _by_id(self, outbound: Outbound) -> Receipt | None:
        with _reading():
            try:
                message = self._messages(outbound.external_id).fetch()
            except WIRE as error:
                if missing(error):
                    return None
                raise
        return _receipt(message, outbound)

    def _fields(self, outbound: Outbound) -> dict[str, object]:
        line = outbound.line or self._settings.sender
        sender = {"messaging_service_sid": line} if line.startswith("MG") else {"from_": _whatsapp(line)}
        callback = f"{self._settings.public_url}/hooks/whatsapp/status/{outbound.key}-{outbound.attempt}"
        fields: dict[str, object] = {"to": _whatsapp(outbound.to.address), "status_callback": callback, **sender}
        if outbound.template:
            content_sid, variables = outbound.template
            return {**fields, "content_sid": content_sid, "content_variables": variables}
        if outbound.media_urls:
            fields["media_url"] = list(outbound.media_urls)
        return {**fields, "body": clean(outbound.text)} if outbound.text else fields


def _check(outbound: Outbound) -> None:
    """What Twilio would refuse anyway is refused before we speak."""
    if outbound.template:
        return
    if not outbound.text.strip() and not outbound.media_urls:
        raise Refused(trouble("21619").reason, code="21619")
    if len(outbound.text) > MOST_TEXT:
        raise Refused(trouble("21617").reason, code="21617")
    if len(outbound.media_urls) > MOST_MEDIA:
        raise Refused(trouble("21623").reason, code="21623")


def _receipt(message: Any, outbound: Outbound) -> Receipt:
    """Twilio has it: SENT, unless its status says more."""
    code = str(message.error_code) if message.error_code else None
    said = statuses.receipt(message.sid, message.status or "", code=code, key=outbound.key)
    return said or Receipt(
        channel="whatsapp", external_id=message.sid, delivery=Delivery.SENT, outbound_key=outbound.key
    )


def _may_be(message: Any, outbound: Outbound) -> bool:
    """Ours to this person and not older than the day on which it was queued.

    Looked at by its creation: the wire's own filter is by the date of sending, which a message that still waits lacks.
    """
    created = message.date_created
    return message.direction != "inbound" and (created is None or created >= outbound.queued_at - LONG_SLACK)


def _words(text: str | None) -> str:
    return " ".join(clean(text or "").split())


def _whatsapp(address: str) -> str:
    return f"whatsapp:{address}"


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (*WIRE, ValueError) as error:
        raise Unreachable("Twilio no responde ahora mismo; se volverá a preguntar.") from error
