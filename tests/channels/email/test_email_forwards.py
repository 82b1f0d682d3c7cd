"""The citizen inside a forward of every program, with a clerk's signature above it or not; and mails that are none."""

from email.message import EmailMessage

import pytest

from channels.message import Forwarded
from tests.channels.email.letters import FORMS, flat, forms, letter, read

CLERK = "Marta <marta@coca.example>"
WORDS = "Buenas tardes, no encuentro el recibo.\n\nGracias,\nEva Sanz\n600 111 222"
SIGNED = "Un saludo,\nMarta\n--\nAyuntamiento de Coca\nTfno: 921 000 000\nE-mail: marta@coca.example"
ANSWERED = (
    "De: CAU <cau@d.example>\nEnviado el: miércoles, 11 de noviembre de 2026 9:05\n"
    "Para: ana@x.example\nAsunto: Recibo\n\nBuenos días, pruebe así."
)
# Subject, words, the mail that it answers.
NONE = [
    ("Re: Recibo", f"Gracias, ya va\n\n{ANSWERED}", ""),
    ("RE: Fwd: Recibo", f"Gracias\n\n{ANSWERED}", ""),
    ("Recibo", f"Gracias\n\n{ANSWERED}", "<a@d.example>"),
    ("Re: Recibo", f"Gracias\n\n-----Mensaje original-----\n{ANSWERED}", ""),
    ("SV: Recibo", f"Gracias\n\n{ANSWERED}", ""),
    ("Respuesta: Recibo", f"Gracias\n\n{ANSWERED}", "<a@d.example>"),
    ("RE: RV: Recibo", f"Vale\n\n________________________________\n{ANSWERED}", "<a@d.example>"),
    ("Consulta", "De: Segovia\nA: Coca\nFecha: 3 de mayo\n¿hay autobús?", ""),
    ("Consulta", "Datos\nPara: Alcaldía\nDe: Ana Ruiz\nAsunto: obra menor\nFecha: 3/4/2026\n\nSolicito licencia", ""),
    ("Consulta", "¿Pueden reenviarme el mensaje reenviado?\nGracias", ""),
    ("Consulta", "Adjunto mensaje reenviado:\n\nno sé abrirlo", ""),
    ("Rv: cita", "¿Puedo cambiar la cita?", ""),
    ("RV: no puedo", "El 3 de mayo el alcalde escribió:\nno procede", ""),
    ("Consulta", "Tengo este error:\nFrom: localhost\nTo: server\nSubject: none\nconnection refused", ""),
]


def is_eva_s(found: Forwarded | None, *, words: str, comment: str) -> bool:
    """Whether it is the forward that all these forms tell of."""
    assert found is not None
    assert found.sender is not None
    assert found.date is not None
    assert (found.sender.address, found.subject, flat(found.text)) == ("eva@sanz.example", "Recibo", flat(words))
    assert found.sender.name in {"Eva Sanz", "Sanz, Eva"}
    assert flat(found.comment) == flat(comment)
    return f"{found.date:%d %H:%M}" == "10 08:41"


@pytest.mark.parametrize("block", forms("forwards.txt"))
def test_every_program_s_forward_is_read_whole(block: str) -> None:
    head = block.replace("|", "\n")
    words = "\n".join(f"> {line}" for line in WORDS.split("\n")) if "\n> De" in head else WORDS
    device = head.split("\n")[0] if head.startswith(("Enviado desde", "Obtener")) else ""
    for subject in ("RV: Recibo", "Fwd: Recibo", "Reenvío: Recibo", "Un vecino no encuentra el recibo"):
        for comment in ("", SIGNED):
            text = f"{comment}\n\n{head}\n\n{words}\n".lstrip()
            found = read(letter(text, subject=subject, sender=CLERK)).forwarded
            assert is_eva_s(found, words=WORDS, comment=f"{comment} {device}"), subject


@pytest.mark.parametrize("path", sorted(FORMS.glob("*.html")), ids=lambda path: path.stem)
def test_a_forward_in_html_alone_is_read_whole(path: object) -> None:
    html = (FORMS / str(path)).read_text(encoding="utf-8")
    found = read(letter(html=html, subject="RV: Recibo", sender=CLERK)).forwarded

    assert found is not None
    device = flat(found.comment).removeprefix("Os paso esto. Marta marta@coca.example").strip()
    assert device in {"", "Enviado desde mi iPhone", "Obtener Outlook para iOS"}
    assert found.sure
    assert is_eva_s(found, words="No encuentro el recibo. Eva", comment=found.comment)


@pytest.mark.parametrize("name", ["owa", "outlook_desktop", "outlook_mailto", "zimbra", "roundcube", "bigtable"])
def test_the_same_block_under_a_reply_in_html_is_a_quote(name: str) -> None:
    html = (FORMS / f"{name}.html").read_text(encoding="utf-8")
    found = read(letter(html=html, subject="RE: Recibo", in_reply_to="<a@d.example>"))

    assert found.forwarded is None
    assert flat(found.reply) == "Os paso esto. Marta marta@coca.example"


@pytest.mark.parametrize(("subject", "text", "answers"), NONE)
def test_no_forward_is_seen_where_there_is_none(subject: str, text: str, answers: str) -> None:
    mail = letter(text, subject=subject, **({"in_reply_to": answers} if answers else {}))

    assert read(mail).forwarded is None


def eva() -> EmailMessage:
    """What the citizen wrote, as it would be attached."""
    return letter(WORDS, subject="Recibo", sender="Eva Sanz <eva@sanz.example>", date="Tue, 10 Nov 2026 09:41:00 +0100")


def passed_on(inner: EmailMessage, comment: str, *, by: str, as_file: bool = False) -> EmailMessage:
    """The mail forwarded as an attachment, as some programs do by the file's name alone."""
    mail = letter(comment, subject="RV: Recibo", sender=by, date="Tue, 10 Nov 2026 10:41:00 +0100")
    if as_file:
        mail.add_attachment(inner.as_bytes(), maintype="application", subtype="octet-stream", filename="Recibo.eml")
    else:
        mail.add_attachment(inner)
    return mail


@pytest.mark.parametrize("as_file", [False, True])
def test_a_forward_as_an_attachment_is_opened(as_file: bool) -> None:
    found = read(passed_on(eva(), "Os lo paso", by=CLERK, as_file=as_file))

    assert is_eva_s(found.forwarded, words=WORDS, comment="Os lo paso")
    assert [one.filename for one in found.attachments] == ["Recibo.eml"]


def test_a_forward_attached_within_a_forward_of_the_same_house_is_opened_to_the_citizen() -> None:
    inner = passed_on(eva(), "Marta, míralo", by="Luis <luis@coca.example>")
    found = read(passed_on(inner, "Para vosotros", by=CLERK))

    assert is_eva_s(found.forwarded, words=WORDS, comment="Para vosotros Marta, míralo")


def test_what_a_stranger_passed_on_is_not_opened_further() -> None:
    inner = passed_on(eva(), "Mire", by="Luis <luis@otra.example>")
    found = read(passed_on(inner, "Para vosotros", by=CLERK)).forwarded

    assert found is not None
    assert found.sender is not None
    assert found.sender.address == "luis@otra.example"
