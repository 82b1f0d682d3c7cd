"""The frame round every page of the desk: views with their counts, whether the desk is open, who is here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, g, request, url_for
from flask_login import current_user

from app import clock
from app.config import Config
from app.desk import badges
from app.desk.books import Books
from app.desk.hours import Hours
from app.desk.queue_views import View
from app.house import house
from app.i18n import clock_time, day, language_name, long_day, size, span
from app.models.people import Role, User
from app.web import html_pieces
from app.web.access import DESK
from app.web.say import _
from app.web.toast import told

HOT = {View.DUE_TODAY, View.FAILED}
# Pages without a line of their own, by the line of the rail under which one finds them.
UNDER = {
    "board": {"pulses", "reports", "weekly"},
    "knowledge": {"editor", "versions", "gaps", "trust"},
    "people": {"readings"},
    "settings": {"settings_time", "ready", "wordings"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One line of the rail."""

    name: str
    icon: str
    address: str
    count: str = ""
    news: str = ""
    hot: bool = False
    view: View | None = None
    current: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Whether somebody is there, and until or from when."""

    open: bool
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the frame shows to the person who is signed in."""

    user: User
    groups: tuple[tuple[str, tuple[Link, ...]], ...]
    service: tuple[Link, ...]
    opening: Opening
    counts: Mapping[View, int]
    desk: bool


def hang(app: Flask, config: Config) -> None:
    """Give templates the frame and the addresses of static files."""
    app.jinja_env.globals.update(
        asset=html_pieces.asset,
        icon=html_pieces.icon,
        options=html_pieces.options,
        frame=frame,
        initials=initials,
        demo=config.demo,
        told=told,
        long_day=long_day,
        language_name=language_name,
        size=size,
        endpoints=lambda: app.view_functions,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def frame() -> Frame:
    """Built once, when a template asks for it: bare pages do not pay for the counts."""
    if "frame" not in g:
        g.frame = _frame()
    built: Frame = g.frame
    return built


def _frame() -> Frame:
    user: User = current_user.user
    books, now = house().books.current(), clock.now()
    counts: Mapping[View, int] = {}
    proposed = news = 0
    if user.role in DESK:
        with house().db.reading() as session:
            waiting = badges.count(session, user, books=books, now=now)
        counts, news, proposed = waiting.views, waiting.news, waiting.incidents
    return Frame(
        user=user,
        groups=(*_groups(counts, news), *_kept(user, books)) if user.role in DESK else (),
        service=_service(user, {"incidents.page": proposed}),
        counts=counts,
        opening=opening(books.hours, now),
        desk=user.role in DESK,
    )


def opening(hours: Hours, now: datetime) -> Opening:
    """«hasta las 15:00 · quedan 3 h 12 min», «abre mañana a las 8:00»."""
    closes = hours.closes_at(now)
    if closes is not None:
        rest = _("hasta las %(time)s · quedan %(left)s", time=clock_time(closes, hours.zone), left=span(closes - now))
        return Opening(open=True, rest=rest)
    opens = hours.next_opening(now)
    when = day(opens.astimezone(hours.zone).date(), now.astimezone(hours.zone).date())
    return Opening(open=False, rest=_("abre %(day)s a las %(time)s", day=when, time=clock_time(opens, hours.zone)))


def initials(name: str | None) -> str:
    """«RM»."""
    words = [word for word in (name or "").split() if word[:1].isalpha()]
    return "".join(word[0] for word in (words[:2] or ["·"])).upper()


def names() -> Mapping[View, str]:
    """What each view is called."""
    return {
        View.MINE: _("Mías"),
        View.UNASSIGNED: _("Sin asignar"),
        View.DUE_TODAY: _("Vencen hoy"),
        View.CALL_BACK: _("Devolver llamada"),
        View.WINDOW: _("Ventana por cerrar"),
        View.FAILED: _("Envíos fallidos"),
        View.ALL: _("Abiertas"),
        View.WAITING: _("Esperan respuesta"),
        View.FORWARDED: _("De ayuntamientos"),
        View.HELD: _("En manos de otros"),
        View.FOLLOWED: _("Las que sigo"),
        View.SOLVED: _("Resueltas"),
    }


def count_word(count: int) -> str:
    """«7», «99+», nothing for none."""
    return "" if count == 0 else "99+" if count >= badges.MOST else str(count)


def _groups(counts: Mapping[View, int], news: int) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    called = names()

    def link(view: View, icon: str) -> Link:
        count = counts.get(view, 0)
        return Link(
            name=called[view],
            icon=icon,
            address=url_for("queue.page", vista=view.value),
            count=count_word(count),
            news=count_word(news) if view is View.FOLLOWED else "",
            hot=view in HOT and count > 0,
            view=view,
        )

    return (
        (_("Mi trabajo"), (link(View.MINE, "user"), link(View.UNASSIGNED, "inbox"), link(View.FOLLOWED, "star"))),
        (
            _("Con prisa"),
            (
                link(View.DUE_TODAY, "clock"),
                link(View.CALL_BACK, "phone-outgoing"),
                link(View.WINDOW, "hourglass"),
                link(View.FAILED, "circle-alert"),
            ),
        ),
        (
            _("Todas"),
            (
                link(View.ALL, "folder-open"),
                link(View.WAITING, "pause"),
                link(View.FORWARDED, "landmark"),
                link(View.HELD, "users"),
                link(View.SOLVED, "circle-check"),
            ),
        ),
    )


def _kept(user: User, books: Books) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    """One's own looks and the shared ones."""
    mine = [one for one in books.views if one.shared or one.user_id == user.id]
    links = tuple(
        Link(
            name=one.name,
            icon="users" if one.shared else "star",
            address=f"{url_for('queue.page')}?{one.query}",
        )
        for one in mine
    )
    return ((_("Guardadas"), links),) if links else ()


def _service(user: User, counts: Mapping[str, int]) -> tuple[Link, ...]:
    """The rest of the house, with what waits on a page; a page that this copy does not have is not offered."""
    wanted = (
        (_("Mis derivaciones"), "landmark", "clerk.page", {Role.CLERK}),
        (_("El día"), "calendar-clock", "shift.page", DESK),
        (_("Incidencias"), "triangle-alert", "incidents.page", DESK),
        (_("Cuadro"), "chart-column", "board.page", {Role.SUPERVISOR, Role.ADMIN}),
        (_("Artículos"), "book-open", "help.home", set(Role)),
        (_("Conocimiento"), "pen-line", "knowledge.page", {Role.SUPERVISOR, Role.ADMIN}),
        (_("Simulador"), "whatsapp", "simulator.page", DESK),
        (_("Personas"), "users", "people.page", {Role.SUPERVISOR, Role.ADMIN}),
        (_("Ajustes"), "settings", "settings.page", {Role.SUPERVISOR, Role.ADMIN}),
        (_("Privacidad"), "lock", "privacy.page", {Role.ADMIN}),
        (_("Su cuenta"), "user", "account.page", set(Role)),
    )
    return tuple(
        Link(
            name=name,
            icon=icon,
            address=url_for(endpoint),
            current=_current(endpoint),
            count=count_word(counts.get(endpoint, 0)),
            hot=counts.get(endpoint, 0) > 0,
        )
        for name, icon, endpoint, roles in wanted
        if user.role in roles and endpoint in current_app.view_functions
    )


def _current(endpoint: str) -> str:
    """Whether the page asked for is this line's, or belongs under it; the word for `aria-current`."""
    if request.endpoint == endpoint:
        return "page"
    room = endpoint.partition(".")[0]
    return "true" if request.blueprint in {room, *UNDER.get(room, ())} else ""
