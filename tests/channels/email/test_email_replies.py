"""What somebody newly said, above, under and between the quotes of many programs, and words that are no quote."""

import pytest

from channels.email import reply
from tests.channels.email.letters import flat, forms, letter, read

SAID = "Buenos días:\nNo me deja firmar.\n\nUn saludo\nAna"
QUOTE = "Pruebe con otro navegador.\nGracias."
MARKED = "> Pruebe con otro navegador.\n> Gracias."
WROTE = "El mié, 11 nov 2026 a las 9:05, CAU (<cau@d.example>) escribió:"
# Under each subject, what must not get lost.
KEPT = [
    (
        "El 3 de mayo fui al banco.\nAlgo pasa con mi firma\nCAU <cau@d.example> escribió:\n" + MARKED,
        ["banco", "firma"],
    ),
    ("La clave 2 no va\nEn la sede de 2026 tampoco\n" + WROTE + "\n" + MARKED, ["La clave", "tampoco"]),
    ("A las 10:30 probé y nada\nLa pantalla queda en blanco\n\n" + WROTE + "\n" + MARKED, ["10:30", "blanco"]),
    ("En Firefox 130 da error\nCAU <cau@d.example> escribió:\n" + MARKED, ["Firefox"]),
    ("Importes:\n| Año | Importe |\n| 2025 | 100 |\n| 2026 | 120 |\n¿Son correctos?", ["2025", "120"]),
    (WROTE + "\n" + MARKED + "\n\nYa lo probé y nada.", ["Ya lo probé"]),
    (WROTE + "\n> Pruebe con otro navegador.\nNo va\n> Gracias.\nDe nada", ["No va", "De nada"]),
    ("Sus datos:\nNombre: Ana\nFecha: 3/4/2026\nAsunto: baja de padrón\nDe: Coca", ["padrón", "Coca"]),
    (
        "Para: Alcaldía\nDe: Ana Ruiz\nAsunto: obra menor\nFecha: 3/4/2026\n\nSolicito licencia",
        ["Alcaldía", "Solicito"],
    ),
    ("Me escribió Hacienda el 3/11/2026 a las 9:12:\n\nSe le requiere...\n\n¿Qué hago?", ["requiere", "Qué hago"]),
    ("El técnico me escribió el 3/11/2026:\nHay que renovar.\nPero no puedo", ["renovar", "puedo"]),
    ("Pone la sede:\n----------------------\nError 500\n----------------------\nGracias", ["Error 500", "Gracias"]),
    ("No puedo entrar\n\nEnviado desde mi iPhone\n\nPerdón, me olvidaba: soy de Coca.\n", ["Coca"]),
    ("From: Madrid\nTo: Segovia\nDate: 3 May\n\nI need a bus permit", ["bus permit", "Madrid"]),
    ("Ayer 9/11/2026 a las 10:30 Juan Pérez <juan@x.example>:\nme dijo que llamara\nY llamé", ["Y llamé"]),
    ("A la atención de Juan <juan@x.example>:\nruego conteste", ["ruego"]),
    ("Mensaje original:\nno lo tengo, se borró", ["no lo tengo"]),
    ("- El 3/4/2026 pagué -\n-- El 5/4/2026 Ana escribió la queja --\nNada más", ["Nada más", "queja"]),
    ("No puedo entrar\n\n-- \nAna Ruiz\nTel. 600 000 000\n\nPD: soy de Coca", ["Coca", "600"]),
]
OWN_LISTS = [
    "Hago esto:\n> Entrar en la sede\n> Pulsar firmar\nY sale error",
    "Según la página:\n\n> 50 trabajadores: modelo A\n> 100 trabajadores: modelo B\n\n¿cuál es el mío?",
]


@pytest.mark.parametrize("introduction", forms("quotes.txt"))
def test_every_program_s_quote_is_left_out_however_it_is_spaced(introduction: str) -> None:
    head = introduction.replace("|", "\n")
    picture = "\n\n[image: image.png]" if introduction.startswith("[image") else ""
    for between in ("\n", "\n\n"):
        for quote in (QUOTE, MARKED):
            said = reply.newly_said(f"{SAID}{between}{head}{between}{quote}\n")
            assert flat(said) == flat(SAID + picture), quote


@pytest.mark.parametrize(("text", "kept"), KEPT)
def test_no_word_of_the_customer_is_lost(text: str, kept: list[str]) -> None:
    said = read(letter(text)).reply

    assert [words for words in kept if words not in said] == []


@pytest.mark.parametrize("sign", ["", "> ", "* "])
def test_the_line_above_which_to_answer_is_known_in_whatever_language_by_its_signs(sign: str) -> None:
    text = f"Xa vai.\n\n{sign}## Escriba a súa resposta por riba desta raia ##\n{sign}\n{sign}Probe outra vez.\n"

    assert read(letter(text)).reply == "Xa vai."


def test_a_heading_of_one_s_own_is_no_such_line_in_a_mail_that_answers_none_nor_a_short_one_anywhere() -> None:
    heading = "## Datos de la persona interesada ##\nAna Ruiz\nCoca"
    urgent = "Hola\n## MUY URGENTE ##\nNo firma"

    assert read(letter(heading, subject="Alta en el padrón")).reply == heading
    assert read(letter(urgent)).reply == urgent


@pytest.mark.parametrize("text", OWN_LISTS)
def test_a_list_of_one_s_own_is_no_quote_in_a_mail_that_answers_none(text: str) -> None:
    assert read(letter(text, subject="Error al firmar")).reply == text
    assert "Pulsar" not in read(letter(text, subject="Re: Error al firmar")).reply
