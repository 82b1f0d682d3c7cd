"""How the desk is doing in Prometheus's words, for a watcher on this machine or one with the right token."""

import hmac
import time
from collections.abc import Iterable

from flask import Blueprint, Response, abort, request

from app import clock
from app.desk import gauges
from app.desk.gauges import Gauge
from app.house import house
from app.web.access import public

blueprint = Blueprint("metrics", __name__)
LOOPBACK = {"127.0.0.1", "::1"}


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Every gauge. Whoever may not look is told that there is nothing here."""
    if not _may_look():
        abort(404)
    began = time.monotonic()
    with house().db.reading() as session:
        found = list(gauges.read(session, now=clock.now()))
    found.append(Gauge("ventanilla_scrape_seconds", time.monotonic() - began, "How long this look took."))
    return Response(written(found), content_type="text/plain; version=0.0.4; charset=utf-8")


def written(found: Iterable[Gauge]) -> str:
    """The text format: each name described once, then its values."""
    lines: list[str] = []
    seen: set[str] = set()
    for gauge in found:
        if gauge.name not in seen:
            seen.add(gauge.name)
            lines += [f"# HELP {gauge.name} {gauge.help}", f"# TYPE {gauge.name} gauge"]
        labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in gauge.labels)
        lines.append(f"{gauge.name}{{{labels}}} {float(gauge.value):g}" if labels else f"{gauge.name} {gauge.value:g}")
    return "\n".join(lines) + "\n"


def _may_look() -> bool:
    token = house().config.metrics_token
    if token is not None:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    # A proxy on this machine speaks for the whole world.
    return request.remote_addr in LOOPBACK and "X-Forwarded-For" not in request.headers


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
