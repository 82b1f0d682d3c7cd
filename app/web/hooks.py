"""The one door of every channel that pushes: check the signature, keep the bytes, answer; reading comes later."""

from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, abort, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import clock, jobs
from app.desk import counters
from app.house import House, house
from app.models.arrival import ArrivalKind
from app.web.access import public
from app.web.limits import limiter
from channels.channel import Forged, Knock

LARGEST = 1024 * 1024
# Only forgeries count: a wire that signs may be as quick as it likes.
FORGERIES = "120 per minute"

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")
log = structlog.get_logger()


@limiter.request_filter
def signed() -> bool:
    """A wire that signs is not even looked up among those who knock too often."""
    return request.blueprint == blueprint.name and "forged" not in g


@blueprint.post("/<channel>")
@public
def pushed(channel: str) -> Response:
    """A message or any other news of a wire."""
    return _keep(channel, key=None, answer=Response("<Response/>", content_type="text/xml"))


@blueprint.post("/<channel>/status/<key>")
@public
def told(channel: str, key: str) -> Response:
    """What became of a message of ours, named by its key."""
    return _keep(channel, key=key, answer=Response(status=204))


def _keep(name: str, *, key: str | None, answer: Response) -> Response:
    home = house()
    channel = home.channels.get(name)
    if channel is None:
        abort(404)
    request.max_content_length = LARGEST
    try:
        news = tuple(channel.read(knock(key)))
    except Forged:
        g.forged = True
        return _refuse(home, name)
    try:
        kept = jobs.take_in(home, name, channel.line, news, ArrivalKind.PUSHED)
    except (DBAPIError, PoolTimeout, OSError, LookupError) as error:
        log.error("hook_not_kept", channel=name, trouble=type(error).__name__)
        return Response(status=503, headers={"Retry-After": "15"})
    log.info("hook_kept", channel=name, kept=len(kept), known=len(news) - len(kept))
    return answer


def knock(key: str | None) -> Knock:
    """The request as it came: nothing decoded, since the wire signed what it sent."""
    raw = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or request.path
    path = urlsplit(raw).path if "://" in raw.partition("?")[0] else raw.partition("?")[0]
    return Knock(
        path=path,
        query=request.environ.get("QUERY_STRING", ""),
        headers={name.lower(): value for name, value in request.headers},
        body=request.get_data(cache=False),
        key=key,
    )


@limiter.limit(FORGERIES)
def _refuse(home: House, name: str) -> Response:
    log.warning("hook_forged", channel=name)
    try:
        with home.db.transaction() as session:
            counters.count(session, "hook_forged", now=clock.now(), zone=home.config.zone)
    except (DBAPIError, PoolTimeout) as error:
        log.error("hook_not_counted", channel=name, trouble=type(error).__name__)
    return Response(status=403)
