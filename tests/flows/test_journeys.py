"""The journeys of the people whom this desk is for, from the wire and back, over real servers and processes."""

from email.message import EmailMessage

import pytest
import requests

from tests.flows.desk_process import DeskProcess
from tests.flows.people import Technician, mail
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio

pytestmark = pytest.mark.slow
CITIZEN = "+34600111222"


def whatsapps(twilio: Twilio) -> list[str]:
    """What the desk has sent by WhatsApp, oldest first."""
    return [message.body for message in twilio.sent]


def mails(smtp: Smtp) -> list[EmailMessage]:
    """What the desk has sent by mail, oldest first."""
    return [one.message for one in smtp.received]


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    return part.get_content() if part else ""


def test_a_citizen_on_whatsapp_gets_one_answer_to_a_burst_and_a_person_after_saying_2(
    desk: DeskProcess, twilio: Twilio, technician: Technician
) -> None:
    for words in ("hola", "no se ha podido conectar con autofirma al firmar", "soy de Cantimpalos"):
        assert twilio.incoming(body=words, sender=CITIZEN) == 200
    desk.wait_for(lambda: twilio.sent, "the automatic answer")
    ticket = technician.only_ticket()
    answer = whatsapps(twilio)[0]

    assert ticket["number"] in answer
    assert "responda 1" in answer and "no es presentar" in answer and len(answer) <= 600
    assert len(whatsapps(twilio)) == 1

    assert twilio.incoming(body="2", sender=CITIZEN) == 200
    desk.wait_for(lambda: technician.only_ticket()["status"] == "open", "the ticket to wait for a person")
    technician.reply(ticket["number"], "Buenos días: le llamamos en diez minutos.")
    desk.wait_for(lambda: len(twilio.sent) == 2, "the technician's reply")
    assert twilio.callback(twilio.sent[1].sid, "read") == 204
    desk.wait_for(lambda: technician.said(ticket["number"], "out")[-1]["delivery"] == "read", "the reply to be read")


def test_somebody_whose_term_ends_today_is_told_at_once_what_to_do(
    desk: DeskProcess, twilio: Twilio, technician: Technician
) -> None:
    twilio.incoming(body="no puedo presentar la solicitud en la sede y el plazo acaba hoy", sender=CITIZEN)
    desk.wait_for(lambda: twilio.sent, "the rescue text")

    assert "Si su plazo termina hoy" in whatsapps(twilio)[0]
    assert technician.only_ticket()["priority"] == "P1"


def test_a_company_writes_by_mail_and_its_answer_joins_the_same_ticket(
    desk: DeskProcess, dovecot: Dovecot, smtp: Smtp, technician: Technician
) -> None:
    question = mail(
        "Buenos días:\n\nFACe nos rechaza la factura y no sabemos el código DIR3 del ayuntamiento.",
        sender="Gestiones Ríos <facturas@example.com>",
        subject="Factura 26/118 rechazada",
    )
    question.add_attachment(b"%PDF-1.4 una factura", maintype="application", subtype="pdf", filename="factura.pdf")
    dovecot.deliver(question.as_bytes())
    desk.wait_for(lambda: smtp.received, "the automatic answer")
    first = mails(smtp)[0]
    ticket = technician.only_ticket()

    assert first["In-Reply-To"] == question["Message-ID"]
    assert first["Auto-Submitted"] == "auto-replied"
    assert ticket["number"] in body(first)
    assert [a["filename"] for a in technician.said(ticket["number"], "in")[0]["attachments"]] == ["factura.pdf"]

    dovecot.deliver(
        mail("Seguimos igual.", sender="facturas@example.com", subject="Re: otra cosa", answers=first).as_bytes()
    )
    desk.wait_for(lambda: len(technician.said(ticket["number"], "in")) == 2, "the company's answer")
    technician.reply(ticket["number"], "El código de la oficina contable está en la sede.")
    desk.wait_for(lambda: len(smtp.received) >= 2, "the technician's reply")

    assert len(technician.tickets()) == 1
    assert question["Message-ID"] in mails(smtp)[-1]["References"]
    assert mails(smtp)[-1]["Auto-Submitted"] is None


def test_the_same_mail_twice_is_one_ticket(
    desk: DeskProcess, dovecot: Dovecot, smtp: Smtp, technician: Technician
) -> None:
    question = mail("No me llega el SMS de la clave.", sender="ana@example.com", subject="Clave").as_bytes()
    dovecot.deliver(question)
    dovecot.deliver(
        b"Received: from another.example.es by mx.example.es; Mon, 23 Nov 2026 10:00:00 +0100\r\n" + question
    )
    dovecot.deliver(mail("Otra cosa distinta.", sender="luis@example.com", subject="Padrón").as_bytes())
    desk.wait_for(lambda: len(technician.tickets()) == 2, "both people's tickets")
    desk.wait_for(lambda: requests.get(f"{desk.url}/readyz", timeout=5).json()["oldest_unfiled_s"] == 0, "all filed")

    assert len(technician.tickets()) == 2
    assert len([m for m in mails(smtp) if m["To"] and "ana@" in m["To"]]) <= 1


def test_a_clerk_forwards_and_the_citizen_hears_nothing_of_her_comment(
    desk: DeskProcess, dovecot: Dovecot, smtp: Smtp, technician: Technician
) -> None:
    desk.flask("town-halls", "allow", "40040", "secretaria@aytomuestra.example", "--confirmed")
    forward = mail(
        "Este señor no se aclara, a ver si podéis vosotros.\n\n"
        "---------- Forwarded message ---------\n"
        "De: Eusebio Ramos <eusebio@example.com>\n"
        "Date: lun, 23 nov 2026 a las 9:12\n"
        "Subject: No puedo abrir la notificación\n"
        "To: <ayuntamiento@aytomuestra.example>\n\n"
        "Buenos días, me ha llegado un aviso y no consigo abrir la notificación.\n",
        sender="Secretaría <secretaria@aytomuestra.example>",
        subject="Fwd: No puedo abrir la notificación",
    )
    dovecot.deliver(forward.as_bytes())
    desk.wait_for(lambda: len(smtp.received) >= 2, "a mail to each of them")
    to_citizen = [m for m in mails(smtp) if "eusebio@" in m["To"]]
    to_clerk = [m for m in mails(smtp) if "secretaria@" in m["To"]]
    wire = b"".join(one.raw for one in smtp.received if b"eusebio@" in one.raw[:4000] and b"To: " in one.raw)

    assert len(to_citizen) == len(to_clerk) == 1
    assert "nos ha pasado su consulta" in body(to_citizen[0])
    assert "no se aclara" not in body(to_citizen[0]) and "secretaria@" not in str(to_citizen[0])
    assert str(forward["Message-ID"]).encode() not in wire.split(b"To: ")[1]
    follow = next(word for word in body(to_clerk[0]).split() if "/seguir/" in word)
    page = requests.get(follow, timeout=10)
    assert page.status_code == 200 and "no consigo abrir" not in page.text
    assert technician.only_ticket()["contact"] == "Eusebio Ramos"
