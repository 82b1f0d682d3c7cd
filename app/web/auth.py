"""Signing in and out, and the one-time link by which a new colleague sets her password."""

from datetime import datetime
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user, login_user, logout_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app import clock
from app.desk import people, two_factor
from app.desk.tokens import fingerprint
from app.house import house
from app.models.people import Role, User
from app.web import passwords, sessions, signing
from app.web.access import public
from app.web.limits import INVITATION, SIGN_IN, limiter
from app.web.say import _

blueprint = Blueprint("auth", __name__)
log = structlog.get_logger()
Answer = str | Response | tuple[str, int]


@blueprint.get("/entrar")
@public
def page() -> Answer:
    """The sign-in form."""
    if current_user.is_authenticated:
        return redirect(_next(current_user.user), 303)
    return form()


@blueprint.post("/entrar")
@public
@limiter.limit(SIGN_IN)
def enter() -> Answer:
    """Check who it is. Wrong name and wrong password read the same and take the same time."""
    email, password = request.form.get("email", ""), request.form.get("password", "")[: passwords.LONGEST]
    now, db = clock.now(), house().db
    with db.reading() as session:
        waits = signing.too_many(session, email, now=now)
        user = None if waits else signing.known(session, email)
    if waits:
        log.warning("sign_in_slowed", who=fingerprint(signing.tidy(email))[:12])
        return form(_("Demasiados intentos con este correo. Espere un cuarto de hora y vuelva a intentarlo."), 429)
    if not passwords.fits(password, user.password_hash if user else None) or user is None:
        with db.transaction() as session:
            signing.failed(session, email, now=now)
        return form(_("El correo o la contraseña no son correctos."), 422)
    if user.totp_secret is not None:
        return ask_second(user, request.form.get("siguiente"), now)
    if user.oidc_hash and house().provider and two_factor.required(user, house().books.current().settings):
        # Her second step is the provider's: a password alone must not be enough to set up another telephone.
        return form(_("Entre con la cuenta de su entidad: su puesto exige el segundo paso."), 403)
    with db.transaction() as session:
        signing.forgive(session, email)
        signed = sessions.begin(session, session.get_one(User, user.id), device=device(), now=now)
    return let_in(signed, request.form.get("siguiente"))


@blueprint.post("/salir")
@public
def leave() -> Answer:
    """End this session here and on the server."""
    if current_user.is_authenticated:
        with house().db.transaction() as session:
            sessions.end(session, current_user.session_id, current_user.user.id, now=clock.now())
    logout_user()
    cookie.clear()
    return redirect(url_for("auth.page"), 303)


@blueprint.get("/invitacion/<token>")
@public
def invitation(token: str) -> Answer:
    """The form behind a one-time link."""
    with house().db.reading() as session:
        user = people.invited(session, token, now=clock.now())
    if user is None:
        return render_template("auth/spent.html"), 404
    return render_template("auth/invitation.html", user=user, token=token, wrong=None)


@blueprint.post("/invitacion/<token>")
@public
@limiter.limit(INVITATION)
def accept(token: str) -> Answer:
    """Set the password and let her in."""
    password, again = request.form.get("password", ""), request.form.get("again", "")
    now, db = clock.now(), house().db
    with db.reading() as session:
        user = people.invited(session, token, now=now)
    if user is None:
        return render_template("auth/spent.html"), 404
    if wrong := passwords.trouble(password, again):
        return render_template("auth/invitation.html", user=user, token=token, wrong=wrong), 422
    kept = passwords.keep(password)
    with db.transaction() as session:
        row = signing.accept(session, token, kept, now=now)
        if row is None:
            return render_template("auth/spent.html"), 404
        sessions.end_others(session, row.id, keep=None, now=now)
        signed = sessions.begin(session, row, device=device(), now=now)
    return let_in(signed, request.form.get("siguiente"))


def form(wrong: str | None = None, status: int = 200) -> Answer:
    """The page of signing in, perhaps with what went wrong."""
    config = house().config
    shown = render_template(
        "auth/page.html",
        wrong=wrong,
        email=request.form.get("email", ""),
        after=_inside(request.values.get("siguiente")),
        provider=provider_name(),
        demo=_demo_people() if config.demo else (),
        roles=roles(),
    )
    return shown, status


def roles() -> dict[Role, str]:
    """What people of each role do, behind their name."""
    return {
        Role.CLERK: _("de un ayuntamiento"),
        Role.TECHNICIAN: _("atiende"),
        Role.SUPERVISOR: _("coordina"),
        Role.ADMIN: _("administra"),
    }


def _demo_people() -> tuple[User, ...]:
    with house().db.reading() as session:
        return tuple(session.scalars(select(User).where(User.demo, User.active).order_by(User.id)))


def provider_name() -> str | None:
    """How the house's own account is called on buttons; None where there is none."""
    home = house()
    if home.provider is None:
        return None
    entity = home.books.current().province.entity
    return home.provider.name or _("la cuenta corporativa (%(entity)s)", entity=entity)


def ask_second(user: User, after: str | None, now: datetime) -> Response:
    """The first step was right; on to the digits."""
    cookie.clear()
    cookie["second"] = [user.id, now.timestamp(), after]
    return redirect(url_for("second.page"), 303)


def let_in(signed: sessions.SignedIn, after: str | None, *, strong: bool = False) -> Response:
    """The session begins; she goes on to where she wanted, if that is one of our pages.

    `strong`: the house's provider has asked for two factors, so that none of ours need be set up.
    """
    after = _inside(after)
    # A cookie that somebody planted before the sign-in must not live on after it.
    cookie.clear()
    cookie.permanent = True
    cookie["strong"] = strong
    login_user(signed)
    log.info("signed_in", user=signed.user.id)
    return redirect(after or _next(signed.user), 303)


def _next(user: User) -> str:
    return url_for("clerk.page" if user.role is Role.CLERK else "queue.page")


def _inside(address: str | None) -> str | None:
    """The address if it leads into our own pages, else None: nobody is sent elsewhere after signing in."""
    if not address or "\\" in address or not address.startswith("/") or address.startswith("//"):
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None


def device() -> str:
    """What the browser calls itself."""
    return request.user_agent.string
