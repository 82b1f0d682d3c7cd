"""A busy quarter of an hour: WhatsApp messages and mails that come in while things break."""

import threading
from collections.abc import Iterable
from http.client import HTTPException
from itertools import count

from tests.flows.desk_process import DeskProcess
from tests.flows.people import mail
from tests.servers.dovecot import Dovecot
from tests.servers.twilio import Twilio

WORDS = ("no se ha podido conectar con autofirma", "cómo renuevo el certificado digital", "no me deja firmar")


class Burst:
    """Several people who write at once until told to stop. `taken` are the messages that the desk has answered for."""

    def __init__(self, twilio: Twilio, dovecot: Dovecot, *, people: int = 2, pause: float = 0.2) -> None:
        self.taken: set[str] = set()
        self.mails: set[str] = set()
        self.refused: list[int] = []
        self._twilio, self._dovecot, self._pause = twilio, dovecot, pause
        self._stop, self._numbers = threading.Event(), count()
        self._threads = [threading.Thread(target=self._writes, args=(n,)) for n in range(people)]
        self._threads.append(threading.Thread(target=self._mails))

    def __enter__(self) -> "Burst":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _writes(self, number: int) -> None:
        for turn in count():
            status, sid = push(self._twilio, WORDS[turn % 3], sender=f"+3460000{number}{turn % 4:03}")
            if status == 200:
                self.taken.add(sid)
            elif status:
                self.refused.append(status)
            # Who finds nobody there tries again a little later.
            if self._stop.wait(self._pause if status else 1):
                return

    def _mails(self) -> None:
        for turn in count():
            letter = mail(WORDS[turn % 3], sender=f"empresa{turn}@example.com", subject=f"Consulta {turn}")
            self._dovecot.deliver(letter.as_bytes())
            self.mails.add(str(letter["Message-ID"]))
            if self._stop.wait(self._pause * 4):
                return


def push(twilio: Twilio, body: str, *, sender: str) -> tuple[int, str]:
    """A citizen writes: the status of the desk's answer, 0 for none, and the wire's id of the message."""
    message = twilio.take_in(body=body, sender=sender)
    try:
        return twilio.push(f"{twilio.public_url}/hooks/whatsapp", twilio.form_of(message)), message.sid
    except (OSError, HTTPException):
        return 0, message.sid


def fault(desk: DeskProcess, twilio: Twilio, **what: object) -> None:
    """The next message that we send meets this; the clock's first look at Twilio's lists is waited for."""
    desk.wait_for(lambda: sum(method == "GET" for method, *_ in twilio.requests) >= 2, "Twilio's lists to be read")
    twilio.fault(**what)


def sids(twilio: Twilio) -> set[str]:
    """Every message that people have written by WhatsApp, whether a hook told of it or not."""
    return {message.sid for message in twilio.messages if message.direction == "inbound"}


def twins(kept: Iterable[tuple[str, int]]) -> list[str]:
    """The messages that are there more than once."""
    return [name for name, times in kept if times > 1]
