"""Everything that stands round the pages, hung on the app in one call: sessions, safety, words, errors, limits."""

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_babel import Babel, ngettext
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as Answer

from app import clock
from app.config import Config
from app.house import house
from app.i18n import sentence
from app.web import access, compression, errors, headers, layout, limits, sessions

# A wire signs what it sends; it has no page of ours that could hold a token.
SIGNED_ELSEWHERE = {"hooks"}
UPLOADS = 25 * 1024 * 1024

csrf = CSRFProtect()


def hang(app: Flask, config: Config) -> None:
    """Call it once, before the blueprints; `access.guard` then runs before every request."""
    https = config.public_url.startswith("https:")
    app.config.update(
        SECRET_KEY=config.secret_keys[0] if config.secret_keys else None,
        SECRET_KEY_FALLBACKS=list(config.secret_keys[1:]),
        SESSION_COOKIE_NAME="ventanilla",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=sessions.LONGEST,
        MAX_CONTENT_LENGTH=UPLOADS,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = Cookies()
    Babel(app, default_locale="es", default_timezone=str(config.zone))
    app.jinja_env.install_gettext_callables(sentence, ngettext, newstyle=True)  # type: ignore[attr-defined]
    csrf.init_app(app)
    _sign_in(app)
    limits.hang(app, redis_url=config.redis_url)
    app.before_request(_guard)
    access.decide(app, ["static"], access.PUBLIC)
    headers.hang(app, https=https)
    compression.hang(app)
    layout.hang(app, config)
    errors.handle(app)


class Cookies(SecureCookieSessionInterface):
    """Flask's own sessions, which nobody looks for in what a wire sends."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the browser brought; for a wire an empty one."""
        return self.session_class() if request.path.startswith("/hooks/") else super().open_session(app, request)


def _sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    # The session row is the proof; a browser that changes its name or network keeps it.
    manager.session_protection = None
    manager.user_loader(_load)
    last_seen = sessions.LastSeen()

    @app.after_request
    def saw(response: Response) -> Response:
        # Only what this request has loaded: nobody is looked up in order to be noted.
        who = g.get("_login_user")
        if isinstance(who, sessions.SignedIn):
            last_seen.saw(house().db, who, clock.now())
        return response


def _load(token: str) -> sessions.SignedIn | None:
    with house().db.reading() as session:
        return sessions.find(session, token, now=clock.now())


def _guard() -> Answer | None:
    answer = access.guard()
    if answer is not None or request.endpoint is None:
        return answer
    decision = access.decision_of(current_app, request.endpoint)
    wire = request.blueprint in SIGNED_ELSEWHERE or (decision is not None and decision.token)
    if not wire:
        csrf.protect()
    return None
