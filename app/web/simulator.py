"""The demo's other side: a citizen's telephone and a company's mail, which knock at the doors that real wires use."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from app import clock, jobs
from app.house import house
from app.i18n import clock_time
from app.models.arrival import ArrivalKind
from app.models.message import Direction, Message
from app.models.people import Identity
from app.web import public as frame
from app.web.access import public
from app.web.say import _
from app.web.simulated_wires import Mail, Text, knock, letter
from channels import phones
from channels.message import Delivery

blueprint = Blueprint("simulator", __name__, url_prefix="/simulador")
log = structlog.get_logger()

SHOWN = 40
UNSAID = (Delivery.PROPOSED, Delivery.DROPPED, Delivery.QUEUED, Delivery.BY_HAND)
TICKS = {
    Delivery.SENDING: ("clock", ""),
    Delivery.SENT: ("check", ""),
    Delivery.DELIVERED: ("check-check", ""),
    Delivery.READ: ("check-check", "is-read"),
    Delivery.FAILED: ("circle-alert", "is-bad"),
    Delivery.UNCERTAIN: ("triangle-alert", "soon"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message as the person outside sees it: theirs on the right, ours on the left."""

    mine: bool
    text: str
    subject: str | None
    at: str
    tick: tuple[str, str] | None


@blueprint.before_request
def _only_in_the_demo() -> None:
    if not house().config.demo:
        abort(404)


@blueprint.get("")
@public
def page() -> str:
    """Telephone and mail side by side."""
    number, name = _phone()
    address = request.args.get("de", "marta.cobo@example.com")
    return frame.render(
        "simulator/page.html",
        number=number,
        shown=phones.shown(number, region=house().books.current().province.phone_region),
        name=name,
        address=address,
        chat=_said("whatsapp", number),
        mails=_said("email", address),
        desk_number=house().books.current().province.whatsapp,
        examples=_examples(),
    )


@blueprint.get("/whatsapp")
@public
def chat() -> str:
    """What the telephone shows now."""
    number, _name = _phone()
    return render_template("simulator/_chat.html", chat=_said("whatsapp", number))


@blueprint.get("/correo")
@public
def mails() -> str:
    """What lies in the mailbox now."""
    return render_template("simulator/_mails.html", mails=_said("email", request.args.get("de", "")))


@blueprint.post("/whatsapp")
@public
def write() -> AnyResponse:
    """Send a signed form to our own hook, over HTTP, as the provider would."""
    number, name = _phone()
    trouble = ""
    said = (request.form.get("ejemplo") or request.form.get("texto", "")).strip()[:1600]
    if said:
        text = Text(sid="SM" + secrets.token_hex(16), sender=number, name=name, body=said)
        status = knock(house().config, house().channels["whatsapp"].line, text)
        log.info("simulator_knocked", status=status)
        if status != 200:
            trouble = _("La ventanilla no ha aceptado el mensaje (%(status)s).", status=status)
    if trouble or request.headers.get("HX-Request"):
        return Response(render_template("simulator/_chat.html", chat=_said("whatsapp", number), trouble=trouble))
    return redirect(url_for("simulator.page", numero=number, nombre=name), 303)


@blueprint.post("/correo")
@public
def post() -> AnyResponse:
    """Hand the bytes of a mail to the e-mail channel's door."""
    told = request.form
    mail = Mail(
        address=told.get("de", "").strip()[:254] or "marta.cobo@example.com",
        name=told.get("nombre", "").strip()[:120],
        subject=told.get("asunto", "").strip()[:200],
        body=told.get("texto", "").strip()[:20_000],
        answers=_last_of_ours(told.get("de", "").strip()) if told.get("contesta") else None,
    )
    line = house().channels["email"].line
    if mail.body:
        jobs.take_in(house(), "email", line, [letter(mail, to=line, now=clock.now())], ArrivalKind.GIVEN)
    if request.headers.get("HX-Request"):
        return Response(render_template("simulator/_mails.html", mails=_said("email", mail.address)))
    return redirect(url_for("simulator.page", de=mail.address) + "#correo", 303)


def _phone() -> tuple[str, str]:
    told = request.values
    digits = "".join(sign for sign in told.get("numero", "") if sign.isdigit())[:15]
    return (f"+{digits}" if len(digits) > 8 else "+34600111222"), told.get("nombre", "").strip()[:80] or "Ana Sanz"


def _said(channel: str, address: str) -> list[Bubble]:
    with house().db.reading() as session:
        rows = session.scalars(
            select(Message)
            .join(Identity, Identity.id == Message.identity_id)
            .where(Identity.channel == channel, Identity.address == address.lower())
            .order_by(Message.id.desc())
            .limit(SHOWN)
        ).all()
    return [_bubble(row) for row in reversed(rows) if row.direction is not Direction.NOTE and _left(row)]


def _left(row: Message) -> bool:
    return row.direction is Direction.IN or row.delivery not in UNSAID


def _bubble(row: Message) -> Bubble:
    mine = row.direction is Direction.IN
    when: datetime = row.received_at if mine and row.received_at else row.sent_at or row.created_at
    tick = TICKS.get(row.delivery) if row.delivery and not mine else None
    return Bubble(
        mine=mine,
        text=(row.reply or row.text) if mine else row.text,
        subject=row.subject,
        at=clock_time(when, house().config.zone),
        tick=tick,
    )


def _last_of_ours(address: str) -> str | None:
    with house().db.reading() as session:
        return session.scalar(
            select(Message.external_id)
            .join(Identity, Identity.id == Message.identity_id)
            .where(
                Identity.channel == "email",
                Identity.address == address.lower(),
                Message.direction == Direction.OUT,
                Message.external_id.is_not(None),
            )
            .order_by(Message.id.desc())
            .limit(1)
        )


def _examples() -> tuple[str, ...]:
    return (
        _("hola, no se ha podido conectar con autofirma, soy de cuellar"),
        _("el plazo acaba hoy y la sede no carga"),
        _("1"),
        _("2"),
        _("gracias"),
    )
