"""Hangs `/api/v1` and its OpenAPI document into the application."""

from typing import Any

from flask import Flask, Response
from flask_smorest import Api

from app.api import articles, problems, tickets
from app.web import access
from app.web.limits import limiter

PREFIX = "/api/v1/"
# Whoever shows a good token is not counted.
GUESSES = "60 per minute"


class Problems(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """The API's errors are told by its blueprints; those of the pages stay the pages' business."""

    def _register_error_handlers(self) -> None:
        return None


def hang(app: Flask) -> None:
    """Register the routes and the document; `app` is the finished application but for this."""
    app.config.update(
        API_TITLE="Ventanilla",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX.rstrip("/"),
        OPENAPI_JSON_PATH="openapi.json",
    )
    api: Any = Problems(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"token": []}]
    for module in (tickets, articles):
        limiter.limit(GUESSES, deduct_when=_guessed)(module.blueprint)
        api.register_blueprint(module.blueprint)
    app.before_request(problems.unrouted)
    ours = [rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX)]
    access.decide(app, ours, access.TOKEN)
    access.decide(app, ["api-docs.openapi_json"], access.PUBLIC)


def _guessed(answer: Response) -> bool:
    return answer.status_code == 401
