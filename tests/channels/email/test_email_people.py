"""Who wrote by hand and what a machine wrote, by headers and by words; and complaints that providers report."""

import base64
from email.message import EmailMessage

import pytest

from channels.message import Kind
from tests.channels.email.letters import LINE, forms, letter, read

RETURNED = (
    f"Message-ID: <77.1@diputacion.example>\nFrom: {LINE}\nTo: pepe@lejos.example\nSubject: Su consulta\n\nHola\n"
)
FIELDS = "Feedback-Type: abuse\nUser-Agent: Generator/1.0\nVersion: 1\nOriginal-Rcpt-To: <pepe@lejos.example>\n"
REPORT = 'multipart/report; report-type=feedback-report; boundary="B"'
MIXED = 'multipart/mixed; boundary="B"'


def as_written(form: str) -> Kind:
    """The kind of a mail of this subject, these words and these headers."""
    subject, words, *more = form.split(" | ")
    headers = dict(one.split(": ", 1) for one in more[0].split(" ; ")) if more else {}
    return read(letter(words, subject=subject, **headers)).kind


@pytest.mark.parametrize("form", forms("machines.txt"))
def test_what_nobody_wrote_by_hand_is_an_automatic_reply(form: str) -> None:
    assert as_written(form) is Kind.AUTO_REPLY


@pytest.mark.parametrize("form", forms("people.txt"))
def test_no_person_is_taken_for_a_machine(form: str) -> None:
    assert as_written(form) is Kind.MESSAGE


def test_an_absence_is_known_above_what_it_quotes() -> None:
    words = "Estoy de vacaciones hasta el 16. En caso urgente, llame al 920.\n\n> ¿Municipio?\n> ¿Navegador?"

    assert read(letter(words)).kind is Kind.AUTO_REPLY


def complaint(
    fields: str, *, form: str = REPORT, part: str = "message/feedback-report", back: str = "message/rfc822"
) -> bytes:
    """A complaint in three parts."""
    parts = (("text/plain", "An email abuse report."), (part, fields), (back, RETURNED))
    body = "".join(f"--B\nContent-Type: {kind}\n\n{words}\n" for kind, words in parts)
    return f"From: fbl@provider.example\nSubject: FW: Su consulta\nContent-Type: {form}\n\n{body}--B--\n".encode()


def older(subject: str, headers: str = "", *, inside: str = "") -> bytes:
    """A complaint of one part, the mail of ours."""
    body = f"--B\nContent-Type: message/rfc822\n\n{inside}{RETURNED}--B--\n"
    return f"From: staff@provider.example\nSubject: {subject}\n{headers}Content-Type: {MIXED}\n\n{body}".encode()


def plain(subject: str, words: str) -> bytes:
    """A complaint in words alone."""
    return (
        f"From: reports@provider.example\nSubject: {subject}\nContent-Type: text/plain\n\n{words}\n{RETURNED}".encode()
    )


COMPLAINTS = {
    "as the standard says": complaint(FIELDS),
    "fraud": complaint(FIELDS.replace("abuse", "fraud")),
    "not spam": complaint(FIELDS.replace("abuse", "not-spam")),
    "authentication": complaint(FIELDS.replace("abuse", "auth-failure")),
    "opt-out": complaint("Feedback-Type: opt-out\nUser-Agent: x/1\nVersion: 0.1\nRemoved-Recipient: a@b.example\n"),
    "opt-out of a list": complaint("Feedback-Type: opt-out-list\nVersion: 0.1\n", form=MIXED, part="text/plain"),
    "without the report's type": complaint(FIELDS, form='multipart/report; boundary="B"'),
    "as mixed parts": complaint(FIELDS, form=MIXED),
    "fields as plain text": complaint(FIELDS, form=MIXED, part="text/plain"),
    "fields as a file": complaint(FIELDS, form=MIXED, part='application/octet-stream; name="report.txt"'),
    "type in capitals": complaint(FIELDS, form=REPORT.title(), part="text/plain"),
    "headers of ours only": complaint(FIELDS, back="text/rfc822-headers"),
    "fields in base64": complaint(
        base64.b64encode(FIELDS.encode()).decode(), part="message/feedback-report\nContent-Transfer-Encoding: base64"
    ),
    "junk mail reporting": older("complaint about message from 192.0.2.1", "X-HmXmrOriginalRecipient: a@b.example\n"),
    "its header inside": older("", inside="X-HmXmrOriginalRecipient: a@b.example\n"),
    "an elder": older("Client TOS Notification"),
    "an elder by address": older("Email Feedback Report for IP 192.0.2.1"),
    "in words": plain("Feedback", f"This is a spam report.\n\n{FIELDS}"),
    "a service's": plain("[SpamCop (192.0.2.1) id:1234]Su consulta", "[ SpamCop V5.0.0 ]\nEmail from 192.0.2.1\n"),
}  # fmt: skip
NO_COMPLAINTS: dict[str, EmailMessage | bytes] = {
    "a person's abuse": letter("Quiero denunciar un abuso", subject="Abuse report en la plaza"),
    "a person's spam": letter("Me llega spam de ustedes", subject="Spam report"),
    "a quoted field": letter("El formulario dice\nFeedback-Type: abuse\ny no sé qué es", subject="Feedback"),
    "one passed on": b"From: a@b.example\nSubject: Rv: raro\nContent-Type: multipart/mixed; boundary=C\n\n"
    b"--C\n\nmire\n--C\nContent-Type: message/rfc822\n\n" + complaint(FIELDS) + b"--C--\n",
}


@pytest.mark.parametrize("name", list(COMPLAINTS))
def test_every_form_of_complaint_is_feedback_on_a_mail_of_ours(name: str) -> None:
    found = read(COMPLAINTS[name])

    assert found.kind is Kind.FEEDBACK
    assert found.bounced_message_id == "<77.1@diputacion.example>"


@pytest.mark.parametrize("name", list(NO_COMPLAINTS))
def test_a_person_who_speaks_of_complaints_reports_none(name: str) -> None:
    assert read(NO_COMPLAINTS[name]).kind is Kind.MESSAGE
