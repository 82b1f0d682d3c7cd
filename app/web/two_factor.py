"""The second step of signing in: the page that asks for it, and the page on which it is set up."""

from datetime import datetime
from typing import Any

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import clock
from app.desk import totp, two_factor
from app.errors import Impossible
from app.house import house
from app.models.people import Role, User
from app.web import sessions, signing
from app.web.access import allow, me, public
from app.web.auth import device, let_in
from app.web.limits import SIGN_IN, limiter
from app.web.say import _
from app.web.toast import tell

blueprint = Blueprint("second", __name__)
log = structlog.get_logger()
PATIENCE = 300
# What somebody may do before she has set up the step that her role asks for.
FREE = {"second.setup", "second.save", "auth.leave", "static"}
Answer = str | Response | tuple[str, int]


@blueprint.before_app_request
def first_the_second_step() -> Response | None:
    """Who must have a second step and has none gets to its page and nowhere else."""
    if request.endpoint in FREE or request.blueprint in {"hooks", "public", "help", "health"}:
        return None
    if not current_user.is_authenticated or cookie.get("strong"):
        return None
    if not two_factor.required(current_user.user, house().books.current().settings):
        return None
    return redirect(url_for("second.setup"), 303)


@blueprint.get("/entrar/codigo")
@public
def page() -> Answer:
    """Ask for the digits of somebody whose password was right."""
    return _ask() if _waiting() is not None else redirect(url_for("auth.page"), 303)


@blueprint.post("/entrar/codigo")
@public
@limiter.limit(SIGN_IN)
def enter() -> Answer:
    """Let her in, or count a failed try as one of the password's."""
    user_id, now, db = _waiting(), clock.now(), house().db
    if user_id is None:
        return redirect(url_for("auth.page"), 303)
    with db.transaction() as session:
        user = session.get_one(User, user_id)
        waits = signing.too_many(session, user.email, now=now)
        fits = not waits and user.active and _passes(session, user, now=now)
        if fits:
            signing.forgive(session, user.email)
            signed = sessions.begin(session, user, device=device(), now=now)
        elif not waits:
            signing.failed(session, user.email, now=now)
    if fits:
        return let_in(signed, cookie.get("second", [0, 0, None])[2])
    log.warning("second_step_failed", user=user_id)
    if waits:
        return _ask(_("Demasiados intentos. Espere un cuarto de hora y vuelva a entrar.")), 429
    return _ask(_("Ese código no vale. Escriba el que el teléfono muestra ahora, o uno de reserva.")), 422


@blueprint.get("/cuenta/segundo-paso")
@allow(Role.CLERK, Role.TECHNICIAN)
def setup() -> Answer:
    """How to set it up, or how many spare codes are left."""
    return _setup()


@blueprint.post("/cuenta/segundo-paso")
@allow(Role.CLERK, Role.TECHNICIAN)
def save() -> Answer:
    """Keep the secret that the telephone has shown to know; its spare codes are told on this page alone."""
    secret = cookie.get("totp")
    if not secret:
        return redirect(url_for("second.setup"), 303)
    try:
        with house().db.transaction() as session:
            codes = two_factor.set_up(
                session,
                me(session),
                secret=secret,
                typed=request.form.get("code", ""),
                keys=house().config.secret_keys,
                now=clock.now(),
            )
    except Impossible as error:
        return _setup(wrong=str(error)), 422
    cookie.pop("totp")
    return render_template("auth/codes.html", codes=codes)


@blueprint.post("/cuenta/segundo-paso/codigos")
@allow(Role.CLERK, Role.TECHNICIAN)
def codes() -> Answer:
    """New spare codes, for who can show the digits of now."""
    with house().db.transaction() as session:
        user = me(session)
        fits = _passes(session, user, now=clock.now())
        fresh = two_factor.renew(session, user) if fits else []
    if not fits:
        return _setup(wrong=_("Ese código no vale. Escriba el que el teléfono muestra ahora.")), 422
    return render_template("auth/codes.html", codes=fresh)


@blueprint.post("/cuenta/segundo-paso/quitar")
@allow(Role.CLERK, Role.TECHNICIAN)
def remove() -> Answer:
    """Do without it, where the role allows and the digits of now are shown."""
    settings = house().books.current().settings
    with house().db.transaction() as session:
        user = me(session)
        if user.role.value in (settings.get(two_factor.ROLES) or []):
            raise Impossible(_("Su puesto exige el segundo paso."))
        fits = _passes(session, user, now=clock.now())
        if fits:
            two_factor.take_away(session, user)
    if not fits:
        return _setup(wrong=_("Ese código no vale. Escriba el que el teléfono muestra ahora.")), 422
    tell(_("Quitado. Desde ahora entra solo con la contraseña."))
    return redirect(url_for("account.page"), 303)


def _passes(session: Session, user: User, *, now: datetime) -> bool:
    return two_factor.passes(session, user, request.form.get("code", ""), keys=house().config.secret_keys, now=now)


def _waiting() -> int | None:
    """Whose password was right a moment ago in this browser."""
    kept: Any = cookie.get("second")
    return kept[0] if kept and clock.now().timestamp() - kept[1] < PATIENCE else None


def _ask(wrong: str | None = None) -> str:
    return render_template("auth/code.html", wrong=wrong)


def _setup(wrong: str | None = None) -> str:
    user = current_user.user
    with house().db.reading() as session:
        row = me(session)
        on, spare = row.totp_secret is not None, two_factor.left(session, user.id)
    picture, secret = "", ""
    if not on:
        secret = cookie.setdefault("totp", totp.secret())
        # It makes its tables when it is imported, which a start should not wait for.
        import segno

        picture = segno.make(totp.address(secret, who=user.email, issuer="Ventanilla")).png_data_uri(scale=5)
    must = two_factor.required(user, house().books.current().settings)
    return render_template(
        "auth/setup.html", on=on, spare=spare, picture=picture, secret=secret, must=must, wrong=wrong
    )
