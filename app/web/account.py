"""A person's own settings: theme, shortcuts, password, and the places where she is signed in."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clock
from app.house import house
from app.i18n import moment
from app.models.people import Role
from app.web import passwords, sessions
from app.web.access import allow, me
from app.web.auth import provider_name
from app.web.limits import INVITATION, limiter
from app.web.say import _
from app.web.shortcuts import shortcuts
from app.web.toast import tell

blueprint = Blueprint("account", __name__, url_prefix="/cuenta")
THEMES = ("light", "dark")
BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place where somebody is signed in."""

    id: int
    device: str
    seen: str
    since: str
    here: bool


@blueprint.get("")
@allow(Role.CLERK, Role.TECHNICIAN)
def page() -> Answer:
    """Everything on one page."""
    return _page()


@blueprint.post("")
@allow(Role.CLERK, Role.TECHNICIAN)
def save() -> Answer:
    """Theme and shortcuts."""
    theme = request.form.get("theme")
    with house().db.transaction() as session:
        user = me(session)
        user.theme = theme if theme in THEMES else None
        user.shortcuts = request.form.get("shortcuts") == "on"
    tell(_("Guardado."))
    return redirect(url_for("account.page"), 303)


@blueprint.post("/contrasena")
@allow(Role.CLERK, Role.TECHNICIAN)
@limiter.limit(INVITATION)
def change_password() -> Answer:
    """A new password ends every other session."""
    old, new, again = (request.form.get(name, "") for name in ("old", "password", "again"))
    if not passwords.fits(old[: passwords.LONGEST], current_user.user.password_hash):
        return _page(_("La contraseña de ahora no es esa.")), 422
    if wrong := passwords.trouble(new, again):
        return _page(wrong), 422
    kept, now = passwords.keep(new), clock.now()
    with house().db.transaction() as session:
        user = me(session)
        user.password_hash = kept
        sessions.end_others(session, user.id, keep=current_user.session_id, now=now)
    tell(_("Contraseña cambiada. Las demás sesiones se han cerrado."))
    return redirect(url_for("account.page"), 303)


@blueprint.post("/sesiones/<int:session_id>/cerrar")
@allow(Role.CLERK, Role.TECHNICIAN)
def end(session_id: int) -> Answer:
    """Sign out somewhere else."""
    with house().db.transaction() as session:
        sessions.end(session, session_id, current_user.user.id, now=clock.now())
    tell(_("Sesión cerrada."))
    return redirect(url_for("account.page"), 303)


@blueprint.get("/teclas")
@allow(Role.TECHNICIAN)
def keys() -> Answer:
    """What each key does; in a small window where a script asks."""
    small = bool(request.headers.get("X-Live"))
    return render_template("account/_keys.html" if small else "account/keys.html", groups=shortcuts())


def _page(wrong: str | None = None) -> str:
    now = clock.now()
    with house().db.reading() as session:
        kept = sessions.alive(session, current_user.user.id, now=now)
    zone = house().config.zone

    def told(when: datetime) -> str:
        return moment(when, now, zone)

    places = [
        Place(
            id=row.id,
            device=_device(row.device),
            seen=told(now if row.id == current_user.session_id else row.seen_at),
            since=told(row.created_at),
            here=row.id == current_user.session_id,
        )
        for row in kept
    ]
    return render_template(
        "account/page.html", places=places, wrong=wrong, user=current_user.user, provider=provider_name()
    )


def _device(agent: str) -> str:
    """«Firefox en Windows», as far as a browser tells."""
    browser = next((name for name in BROWSERS if name in agent), None)
    system = next((name for name in SYSTEMS if name in agent), None)
    called = {"Edg": "Edge", "OPR": "Opera", "Mac OS": "Mac"}
    if browser is None:
        return _("Un programa desconocido")
    if system is None:
        return called.get(browser, browser)
    return _("%(browser)s en %(system)s", browser=called.get(browser, browser), system=called.get(system, system))
