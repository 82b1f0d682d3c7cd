"""Who may sign in: invited, stopped, signed out everywhere, asked for a second step; and when each is away."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.desk import absences, desk_settings, people, two_factor
from app.errors import Impossible, NotAllowed
from app.house import house
from app.i18n import day, moment
from app.models.people import Role, User, UserSession
from app.models.place import TownHall
from app.web import sessions
from app.web.access import allow
from app.web.say import _
from app.web.toast import tell

blueprint = Blueprint("people", __name__, url_prefix="/personas")
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One line of the page."""

    id: int
    name: str
    email: str
    role: str
    active: bool
    second: bool
    sessions: int
    seen: str
    away: tuple[tuple[int, str], ...]
    mine: bool


@blueprint.get("")
@allow(Role.SUPERVISOR)
def page() -> Answer:
    """Everybody."""
    return _page()


@blueprint.post("")
@allow(Role.SUPERVISOR)
def invite() -> Answer:
    """Invite somebody; the link is told once, on this page."""
    told, now = request.form, clock.now()
    role = Role(told["puesto"]) if told.get("puesto") in set(Role) else Role.TECHNICIAN
    _only_below(role)
    name, email = told.get("nombre", "").strip(), told.get("correo", "").strip()
    codes = told.get("municipios", "").replace(",", " ").split()
    try:
        with house().db.transaction() as session:
            halls = session.scalars(select(TownHall).where(TownHall.code.in_(codes))).all()
            if len(halls) != len(set(codes)):
                raise Impossible(_("Alguno de los códigos no está en el registro."))
            if not name or "@" not in email:
                raise Impossible(_("Ponga el nombre y el correo."))
            _user, word = people.invite(session, name=name, email=email, role=role, town_halls=halls, now=now)
    except Impossible as error:
        return _page(wrong=str(error)), 422
    return _page(link=_link(word), invited=name)


@blueprint.post("/<int:user_id>/enlace")
@allow(Role.SUPERVISOR)
def again(user_id: int) -> Answer:
    """A new link by which somebody sets her password."""
    with house().db.transaction() as session:
        user = _below(session, user_id)
        word, name = people.reinvite(user, now=clock.now()), user.name
    return _page(link=_link(word), invited=name)


@blueprint.post("/<int:user_id>/<what>")
@allow(Role.SUPERVISOR)
def act(user_id: int, what: str) -> Answer:
    """End her sessions, stop her, let her in again, or take a lost second step away."""
    now = clock.now()
    with house().db.transaction() as session:
        user = _below(session, user_id)
        match what:
            case "salir":
                sessions.end_others(session, user.id, keep=None, now=now)
                words = _("Se han cerrado todas las sesiones de %(name)s.", name=user.name)
            case "parar":
                people.deactivate(session, user, now=now)
                words = _("%(name)s ya no puede entrar.", name=user.name)
            case "seguir":
                user.active = True
                words = _("%(name)s puede entrar de nuevo.", name=user.name)
            case "segundo":
                two_factor.take_away(session, user)
                sessions.end_others(session, user.id, keep=None, now=now)
                words = _("%(name)s entra sin segundo paso hasta que lo ponga otra vez.", name=user.name)
            case _:
                abort(404)
    tell(words)
    return redirect(url_for("people.page"), 303)


@blueprint.post("/exigir")
@allow(Role.ADMIN)
def require() -> Answer:
    """Which roles must have a second step."""
    roles = [role.value for role in Role if role.value in request.form.getlist("puesto")]
    with house().db.transaction() as session:
        desk_settings.put(session, two_factor.ROLES, roles, now=clock.now())
    house().books.forget()
    tell(_("Guardado a quién se le exige el segundo paso."))
    return redirect(url_for("people.page") + "#segundo", 303)


@blueprint.post("/<int:user_id>/ausencia")
@allow(Role.SUPERVISOR)
def absent(user_id: int) -> Answer:
    """Somebody of the desk will be away."""
    try:
        first, last = (date.fromisoformat(request.form.get(name, "")) for name in ("desde", "hasta"))
    except ValueError as error:
        raise Impossible(_("Elija el primer y el último día en el calendario.")) from error
    with house().db.transaction() as session:
        user = session.get(User, user_id) or abort(404)
        absences.add(session, user, first=first, last=last, now=clock.now())
    tell(_("Anotada la ausencia de %(name)s. Lo que le llegue quedará sin dueño.", name=user.name))
    return redirect(url_for("people.page"), 303)


@blueprint.post("/ausencias/<int:absence_id>/quitar")
@allow(Role.SUPERVISOR)
def present(absence_id: int) -> Answer:
    """She is here after all."""
    with house().db.transaction() as session:
        absences.remove(session, absence_id)
    tell(_("Ausencia quitada."))
    return redirect(url_for("people.page"), 303)


def roles() -> dict[str, str]:
    """What each role is called."""
    return {
        Role.TECHNICIAN.value: _("Atiende"),
        Role.SUPERVISOR.value: _("Coordina"),
        Role.ADMIN.value: _("Administra"),
        Role.CLERK.value: _("De un ayuntamiento"),
    }


def _page(*, link: str = "", invited: str = "", wrong: str | None = None) -> str:
    now, zone = clock.now(), house().config.zone
    with house().db.reading() as session:
        users = session.scalars(select(User).order_by(User.active.desc(), User.name)).all()
        alive = _alive(session, now)
        shown = [_person(session, user, alive.get(user.id), now) for user in users]
    return render_template(
        "people/page.html",
        people=shown,
        roles=roles(),
        required=house().books.current().settings.get(two_factor.ROLES) or [],
        admin=current_user.user.role is Role.ADMIN,
        today=now.astimezone(zone).date().isoformat(),
        link=link,
        invited=invited,
        wrong=wrong,
    )


def _alive(session: Session, now: datetime) -> dict[int, tuple[int, datetime]]:
    rows = session.execute(
        select(UserSession.user_id, func.count(), func.max(UserSession.seen_at))
        .where(
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
            UserSession.seen_at > now - sessions.IDLE,
        )
        .group_by(UserSession.user_id)
    )
    return {user_id: (count, seen) for user_id, count, seen in rows}


def _person(session: Session, user: User, alive: tuple[int, datetime] | None, now: datetime) -> Person:
    zone = house().config.zone
    today = now.astimezone(zone).date()
    away = absences.ahead(session, user.id, today=today) if user.role is not Role.CLERK else []
    return Person(
        id=user.id,
        name=user.name,
        email=user.email,
        role=user.role.value,
        active=user.active,
        second=user.totp_secret is not None,
        sessions=alive[0] if alive else 0,
        seen=moment(alive[1], now, zone) if alive else "",
        away=tuple((row.id, f"{day(row.first_day, today)} – {day(row.last_day, today)}") for row in away),
        mine=_may(user),
    )


def _may(user: User) -> bool:
    """A supervisor looks after those below her; an admin after everybody but herself."""
    me: User = current_user.user
    return user.id != me.id and (me.role is Role.ADMIN or user.role in {Role.CLERK, Role.TECHNICIAN})


def _below(session: Session, user_id: int) -> User:
    user = session.get(User, user_id) or abort(404)
    if not _may(user):
        raise NotAllowed(_("Eso lo hace quien administra el servicio."))
    return user


def _only_below(role: Role) -> None:
    if current_user.user.role is not Role.ADMIN and role not in {Role.CLERK, Role.TECHNICIAN}:
        raise NotAllowed(_("Eso lo hace quien administra el servicio."))


def _link(word: str) -> str:
    return f"{house().config.public_url}/invitacion/{word}"
