"""SIGKILL right before and right after every commit on the way of a message: nothing lost, nothing twice."""

import time
from email.message import EmailMessage
from itertools import count as counted
from pathlib import Path
from typing import Any

import pytest

from app.desk.file_screening import State
from tests.faults.burst import WORDS, push, sids, twins
from tests.faults.count import Count
from tests.faults.steps import LEFT, WALKED, steps
from tests.flows.conftest import MAILBOX
from tests.flows.desk_process import DeskProcess
from tests.flows.people import mail
from tests.servers.clamd import ClamdServer
from tests.servers.dovecot import Dovecot
from tests.servers.twilio import Twilio

DYING = Path(__file__).parent / "dying"
PATIENCE = 90.0
COMMANDS = {
    "worker": ("-m", "flask", "work"),
    "clock": ("-m", "flask", "clock"),
    "mail": ("-m", "flask", "listen", "email"),
    "serve": ("-m", "flask", "serve"),
}
# What Twilio answers now and then, so that every end of a sending is come to.
STUMBLES: tuple[dict[str, Any], ...] = (
    {"status": 429, "code": 20429},
    {"status": 400, "code": 63003},
    {"status": 500},
    {},
)
# Where Twilio sends who asks for a file: to it, to nothing for now, to strangers.
LEADS = (None, "{url}/cdn/none", "https://strangers.example/file")


class Deaths:
    """The plan: a file for each commit at which somebody shall die, crossed out by whoever did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._names = {f"{room}.{line}": name for name, (room, line) in steps().items() if name in WALKED}
        for where in self._names:
            for moment in ("before", "after"):
                (folder / f"{where}.{moment}").touch()

    def left(self) -> list[str]:
        """Where nobody has died yet."""
        waiting = [path.name.rsplit(".", 1) for path in self.folder.iterdir() if path.suffix != ".done"]
        return sorted(f"{moment} {self._names[where]}" for where, moment in waiting)


def tend(desk: DeskProcess) -> None:
    """Start again whoever has died, as whatever watches over them would."""
    for name in [name for name, child in desk.children.items() if child.poll() is not None]:
        del desk.children[name]
        desk.begin(name, *COMMANDS[name])


def write(twilio: Twilio, turn: int) -> None:
    """Somebody new writes, now and then with a picture; whoever finds nobody there is brought back by the list."""
    sender = f"+346{turn:08}"
    if turn % 3:
        push(twilio, WORDS[turn % 3], sender=sender)
        return
    message = twilio.take_in(body=WORDS[0], sender=sender)
    twilio.attach(message, b"\x89PNG\r\n\x1a\n" + bytes(200), "image/png")
    try:
        twilio.push(f"{twilio.public_url}/hooks/whatsapp", twilio.form_of(message))
    except OSError:
        return


def answer(dovecot: Dovecot, letter: EmailMessage) -> str:
    """A colleague answers from Outlook, which puts a copy into «Sent»; its id."""
    written = mail(
        "Pruebe con otro navegador.", sender=MAILBOX, to=str(letter["From"]), subject="Re: consulta", answers=letter
    )
    dovecot.append(written.as_bytes(), "Sent")
    return str(written["Message-ID"])


def test_every_transaction_of_the_jobs_is_walked_or_said_to_be_left() -> None:
    assert steps().keys() == WALKED | LEFT.keys()


@pytest.mark.slow
def test_whoever_dies_at_any_step_loses_nothing_and_sends_nothing_twice(
    desk: DeskProcess, twilio: Twilio, dovecot: Dovecot, clamd: ClamdServer, count: Count, tmp_path: Path
) -> None:
    deaths, mails, answers = Deaths(tmp_path / "deaths"), dict[str, EmailMessage](), dict[str, str]()
    desk.stop()
    count.hurry("sent_seconds")
    desk.environ["CLAMD_URL"] = clamd.url
    desk.environ["PYTHONPATH"] = f"{DYING}:{desk.environ['PYTHONPATH']}"
    desk.environ["DIE_IN"] = str(deaths.folder)
    desk.begin_all()
    strangers = mail("Gracias a usted.", sender=MAILBOX, to="otro@example.com", subject="Otra cosa")
    dovecot.append(strangers.as_bytes(), "Sent")
    if not desk.embedded:
        desk.begin("mail", *COMMANDS["mail"])
    left, ends = deaths.left(), time.monotonic() + PATIENCE
    turns = counted()
    for waited in counted():
        tend(desk)
        # Nobody writes into a queue that has not moved: a backlog would only hide the next step.
        if count.quiet() or waited % 20 == 0:
            turn = next(turns)
            write(twilio, turn)
            if turn % 4 == 0:
                letter = mail(WORDS[turn % 3], sender=f"empresa{turn}@example.com", subject=f"Consulta {turn}")
                dovecot.deliver(letter.as_bytes())
                mails[str(letter["Message-ID"])] = letter
            if not twilio.faults:
                twilio.fault(**STUMBLES[turn % 4], method="POST")
            leads = LEADS[turn // 3 % 3]
            twilio.redirect = leads.format(url=twilio.url) if leads else None
        for name in [name for name in mails if name not in answers and name in count.kept()]:
            answers[name] = answer(dovecot, mails[name])
        count.leases_run_out()
        count.wait_is_over()
        count.files_are_in_backups()
        count.deaths_are_not_theirs()
        if len(deaths.left()) < len(left):
            left, ends = deaths.left(), time.monotonic() + PATIENCE
        if not left or time.monotonic() > ends:
            break
        time.sleep(0.4)
    twilio.faults.clear()
    twilio.redirect = None
    # The list at Twilio brings back what no hook could tell while the web was dead.
    desk.stop()
    count.leases_run_out()
    count.wait_is_over()
    desk.start()
    everything, elsewhere = sids(twilio) | mails.keys(), set(answers.values())
    desk.wait_for(lambda: count.kept().keys() >= everything and count.quiet(), "everything to be done", seconds=120)
    desk.wait_for(lambda: count.answered_elsewhere().keys() >= elsewhere, "what was answered elsewhere", seconds=60)
    count.wait_is_over()
    desk.wait_for(lambda: count.scanned().keys() == {State.CLEAN}, "every file to be looked at", seconds=60)

    assert left == []
    assert set(count.kept()) == everything
    assert twins(count.kept().items()) == []
    assert count.answered_elsewhere() == dict.fromkeys(elsewhere, 1)
