"""A matter in the hands of its town hall: given and taken back by the desk, and what the town hall says by its link."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import handover
from app.desk.numbers import number as number_of
from app.errors import Impossible
from app.house import house
from app.models.people import Role
from app.models.place import TownHall
from app.models.work import Handed, HandOver
from app.web import public as frame
from app.web import toast
from app.web.access import allow, me, public
from app.web.limits import limiter
from app.web.say import _
from app.web.ticket import found

blueprint = Blueprint("handing", __name__)
SAYS = {"lo-tengo": Handed.TAKEN, "no-es-mio": Handed.REFUSED, "contestado": Handed.ANSWERED}


@blueprint.post("/consultas/<number>/entregar")
@allow(Role.TECHNICIAN)
def hand_over(number: str) -> Response:
    """Ask a town hall to answer."""
    now, home = clock.now(), house()
    books = home.books.current()
    chosen = request.form.get("ayuntamiento", "")
    with home.db.transaction() as session:
        ticket = found(session, number)
        hall = session.get(TownHall, int(chosen)) if chosen.isdecimal() else ticket.town_hall
        if hall is None:
            raise Impossible(_("Elija antes el ayuntamiento."))
        one = handover.hand_over(
            session,
            ticket,
            hall=hall,
            address=request.form.get("correo", "").strip() or None,
            by=me(session),
            now=now,
            books=books,
            public_url=home.config.public_url,
            keys=home.config.secret_keys,
        )
        hand_id, name, channel = one.id, hall.name, ticket.channel
    for wire in {"email", channel} - {"phone"}:
        home.wake(f"deliver:{wire}")
    undo = url_for("handing.recall", number=number, hand_id=hand_id)
    toast.tell(_("En manos de %(name)s. Se lo decimos a los dos.", name=name), undo=undo)
    return redirect(url_for("ticket.page", number=number), 303)


@blueprint.post("/consultas/<number>/entregas/<int:hand_id>/recuperar")
@allow(Role.TECHNICIAN)
def recall(number: str, hand_id: int) -> Response:
    """The desk takes it back."""
    now, books = clock.now(), house().books.current()
    with house().db.transaction() as session:
        ticket, one = found(session, number), session.get(HandOver, hand_id)
        if one is None or one.ticket_id != ticket.id:
            raise Impossible(_("Esa entrega no es de esta consulta."))
        handover.recall(session, one, by=me(session), now=now, books=books)
    toast.tell(_("La consulta vuelve a ser de la mesa."))
    return redirect(url_for("ticket.page", number=number), 303)


@blueprint.get("/entrega/<token>")
@public
@limiter.limit("30 per minute")
def page(token: str) -> tuple[str, int] | str:
    """Mail scanners follow links, so this changes nothing: the button does."""
    with house().db.reading() as session:
        one = handover.find(session, token)
        told = (number_of(one.ticket_id), one.town_hall.name, one.state) if one else None
    if told is None:
        return frame.render("public/gone.html"), 410
    number, name, state = told
    wanted = request.args.get("dicho")
    return frame.render(
        "handing/page.html",
        token=token,
        number=number,
        name=name,
        taken=state is Handed.TAKEN,
        wanted=wanted if wanted in SAYS else None,
    )


@blueprint.post("/entrega/<token>")
@public
@limiter.limit("10 per minute")
def say(token: str) -> tuple[str, int] | str:
    """What the town hall says."""
    now, state = clock.now(), SAYS.get(request.form.get("dicho", ""))
    with house().db.transaction() as session:
        one = handover.find(session, token)
        told = (number_of(one.ticket_id), one.town_hall.name) if one else None
        if one is not None and state is not None:
            handover.say(session, one, state, now=now, books=house().books.current())
    if told is None:
        return frame.render("public/gone.html"), 410
    return frame.render("handing/said.html", number=told[0], name=told[1], state=state.value if state else "")
