"""What one running process holds open: settings, database, files, channels, the way to wake the others, the books."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import current_app

from app.config import Config
from app.db import Database
from app.desk.books import BookCase
from app.files import Files
from app.oidc import Provider
from app.process_pool import Hands
from app.scanner import Clamd
from channels.channel import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Built once by the factory, for tests and production alike. `wake(kind)` means "look now" and carries no work.

    `started(kind)` is what a worker says when it begins, so that the next wake is new news; it is False where another
    thread of it does the work. `hands` are the processes that read and decide beside this one while much waits.
    """

    config: Config
    db: Database
    files: Files
    channels: Mapping[str, Channel]
    books: BookCase
    scanner: Clamd | None
    provider: Provider | None
    wake: Callable[[str], None]
    started: Callable[[str], bool]
    hands: "Hands[House]"


def house() -> House:
    """The house of the running application."""
    found: House = current_app.extensions["ventanilla"]
    return found
