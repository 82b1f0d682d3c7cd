"""Before hours, days off or targets change: how many deadlines would move, told on a page that asks to go on."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from app import clock
from app.desk import deadline_recount
from app.desk.deadline_recount import Change, Yardstick
from app.desk.hours import Hours
from app.house import house
from app.web.say import _, count_of

SURE = "seguro"


def ask_first(*, hours: Hours | None = None, settings: Mapping[str, Any] | None = None) -> str | None:
    """The page that tells what would move; None when nothing does, or she has said to go on."""
    if SURE in request.form:
        return None
    books = house().books.current()
    before = Yardstick(hours=books.hours, settings=books.settings)
    after = Yardstick(hours=hours or books.hours, settings={**books.settings, **(settings or {})})
    with house().db.reading() as session:
        change = deadline_recount.preview(session, before, after, now=clock.now())
    if not change.moved:
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return render_template("settings/confirm.html", change=change, words=words(change), fields=fields, sure=SURE)


def words(change: Change) -> str:
    """«12 consultas cambian de plazo: 3 vencen antes, 9 después y 1 queda vencida.»"""
    told = count_of("%(num)s consulta cambia de plazo", "%(num)s consultas cambian de plazo", change.moved)
    parts = [_("%(count)s antes", count=change.sooner)] if change.sooner else []
    parts += [_("%(count)s después", count=change.later)] if change.later else []
    told = _("%(told)s: %(parts)s.", told=told, parts=_(" y ").join(parts))
    if change.overdue:
        told += " " + count_of("%(num)s queda vencida ya.", "%(num)s quedan vencidas ya.", change.overdue)
    if change.cut:
        told += " " + _("Hay más: se han mirado las %(count)s primeras.", count=deadline_recount.MOST)
    return told
