"""WhatsApp through Twilio, as a Channel."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from channels.channel import Channel, Forged, Knock, Limits, Pushed
from channels.message import Inbound, Outbound, Receipt
from channels.whatsapp import parse, settings
from channels.whatsapp.form import KEY, Form, sid, status
from channels.whatsapp.settings import Settings
from channels.whatsapp.signature import genuine

if TYPE_CHECKING:
    from channels.whatsapp.wire import Wire


# Twilio lists a message under the date of its sending: now and then the look goes back far enough for late news.
OVERLAP, LATE_NEWS, MISSED = timedelta(hours=1), timedelta(hours=24), timedelta(days=7)
TURNS = 30


class WhatsApp(Channel):
    """One sender at Twilio. What comes in is pushed and signed; what was missed is found by `since`."""

    name = "whatsapp"
    limits = Limits(text=1600, window=timedelta(hours=24), templates=True, attachment_bytes=16 * 1024 * 1024)

    def __init__(self, settings: Settings, *, timeout: float = 10) -> None:
        self.settings = settings
        self.timeout = timeout
        self.line = settings.sender
        self.polls = settings.poll
        self._polled: datetime | None = None
        self._turn = 0

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self | None:
        """The channel that the environment describes, or None; raises ValueError with the variable and the cure."""
        found = settings.read(environ)
        return cls(found) if found else None

    def read(self, knock: Knock) -> Iterable[Pushed]:
        """One message or one callback; a callback keeps the key of its path in its bytes, for `parse` to see."""
        form = Form.read(knock.body)
        if not genuine(knock, form, self.settings):
            raise Forged("Twilio's signature is missing or not made with one of our tokens")
        raw = knock.body if knock.key is None else knock.body + f"&{KEY}={quote(knock.key)}".encode("ascii")
        return (Pushed(wire_key=_wire_key(form, raw), raw=raw),)

    def parse(self, raw: bytes, received_at: datetime) -> tuple[Inbound | Receipt, ...]:
        """Twilio does not say when a message was written, so `received_at` is the reader's to keep."""
        return parse.parse(raw, line=self.line)

    def send(self, outbound: Outbound) -> Receipt:
        """Twilio's 201 is SENT; that it was refused later comes as a callback."""
        return self._wire.send(outbound)

    def ask(self, outbound: Outbound, *, others: Collection[str] = ()) -> Receipt | None:
        """By Twilio's id if we have it, else by recipient and words."""
        return self._wire.ask(outbound, others=others)

    def since(self, moment: datetime) -> Iterator[Pushed]:
        """Messages to us and news of ours, as forms rebuilt from the API: no buttons, places or names in them."""
        return self._wire.since(moment)

    def poll(self, known: Callable[[str], bool]) -> Iterator[Pushed]:
        """Where Twilio cannot reach us (TWILIO_POLL), what it holds and we do not know; else nothing, it is pushed.

        The first look of a process goes back a week, in which a stopped desk may have missed things.
        """
        if not self.settings.poll:
            return
        began = datetime.now(UTC)
        back = OVERLAP if self._turn % TURNS else LATE_NEWS
        yield from self._wire.since(self._polled - back if self._polled else began - MISSED, known)
        self._polled, self._turn = began, self._turn + 1

    def check(self) -> tuple[str, ...]:
        """Whether Twilio knows us and calls the address that we listen at."""
        from channels.whatsapp.check import check

        return check(self.settings, timeout=self.timeout)

    def forget(self, reference: str) -> None:
        """Delete a file at Twilio, which keeps it for ever otherwise."""
        from channels.whatsapp.media import forget

        forget(reference, self.settings, timeout=self.timeout)

    def fetch(self, reference: str) -> Iterator[bytes]:
        """A file at Twilio; our credentials go to Twilio's API alone."""
        from channels.whatsapp.media import fetch

        return fetch(reference, self.settings, limit=self.limits.attachment_bytes, timeout=self.timeout)

    @cached_property
    def _wire(self) -> "Wire":
        # Twilio's client takes half a second to import, which the web and the command line need not pay.
        from channels.whatsapp.wire import Wire

        return Wire(self.settings, timeout=self.timeout)


def _wire_key(form: Form, raw: bytes) -> str:
    external_id, said = sid(form), status(form)
    if not external_id:
        return f"sha256:{sha256(raw).hexdigest()}"
    return f"{external_id}:{said}" if said else external_id
