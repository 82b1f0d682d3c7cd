"""One timeline of a ticket: messages of every channel, notes, calls, folded events, a line for each day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.desk import conversation, rich_text
from app.i18n import clock_time, day, long_day, moment
from app.models.message import Direction, Message
from app.models.people import User
from app.models.ticket import Event
from app.web import labels, mail_signature
from app.web.call_form import HANDSET
from app.web.delivery_marks import Mark, mark
from app.web.enclosures import Enclosed, enclosed
from app.web.say import _
from channels.message import Delivery, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message as it stands in the conversation; `laid` is its text with its bold words, lists and links, if any."""

    id: int
    css: str
    icon: str
    icon_label: str
    who: str
    about: str
    at: str
    iso: str
    text: str
    laid: Markup | None
    signature: str
    signature_lines: int
    quote: str
    quote_lines: int
    files: tuple[Enclosed, ...]
    mark: Mark | None
    has_html: bool
    proposed: bool
    to_call: bool
    apart: bool
    articles: tuple["Shown", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An article that a message offered."""

    title: str
    about: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Events between two messages: the newest in sight, the others folded."""

    first: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDay:
    """The line where a day begins."""

    words: str
    iso: str


Item = Bubble | Happened | NewDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Everything that a timeline is made of, read from rows."""

    messages: Sequence[Message]
    formatted: frozenset[int]
    events: Sequence[tuple[Event, str]]
    offered: Mapping[int, tuple[Shown, ...]]
    contact: str
    contact_id: int
    me: User

    @property
    def several(self) -> bool:
        """Whether the contact has written more than once, so that one of the messages can be split off."""
        return sum(self.theirs(message) for message in self.messages) > 1

    def theirs(self, message: Message) -> bool:
        """Whether the contact has written it, and not a clerk."""
        return message.direction is Direction.IN and conversation.of(self.contact_id, message)


def timeline(said: Said, *, now: datetime, zone: ZoneInfo) -> list[Item]:
    """From the first to the last."""
    steps: list[tuple[datetime, int, Message | tuple[Event, str]]] = [
        (message.created_at, 0, message) for message in said.messages if message.delivery is not Delivery.DROPPED
    ]
    steps += [(event.at, 1, (event, words)) for event, words in said.events]
    steps.sort(key=lambda step: (step[0], step[1]))
    items: list[Item] = []
    waiting: list[tuple[str, str]] = []
    shown_day = None
    for at, _rank, step in steps:
        if isinstance(step, tuple):
            waiting.append((step[1], moment(at, now, zone)))
            continue
        items += _happened(waiting)
        waiting = []
        if (today := at.astimezone(zone).date()) != shown_day:
            near = day(today, now.astimezone(zone).date())
            words = long_day(today) if near not in {_("hoy"), _("ayer")} else f"{near}, {long_day(today)}"
            items.append(NewDay(words=words, iso=today.isoformat()))
            shown_day = today
        items.append(_bubble(step, said, now, zone))
    return items + _happened(waiting)


def _happened(lines: list[tuple[str, str]]) -> list[Item]:
    return [Happened(first=lines[-1][0], lines=tuple(lines))] if lines else []


def _bubble(message: Message, said: Said, now: datetime, zone: ZoneInfo) -> Bubble:
    text = (message.reply or "").strip() or message.text.strip()
    quote = _quote(message, text)
    mailed = message.direction is Direction.IN and message.channel == "email"
    said_now, under = mail_signature.parted(text) if mailed else (text, "")
    proposed = message.delivery is Delivery.PROPOSED
    sign = _sign(message)
    return Bubble(
        id=message.id,
        css=_css(message, proposed),
        icon=sign[0],
        icon_label=sign[1],
        who=_who(message, said),
        about=_about(message),
        at=clock_time(message.created_at, zone),
        iso=message.created_at.isoformat(),
        text=_("Este texto se ha borrado.") if message.erased_at else said_now,
        laid=_laid(message) if message.id in said.formatted and not message.erased_at else None,
        signature=under,
        signature_lines=len(under.splitlines()),
        quote=quote,
        quote_lines=len(quote.splitlines()),
        files=tuple(enclosed(file) for file in message.attachments),
        mark=mark(message, said.me, now=now, zone=zone),
        has_html=message.id in said.formatted and message.direction is Direction.IN,
        proposed=proposed,
        to_call=message.delivery is Delivery.BY_HAND,
        apart=said.several and said.theirs(message),
        articles=said.offered.get(message.id, ()),
    )


def _laid(message: Message) -> Markup | None:
    """A mail of ours as it was sent: what stands there is made of its text and lets through nothing but a few tags."""
    ours = message.direction is Direction.OUT and message.author_user_id is not None
    html = rich_text.html(message.text) if ours else None
    return Markup(html.replace("<a ", '<a target="_blank" ')) if html else None  # noqa: S704


def _quote(message: Message, text: str) -> str:
    """What the message repeats of earlier ones: its whole text without what was newly said."""
    whole = message.text.strip()
    if message.direction is not Direction.IN or not message.reply or whole == text:
        return ""
    return whole.removeprefix(text).strip()


def _css(message: Message, proposed: bool) -> str:
    if message.direction is Direction.NOTE:
        return "is-note"
    wide = " is-mail" if message.channel == "email" else ""
    if proposed:
        return "is-out is-proposed"
    if message.channel == "phone":
        return "is-call" if message.direction is Direction.IN or message.delivery is Delivery.DONE else "is-out"
    if message.direction is Direction.IN:
        return "is-in" + wide
    return "is-out" + (" is-auto" if message.author_rule and not message.author_user_id else "") + wide


def _sign(message: Message) -> tuple[str, str]:
    if message.direction is Direction.NOTE:
        return "lock", ""
    if message.channel == "phone" and message.direction is Direction.OUT:
        return "phone-outgoing", _("Llamada")
    if _on_handset(message):
        return labels.channel("whatsapp").icon, _("WhatsApp leído en el móvil")
    if message.direction is Direction.OUT and message.author_rule and not message.author_user_id:
        return "zap", ""
    sign = labels.channel(message.channel)
    return sign.icon, sign.word


def _who(message: Message, said: Said) -> str:
    author = message.author.name if message.author else None
    mine = message.author_user_id == said.me.id
    if message.direction is Direction.NOTE:
        if message.author_rule == "forward_comment":
            return _("Comentario del Ayuntamiento")
        return _("Nota interna suya") if mine else _("Nota interna de %(name)s", name=author or "Ventanilla")
    if message.direction is Direction.IN:
        spoke = message.channel == "phone" and not _on_handset(message)
        return _("%(name)s llamó", name=said.contact) if spoke else said.contact
    if message.delivery is Delivery.PROPOSED:
        return _("Respuesta propuesta")
    if message.author_rule and not author:
        return _("Respuesta automática")
    if message.arrival_id is not None and not author:
        return _("Alguien, desde su programa de correo")
    return _("Usted") if mine else author or "Ventanilla"


def _on_handset(message: Message) -> bool:
    return (message.external_id or "").startswith(f"{HANDSET}:")


def _about(message: Message) -> str:
    if message.direction is Direction.NOTE:
        seen = message.author_rule == "forward_comment"
        return _("lo verá el interesado si pide sus datos") if seen else _("no la ve nadie de fuera")
    if message.kind in {Kind.AUTO_REPLY, Kind.BOUNCE, Kind.UNREADABLE}:
        told = {
            Kind.AUTO_REPLY: _("contestador automático"),
            Kind.BOUNCE: _("aviso de devolución"),
            Kind.UNREADABLE: _("correo no interpretable; el original está adjunto"),
        }
        return told[message.kind]
    if message.delivery is Delivery.PROPOSED:
        return _("todavía no se ha enviado")
    if message.audience == "clerk" and (message.author_rule or "").startswith("handed"):
        return _("para el Ayuntamiento que la tiene")
    if message.audience == "clerk":
        return _("para el Ayuntamiento que la derivó")
    if message.forwarded is not None:
        return _("reenviado por el Ayuntamiento")
    if (message.payload or {}).get("signed"):
        return _("firmado (sin comprobar)")
    to = message.identity
    if message.direction is Direction.OUT and message.channel == "email" and to is not None:
        reached = _("para %(address)s", address=to.typed or to.address)
        copies = _(", ").join(message.participants)
        return _("%(reached)s, con copia a %(copies)s", reached=reached, copies=copies) if copies else reached
    return ""
