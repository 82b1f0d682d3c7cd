"""Twilio's own client, opened as we want it: with a time-out, silent in logs, and able to speak to another base."""

import logging
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests import Session
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]  # The SDK ships no types.
from twilio.rest import Client  # type: ignore[import-untyped]  # The SDK ships no types.

from channels import outward
from channels.way import Way
from channels.whatsapp.settings import Settings


class Rebased(TwilioHttpClient):  # type: ignore[misc]  # The SDK ships no types.
    """Sends everything that is meant for api.twilio.com to another scheme and host."""

    def __init__(self, base: str, *, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self.base = urlsplit(base)
        # Another base is a neighbour, so the proxy towards the internet is not for it.
        self.session.trust_env = False

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Any:
        """The same request at our base."""
        asked = urlsplit(url)
        there = urlunsplit((self.base.scheme, self.base.netloc, asked.path, asked.query, ""))
        return super().request(method, there, *rest, **named)


def client(settings: Settings, *, timeout: float) -> Any:
    """A client of our account; without a base of our own it goes the house's way out."""
    # At INFO the SDK writes addresses with telephone numbers into the log.
    logging.getLogger("twilio.http_client").setLevel(logging.WARNING)
    user, password = settings.credentials
    http = Rebased(settings.api_url, timeout=timeout) if settings.api_url else _outward(settings, timeout)
    return Client(user, password, settings.account, http_client=http)


def furnish(session: Session, settings: Settings, host: str = "api.twilio.com") -> None:
    """Let a session go the house's way out; to a base of our own it goes straight."""
    # Another base is a neighbour, so the proxy towards the internet is not for it.
    outward.furnish(session, settings.way if settings.api_url is None else Way(), host)


def _outward(settings: Settings, timeout: float) -> TwilioHttpClient:
    http = TwilioHttpClient(timeout=timeout)
    furnish(http.session, settings)
    return http
