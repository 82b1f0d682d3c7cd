"""What each rule promises, through the one door of triage."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.books import Body, Books
from triage.enquiry import Enquiry
from triage.places import Place, Places
from triage.policy import RULES, decide, pressing
from triage.verdict import Verdict

DIRECTORY = {"itv": Body(key="itv", name="la ITV", words=("itv", "inspección técnica"))}
BOOKS = Books(places=Places((Place(ine="90001", name="Aldeaguas"),)), directory=DIRECTORY)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def verdict(text: str, **more: Any) -> Verdict:
    return decide(Enquiry(**{"channel": "whatsapp", "received_at": MONDAY, "text": text, **more}), BOOKS)


@pytest.mark.parametrize(
    "text", ["gracias!!", "Muchas gracias, ya está", "👍👍", "ok perfecto", "vale mil gracias majos", "[sticker]"]
)
def test_courtesy_asks_nothing_and_can_wait(text: str) -> None:
    told = verdict(text)

    assert (told.courtesy, told.priority) == (True, "P4")


@pytest.mark.parametrize("text", ["gracias pero sigue sin ir", "hola", "ok, ¿y ahora dónde firmo?", "[foto]", "????"])
def test_a_question_or_a_greeting_is_no_courtesy(text: str) -> None:
    assert not verdict(text).courtesy


@pytest.mark.parametrize(("text", "choice"), [("1", 1), ("Sí.", 1), ("2", 2), ("no", 2), ("no me deja entrar", None)])
def test_a_bare_answer_is_a_choice(text: str, choice: int | None) -> None:
    assert verdict(text).choice == choice


@pytest.mark.parametrize(("text", "stop"), [("BAJA", True), ("stop", True), ("quiero darme de baja del padrón", False)])
def test_stop_counts_only_alone(text: str, stop: bool) -> None:
    assert verdict(text).stop is stop


@pytest.mark.parametrize(
    "text", ["mi madre no respira", "hay un incendio en el monte y llamas", "me está amenazando con un cuchillo"]
)
def test_danger_to_life_is_first_of_all(text: str) -> None:
    told = verdict(text)

    assert (told.emergency, told.priority) == (True, "P1")
    assert "emergency" in told.withheld


@pytest.mark.parametrize(
    "text",
    [
        "me muero de risa con la web",
        "me da un infarto con tanto papel",
        "socorro, no me deja firmar",
        "estoy atrapada en un bucle al entrar en la sede",
        "se ahoga uno en papeles",
        "no quiero vivir esto otra vez, llevo tres horas con la firma",
        "la web se ha caído y no se levanta",
        "un permiso para quemar la poda de la finca",
        "me quiero morir, he borrado el certificado",
    ],
)
def test_a_jest_of_life_and_death_is_no_danger(text: str) -> None:
    assert not verdict(text).emergency


@pytest.mark.parametrize(
    "text",
    [
        "me quiero morir",
        "mi vecina pide auxilio",
        "hay un hombre tirado en la calle",
        "se ha caido un niño al rio",
        "mi exmarido me persigue con el coche",
        "mi suegro se a caido y no responde",
        "llora y dice que su novio la ha golpeado",
        "me esta entrando agua en casa y hay cables mojados",
        "socorro, mi marido me está pegando y no me deja entrar en la sede de los juzgados",
    ],
)
def test_danger_is_seen_in_the_words_of_frightened_people(text: str) -> None:
    assert verdict(text).emergency


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Sugiero que pongan letra más grande en la web", "P4"),
        ("no corre prisa, ¿cómo instalo autofirma?", "P4"),
        ("corre prisa, no puedo firmar", "P2"),
    ],
)
def test_haste_is_told_from_its_denial(text: str, level: str) -> None:
    assert verdict(text).priority == level


def test_a_literal_code_decides_the_category() -> None:
    told = verdict("me sale SAF_03 al echar la solicitud")

    assert told.category == "autofirma"
    assert "saf_03" in (told.why("category") or "")


@pytest.mark.parametrize(
    "text",
    [
        "no puedo firmar y hay un plazo para presentarlo",
        "se acaba el término para contestar en la sede de Aldeaguas",
        "la notificación caduca y no consigo abrirla",
    ],
)
def test_an_end_without_its_date_is_asked_for_before_anything_else(text: str) -> None:
    assert verdict(text).ask == "deadline"


@pytest.mark.parametrize(
    "text",
    [
        "me han mandado un requerimiento para que aporte los planos en diez días y no encuentro dónde se suben",
        "me dan 10 dias pa subsanar, como subo el papel",
        "me quedan solo 3 días, ¿dónde está la instancia general?",
    ],
)
def test_who_says_how_many_days_are_left_is_not_answered_by_a_machine_alone(text: str) -> None:
    told = verdict(text)

    assert "deadline" in told.withheld and (told.deadline is not None or told.ask == "deadline")


def test_days_that_are_over_are_no_end() -> None:
    assert verdict("hace diez dias que instalé AutoFirma y no me conecta").withheld == ()


def test_urgency_without_a_date_is_asked_for_its_date() -> None:
    told = verdict("es urgente, se me pasa el plazo de la ayuda de Aldeaguas")

    assert (told.priority, told.ask) == ("P2", "deadline")


def test_papers_handed_over_are_a_filing_and_never_answered_alone() -> None:
    told = verdict(
        "Adjunto la solicitud firmada para que la registren y me den el número", attachments=("solicitud.pdf",)
    )

    assert told.filing and told.priority == "P2" and "filing" in told.withheld


def test_who_files_by_message_has_business_with_the_town_hall() -> None:
    told = verdict("Por la presente solicito que retiren el nido de la torre. Ruego acuse de recibo.")

    assert (told.filing, told.category == "otros-no-competencia") == (True, False)


def test_a_picture_of_an_error_is_no_filing() -> None:
    told = verdict("Adjunto captura: no me deja enviar la instancia, ¿qué hago?", attachments=("captura.png",))

    assert not told.filing


@pytest.mark.parametrize(
    "text",
    [
        "la factura la mandé por FACe y la han rechazado, adjunto el mensaje",
        "Adjunto el documento que quiero firmar pero Autofirma no lo abre",
    ],
)
def test_what_was_filed_elsewhere_or_does_not_open_is_not_handed_over(text: str) -> None:
    assert not verdict(text, attachments=("documento.pdf",)).filing


@pytest.mark.parametrize("whom", ["a nadie le funciona", "a todas las compañeras igual", "y en 4 puestos distintos"])
def test_a_sede_that_is_down_for_several_is_first(whom: str) -> None:
    told = verdict(f"la sede está caída, {whom}")

    assert (told.category, told.priority) == ("incidencia-sede", "P1")


def test_another_bodys_business_names_that_body() -> None:
    told = verdict("me caduca la ITV del coche y no hay cita")

    assert (told.category, told.out_of_scope) == ("otros-no-competencia", "itv")
    assert "other-body" in told.withheld


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bonjour, je ne peux pas ouvrir la notification de la mairie", "fr"),
        ("Hello, I can't sign the application with my certificate", "en"),
        ("Bon dia, no puc signar la sol·licitud i avui s'acaba el termini", "ca"),
        ("Ola, non podo asinar a solicitude na sede do concello", "gl"),
        ("Egun on, ezin dut eskaera sinatu", "eu"),
        ("Bună ziua, nu pot să semnez cererea la primărie", "ro"),
        ("Здравейте, не мога да вляза в системата", "bg"),
        ("مرحبا، لا أستطيع الدخول إلى الموقع", "ar"),
        ("q ago si no me entra en la sede", "es"),
        ("error 403 forbidden en chrome", "es"),
    ],
)
def test_a_language_is_known_by_its_script_and_small_words(text: str, language: str) -> None:
    assert verdict(text).language == language


@pytest.mark.parametrize(
    ("text", "files", "kinds"),
    [
        ("mi dni es 12345678Z", (), ("dni",)),
        ("mi nie X1234567L", (), ("dni",)),
        ("la cuenta es ES91 2100 0418 4502 0005 1332", (), ("iban",)),
        ("la contraseña es Perro1234", (), ("password",)),
        ("os mando el certificado", ("mio.p12",), ("private_key",)),
        ("el expediente 12345678A no sale", (), ()),
        ("la contraseña es incorrecta", (), ()),
    ],
)
def test_what_should_not_travel_is_named_by_kind(text: str, files: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    told = verdict(text, attachments=files)

    assert told.sensitive == kinds
    assert not any("12345678" in one.reason or "Perro" in one.reason for one in told.findings)


@pytest.mark.parametrize(
    "text", ["Gana 500 euros al día desde casa sin experiencia", "Respuesta automática: fuera de la oficina"]
)
def test_advertising_and_machines_are_junk(text: str) -> None:
    assert verdict(text).junk


def test_a_clerk_who_asks_for_herself_is_staff() -> None:
    assert verdict("soy la secretaria del ayuntamiento y no me deja firmar los decretos").staff


@pytest.mark.parametrize(("text", "now"), [("hoy acaba el plazo", True), ("no respira", True), ("hola", False)])
def test_only_danger_and_ends_at_hand_press(text: str, now: bool) -> None:
    assert pressing(text) is now


def test_every_finding_has_a_reason() -> None:
    told = verdict("mañana acaba el plazo y AutoFirma dice SAF_03 en la sede de Aldeaguas")

    assert told.findings and all(one.reason and one.rule for one in told.findings)


def test_the_order_of_the_rules_is_the_one_that_technicians_use() -> None:
    names = [rule.__name__ for rule in RULES]

    assert names.index("emergency") < names.index("category") < names.index("deadline") < names.index("priority")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400), st.none() | st.text(max_size=60), st.lists(st.text(max_size=20), max_size=2))
def test_no_text_whatever_makes_it_fail(text: str, subject: str | None, files: list[str]) -> None:
    told = verdict(text, subject=subject, attachments=tuple(files))

    assert told.priority in {"P1", "P2", "P3", "P4"} and 0 <= told.category_confidence <= 1
