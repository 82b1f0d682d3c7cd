"""What went wrong, told as RFC 9457 problem documents, with sentences in Spanish for whoever reads them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

import structlog
from flask import Blueprint, Response, json, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.errors import DeskError, Impossible, NotAllowed, Stale

TITLES = {
    400: "La petición no se entiende",
    401: "Falta una clave de acceso válida",
    403: "No se permite",
    404: "No existe",
    405: "Este método no vale aquí",
    409: "Ha llegado algo nuevo entretanto",
    412: "La consulta ha cambiado",
    413: "La petición es demasiado grande",
    415: "Hace falta application/json",
    422: "Hay datos que no valen",
    428: "Falta If-Match",
    429: "Demasiadas peticiones",
    503: "El servicio no está disponible",
}
STATUSES: tuple[tuple[type[DeskError], int], ...] = ((NotAllowed, 403), (Stale, 409), (Impossible, 422))

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One field and what is wrong with it."""

    field: str
    detail: str


class Problem(Exception):
    """A request that the API answers with a problem document."""

    def __init__(self, status: int, detail: str, *errors: Wrong, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.errors = errors
        self.headers = headers or {}


def document(status: int, detail: str, *errors: Wrong) -> Response:
    """The problem as a response."""
    title = TITLES.get(status) or HTTPStatus(status).phrase
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": [asdict(error) for error in errors],
    }
    return Response(json.dumps(body), status=status, content_type="application/problem+json")


def handle(blueprint: Blueprint) -> None:
    """Make a blueprint answer every error with a problem document."""
    blueprint.register_error_handler(Problem, _told)
    blueprint.register_error_handler(DeskError, _refused)
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(DBAPIError, _away)
    blueprint.register_error_handler(PoolTimeout, _away)


def unrouted() -> Response | None:
    """For `before_request`: an address or method under /api that no route knows."""
    if request.routing_exception is None or not request.path.startswith("/api/"):
        return None
    return _http(request.routing_exception)


def _told(problem: Problem) -> Response:
    response = document(problem.status, str(problem), *problem.errors)
    response.headers.update(problem.headers)
    return response


def _refused(error: DeskError) -> Response:
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 422)
    return document(status, str(error))


def _away(error: Exception) -> Response:
    log.error("api_without_database", trouble=type(error).__name__)
    response = document(503, "La base de datos no responde. Vuelva a intentarlo dentro de un momento.")
    response.headers["Retry-After"] = "15"
    return response


def _http(error: HTTPException) -> Response:
    if error.response is not None and error.code is None:
        return Response(status=500)
    status = error.code or 500
    data: dict[str, Any] = getattr(error, "data", None) or {}
    # webargs says in English which body it could not read; the title says it in Spanish.
    errors = tuple(_flat(data.get("messages") or {})) if status == 422 else ()
    response = document(status, TITLES.get(status, error.description or ""), *errors)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "location"}:
            response.headers[name] = value
    return response


def _flat(messages: Any, path: str = "") -> Iterator[Wrong]:
    """Marshmallow's nested messages, one line for each field; the place (json, query, headers) is not a field."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            top = not path and name in {"json", "query", "headers", "_schema"}
            yield from _flat(inner, path if top else f"{path}.{name}".lstrip("."))
    else:
        for detail in messages if isinstance(messages, list) else [messages]:
            yield Wrong(field=path, detail=str(detail))
