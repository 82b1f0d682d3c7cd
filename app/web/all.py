"""Every page there is, and what all of them share, hung on the application."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.house import House
from app.web import article, health, help, hooks, public

PAGES = (
    article.blueprint,
    health.blueprint,
    help.blueprint,
    hooks.blueprint,
    public.blueprint,
)


def hang(app: Flask, house: House) -> None:
    """Hang every page of this house."""
    app.secret_key = house.config.secret_keys[0]
    app.config["SECRET_KEY_FALLBACKS"] = list(house.config.secret_keys[1:])
    app.config["MAX_CONTENT_LENGTH"] = 25 * 1024 * 1024
    if hops := house.config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
