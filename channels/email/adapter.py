"""E-mail over IMAP and SMTP, as a Channel."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Self

from channels.channel import Channel, Fetched, Limits, NotTaken, Refused, Unreachable
from channels.email import compose, parse, settings
from channels.email.settings import NO_SENT, Settings
from channels.message import Delivery, Inbound, Outbound, Receipt

if TYPE_CHECKING:
    from channels.email.wire import Mailbox

# The longest name of a mailbox (RFC 5321).
LOCAL = 64


class Email(Channel):
    """One mailbox. Either server may be absent: then nothing is fetched, or nothing can be sent."""

    name = "email"
    limits = Limits(text=200_000, window=None, templates=False, attachment_bytes=20 * 1024 * 1024)

    def __init__(self, settings: Settings, *, step: float = 30, whole: float = 120) -> None:
        """`step` is the time-out of each step on either wire in seconds, `whole` that of a whole sending."""
        self.settings = settings
        self.step = step
        self.whole = whole
        self.line = settings.address
        self.polls = self.compares = settings.imap is not None
        # What is known to lie in the folder of sent mail.
        self.copied: set[str] = set()

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self | None:
        """The channel that the environment describes, or None; raises ValueError with the variable and the cure."""
        found = settings.read(environ)
        return cls(found) if found else None

    def parse(self, raw: bytes, received_at: datetime) -> tuple[Inbound | Receipt, ...]:
        """One mail is one Inbound, whatever it is; a delivery report is one of kind bounce."""
        authserv_id = self.settings.authserv_id
        return (parse.parse(raw, line=self.line, received_at=received_at, authserv_id=authserv_id),)

    def poll(self, known: Callable[[str], bool]) -> Iterator[Fetched]:
        """What waits in the folder and is not known by `<uidvalidity>:<uid>`; read marks are left alone."""
        return self._mailbox.poll(known) if self._mailbox else iter(())

    def since(self, moment: datetime) -> Iterator[Fetched]:
        """Everything that the folder took in since then, known or not."""
        return self._mailbox.since(moment) if self._mailbox else iter(())

    def sent_since(self, moment: datetime, known: Callable[[str], bool]) -> Iterator[Fetched]:
        """What people wrote from this mailbox with their own programs; keys begin with `sent:`."""
        if self._mailbox is None or self.settings.sent == NO_SENT:
            return iter(())
        return self._mailbox.sent_since(moment, known)

    def lacks_copy(self, external_ids: Sequence[str], since: datetime) -> set[str]:
        """Those that are not in the folder of sent mail, where many servers put a copy by themselves."""
        if self._mailbox is None or self.settings.sent == NO_SENT:
            return set()
        if unsure := set(external_ids) - self.copied:
            self.copied |= unsure & self._mailbox.sent_names(since)
        return set(external_ids) - self.copied

    def keep_copy(self, outbound: Outbound) -> None:
        """Put what was sent, byte for byte, into the folder of sent mail."""
        if self._mailbox is None:
            raise Unreachable("No hay buzón en el que guardar la copia: falta IMAP_URL")
        raw = compose.compose(outbound, address=self.line, name=self.settings.name)
        self._mailbox.keep_sent(raw, outbound.queued_at)
        self.copied.add(compose.message_id(outbound))

    def tidy(self, filed: Callable[[list[str]], Iterable[str]]) -> int:
        """Leave, flag or move what is filed, as MAIL_DONE says."""
        if self._mailbox is None or self.settings.done == "leave":
            return 0
        return self._mailbox.tidy(filed, self.settings.done)

    def idle(self, seconds: float, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Wait for news on the folder, at most so long or until stopped; True if it is worth polling."""
        if self._mailbox is None:
            raise Unreachable("No hay buzón que vigilar: falta IMAP_URL")
        return self._mailbox.idle(seconds, stopped)

    def send(self, outbound: Outbound) -> Receipt:
        """SENT once the server took it; a copy that was refused is told in the reason."""
        if self.settings.smtp is None:
            raise NotTaken("No hay servidor de salida: falta SMTP_URL")
        if absent := next((one for one in outbound.attachments if one.content is None), None):
            raise Refused(f"El adjunto «{absent.filename}» no está disponible")
        # smtplib costs nothing to those who only read.
        from channels.email.smtp import Smtp

        raw = compose.compose(outbound, address=self.line, name=self.settings.name)
        copies = [person.address for person in outbound.cc]
        server = Smtp(self.settings.smtp, step=self.step, whole=self.whole)
        envelope = self._envelope(outbound)
        try:
            refused = server.send(raw, sender=envelope, to=outbound.to.address, copies=copies)
        except Refused:
            if envelope == self.line:
                raise
            # Many servers take no sender but the mailbox they know, and each says so in other words at another step.
            refused = server.send(raw, sender=self.line, to=outbound.to.address, copies=copies)
        told = "; ".join(f"la copia a {address} no ha salido: {reason}" for address, reason in refused.items())
        return self._sent(outbound, reason=f"Enviado, pero {told}" if told else None)

    def _envelope(self, outbound: Outbound) -> str:
        """Where a report of failure goes: an address of this very message, if the servers have room for it."""
        own = outbound.returns_to if self.settings.envelope == "plus" else None
        return own if own and len(own.partition("@")[0]) <= LOCAL else self.line

    def check(self) -> tuple[str, ...]:
        """Sign in at both servers, and look how long their certificates hold."""
        from channels.email.check import check

        return check(self.settings, self._mailbox, step=self.step)

    def ask(self, outbound: Outbound, *, others: Collection[str] = ()) -> Receipt | None:
        """SENT if the folder of sent mail holds it; None proves nothing, since that copy may come later or never."""
        if self._mailbox is None:
            return None
        return self._sent(outbound) if self._mailbox.holds_sent(compose.message_id(outbound)) else None

    def _sent(self, outbound: Outbound, *, reason: str | None = None) -> Receipt:
        return Receipt(
            channel=self.name,
            external_id=compose.message_id(outbound),
            delivery=Delivery.SENT,
            outbound_key=outbound.key,
            reason=reason,
        )

    @cached_property
    def _mailbox(self) -> "Mailbox | None":
        # The IMAP client costs more to import than a web process needs to pay.
        from channels.email.wire import Mailbox

        sent = None if self.settings.sent == NO_SENT else self.settings.sent
        return Mailbox(self.settings.imap, sent=sent, step=self.step) if self.settings.imap else None


def handed(raw: bytes) -> Fetched:
    """A mail that did not come by IMAP (simulator, `flask mail receive`), under a key made of its bytes."""
    return Fetched(wire_key=f"hand:{sha256(raw).hexdigest()}", raw=raw)
