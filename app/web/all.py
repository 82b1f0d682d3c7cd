"""Every page there is, and what all of them share, hung on the application."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.house import House
from app.web import account, article, auth, frame, health, help, hooks, public, queue

PAGES = (
    account.blueprint,
    article.blueprint,
    auth.blueprint,
    health.blueprint,
    help.blueprint,
    hooks.blueprint,
    public.blueprint,
    queue.blueprint,
)


def hang(app: Flask, house: House) -> None:
    """Hang every page of this house."""
    frame.hang(app, house.config)
    if hops := house.config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
