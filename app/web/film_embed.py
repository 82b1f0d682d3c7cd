"""The player of a film that lies elsewhere, by its address: without cookies, and only for who has asked. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

YOUTUBE = re.compile(
    r"https://(?:www\.|m\.)?(?:youtu\.be/|youtube(?:-nocookie)?\.com/(?:watch\?(?:[^#]*&)?v=|embed/|shorts/))"
    r"(?P<id>[\w-]{11})(?![\w-])"
)
PEERTUBE = re.compile(r"https://(?P<host>[\w.-]+(?::\d+)?)/(?:w|videos/(?:watch|embed))/(?P<id>[\w-]{10,36})(?:[?#]|$)")


@dataclass(frozen=True, slots=True)
class Player:
    """What the frame loads, and from whom: `origin` goes into the page's policy."""

    address: str
    origin: str

    @property
    def host(self) -> str:
        """Whom the reader's computer will talk to."""
        return urlsplit(self.origin).netloc


def player(address: str, start: int = 0) -> Player | None:
    """The player that begins at a second; None for an address of another kind, which is only linked to."""
    if found := YOUTUBE.match(address):
        origin = "https://www.youtube-nocookie.com"
        return Player(f"{origin}/embed/{found['id']}?rel=0&cc_load_policy=1&start={start}", origin)
    if found := PEERTUBE.match(address):
        origin = f"https://{found['host']}"
        return Player(f"{origin}/videos/embed/{found['id']}?warningTitle=0&p2p=0&start={start}s", origin)
    return None
