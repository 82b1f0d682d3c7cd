"""The many ways in which programs introduce a quote or a forward, and words that only look like one."""

import pytest

from channels.email import forward, reply

SAID = "Sigue sin funcionar.\n\nSaludos, Ana"
ANSWER = "Buenos días:\nPruebe otra vez."
ATTRIBUTIONS = """\
El lun., 9 nov. 2026 a las 10:11, Consultas (<c@d.example>) escribió:
El 09/11/2026 a las 10:11, Consultas escribió:
El 9 nov 2026, a las 10:11, Consultas <c@d.example> escribió:
El lunes, 9 de noviembre de 2026, Consultas escribió:
Consultas <c@d.example> escribió el lun., 9 nov. 2026 a las 10:11:
Consultas ha escrito el 09/11/2026 a las 10:11:
El 9/11/26 10:11, Consultas ha escrito:
"Consultas" <c@d.example> escribió:
En lunes, 9 de noviembre de 2026, 10:11:00 CET, Consultas <c@d.example> escribió:
---- En lun, 09 nov 2026 10:11:12 +0100 Consultas <c@d.example> escribió ----
Citando a Consultas <c@d.example>:
El dl., 9 de nov. 2026, 10:11, Consultas <c@d.example> va escriure:
O luns, 9 nov 2026 ás 10:11, Consultas (<c@d.example>) escribiu:
Consultas <c@d.example> igorleak hau idatzi du (2026 aza. 9, al. 10:11):
Em seg., 9 de nov. de 2026 às 10:11, Consultas <c@d.example> escreveu:
Le lun. 9 nov. 2026 à 10:11, Consultas <c@d.example> a écrit :
On Mon, Nov 9, 2026 at 10:11 AM Consultas <c@d.example> wrote:
2026-11-09 10:11 GMT+01:00 Consultas <c@d.example>:
----- Mensaje original -----
## Escriba su respuesta por encima de esta línea ##
El lun, 9 nov 2026 a las 10:11, Consultas de la Diputación Provincial (<|consultas@d.example>) escribió:
El 9 nov 2026, a las 10:11, Consultas|<c@d.example> escribió:
De: Consultas <c@d.example>|Enviado el: lunes, 9 de noviembre de 2026 10:11|Para: Ana|Asunto: Re: x
*De:* Consultas <c@d.example>|*Enviado:* lunes, 9 de noviembre de 2026 10:11|*Para:* Ana|*Asunto:* Re: x
________________________________|De: Consultas|Enviado: lunes, 9 de noviembre de 2026 10:11|Para: Ana|Asunto: Re: x
-----Mensaje original-----|De: Consultas [mailto:c@d.example]|Enviado el: lunes|Para: Ana|Asunto: Re: x
-------- Mensaje original --------|De: Consultas <c@d.example>|Fecha: 9/11/26 10:11 (GMT+01:00)|A: a@b.example|Asunto: x
-------- Missatge original --------|De: X <c@d.example>|Data: 9/11/26|Per a: a@b.example|Assumpte: x
""".splitlines()
PROSE = [
    "El 3 de mayo de 2026 mi vecino escribió al alcalde y nadie contestó.\nEspero respuesta.",
    "El 4/5/2026 el ayuntamiento escribió:\nfalta la firma\n¿Qué hago?",
    "Mis datos son:\nNombre: Ana\nDe: Segovia\nA: Madrid\nGracias",
    "Fecha: 3 de mayo\nAsunto: obra\nPara: el ayuntamiento\nQuiero una licencia",
    "Para: Alcalde\nDe: Ana López\nBuenos días, pido cita.\nGracias",
    "Me llamo Ana. Mi correo es ana@x.example:\nescríbanme ahí",
    "> 50 años tengo ya\ny no sé hacerlo",
    'La secretaria escribió:\n"no procede"\ny ya está',
    "Enviado desde mi casa, que no tengo otro ordenador.",
    "Le reenvío el mensaje original de la sede:\nerror 500",
]

