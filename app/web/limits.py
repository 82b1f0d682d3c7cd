"""How often one address may knock: counted in Redis where there is one, in memory when it is away."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(
    key_func=get_remote_address,
    strategy="moving-window",
    key_prefix="ventanilla-1",
    headers_enabled=False,
    in_memory_fallback_enabled=True,
    swallow_errors=True,
)

SIGN_IN = "20 per minute; 100 per hour"
INVITATION = "10 per minute"


def hang(app: Flask, *, redis_url: str | None) -> None:
    """Start counting for this app."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", redis_url or "memory://")
    if redis_url:
        app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", {"socket_connect_timeout": 0.3, "socket_timeout": 0.5})
    limiter.init_app(app)
