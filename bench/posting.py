"""A wire that posts to a door of ours by many connections at once: signed beforehand, sent by one light loop."""

import socket
import time
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing import get_context
from selectors import EVENT_READ, DefaultSelector
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # The SDK ships no types.

from tests.app_fixtures import ACCOUNT, NUMBER, PUBLIC_URL, TOKEN

CONNECTIONS = 16
PATH = "/hooks/whatsapp"
ANSWER = b"<Response/>"
# No door of ours is quicker; what is signed beforehand lasts to the end.
MOST_A_SECOND = 1_500
PEOPLE = 10_000


@dataclass(slots=True)
class Wire:
    """One connection: what has come of the answer that it waits for, and when it asked."""

    socket: socket.socket
    sent: float = 0.0
    answer: bytearray = field(default_factory=bytearray)

    def post(self, request: bytes) -> None:
        """Ask once."""
        self.answer.clear()
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def answered(self) -> bool:
        """Whether what is there now makes the answer whole."""
        more = self.socket.recv(4096)
        self.answer += more
        if not more or (ANSWER not in self.answer and len(self.answer) > 2000):
            raise RuntimeError(f"refused: {bytes(self.answer[:200])!r}")
        return ANSWER in self.answer


def load(port: int, name: str, seconds: float, pace: float = 0.0) -> list[float]:
    """What every post took, in ms; sent by another process, as Twilio would."""
    with get_context("spawn").Pool(1) as sender:
        return sender.apply(_send, (port, name, seconds, pace))


def _send(port: int, name: str, seconds: float, pace: float) -> list[float]:
    """Post by all connections for so long: at a common pace, or each at once after its last answer."""
    signer = RequestValidator(TOKEN)
    posts = round(seconds * (pace or MOST_A_SECOND)) + 2 * CONNECTIONS
    ready = iter([signed(signer, f"SM{name}-{place}", sender=place) for place in range(posts)])
    rest = CONNECTIONS / pace if pace else 0.0
    took: list[float] = []
    with ExitStack() as stack, DefaultSelector() as selector:
        begun = time.perf_counter()
        # All rest equally long, so that who asked first is first due again.
        due: deque[tuple[float, Wire]] = deque()
        for place in range(CONNECTIONS):
            wire = Wire(stack.enter_context(socket.create_connection(("127.0.0.1", port))))
            due.append((begun + rest * place / CONNECTIONS, wire))
        while due or selector.get_map():
            while due and due[0][0] <= (now := time.perf_counter()):
                wire = due.popleft()[1]
                wire.post(next(ready))
                selector.register(wire.socket, EVENT_READ, wire)
            for key, _ in selector.select(due[0][0] - now if due else None):
                if key.data.answered():
                    # Whom we ask nothing may hang up.
                    selector.unregister(key.fileobj)
                    now = time.perf_counter()
                    took.append((now - key.data.sent) * 1000)
                    if now < begun + seconds:
                        due.append((key.data.sent + rest, key.data))
    return took


def signed(signer: RequestValidator, sid: str, *, sender: int) -> bytes:
    """A message as Twilio posts it; each of ten thousand people writes again when all have written."""
    who = f"whatsapp:+3460001{sender % PEOPLE:04}"
    form = {"MessageSid": sid, "AccountSid": ACCOUNT, "From": who, "To": f"whatsapp:{NUMBER}"}
    form |= {"Body": "Buenos días, no puedo firmar la instancia", "ProfileName": "Ana", "NumMedia": "0"}
    body = urlencode(form).encode("ascii")
    head = {
        "Host": "consultas.example.es",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        "X-Twilio-Signature": signer.compute_signature(PUBLIC_URL + PATH, form),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST {PATH} HTTP/1.1\r\n{lines}\r\n".encode("ascii") + body
