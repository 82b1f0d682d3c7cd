"""Tickets over the API: hand one over, look at them, reply, note, change."""

# flask-smorest has no types, so its decorators cannot have any.
# mypy: disallow-untyped-decorators=False

from typing import Any

from flask import request
from flask_smorest import Blueprint

from app import clock
from app.api import bearer, filing, reading, schemas, shapes
from app.api.bearer import caller
from app.api.problems import Problem, handle
from app.api.shapes import Said, Shown
from app.desk import replies
from app.house import house

blueprint = Blueprint("tickets", __name__, url_prefix="/api/v1/tickets", description="Consultas")
handle(blueprint)

FOR_CLERKS = {"tickets.hand_over", "tickets.tickets", "tickets.ticket"}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": 200},
    "description": "La misma clave con el mismo cuerpo da la misma respuesta; con otro cuerpo, 422.",
}
MATCH = {"in": "header", "name": "If-Match", "schema": {"type": "string"}, "description": "La versión vista."}


@blueprint.before_request
def _check() -> None:
    bearer.check(clerks=request.endpoint in FOR_CLERKS)


@blueprint.post("")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(schemas.NewTicket)
@blueprint.response(201, schemas.Opened)
@blueprint.alt_response(200, schema=schemas.Opened)
def hand_over(told: dict[str, Any]) -> tuple[filing.Opened, int]:
    """Entrega una consulta; queda archivada al volver."""
    opened = filing.open_ticket(told, caller(), key=request.headers.get("Idempotency-Key"), now=clock.now())
    if opened.fresh:
        house().wake("sort")
    return opened, 201 if opened.fresh else 200


@blueprint.get("")
@blueprint.arguments(schemas.Wish, location="query")
@blueprint.response(200, schemas.TicketPage)
def tickets(wish: dict[str, Any]) -> dict[str, list[Shown] | str | None]:
    """Las consultas, de la más nueva a la más antigua."""
    with house().db.reading() as session:
        rows, following = reading.many(session, caller(), wish)
        places = shapes.places(session, rows)
    public_url = house().config.public_url
    shown = [shapes.show(row, caller(), places, public_url=public_url) for row in rows]
    return {"items": shown, "next": following}


@blueprint.get("/<number>")
@blueprint.response(200, schemas.WholeTicket)
def ticket(number: str) -> tuple[Shown, int, dict[str, str]]:
    """Una consulta con todo lo dicho en ella."""
    with house().db.reading() as session:
        row = reading.one(session, caller(), number)
        places = shapes.places(session, [row])
        talk = () if caller().clerk else shapes.talk(session, row)
    shown = shapes.show(row, caller(), places, public_url=house().config.public_url, messages=talk)
    return shown, 200, {"ETag": f'"{row.version}"'}


@blueprint.post("/<number>/replies")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(schemas.NewReply)
@blueprint.response(201, schemas.MessageShape)
@blueprint.alt_response(409, description="Ha llegado algo después de «last_seen».")
def reply(told: dict[str, Any], number: str) -> Said:
    """Responde a quien pregunta; 409 si ha llegado algo después de «last_seen»."""
    now, key = clock.now(), filing.reply_key(caller(), request.headers.get("Idempotency-Key"))
    with house().db.transaction() as session:
        row = reading.one(session, caller(), number)
        owner = row.owner_id
        message = replies.reply(
            session,
            row,
            text=told["text"],
            by=bearer.actor(session, caller(), now=now),
            now=now,
            books=house().books.current(),
            channel=told["channel"],
            last_seen=told["last_seen"],
            client_key=key,
        )
        # A program answers, but somebody who can be asked owns the ticket.
        row.owner_id = owner
        session.flush()
        said = shapes.said(message)
    house().wake(f"deliver:{said.channel}")
    return said


@blueprint.post("/<number>/notes")
@blueprint.arguments(schemas.NewNote)
@blueprint.response(201, schemas.MessageShape)
def note(told: dict[str, Any], number: str) -> Said:
    """Escribe una nota interna."""
    now = clock.now()
    with house().db.transaction() as session:
        row = reading.one(session, caller(), number)
        by = bearer.actor(session, caller(), now=now)
        message = replies.note(session, row, text=told["text"], by=by, now=now)
        session.flush()
        return shapes.said(message)


@blueprint.patch("/<number>")
@blueprint.doc(parameters=[MATCH])
@blueprint.arguments(schemas.Changes)
@blueprint.response(200, schemas.TicketShape)
@blueprint.alt_response(412, description="La consulta ha cambiado desde que la vio.")
@blueprint.alt_response(428, description="Falta If-Match con la versión que ha visto.")
def change(told: dict[str, Any], number: str) -> tuple[Shown, int, dict[str, str]]:
    """Cambia lo que se indique, si la consulta sigue en la versión de If-Match."""
    now, seen = clock.now(), request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not seen:
        raise Problem(428, 'Ponga la versión que ha visto: If-Match: "<version>".')
    with house().db.transaction() as session:
        row = reading.one(session, caller(), number)
        if seen not in {"*", str(row.version)}:
            raise Problem(412, "La consulta ha cambiado desde que la vio. Vuelva a leerla.")
        filing.change(session, row, told, by=bearer.actor(session, caller(), now=now), now=now)
        session.flush()
        session.refresh(row)
        places = shapes.places(session, [row])
        shown = shapes.show(row, caller(), places, public_url=house().config.public_url)
    return shown, 200, {"ETag": f'"{shown.version}"'}
