"""A mailbox as a desk meets it: varied senders, short questions, some attachments, some answers to earlier mail."""

import base64
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

QUESTIONS = (
    ("No conecta AutoFirma", "Al firmar la solicitud sale que no se ha podido conectar con AutoFirma y no avanza."),
    ("Aviso de notificación", "Me ha llegado un correo con un aviso de notificación y no sé dónde se abre."),
    ("Código DIR3", "La plataforma rechaza nuestra factura porque faltan los códigos DIR3 del ayuntamiento."),
    ("Certificado caducado", "El certificado digital me caduca dentro de poco y quiero saber cómo se renueva."),
    ("Empadronamiento", "Necesito un volante de empadronamiento y no encuentro el trámite en la sede."),
    ("Clave", "No me llega el mensaje de la clave al teléfono y no puedo entrar."),
    ("Justificante", "Presenté una instancia y no encuentro el justificante de registro con su número."),
    ("Recibo", "Quiero pagar el recibo del agua por internet y no veo cómo se hace."),
)
FILLER = "Hemos probado con dos navegadores y con otro equipo, y el resultado es el mismo en todos los casos. "
ANSWER_EVERY = 10
FILE_EVERY = 10
FILE_SIZE = 100_000


def mails(count: int, seed: int = 7) -> Iterator[bytes]:
    """So many mails of 1 to 3 kB; a tenth with a file of 100 kB, a tenth an answer to an earlier one."""
    dice = random.Random(seed)
    earlier: list[EmailMessage] = []
    for number in range(count):
        answers = dice.choice(earlier) if earlier and number % ANSWER_EVERY == 5 else None
        message = _mail(dice, number, answers)
        if answers is None:
            earlier.append(message)
        if number % FILE_EVERY == 3:
            message.add_attachment(dice.randbytes(FILE_SIZE), maintype="image", subtype="png", filename="captura.png")
        yield message.as_bytes()


def _mail(dice: random.Random, number: int, answers: EmailMessage | None) -> EmailMessage:
    subject, words = dice.choice(QUESTIONS)
    message = EmailMessage()
    message["From"] = answers["From"] if answers else f"Persona {number} <persona{number}@mail{number % 40}.example>"
    message["To"] = "consultas@example.es"
    message["Subject"] = f"Re: {answers['Subject']}" if answers else f"{subject} ({number})"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="bench.example")
    if answers is not None:
        message["In-Reply-To"] = message["References"] = answers["Message-ID"]
    tag = base64.b32encode(dice.randbytes(5)).decode()
    message.set_content(f"Buenos días:\n\n{words} {FILLER * dice.randint(4, 14)}\n\nReferencia {tag}.\n\nUn saludo.\n")
    return message
