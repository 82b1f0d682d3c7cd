"""What nobody should send and somebody will: refused, or kept as a visible ticket, and the next one gets in."""

import threading
from email.message import EmailMessage

import pytest
import requests

from channels.message import Kind
from tests.faults.burst import twins
from tests.faults.count import Count
from tests.flows.desk_process import DeskProcess
from tests.flows.people import mail
from tests.servers.dovecot import Dovecot
from tests.servers.twilio import Twilio

pytestmark = pytest.mark.slow
HEAD = b"From: Ana <ana@example.com>\r\nTo: consultas@example.es\r\nSubject: Consulta\r\n"


def test_forged_hooks_are_refused_counted_and_leave_nothing_behind(
    desk: DeskProcess, twilio: Twilio, count: Count
) -> None:
    url = f"{desk.url}/hooks/whatsapp"
    form = twilio.form_of(twilio.take_in(body="hola"))
    twilio.messages.clear()
    body, headers = twilio.signed(url, form)
    elsewhere = twilio.signed(url, {**form, "AccountSid": "AC" + "f" * 32})
    attempts = [
        (body, {"Content-Type": headers["Content-Type"]}),
        (body, {**headers, "X-Twilio-Signature": "AAAA"}),
        (body + b"&Body=otra", headers),
        (elsewhere[0].replace(b"AC" + b"f" * 32, b"AC" + b"e" * 32), elsewhere[1]),
        elsewhere,
    ]
    answers = [requests.post(url, data=one, headers=head, timeout=20).status_code for one, head in attempts]

    assert answers == [403] * 5
    assert count.forged() == 5
    assert (count.arrivals(), count.tickets()) == (0, 0)


def test_a_body_without_end_is_refused_and_not_kept(desk: DeskProcess, twilio: Twilio, count: Count) -> None:
    body, headers = twilio.signed(f"{desk.url}/hooks/whatsapp", {"Body": "a" * 2_000_000})
    answer = requests.post(f"{desk.url}/hooks/whatsapp", data=body, headers=headers, timeout=20)

    assert answer.status_code == 413
    assert count.arrivals() == 0


def test_a_hook_that_comes_sixteen_times_at_once_and_once_more_later_is_one_message(
    desk: DeskProcess, twilio: Twilio, count: Count
) -> None:
    url, form = f"{desk.url}/hooks/whatsapp", twilio.form_of(twilio.take_in(body="hola, buenos días"))
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(twilio.push(url, form))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = twilio.push(url, form)
    desk.wait_for(lambda: count.kept() and count.quiet(), "it to be filed")

    assert [*answers, again] == [200] * 17
    assert (sum(count.kept().values()), count.tickets()) == (1, 1)


def bomb(depth: int) -> bytes:
    """Parts within parts within parts."""
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return HEAD + b"Message-ID: <bomba@example.com>\r\nMIME-Version: 1.0\r\n" + opened + b"\r\ndemasiado hondo\r\n"


def pdf_only() -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Message-ID"] = "eva@example.com", "consultas@example.es", "<pdf@example.com>"
    letter.add_attachment(b"%PDF-1.4\n" + b"0" * 200, maintype="application", subtype="pdf", filename="escrito.pdf")
    return letter.as_bytes()


BAD = {
    "no Message-ID": HEAD + b"\r\nno me funciona el certificado\r\n",
    "a charset that nobody knows": HEAD
    + b"Message-ID: <juego@example.com>\r\nMIME-Version: 1.0\r\n"
    + b"Content-Type: text/plain; charset=klingon-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nl\xf3gico \xff\xfe\r\n",
    "null bytes": HEAD + b"Message-ID: <nulo@example.com>\r\n\r\nantes\x00despu\xc3\xa9s \xed\xa0\x80\r\n",
    "a bomb": bomb(400),
    "a PDF and nothing else": pdf_only(),
    "no mail at all": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
    "nothing but a line": b"\r\n",
}


def test_mails_that_nobody_can_read_are_tickets_too_and_keep_none_of_the_others_waiting(
    desk: DeskProcess, dovecot: Dovecot, count: Count
) -> None:
    good = [mail("no puedo firmar", sender=f"e{n}@example.com", subject=f"Consulta {n}") for n in range(20)]
    huge = HEAD + b"Message-ID: <grande@example.com>\r\n\r\n" + (b"a" * 76 + b"\r\n") * 550_000
    for letter in good[:10]:
        dovecot.deliver(letter.as_bytes())
    for raw in (*BAD.values(), huge):
        dovecot.deliver(raw)
    for letter in good[10:]:
        dovecot.deliver(letter.as_bytes())
    every = len(good) + len(BAD) + 1
    desk.wait_for(lambda: sum(count.kept().values()) >= every and count.quiet(), "every mail to be filed", seconds=90)
    incoming = count.incoming()

    assert (count.arrivals(), len(incoming), count.tickets()) == (every, every, every)
    assert twins(count.kept().items()) == []
    assert {str(letter["Message-ID"]) for letter in good} <= count.kept().keys()
    assert all(message.text.strip() or message.subject or files_of(count, message.id) for message in incoming)
    unreadable = [message.id for message in incoming if message.kind is Kind.UNREADABLE]
    assert all(files_of(count, message_id) for message_id in unreadable)


def files_of(count: Count, message_id: int) -> int:
    return sum(one.message_id == message_id and one.sha256 is not None for one in count.files())
