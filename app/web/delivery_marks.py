"""What became of a message of ours, in an icon and words, and what can be done about it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.i18n import clock_time
from app.models.message import Direction, Message
from app.models.people import User
from app.web.say import _
from channels.message import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """`act` is retry or undo, where a person may do that."""

    css: str
    icon: str
    words: str
    act: str = ""


def mark(message: Message, me: User, *, now: datetime, zone: ZoneInfo) -> Mark | None:
    """None for what nobody delivers: notes, what came in, proposals."""
    if message.direction is not Direction.OUT or message.delivery is None:
        return None

    def at(when: datetime | None) -> str:
        return clock_time(when, zone) if when else ""

    match message.delivery:
        case Delivery.QUEUED:
            return _queued(message, me, now, zone)
        case Delivery.SENDING:
            return Mark(css="", icon="send", words=_("Enviando"))
        case Delivery.SENT:
            return Mark(css="", icon="check", words=_("Enviado a las %(time)s", time=at(message.sent_at)))
        case Delivery.DELIVERED:
            return Mark(css="", icon="check-check", words=_("Entregado a las %(time)s", time=at(message.delivered_at)))
        case Delivery.READ:
            return Mark(
                css="is-read", icon="check-check", words=_("Leído a las %(time)s", time=at(message.delivered_at))
            )
        case Delivery.FAILED:
            why = (message.reason or _("no se sabe por qué")).rstrip(".")
            words = _("No entregado: %(why)s", why=why[:1].lower() + why[1:])
            return Mark(css="is-bad", icon="circle-alert", words=words, act="retry")
        case Delivery.UNCERTAIN:
            words = _("No se sabe si salió: compruébelo antes de repetir")
            return Mark(css="soon", icon="triangle-alert", words=words, act="retry")
        case Delivery.BY_HAND:
            tried = _(" %(why)s (%(count)s).", why=message.reason, count=message.attempts) if message.reason else ""
            return Mark(css="", icon="phone-outgoing", words=_("Llamar: se le dirá por teléfono.") + tried)
        case Delivery.DONE:
            return Mark(
                css="", icon="check", words=_("Se le dijo por teléfono a las %(time)s", time=at(message.sent_at))
            )
    return None


def _queued(message: Message, me: User, now: datetime, zone: ZoneInfo) -> Mark:
    waits = message.due_at is not None and message.due_at > now
    if waits and message.attempts and message.due_at is not None:
        why = (message.reason or _("el canal no responde")).rstrip(".")
        words = _("Se repetirá a las %(time)s: %(why)s", time=clock_time(message.due_at, zone), why=why)
        return Mark(css="soon", icon="clock", words=words)
    mine = message.author_user_id == me.id
    return Mark(css="", icon="clock", words=_("En cola"), act="undo" if waits and mine else "")
