"""Machines that answer every mail of ours, over a real mailbox and a real way out: ours falls silent by itself."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.faults.burst import twins
from tests.faults.count import Count
from tests.flows.desk_process import DeskProcess
from tests.flows.people import Technician, mail
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import Smtp

pytestmark = pytest.mark.slow
CONFUSED = "no se ha podido conectar con autofirma al firmar"
# Whoever gets more than this from us is in a loop.
ENDLESS = 6


def in_our_thread(ours: EmailMessage, number: int) -> EmailMessage:
    """Another desk says that it has got our mail, by no header of a machine."""
    words = f"Hemos recibido su mensaje y le hemos dado el número {number}. {CONFUSED}"
    return mail(words, sender="Soporte <soporte@otro.example>", subject=f"[#{number}] Recibido", answers=ours)


def in_a_thread_of_its_own(_ours: EmailMessage, number: int) -> EmailMessage:
    """Another desk that opens a new ticket for each mail of ours."""
    words = f"Hemos abierto la incidencia {number}. {CONFUSED}"
    return mail(words, sender="Soporte <soporte@otro.example>", subject=f"[#{number}] Nueva incidencia")


def on_holiday(ours: EmailMessage, _number: int) -> EmailMessage:
    """A program that says of its owner at every mail that she is away."""
    away = mail(
        "Estoy de vacaciones hasta el día 20.",
        sender="Soporte <soporte@otro.example>",
        subject=f"Respuesta automática: {ours['Subject']}",
        answers=ours,
    )
    away["Auto-Submitted"] = "auto-replied"
    return away


@pytest.mark.parametrize(
    ("answer", "most", "tickets"),
    [(in_our_thread, 2, 1), (in_a_thread_of_its_own, 2, 3), (on_holiday, 1, 1)],
    ids=["another desk in our thread", "another desk in threads of its own", "on holiday"],
)
def test_who_answers_every_mail_of_ours_hears_two_at_most_and_everything_that_came_is_kept(
    desk: DeskProcess,
    dovecot: Dovecot,
    smtp: Smtp,
    count: Count,
    technician: Technician,
    answer: Callable[[EmailMessage, int], EmailMessage],
    most: int,
    tickets: int,
) -> None:
    letters = [mail(CONFUSED, sender="Soporte <soporte@otro.example>", subject="AutoFirma")]
    dovecot.deliver(letters[0].as_bytes())
    desk.wait_for(lambda: smtp.received and count.quiet(), "the first answer")
    while len(letters) <= len(smtp.received) < ENDLESS:
        letters.append(answer(smtp.received[len(letters) - 1].message, len(letters)))
        dovecot.deliver(letters[-1].as_bytes())
        desk.wait_for(
            lambda: len(count.incoming()) == len(letters) and count.quiet(), "its answer to be filed and sorted"
        )

    assert len(smtp.received) <= most
    assert set(count.kept()) == {str(letter["Message-ID"]) for letter in letters} and twins(count.kept().items()) == []
    assert len(technician.tickets()) == tickets
    assert len(letters) == len(smtp.received) + 1
