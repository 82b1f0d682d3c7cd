"""The supervisor's board: the day in figures, who has how much, how the channels do, and hands to share it out."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.desk import channel_health, desk_settings, holidays
from app.desk import day_board as day_at_a_glance
from app.desk.day_board import Today
from app.house import house
from app.i18n import MONTHS, clock_time, long_day
from app.models.people import Role, User
from app.web import channel_status, charts, labels
from app.web.access import allow, me
from app.web.due_words import quantity
from app.web.say import _, count_of
from app.web.toast import tell

blueprint = Blueprint("board", __name__, url_prefix="/cuadro")
CHANNELS = ("whatsapp", "email", "phone")


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page() -> str:
    """Everything on one page."""
    now, home = clock.now(), house()
    books, zone = home.books.current(), home.config.zone
    today = now.astimezone(zone).date()
    with home.db.reading() as session:
        told = day_at_a_glance.today(session, books, now=now)
        wires = channel_health.pulses(session, now=now, zone=zone, patience=channel_health.patience(books.settings))
        missing = holidays.missing(session, today=today)
    return render_template(
        "board/page.html",
        day=told,
        when=f"{long_day(today)}, {clock_time(now, zone)}",
        first=quantity(told.first.median, books.hours) if told.first.median is not None else "—",
        slow=quantity(told.first.p90, books.hours) if told.first.p90 is not None else "",
        week=_week(told),
        week_rows=_rows(told),
        channels=labels.channels(),
        wires=channel_status.wires(wires, now, zone),
        missing=missing if missing and now.astimezone(zone).month >= 10 else None,
        stopped=bool(books.settings.get("kill_switch")),
    )


@blueprint.post("/repartir")
@allow(Role.SUPERVISOR)
def share() -> Response:
    """Give some of one person's tickets to another."""
    told, now = request.form, clock.now()
    of, to = told.get("de", ""), told.get("a", "")
    count = int(told["cuantas"]) if told.get("cuantas", "").isdecimal() else 0
    with house().db.transaction() as session:
        hands = session.get(User, int(to)) if to.isdecimal() else None
        given = day_at_a_glance.hand_over(
            session, of=int(of) if of.isdecimal() else None, to=hands, count=count, by=me(session), now=now
        )
        name = hands.name if hands else _("nadie")
    tell(
        count_of("%(num)s consulta pasa a %(name)s.", "%(num)s consultas pasan a %(name)s.", given, name=name)
        if given
        else _("No tenía ninguna abierta.")
    )
    return redirect(url_for("board.page") + "#personas", 303)


@blueprint.post("/maquina")
@allow(Role.SUPERVISOR)
def machine() -> Response:
    """Stop every automatic answer, or let them go on."""
    stop = request.form.get("parar") == "1"
    with house().db.transaction() as session:
        desk_settings.put(session, "kill_switch", stop, now=clock.now())
    house().books.forget()
    tell(_("Las respuestas automáticas están paradas.") if stop else _("Las respuestas automáticas siguen."))
    return redirect(url_for("board.page"), 303)


def _week(told: Today) -> charts.Columns:
    names = labels.channels()
    rows = [
        (_label(place, told), [counts.get(channel, 0) for channel in CHANNELS])
        for place, (_day, counts) in enumerate(told.days)
    ]
    return charts.columns(
        rows,
        [names[channel].word for channel in CHANNELS],
        said=_("Consultas llegadas cada día de trabajo. Hoy, %(count)s.", count=told.arrived),
    )


def _rows(told: Today) -> list[list[str]]:
    return [
        [_label(place, told), *(str(counts.get(channel, 0)) for channel in CHANNELS), str(sum(counts.values()))]
        for place, (_day, counts) in enumerate(told.days)
    ]


def _label(place: int, told: Today) -> str:
    day = told.days[place][0]
    return _("hoy") if place == len(told.days) - 1 else f"{day.day} {MONTHS[day.month - 1][:3]}"