COMMENT = "Os paso esto.\n\nUn saludo,\n--\nMarta Ruiz\nAyuntamiento de X\nmarta@ayto.example\nHorario: de 9 a 14"
WORDS = "Hola, no puedo firmar.\n\nUn saludo,\nLuis Gil\nTel. 600 000 000"
BLOCKS = """\
De: Luis Gil [mailto:luis@gil.example] |Enviado el: lunes, 9 de noviembre de 2026 9:41|Para: a@x.example|Asunto: No firma
-----Mensaje original-----|De: Luis Gil [mailto:luis@gil.example]|Enviado el: lunes, 9 de noviembre de 2026 9:41|Para: a@x.example|Asunto: No firma|Importancia: Alta
________________________________|De: Luis Gil <luis@gil.example>|Enviado: lunes, 9 de noviembre de 2026 9:41|Para: A <a@x.example>|Asunto: No firma
________________________________|From: Luis Gil <luis@gil.example>|Sent: Monday, November 9, 2026 9:41 AM|To: A <a@x.example>|Subject: No firma
---------- Forwarded message ---------|De: Luis Gil <luis@gil.example>|Date: lun, 9 nov 2026 a las 9:41|Subject: No firma|To: <a@x.example>
---------- Mensaje reenviado ----------|De: Luis Gil <luis@gil.example>|Fecha: 9 de noviembre de 2026, 9:41|Asunto: No firma|Para: a@x.example
-------- Mensaje reenviado --------|Asunto: No firma|Fecha: Mon, 9 Nov 2026 09:41:00 +0100|De: Luis Gil <luis@gil.example>|Responder a: luis@gil.example|Para: a@x.example
Inicio del mensaje reenviado:||De: Luis Gil <luis@gil.example>|Asunto: No firma|Fecha: 9 de noviembre de 2026, 9:41:00 CET|Para: a@x.example
-------- Mensaje original --------|De: Luis Gil <luis@gil.example>|Fecha: 9/11/26 9:41 (GMT+01:00)|A: a@x.example|Asunto: No firma
----- Reenviado por Marta Ruiz/AYTO el 09/11/2026 09:50 -----||De: Luis Gil <luis@gil.example>|Para: a@x.example|Fecha: 09/11/2026 09:41|Asunto: No firma
-------- Mensaje original --------|Asunto: No firma|Fecha: 2026-11-09 09:41|Remitente: Luis Gil <luis@gil.example>|Destinatario: a@x.example
*De:* Luis Gil <luis@gil.example>|*Enviado el:* lunes, 9 de noviembre de 2026 9:41|*Para:* a@x.example|*Asunto:* No firma
De: Luis Gil <luis@gil.example<mailto:luis@gil.example>>|Enviado: lunes, 9 de noviembre de 2026 9:41|Para: a@x.example|Asunto: No firma
> De: Luis Gil <luis@gil.example>|> Enviado: lunes, 9 de noviembre de 2026 9:41|> Para: a@x.example|> Asunto: No firma
""".splitlines()  # noqa: E501  # A block is easier to compare with others on one line.


@pytest.mark.parametrize("introduction", ATTRIBUTIONS)
@pytest.mark.parametrize("quote", [ANSWER, "> " + ANSWER.replace("\n", "\n> ")])
def test_what_a_program_quotes_is_left_out(introduction: str, quote: str) -> None:
    text = f"{SAID}\n\n{introduction.replace('|', chr(10))}\n\n{quote}\n"

    assert reply.newly_said(text) == SAID


@pytest.mark.parametrize("words", PROSE)
def test_words_that_look_like_a_quote_are_kept(words: str) -> None:
    assert reply.newly_said(words) == words


@pytest.mark.parametrize("words", PROSE)
def test_words_that_look_like_a_forward_are_none(words: str) -> None:
    assert forward.find(words, subject="Consulta", is_reply=False) is None


def test_answers_between_the_lines_are_kept() -> None:
    text = "Consultas <c@d.example> escribió:\n> ¿Municipio?\nCoca\n> ¿Navegador?\nFirefox\n"

    assert reply.newly_said(text) == "Coca\n\nFirefox"


def test_words_under_an_unmarked_quote_are_not_lost() -> None:
    text = "El lun., 9 nov. 2026 a las 10:11, Consultas <c@d.example> escribió:\n\n¿Municipio?\n\nSoy de Coca.\n"

    assert "Soy de Coca." in reply.newly_said(text)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("subject", ["RV: No firma", "Fwd: No firma", "Consulta de un vecino"])
def test_a_forward_under_a_signature_is_read_whole(block: str, subject: str) -> None:
    quoted = block.startswith(">")
    words = "\n".join(f"> {line}" for line in WORDS.split("\n")) if quoted else WORDS
    text = f"{COMMENT}\n\n{block.replace('|', chr(10))}\n{'>' if quoted else ''}\n{words}\n"
    found = forward.find(text, subject=subject, is_reply=False)

    assert found is not None
    assert found.sender is not None
    assert (found.sender.address, found.sender.name) == ("luis@gil.example", "Luis Gil")
    assert (found.subject, found.text, found.comment) == ("No firma", WORDS, COMMENT)
    assert found.date is not None
    assert f"{found.date:%d %H:%M}" == "09 08:41"


def test_the_block_under_a_reply_is_no_forward() -> None:
    text = f"{SAID}\n\n{BLOCKS[0].replace('|', chr(10))}\n\n{WORDS}\n"

    assert forward.find(text, subject="RE: No firma", is_reply=False) is None
    assert forward.find(text, subject="No firma", is_reply=True) is None


@pytest.mark.parametrize("above", ["-----Mensaje original-----\n\n", "> "])
def test_a_forward_within_the_quote_of_a_reply_is_not_this_one(above: str) -> None:
    text = f"{SAID}\n\n{above}---------- Mensaje reenviado ----------\n{BLOCKS[0].replace('|', chr(10))}\n\n{WORDS}\n"

    assert forward.find(text, subject="Re: No firma", is_reply=True) is None
