"""What a person sees when something goes wrong: a page, or a fragment where a script asked."""

import traceback
from dataclasses import dataclass

import structlog
from flask import Flask, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.db import gone
from app.errors import DeskError, Impossible, NotAllowed, Stale
from app.models.people import User
from app.storage import StoreAway
from app.web.say import _

log = structlog.get_logger()
STATUS: dict[type[DeskError], int] = {NotAllowed: 403, Stale: 409, Impossible: 422}
Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is so, and what helps."""

    status: int
    what: str
    help: str
    back: str | None = None


def handle(app: Flask) -> None:
    """Answer every error of the pages; blueprints with handlers of their own keep them."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(DeskError, _refused)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _away)
    app.register_error_handler(StoreAway, _away)
    app.register_error_handler(Exception, _broken)


def words(status: int) -> Trouble:
    """The sentences for a status."""
    told = {
        400: (_("La petición no se entiende"), _("Vuelva atrás, recargue la página y repítalo.")),
        401: (_("Su sesión ha terminado"), _("Entre de nuevo: lo que escribía está guardado como borrador.")),
        403: (_("No tiene permiso para ver esto"), _("Si lo necesita, pídalo a quien coordina el servicio.")),
        404: (_("Esta página no existe"), _("Puede que la dirección esté mal copiada o que ya no esté.")),
        405: (_("Esta página no se abre así"), _("Vuelva atrás y use el botón de la página.")),
        409: (_("Alguien lo ha cambiado entretanto"), _("Recargue la página para ver lo nuevo y repítalo.")),
        413: (_("Es demasiado grande"), _("Los archivos de un mensaje no pueden pasar de 20 MB en total.")),
        422: (_("Así no se puede hacer"), _("Revise lo que ha escrito y repítalo.")),
        429: (_("Demasiados intentos seguidos"), _("Espere un minuto y vuelva a intentarlo.")),
        503: (
            _("El servicio no responde ahora"),
            _("Vuelva a intentarlo dentro de un momento. No se ha perdido nada."),
        ),
    }
    what, helps = told.get(status, (_("No hemos podido abrir esta página"), _("Ya lo sabemos. Vuelva a intentarlo.")))
    return Trouble(status=status, what=what, help=helps)


def _http(error: HTTPException) -> Answer | HTTPException:
    if error.code is None or error.code < 400:
        return error
    headers = {"Retry-After": "60"} if error.code == 429 else {}
    return _show(words(error.code), headers)


def _forged(_error: CSRFError) -> Answer:
    told = Trouble(
        status=400,
        what=_("La página llevaba demasiado tiempo abierta"),
        help=_("No se ha cambiado nada. Recargue la página y repítalo."),
    )
    return _show(told)


def _refused(error: DeskError) -> Answer:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
    # Whoever pressed a button of ours finds the page with it again.
    back = request.referrer if request.method == "POST" and _ours(request.referrer) else None
    told = _("No se ha cambiado nada.") if back else _("Vuelva atrás: no se ha cambiado nada.")
    return _show(Trouble(status=status, what=str(error), help=told, back=back))


def _ours(address: str | None) -> bool:
    return (address or "").startswith(request.host_url)


def _database(error: DBAPIError) -> Answer:
    if not gone(error):
        return _broken(error)
    return _away(error)


def _away(error: Exception) -> Answer:
    log.error("page_without_database", trouble=type(error).__name__, endpoint=request.endpoint)
    return _show(words(503), {"Retry-After": "15"}, bare=True)


def _broken(error: Exception) -> Answer:
    # The message of an unknown error may quote somebody's words: only its kind and the way there are logged.
    trace = traceback.format_tb(error.__traceback__, limit=-6)
    log.error("page_broken", trouble=type(error).__name__, endpoint=request.endpoint, trace=trace)
    return _show(words(500), bare=True)


def _show(trouble: Trouble, headers: dict[str, str] | None = None, *, bare: bool = False) -> Answer:
    """The fragment for scripts, the desk's frame for its people, a bare page when the database may be the trouble."""
    if request.headers.get("HX-Request") or request.headers.get("X-Live"):
        return render_template("errors/_banner.html", trouble=trouble), trouble.status, headers or {}
    person: User | None = None if bare or not current_user.is_authenticated else current_user.user
    template = "errors/page.html" if person else "errors/bare.html"
    return render_template(template, trouble=trouble), trouble.status, headers or {}
