"""A town hall's clerk: what she passed on or was handed, its state, and a form to pass on one more."""

import json
from dataclasses import asdict, dataclass
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from app import clock
from app.desk import arrivals, calls, manual_entry, upkeep
from app.desk.inbox import Letter
from app.desk.manual_entry import Slip
from app.desk.numbers import number
from app.house import house
from app.i18n import day
from app.models.people import Role, User, UserTownHall
from app.models.place import TownHall
from app.models.ticket import Ticket
from app.web.access import allow, me
from app.web.follow_link import stages
from app.web.say import _
from app.web.toast import tell
from channels import phones
from channels.message import Address, Inbound
from kb.words import words

blueprint = Blueprint("clerk", __name__, url_prefix="/derivadas")
LATEST = 100
LONGEST = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a clerk tells of a citizen's question. `comment` is for the desk and never reaches the citizen."""

    id: str
    hall: str
    name: str
    reach: str
    subject: str
    words: str
    comment: str

    @classmethod
    def read(cls) -> "Form":
        """As it was sent, cut to length."""
        told = request.form
        return cls(
            id=(told.get("id") or uuid4().hex)[:64],
            hall=told.get("ayuntamiento", "").strip(),
            name=told.get("nombre", "").strip()[:200],
            reach=told.get("contacto", "").strip()[:254],
            subject=told.get("asunto", "").strip()[:300],
            words=told.get("que", "").strip()[:LONGEST],
            comment=told.get("comentario", "").strip()[:LONGEST],
        )

    def address(self, region: str) -> Address | None:
        """How the citizen is reached: by mail, or else by telephone; None if it is neither."""
        if "@" in self.reach:
            name, _at, domain = self.reach.rpartition("@")
            good = bool(name) and "." in domain and " " not in self.reach
            return Address(channel="email", address=self.reach.lower(), kind="email") if good else None
        typed = phones.number(self.reach, region=region)
        return Address(channel="phone", address=typed.e164, kind="phone") if typed.e164 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One enquiry as a clerk may see it: whose it is only if she herself passed it on."""

    number: str
    name: str | None
    when: str
    hall: str
    state: str
    here: int
    handed: bool


@blueprint.get("")
@allow(Role.CLERK)
def page() -> str:
    """The enquiries of her town halls, newest first."""
    now, zone = clock.now(), house().config.zone
    with house().db.reading() as session:
        user = me(session)
        halls = _halls(session, user)
        ids = [hall.id for hall in halls]
        found = session.scalars(
            select(Ticket)
            .where(or_(Ticket.forwarder_town_hall_id.in_(ids), Ticket.handed_to_id.in_(ids)))
            .order_by(Ticket.id.desc())
            .limit(LATEST)
            .options(joinedload(Ticket.contact), joinedload(Ticket.forwarder))
        ).all()
        today = now.astimezone(zone).date()
        rows = [
            _row(one, upkeep.kept(session, one), user, ids, day(one.created_at.astimezone(zone).date(), today))
            for one in found
        ]
    return render_template("clerk/page.html", rows=rows, halls=halls, several=len(halls) > 1)


@blueprint.get("/nueva")
@allow(Role.CLERK)
def form() -> str:
    """An empty form."""
    empty = Form(id=uuid4().hex, hall="", name="", reach="", subject="", words="", comment="")
    return _form(empty, {})


@blueprint.post("/nueva")
@allow(Role.CLERK)
def send() -> Response | tuple[str, int]:
    """Pass a citizen's question on."""
    told, home, now = Form.read(), house(), clock.now()
    address = told.address(home.books.current().province.phone_region)
    with home.db.reading() as session:
        hall = next((one for one in _halls(session, me(session)) if told.hall in {one.code, ""}), None)
    troubles = _troubles(told, address, hall)
    if troubles or address is None or hall is None:
        return _form(told, troubles), 422
    slip = _slip(told, address, hall)
    with home.db.transaction() as session:
        by = me(session)
        taken = manual_entry.take(session, slip, keys=home.config.secret_keys, now=now)
        if taken.fresh:
            manual_entry.forwarded(
                session, taken.ticket, hall=hall, address=by.email.lower(), comment=told.comment, by=by, now=now
            )
            if address.channel == "phone":
                calls.ask_for_call(session, taken.ticket, by=by, now=now, books=home.books.current())
        ticket_number = number(taken.ticket.id)
    home.wake("sort")
    tell(_("Pasada como consulta %(number)s. Aquí verá en qué estado está.", number=ticket_number))
    return redirect(url_for("clerk.page"), 303)


def _slip(told: Form, address: Address, hall: TownHall) -> Slip:
    raw = json.dumps({**asdict(told), "hall": hall.code, "by": current_user.user.id}, sort_keys=True).encode("ascii")
    inbound = Inbound(
        channel=address.channel,
        line="",
        external_id=f"form:{told.id}",
        addresses=(address,),
        sender_name=told.name or None,
        subject=told.subject or None,
        text=told.words,
        reply=told.words,
        original_form=(("source", "form"),),
    )
    letter = Letter(inbound=inbound, words=words(f"{told.subject} {told.name} {told.words}"), files=())
    return Slip(letter=letter, packed=arrivals.pack(f"form:{told.id}", raw, house().files))


def _form(told: Form, troubles: dict[str, str]) -> str:
    with house().db.reading() as session:
        halls = _halls(session, me(session))
    return render_template("clerk/form.html", form=told, troubles=troubles, halls=halls)


def _troubles(told: Form, address: Address | None, hall: TownHall | None) -> dict[str, str]:
    found = {}
    if address is None:
        found["contacto"] = _("Escriba un teléfono de nueve cifras o un correo, para poder contestarle.")
    if not told.words:
        found["que"] = _("Escriba qué pregunta, con las palabras del vecino si puede.")
    if hall is None:
        found["ayuntamiento"] = _("Elija su ayuntamiento.")
    return found


def _row(one: Ticket, kept: Ticket, user: User, halls: list[int], when: str) -> Row:
    """`kept` is where it goes on, once it has been made one with another."""
    mine = one.forwarder_address == user.email.lower()
    return Row(
        number=number(one.id),
        name=one.contact.name if mine else None,
        when=when,
        hall=one.forwarder.name if one.forwarder else "",
        state=upkeep.state(kept),
        here=next((at for at, stage in enumerate(stages(kept)) if stage.here), 0),
        handed=one.handed_to_id in halls,
    )


def _halls(session: Session, user: User) -> list[TownHall]:
    ids = session.scalars(select(UserTownHall.town_hall_id).where(UserTownHall.user_id == user.id)).all()
    return manual_entry.halls(session, ids)
