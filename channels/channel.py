"""The seam: what every channel can do, the values it is called with, and the few ways in which a wire can say no."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.message import Inbound, Outbound, Receipt


class ChannelError(Exception):
    """Root of what a channel may raise.

    ChannelError
    ├── Forged        a push whose signature is not the wire's: answer 403, keep nothing
    ├── Unreachable   the wire cannot be read now: poll, since and fetch raise it; come again later
    ├── NotTaken      send: the wire surely did not take the message; send again after `retry_after`
    ├── Refused       send: the wire will never take it; `str(error)` is a Spanish sentence for people
    └── NoAnswer      send: silence after we spoke; nobody knows, ask the wire later
    """


class Forged(ChannelError):
    """The signature of a pushed request is missing or wrong."""


class Unreachable(ChannelError):
    """The wire cannot be read now; `str(error)` is a Spanish sentence for people."""


class NotTaken(ChannelError):
    """The wire surely did not take the message. `retry_after` is the wire's wish, or None for our own schedule."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None, code: str | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.code = code


class Refused(ChannelError):
    """The wire will never take this message; the reason is a Spanish sentence for people, `code` the wire's own."""

    def __init__(self, reason: str, *, code: str | None = None) -> None:
        super().__init__(reason)
        self.code = code


class NoAnswer(ChannelError):
    """We spoke and heard nothing: the message may or may not have gone out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """An HTTP request at a channel's door, as it came: raw path, raw query string, lower-cased headers, raw body.

    `key` is what stood in the path after `/status/`, or None.
    """

    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What a wire handed us by itself, under the wire's own key."""

    wire_key: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What we fetched from a wire, under the wire's own key."""

    wire_key: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a channel can carry: characters of text, hours of the reply window (None: always open), templates, MB."""

    text: int
    window: timedelta | None
    templates: bool
    attachment_bytes: int


class Channel(ABC):
    """One way in and out. Knows no rows; everything that it is told or tells is a value of `channels.message`.

    A channel that does not push leaves `read` as it is, one that cannot be polled leaves `poll`, and so on.
    """

    name: str
    line: str
    limits: Limits
    # Whether `poll` asks a wire at all; how one does that only pushes is known when it is compared.
    polls: bool = True
    # Whether `since` asks a wire: without a mailbox to read, or on the telephone, there is nothing to compare with.
    compares: bool = True

    def read(self, knock: Knock) -> Iterable[Pushed]:
        """What the wire pushed; raises Forged when the signature is not the wire's."""
        raise Forged(f"{self.name} does not push")

    @abstractmethod
    def parse(self, raw: bytes, received_at: datetime) -> tuple[Inbound | Receipt, ...]:
        """What the bytes say, pure and never raising; what cannot be read is an Inbound of kind unreadable."""

    def poll(self, known: Callable[[str], bool]) -> Iterator[Pushed | Fetched]:
        """What waits on the wire and is not `known` by its wire key; raises Unreachable."""
        return iter(())

    def idle(self, seconds: float, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Wait for news on the wire, at most so long or until stopped; True if worth polling. Raises Unreachable."""
        raise Unreachable(f"{self.name} cannot be listened to")

    @abstractmethod
    def send(self, outbound: Outbound) -> Receipt:
        """Hand one message to the wire; raises NotTaken, Refused or NoAnswer, nothing else."""

    def ask(self, outbound: Outbound, *, others: Collection[str] = ()) -> Receipt | None:
        """What the wire knows of a message whose sending ended in silence; None if it holds no trace of it.

        `others` are the wire's own ids of our other messages to this person: none of these is it.
        Raises Unreachable when it cannot be asked now.
        """
        return None

    def since(self, moment: datetime) -> Iterator[Pushed | Fetched]:
        """Everything that the wire holds since a moment, ours or not, for reconciliation; raises Unreachable."""
        return iter(())

    def sent_since(self, moment: datetime, known: Callable[[str], bool]) -> Iterator[Fetched]:
        """What people sent from this line with their own programs and is not `known`; raises Unreachable."""
        return iter(())

    def lacks_copy(self, external_ids: Sequence[str], since: datetime) -> set[str]:
        """Which of these messages of ours ought to have a copy in the wire's own folder and have none.

        Raises Unreachable.
        """
        return set()

    def keep_copy(self, outbound: Outbound) -> None:
        """Put a copy of what went out where people look for it; raises Unreachable."""
        raise Unreachable(f"{self.name} keeps no copies")

    def tidy(self, filed: Callable[[list[str]], Iterable[str]]) -> int:
        """Do with what is `filed` already what the settings want; how many there were. Raises Unreachable."""
        return 0

    def fetch(self, reference: str) -> Iterator[bytes]:
        """The bytes of an attachment in pieces; raises Unreachable (come again) or Refused (never)."""
        raise Refused("Este canal no guarda adjuntos aparte")

    def forget(self, reference: str) -> None:
        """Delete an attachment at the wire once we keep it ourselves; raises Unreachable or Refused."""
        raise Refused("Este canal no guarda adjuntos aparte")

    def check(self) -> tuple[str, ...]:
        """What is wrong at the wire as it is set up now, each a Spanish sentence with the cure; asks the network."""
        return ()
