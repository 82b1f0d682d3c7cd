"""«El día»: what came in while nobody was here, and what must not be left over when everybody goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clock
from app.desk import absences, lists
from app.desk import shift as day_lists
from app.desk.numbers import number
from app.desk.shift import Shift
from app.errors import Impossible
from app.house import house
from app.i18n import day, moment
from app.models.people import Role
from app.models.ticket import Ticket
from app.web.access import allow, me
from app.web.queue_rows import Row, rows
from app.web.say import _
from app.web.toast import tell

blueprint = Blueprint("shift", __name__, url_prefix="/dia")
NOON = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One list of the day."""

    id: str
    name: str
    rows: Sequence[Row]
    none: str


@blueprint.get("")
@allow(Role.TECHNICIAN)
def page() -> str:
    """Both lists; the one whose hour it is comes first."""
    now, books, zone = clock.now(), house().books.current(), house().config.zone
    with house().db.reading() as session:
        told = day_lists.shift(session, current_user.user, books, now=now)
        tickets = told.tickets()
        last = lists.last_messages(session, tickets)
        away = absences.ahead(session, current_user.user.id, today=now.astimezone(zone).date())
    shown = {row.id: row for row in rows(tickets, last, user=current_user.user, books=books, now=now)}
    parts = [(_("Al llegar"), _arriving(told, shown)), (_("Antes de irse"), _leaving(told, shown))]
    today = now.astimezone(zone).date()
    return render_template(
        "shift/page.html",
        parts=parts if now.astimezone(zone).hour < NOON else parts[::-1],
        since=moment(told.since, now, zone),
        drafts=[(number(one.ticket_id), one.who, moment(one.saved_at, now, zone)) for one in told.drafts],
        away=[(row.id, f"{day(row.first_day, today)} – {day(row.last_day, today)}") for row in away],
        today=today.isoformat(),
    )


@blueprint.post("/ausencia")
@allow(Role.TECHNICIAN)
def absent() -> Response:
    """She will be away herself."""
    try:
        first, last = (date.fromisoformat(request.form.get(name, "")) for name in ("desde", "hasta"))
    except ValueError as error:
        raise Impossible(_("Elija el primer y el último día en el calendario.")) from error
    with house().db.transaction() as session:
        absences.add(session, me(session), first=first, last=last, now=clock.now())
    tell(_("Anotada su ausencia. Lo que le llegue quedará sin dueño."))
    return redirect(url_for("shift.page") + "#ausencia", 303)


@blueprint.post("/ausencia/<int:absence_id>/quitar")
@allow(Role.TECHNICIAN)
def present(absence_id: int) -> Response:
    """She is here after all."""
    with house().db.transaction() as session:
        absences.remove(session, absence_id, of=current_user.user.id)
    tell(_("Ausencia quitada."))
    return redirect(url_for("shift.page") + "#ausencia", 303)


def _arriving(told: Shift, shown: dict[int, Row]) -> list[Lot]:
    return [
        _lot("entraron", _("Entraron con la oficina cerrada"), told.arrived, shown, _("No entró nada.")),
        _lot("pronto", _("Ventanas que se cierran a primera hora"), told.early_windows, shown, _("Ninguna.")),
        _lot("llamadas", _("Llamadas prometidas"), told.calls, shown, _("No hay que llamar a nadie.")),
        _lot("seguidas", _("Novedades en las que usted sigue"), told.followed, shown, _("Ninguna.")),
    ]


def _leaving(told: Shift, shown: dict[int, Row]) -> list[Lot]:
    return [
        _lot("ventanas", _("Ventanas que se cierran antes de volver"), told.windows, shown, _("Ninguna.")),
        _lot("promesas", _("Llamadas que quedan por hacer"), told.calls, shown, _("No hay que llamar a nadie.")),
        _lot("fallidos", _("Envíos que no llegaron"), told.failed, shown, _("Todo llegó.")),
        _lot("vencidas", _("Vencidas"), told.late, shown, _("Ninguna.")),
    ]


def _lot(id_: str, name: str, tickets: Sequence[Ticket], shown: dict[int, Row], none: str) -> Lot:
    return Lot(id=id_, name=name, rows=[shown[ticket.id] for ticket in tickets], none=none)
