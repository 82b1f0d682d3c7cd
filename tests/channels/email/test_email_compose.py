"""The mail that we write, as other programs read it."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from channels.email.compose import compose
from channels.email.parse import parse
from channels.message import Attachment, Automatic, Participant
from tests.channels.email.email_channel import ADDRESS, NOW, outbound


def written(**changes: Any) -> EmailMessage:
    raw = compose(outbound(**changes), address=ADDRESS, name="Consultas de la Diputación")
    return message_from_bytes(raw, policy=policy.default)


def test_the_headers_say_who_writes_to_whom_about_what() -> None:
    mail = written(cc=(Participant(address="b@x.example", name="Bea"),), reply_to="consultas+tok12345@example.es")

    assert str(mail["From"]) == "Consultas de la Diputación <consultas@example.es>"
    assert str(mail["To"]) == "Ana Peña <ana@correo.example>"
    assert str(mail["Cc"]) == "Bea <b@x.example>"
    assert str(mail["Subject"]) == "Re: ¿Cómo firmo?"
    assert str(mail["Reply-To"]) == "consultas+tok12345@example.es"
    assert str(mail["Message-ID"]) == "<7.1@example.es>"
    assert mail["Date"].datetime == NOW


def test_an_attempt_more_is_the_same_mail() -> None:
    again = compose(outbound(attempt=2), address=ADDRESS, name=None)

    assert again == compose(outbound(), address=ADDRESS, name=None)


def test_a_reply_threads_under_the_question_with_ids_kept_whole() -> None:
    long = tuple(f"<{'x' * 150}.{n}@correo.example>" for n in range(40))
    raw = compose(outbound(in_reply_to="<q@x.example>", references=long), address=ADDRESS, name=None)
    found = parse(raw, line="", received_at=NOW)

    assert found.in_reply_to == "<q@x.example>"
    assert len(found.references) == 20
    assert found.references[0] == long[0]
    assert found.references[-2:] == (long[-1], "<q@x.example>")


def test_text_and_html_travel_together_with_files() -> None:
    file = Attachment(filename="guía rápida.pdf", content_type="application/pdf", size=4, content=b"%PDF")
    mail = written(html="<p>Buenos días</p>", attachments=(file,))

    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]
    assert next(mail.iter_attachments()).get_filename() == "guía rápida.pdf"


@pytest.mark.parametrize("how", Automatic)
def test_an_automatic_message_says_how_it_came_about_and_asks_machines_for_silence_but_not_for_that_of_failures(
    how: Automatic,
) -> None:
    mail = written(automatic=how)

    assert mail["Auto-Submitted"] == how
    assert str(mail["X-Auto-Response-Suppress"]).split(", ") == ["DR", "RN", "NRN", "OOF", "AutoReply"]


def test_a_persons_mail_says_nothing_of_the_kind_and_none_is_a_list_s() -> None:
    own = ("Auto-Submitted", "X-Auto-Response-Suppress")
    lists = ("Precedence", "List-Id", "List-Unsubscribe", "List-Post")

    assert [written()[name] for name in (*own, *lists)] == [None] * 6
    assert [written(automatic=Automatic.GENERATED)[name] for name in lists] == [None] * 4


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hola\r\nBcc: otro@malo.example"},
        {"subject": "Hola\nBcc: otro@malo.example\n\ncuerpo"},
        {"to_name": "Ana\r\nBcc: otro@malo.example"},
        {"reply_to": "a@x.example\r\nBcc: otro@malo.example"},
        {"message_id": "<7.1@example.es>\r\nBcc: otro@malo.example"},
        {"in_reply_to": "<q@x>\r\nBcc: otro@malo.example"},
        {"references": ("<q@x>\r\nBcc: otro@malo.example",)},
        {"cc": (Participant(address="a@x.example\r\nBcc: otro@malo.example", name="X\nBcc: otro@malo.example"),)},
        {"subject": "\u2028Bcc: otro@malo.example\x85Bcc: otro@malo.example"},
    ],
)
def test_no_value_can_add_a_header(changes: dict[str, Any]) -> None:
    mail = written(**changes)

    assert mail["Bcc"] is None
    body = mail.get_body(("plain",))
    assert body is not None and body.get_content().startswith("Buenos días:")


def test_long_subjects_and_names_are_read_back_whole() -> None:
    subject = "Solicitud de licencia de obra mayor número 2026/000123 — ampliación de la nave " * 4
    name = 'Peña "El Rincón", S. Coop., de Fuentespina del Páramo'
    raw = compose(outbound(subject=subject, to_name=name), address=ADDRESS, name="Consultas")
    found = parse(raw, line="", received_at=NOW)

    assert found.subject == subject.strip()
    assert found.participants[1].name == name
    assert all(len(line) < 80 for line in raw.splitlines())


def test_addresses_of_foreign_domains_go_out_in_ascii() -> None:
    to = outbound().to
    raw = compose(outbound(to=type(to)(channel="email", address="ana@españa.example", kind="email")),
                  address=ADDRESS, name=None)  # fmt: skip

    assert b"<ana@xn--espaa-rta.example>" in raw
