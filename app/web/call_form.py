"""The form of a call as values: read, checked, made into a slip for the desk; and the articles that may help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.desk import arrivals, sedes
from app.desk.books import Books
from app.desk.calls import Slot
from app.desk.inbox import Letter
from app.desk.manual_entry import Slip
from app.files import Files
from app.i18n import clock_time, day
from app.web.article_html import fill, inline
from app.web.help_topics import BY_KEY, Topic
from app.web.say import _
from channels import phones
from channels.message import Address, Inbound
from channels.phone.parse import Call, write
from kb.article import Article
from kb.words import words

LONGEST = 5000
HINTS = 3
STEPS = 3
FEWEST = 3
# What came in by hand: a call, or a WhatsApp that was read on a telephone of ours. Messages keep it in their wire's id.
CALL, HANDSET = "call", "handset"
SUBJECTS = ("notificaciones", "clave", "certificado-digital", "autofirma", "pago-tributos", "registro-instancia")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What has been written down so far. `id` makes a double click one call."""

    id: str
    began: datetime
    act: str = "guardar"
    way: str = CALL
    number: str = ""
    name: str = ""
    hall: str = ""
    deadline: date | None = None
    subject: str | None = None
    words: str = ""
    end: str = "cola"
    slot: datetime | None = None
    article: str | None = None
    contact_id: int | None = None
    ticket_id: int | None = None

    @classmethod
    def fresh(cls, now: datetime) -> "Form":
        """An empty form."""
        return cls(id=uuid4().hex, began=now.replace(microsecond=0))

    @classmethod
    def read(cls, told: Mapping[str, str]) -> "Form":
        """The form as it was sent; what makes no sense is left out."""
        form = cls.fresh(_moment(told.get("empezo")) or datetime.now().astimezone())
        return replace(
            form,
            id=(told.get("id") or form.id)[:64],
            act=told.get("accion") or "guardar",
            way=HANDSET if told.get("via") == HANDSET else CALL,
            number=told.get("telefono", "").strip()[:40],
            name=told.get("nombre", "").strip()[:200],
            hall=told.get("municipio", "").strip()[:160],
            deadline=_day(told.get("plazo")),
            subject=told["asunto"] if told.get("asunto") in BY_KEY else None,
            words=told.get("que", "").strip()[:LONGEST],
            end=told.get("fin") or "cola",
            slot=_moment(told.get("hora")),
            article=told.get("articulo") or None,
            contact_id=_whole(told.get("contacto")),
            ticket_id=_whole(told.get("consulta")),
        )

    def troubles(self) -> dict[str, str]:
        """What must be mended before it can be kept, by field."""
        found = {}
        if not self.words:
            found["que"] = _("Escriba qué le pasa, aunque sea en una línea.")
        if self.number and 0 < sum(sign.isdigit() for sign in self.number) < 3:
            found["telefono"] = _("Faltan cifras: un teléfono tiene nueve.")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """An article that may help: its first steps to read out, how well it fits, whether it is picked."""

    article: Article
    steps: tuple[Markup, ...]
    moment: int | None
    good: bool
    picked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing to pick."""

    value: str
    name: str
    icon: str = ""
    off: bool = False


def slip(form: Form, books: Books, known: Sequence[Address], *, files: Files, answered_by: str | None) -> Slip:
    """The call as the desk files it. `known` are addresses of the person picked, so that it is filed as theirs."""
    typed = phones.number(form.number, region=books.province.phone_region) if form.number else None
    said = form.words
    if form.deadline is not None:
        # Triage reads dates in words, whatever channel they come by.
        said += "\n" + _("El plazo termina el %(day)s.", day=form.deadline.strftime("%d/%m/%Y"))
    call = Call(
        id=f"{form.way}:{form.id}",
        at=form.began,
        words=said,
        number=typed.e164 if typed else None,
        typed=form.number or None,
        name=form.name or None,
        answered_by=answered_by,
    )
    own = (Address(channel="phone", address=typed.address, kind="phone"),) if typed else ()
    chosen = (("ticket", str(form.ticket_id)),) if form.ticket_id else ()
    inbound = Inbound(
        channel="phone",
        line="",
        external_id=call.id,
        addresses=tuple(dict.fromkeys((*own, *known))),
        sender_name=call.name,
        text=said,
        reply=said,
        sent_at=form.began,
        original_form=chosen,
    )
    raw = write(call)
    letter = Letter(inbound=inbound, words=words(" ".join(filter(None, (form.name, said)))), files=())
    return Slip(letter=letter, packed=arrivals.pack(call.id, raw, files))


def starts(typed: str, region: str) -> tuple[str, ...]:
    """How the address of a number may begin of which so much has been typed; nothing if it is no number."""
    digits = "".join(sign for sign in typed if sign.isdigit())
    if len(digits) < FEWEST:
        return ()
    ways = [f"+{digits}", f"{phones.prefix(region)}{digits}", digits]
    # A number that is whole is known in whatever shape it was typed, «0034 611…» or with an extension.
    if (whole := phones.e164(typed, region=region)) is not None:
        ways.append(whole)
    return tuple(dict.fromkeys(ways))


def hints(books: Books, typed: str, picked: str | None, hall: str | None) -> list[Hint]:
    """The best articles for what has been written, the picked one kept among them."""
    main, found = books.province.languages[0], []
    hits = list(books.search.find(typed).hits[:HINTS]) if len(typed) > 3 else []
    for place, hit in enumerate(hits):
        if article := books.shelf.get(hit.slug, main):
            good = place == 0 and hit.score >= 0.5
            found.append(_hint(article, books, hall, int(hit.moment) if hit.moment else None, good, hit.slug == picked))
    if picked and all(one.article.slug != picked for one in found) and (kept := books.shelf.get(picked, main)):
        found = [*found[: HINTS - 1], _hint(kept, books, hall, None, False, True)]
    return found


def subjects() -> list[Topic]:
    """What people call about most."""
    return [BY_KEY[key] for key in SUBJECTS]


def ends() -> list[Choice]:
    """How a call can end."""
    return [
        Choice(value="resuelta", name=_("Resuelta"), icon="check"),
        Choice(value="enlace", name=_("Enviar enlace"), icon="link"),
        Choice(value="llamar", name=_("Devolver llamada"), icon="phone-outgoing"),
        Choice(value="cola", name=_("A la cola"), icon="inbox"),
    ]


def ways() -> list[Choice]:
    """How it reached us: WhatsApp may come to a telephone of the office while its number is not connected."""
    return [
        Choice(value=CALL, name=_("Por teléfono"), icon="phone"),
        Choice(value=HANDSET, name=_("WhatsApp leído en el móvil"), icon="whatsapp"),
    ]


def shown_slots(slots: Sequence[Slot], now: datetime, zone: ZoneInfo) -> list[Choice]:
    """«12:30», «mañana, 8:00»; those already promised cannot be picked."""
    today, shown = now.astimezone(zone).date(), []
    for slot in slots:
        when = slot.at.astimezone(zone).date()
        name = clock_time(slot.at, zone)
        name = name if when == today else f"{day(when, today)}, {name}"
        shown.append(Choice(value=slot.at.isoformat(), name=name, off=slot.taken))
    return shown


def _hint(article: Article, books: Books, hall: str | None, moment: int | None, good: bool, picked: bool) -> Hint:
    told = sedes.read_in(article, books, hall)
    steps = tuple(inline(fill(step, books, hall)) for step in told.steps[:STEPS])
    return Hint(article=article, steps=steps, moment=moment, good=good, picked=picked)


def _moment(typed: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(typed or "")
    except ValueError:
        return None
    return found if found.tzinfo else None


def _day(typed: str | None) -> date | None:
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return None


def _whole(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isdecimal() else None
