"""Signing in with the house's own account: out to the provider, back from it, and joined to a person of the desk."""

from dataclasses import asdict

import structlog
from flask import Blueprint, abort, redirect, request, url_for
from flask import session as cookie
from flask_login import current_user
from flask_wtf.csrf import ValidationError, validate_csrf
from werkzeug.wrappers import Response

from app import clock
from app.house import house
from app.models.people import Role
from app.oidc import Known, NotProven, Provider, ProviderAway, Sent
from app.web import auth, sessions, signing
from app.web.access import allow, me, public
from app.web.limits import SIGN_IN, limiter
from app.web.say import _
from app.web.toast import tell

blueprint = Blueprint("provider", __name__)
log = structlog.get_logger()
PATIENCE = 600


@blueprint.get("/entrar/entidad")
@public
@limiter.limit(SIGN_IN)
def enter() -> auth.Answer:
    """Send her to the provider."""
    return _send({"after": request.args.get("siguiente")})


@blueprint.get("/cuenta/entidad")
@allow(Role.CLERK, Role.TECHNICIAN)
def join() -> auth.Answer:
    """Send somebody who is signed in there too, to join both accounts; only from the page of her own account."""
    try:
        validate_csrf(request.args.get("prueba"))
    except ValidationError:
        abort(400)
    return _send({"join": current_user.user.id})


@blueprint.get("/entrar/entidad/vuelta")
@public
@limiter.limit(SIGN_IN)
def back() -> auth.Answer:
    """Let her in whom the provider knows and the desk has invited."""
    kept = cookie.pop("provider", None)
    if kept is None or clock.now().timestamp() - kept["at"] > PATIENCE:
        return auth.form(_("Ha tardado demasiado o ha entrado dos veces. Inténtelo de nuevo."), 400)
    try:
        known = _provider().finish(request.args.to_dict(), Sent(**kept["sent"]), _back())
    except NotProven as error:
        log.warning("provider_not_proven", why=str(error))
        return auth.form(_("La cuenta de la entidad no ha confirmado quién es. Inténtelo de nuevo."), 400)
    except ProviderAway as error:
        return _away(error)
    if kept.get("join"):
        return _join(known, kept["join"])
    return _let_in(known, kept.get("after"))


def _send(kept: dict[str, object]) -> auth.Answer:
    try:
        sent = _provider().begin(_back())
    except ProviderAway as error:
        return _away(error)
    cookie["provider"] = {**kept, "sent": asdict(sent), "at": clock.now().timestamp()}
    return redirect(sent.url, 302)


def _let_in(known: Known, after: str | None) -> auth.Answer:
    now = clock.now()
    with house().db.transaction() as session:
        user = signing.by_provider(session, known.subject, known.email)
        signed = None
        if user is not None and (known.strong or user.totp_secret is None):
            signed = sessions.begin(session, user, device=auth.device(), now=now)
    if user is None:
        log.warning("provider_unknown_person")
        told = _("Su cuenta de la entidad es correcta, pero aquí nadie la ha dado de alta. Pídalo a quien coordina.")
        return auth.form(told, 403)
    if signed is None:
        return auth.ask_second(user, after, now)
    return auth.let_in(signed, after, strong=known.strong)


def _join(known: Known, user_id: int) -> Response:
    if not current_user.is_authenticated or current_user.user.id != user_id:
        abort(403)
    with house().db.transaction() as session:
        done = signing.join(session, me(session), known.subject)
    log.info("provider_joined", user=user_id, done=done)
    tell(_("Hecho: ya puede entrar con ella.") if done else _("Esa cuenta ya está unida a otra persona."))
    return redirect(url_for("account.page"), 303)


def _away(error: ProviderAway) -> auth.Answer:
    log.error("provider_away", why=str(error))
    return auth.form(_("La cuenta de la entidad no responde. Entre con su contraseña o inténtelo más tarde."), 503)


def _provider() -> Provider:
    return house().provider or abort(404)


def _back() -> str:
    return house().config.public_url + url_for("provider.back")
