"""The form by which anybody says that a page is not accessible: it becomes an enquiry that a person answers."""

import json
from dataclasses import asdict, dataclass
from uuid import uuid4

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import arrivals, manual_entry
from app.desk.inbox import Letter
from app.desk.manual_entry import Slip
from app.desk.numbers import number
from app.house import house
from app.web import public as frame
from app.web.access import public
from app.web.limits import limiter
from app.web.say import _
from channels import phones
from channels.message import Address, Inbound
from kb.words import words

blueprint = Blueprint("complaint", __name__, url_prefix="/accesibilidad/queja")
LONGEST = 5000
TAG = "accesibilidad"
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What somebody tells. `id` makes a double click one complaint; nobody sees the field `trap`, only programs do."""

    id: str
    name: str
    reach: str
    where: str
    what: str
    trap: str

    @classmethod
    def read(cls) -> "Form":
        """As it was sent, cut to length."""
        told = request.form
        return cls(
            id=told.get("id", "")[:64] or uuid4().hex,
            name=told.get("nombre", "").strip()[:200],
            reach=told.get("contacto", "").strip()[:254],
            where=told.get("pagina", "").strip()[:300],
            what=told.get("que", "").strip()[:LONGEST],
            trap=told.get("web", ""),
        )

    def address(self, region: str) -> Address | None:
        """Where the answer goes: a mail address or a telephone; None if it is neither."""
        if "@" in self.reach:
            name, _at, domain = self.reach.rpartition("@")
            good = bool(name) and "." in domain and " " not in self.reach
            return Address(channel="email", address=self.reach.lower(), kind="email") if good else None
        typed = phones.number(self.reach, region=region)
        return Address(channel="phone", address=typed.e164, kind="phone") if typed.e164 else None


@blueprint.get("")
@public
def page() -> Answer:
    """An empty form, or thanks with the number."""
    empty = Form(id=uuid4().hex, name="", reach="", where=request.args.get("pagina", "")[:300], what="", trap="")
    return _page(empty, {}, sent=request.args.get("numero", "")[:20])


@blueprint.post("")
@public
@limiter.limit("5 per minute")
def send() -> Answer:
    """Take it in; what cannot be answered is told, and nothing typed is lost."""
    told, home, now = Form.read(), house(), clock.now()
    address = told.address(home.books.current().province.phone_region)
    troubles = _troubles(told, address)
    if troubles or address is None:
        return _page(told, troubles), 422
    if told.trap:
        return redirect(url_for("public.accessibility"), 303)
    slip = _slip(told, address)
    with home.db.transaction() as session:
        taken = manual_entry.take(session, slip, keys=home.config.secret_keys, now=now)
        if TAG not in taken.ticket.tags:
            taken.ticket.tags = [*taken.ticket.tags, TAG]
        known = number(taken.ticket.id)
    home.wake("sort")
    return redirect(url_for("complaint.page", numero=known), 303)


def _slip(told: Form, address: Address) -> Slip:
    raw = json.dumps(asdict(told), sort_keys=True).encode("ascii")
    # The first words say what it is: a machine leaves complaints to people.
    text = _("Queja de accesibilidad (Real Decreto 1112/2018).") + f"\n{told.where}\n\n{told.what}"
    inbound = Inbound(
        channel=address.channel,
        line="",
        external_id=f"complaint:{told.id}",
        addresses=(address,),
        sender_name=told.name or None,
        subject=_("Queja de accesibilidad"),
        text=text,
        reply=text,
        original_form=(("source", "complaint"),),
    )
    letter = Letter(inbound=inbound, words=words(f"{told.name} {text}"), files=())
    return Slip(letter=letter, packed=arrivals.pack(f"complaint:{told.id}", raw, house().files))


def _troubles(told: Form, address: Address | None) -> dict[str, str]:
    found = {}
    if address is None:
        found["contacto"] = _("Escriba un correo o un teléfono de nueve cifras, para poder contestarle.")
    if not told.what:
        found["que"] = _("Escriba qué no ha podido hacer.")
    return found


def _page(told: Form, troubles: dict[str, str], *, sent: str = "") -> str:
    return frame.render("public/complaint.html", form=told, troubles=troubles, sent=sent)
