"""Whether both mail servers let us in, and for how long their certificates hold."""

import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from channels.channel import NotTaken, Unreachable
from channels.email.settings import Server, Settings
from channels.email.smtp import Smtp

if TYPE_CHECKING:
    from channels.email.wire import Mailbox

SOON = 21


def check(settings: Settings, mailbox: "Mailbox | None", *, step: float) -> tuple[str, ...]:
    """What is wrong, as sentences."""
    told = []
    if mailbox is None:
        told.append("No hay buzón del que leer: ponga IMAP_URL.")
    else:
        try:
            next(mailbox.poll(lambda _: True), None)
        except Unreachable as error:
            told.append(f"{error} (IMAP_URL).")
    if settings.smtp is None:
        told.append("No hay servidor de salida: ponga SMTP_URL.")
    else:
        try:
            server = Smtp(settings.smtp, step=step, whole=step * 2)
            if not server.greet(sender=_own_address(settings), to=settings.address):
                told.append("El servidor de salida no admite como remitente una dirección con «+»: MAIL_ENVELOPE=own.")
        except (NotTaken, Unreachable) as error:
            told.append(f"{error} (SMTP_URL).")
    servers = (server for server in (settings.imap, settings.smtp) if server is not None and server.tls)
    return (*told, *(words for server in servers if (words := _certificate(server, step))))


def _own_address(settings: Settings) -> str:
    """An address such as each mail would have, if each is to have one."""
    name, _, domain = settings.address.partition("@")
    return f"{name}+m1-{'0' * 20}@{domain}" if settings.envelope == "plus" else ""


def _certificate(server: Server, step: float) -> str | None:
    try:
        days = server.way.days_left(server.host, server.port, step, now=datetime.now(UTC))
    except (OSError, ssl.SSLError):
        # Signing in has told of it already.
        return None
    return f"El certificado de {server.host} caduca en {days} días: pida que lo renueven." if days < SOON else None
