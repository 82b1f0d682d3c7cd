"""Reports of mail that did not arrive, as many servers write them, all about one recipient and one mail of ours."""

from pathlib import Path

import pytest

from channels.message import Kind
from tests.channels.email.letters import LINE, read

REPORTS = sorted((Path(__file__).parents[2] / "samples" / "email" / "reports").glob("*.eml"))
GONE = "pepe@lejos.example"


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_every_server_s_report_says_whom_it_did_not_reach_and_for_how_long(path: Path) -> None:
    raw = path.read_bytes()
    found = read(raw)

    assert found.kind is Kind.BOUNCE
    assert [(one.address, one.permanent) for one in found.bounced] == [(GONE, not path.stem.endswith("_retraso"))]
    assert found.bounced_message_id == ("<77.1@diputacion.example>" if b"<77.1@" in raw else None)


def report(action: str, status: str) -> bytes:
    """A report by its form that says this of the recipient."""
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {LINE}\nSubject: Mail Delivery Report\nAuto-Submitted: auto-replied\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\n\n'
        "--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {GONE}\nAction: {action}\nStatus: {status}\n\n--B--\n"
    ).encode()


@pytest.mark.parametrize("action", ["relayed", "delivered", "expanded"])
def test_a_receipt_that_all_went_well_is_no_bounce(action: str) -> None:
    assert read(report(action, "2.0.0")).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("El buzón del destinatario está lleno", "5.2.2"),
        ("The mailbox is full", "5.2.2"),
        ("ha superado su cuota de correo", "5.2.2"),
        ("Mailbox quota exceeded", "5.2.2"),
        ("550 5.1.1 user unknown", "5.1.1"),
        ("usuario desconocido", "5.1.1"),
        ("550 No such user here", "5.1.1"),
        ("The email account that you tried to reach does not exist", "5.1.1"),
        ("554 rejected by policy", None),
    ],
)
def test_a_full_mailbox_is_told_apart_from_a_dead_address(words: str, status: str | None) -> None:
    said = f"No se ha podido entregar su mensaje a:\n\n{GONE}: {words}\n"
    raw = f"From: MAILER-DAEMON@lejos.example\nTo: {LINE}\nSubject: Returned mail\n\n{said}".encode()

    assert [(one.address, one.status) for one in read(raw).bounced] == [(GONE, status)]


def test_a_mailbox_named_alone_is_one_of_the_reporting_server_s() -> None:
    words = "The message was not delivered to the following user:\n\n    pepe   (no such user)\n"
    raw = f"From: MAILER-DAEMON@lejos.example\nTo: {LINE}\nSubject: Returned mail\n\n{words}".encode()

    assert [one.address for one in read(raw).bounced] == [GONE]


@pytest.mark.parametrize(
    ("sender", "subject", "words"),
    [
        (
            "Ana Ruiz <ana@x.example>",
            "Correo devuelto",
            "Me devuelven lo que mando a registro@coca.example, ¿qué hago?",
        ),
        ("Ana Ruiz <ana@x.example>", "Error en la entrega", "No me llega la notificación a ana@x.example"),
        ("Ana Ruiz <ana@x.example>", "Re: No se puede entregar", f"No he podido entregar la solicitud a {GONE}"),
        ("Postmaster <postmaster@coca.example>", "Configuración del correo", "¿Qué SPF ponemos para enviar?"),
        (
            "Sede <no-reply@sede.example>",
            "Notificación de entrega de su solicitud",
            "Se ha registrado con el número 123.",
        ),
    ],
)
def test_who_writes_about_delivery_has_not_bounced(sender: str, subject: str, words: str) -> None:
    raw = (
        f"From: {sender}\nTo: {LINE}\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{words}\n".encode()
    )

    assert read(raw).kind is Kind.MESSAGE
