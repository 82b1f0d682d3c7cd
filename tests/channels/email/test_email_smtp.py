"""Mail handed to a real SMTP server that answers well, badly, late and never."""

from dataclasses import replace

import pytest

from channels.channel import NoAnswer, NotTaken, Refused
from channels.email.adapter import Email
from channels.email.settings import Server
from channels.email.smtp import Smtp as Outgoing
from channels.message import Attachment, Delivery, Participant
from tests.channels.email.email_channel import email, outbound
from tests.servers.smtp import Smtp


def settings(smtp: Smtp) -> Server:
    """The server as the channel is told of it."""
    host, port = smtp.address
    return Server(host=host, port=port, user="", password="", tls=False, starttls=False)


def test_a_mail_goes_out_with_its_envelope(smtp: Smtp) -> None:
    receipt = email(smtp=smtp.url()).send(outbound(cc=(Participant(address="copia@x.example"),)))

    mail = smtp.received[0]
    assert (receipt.delivery, receipt.external_id, receipt.outbound_key) == (Delivery.SENT, "<7.1@example.es>", 7)
    assert (mail.sender, mail.recipients) == ("consultas@example.es", ("ana@correo.example", "copia@x.example"))
    assert mail.text.replace("\r\n", "\n") == "Buenos días:\n\nPruebe otra vez.\n"


def test_an_address_of_the_message_that_no_server_has_room_for_is_left_out(smtp: Smtp) -> None:
    plus = replace(email(smtp=smtp.url()).settings, envelope="plus")
    for name in ("consultas+m7-0123456789", "consultas.de.la.ciudadania.y.de.sus.empresas.y.vecinos+m7-0123456789"):
        Email(plus).send(outbound(returns_to=f"{name}@example.es"))

    assert [one.sender for one in smtp.received] == ["consultas+m7-0123456789@example.es", "consultas@example.es"]


def test_a_line_that_is_a_dot_ends_nothing(smtp: Smtp) -> None:
    email(smtp=smtp.url()).send(outbound(text="uno\n.\n..dos\n"))

    assert smtp.received[0].text.replace("\r\n", "\n") == "uno\n.\n..dos\n"


def test_we_sign_in_when_the_url_says_so(smtp: Smtp) -> None:
    email(smtp=smtp.url(login=True)).send(outbound())

    assert smtp.received[0].signed_in


def test_a_wrong_password_is_trouble_of_ours_and_not_of_the_message(smtp: Smtp) -> None:
    with pytest.raises(NotTaken, match="usuario o la clave"):
        email(smtp=smtp.url(login=True, password="otra")).send(outbound())


@pytest.mark.parametrize(
    ("reply", "sentence", "code"),
    [
        ("550 5.1.1 no such user", "La dirección no existe", "5.1.1"),
        ("552 5.2.2 mailbox full", "El buzón está lleno", "5.2.2"),
        ("550 5.7.1 blocked", "rechaza nuestros correos", "5.7.1"),
        ("550 user unknown", "La dirección no existe", "550"),
    ],
)
def test_a_permanent_no_is_refused_in_spanish(smtp: Smtp, reply: str, sentence: str, code: str) -> None:
    smtp.answer("rcpt", reply)

    with pytest.raises(Refused, match=sentence) as refusal:
        email(smtp=smtp.url()).send(outbound())
    assert refusal.value.code == code
    assert smtp.received == []


@pytest.mark.parametrize("step", ["connect", "mail", "rcpt", "data", "body"])
def test_a_temporary_no_is_not_taken(smtp: Smtp, step: str) -> None:
    smtp.answer(step, "451 4.3.0 try again later")  # type: ignore[arg-type]  # The names are those of Step.

    with pytest.raises(NotTaken):
        email(smtp=smtp.url()).send(outbound())
    assert smtp.received == []


@pytest.mark.parametrize("step", ["data", "body"])
def test_a_permanent_no_to_the_mail_itself_is_refused(smtp: Smtp, step: str) -> None:
    smtp.answer(step, "554 5.6.0 not that")  # type: ignore[arg-type]  # The names are those of Step.

    with pytest.raises(Refused, match="formato"):
        email(smtp=smtp.url()).send(outbound())


def test_a_refused_copy_does_not_stop_the_mail_and_is_told(smtp: Smtp) -> None:
    smtp.answer("rcpt", "550 5.1.1 no such user", recipient="copia@x.example")
    receipt = email(smtp=smtp.url()).send(outbound(cc=(Participant(address="copia@x.example"),)))

    assert receipt.delivery is Delivery.SENT
    assert "copia@x.example no ha salido: La dirección no existe" in (receipt.reason or "")
    assert smtp.received[0].recipients == ("ana@correo.example",)


@pytest.mark.parametrize("step", ["connect", "ehlo", "mail", "rcpt", "data"])
def test_silence_before_the_mail_is_not_taken(smtp: Smtp, step: str) -> None:
    smtp.hang(step)  # type: ignore[arg-type]  # The names are those of Step.

    with pytest.raises(NotTaken):
        email(smtp=smtp.url(), step=0.3).send(outbound())
    smtp.release()


def test_silence_after_the_mail_is_no_answer(smtp: Smtp) -> None:
    smtp.hang("body")

    with pytest.raises(NoAnswer):
        email(smtp=smtp.url(), step=0.3).send(outbound())
    smtp.release()


@pytest.mark.parametrize("step", ["connect", "ehlo", "mail", "rcpt", "data"])
def test_a_connection_cut_before_the_mail_is_not_taken(smtp: Smtp, step: str) -> None:
    smtp.close_at(step)  # type: ignore[arg-type]  # The names are those of Step.

    with pytest.raises(NotTaken):
        email(smtp=smtp.url()).send(outbound())


def test_a_connection_cut_after_the_mail_is_no_answer(smtp: Smtp) -> None:
    smtp.close_at("body")

    with pytest.raises(NoAnswer):
        email(smtp=smtp.url()).send(outbound())


def test_all_steps_together_have_an_end(smtp: Smtp) -> None:
    with pytest.raises(NotTaken):
        email(smtp=smtp.url(), whole=0).send(outbound())
    assert smtp.received == []


def test_a_server_that_is_down_is_not_taken(smtp: Smtp) -> None:
    smtp.stop()

    with pytest.raises(NotTaken, match="No hay conexión"):
        email(smtp=smtp.url()).send(outbound())


def test_without_encryption_nothing_goes_out_when_it_is_insisted_on(smtp: Smtp) -> None:
    insisting = replace(settings(smtp), starttls=True)

    with pytest.raises(NotTaken, match="conexión cifrada"):
        Outgoing(insisting).send(b"Subject: x\r\n\r\nhola\r\n", sender="a@b.example", to="c@d.example")
    assert smtp.received == []


def test_an_attachment_whose_bytes_are_gone_is_refused(smtp: Smtp) -> None:
    lost = Attachment(filename="plano.pdf", content_type="application/pdf", reference="x")

    with pytest.raises(Refused, match=r"plano\.pdf"):
        email(smtp=smtp.url()).send(outbound(attachments=(lost,)))
