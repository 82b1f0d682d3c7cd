"""What mail programs write, read from samples of their kinds."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.email.parse import parse
from channels.message import Inbound, Kind
from tests.channels.email.letters import letter, read

SAMPLES = Path(__file__).parents[2] / "samples" / "email"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINE = "consultas@diputacion.example"


def sample(name: str, *, authserv_id: str | None = None) -> Inbound:
    """The sample read as the desk reads it."""
    raw = (SAMPLES / f"{name}.eml").read_bytes()
    return parse(raw, line=LINE, received_at=NOW, authserv_id=authserv_id)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("outlook_respuesta_texto", "Sí, ya funciona. Muchas gracias."),
        ("gmail_respuesta", "Hola, me sale lo mismo con Chrome y con Edge.\n¿Puede ser por el antivirus?"),
        ("yahoo_respuesta", "Pues no, tampoco con el otro ordenador."),
        ("thunderbird_respuesta_abajo", "De Cantalpozo, y uso Windows 11.\n\nUn saludo\nPablo"),
        ("imagen_entre_textos", "Esto es lo que me sale:\n\n¿Qué hago ahora?"),
        ("roundcube_respuesta", "Desde Cantalpozo. El error sale también en el móvil.\n\nHipólito"),
        ("zimbra_respuesta", "Ya hemos presentado la factura, gracias."),
        ("horde_respuesta", "Ya la he borrado y sigue saliendo lo mismo."),
        ("respuesta_intercalada", "Windows 10.\n\nFirefox, el último.\n\nGracias"),
    ],
)
def test_a_reply_is_what_was_newly_said(name: str, said: str) -> None:
    found = sample(name)

    assert found.reply == said


def test_a_reply_in_html_alone_is_trimmed_as_well() -> None:
    found = sample("outlook_respuesta_html")

    assert "sigue sin abrirse AutoFirma" in found.reply
    assert "Gestoría Olmedo" in found.reply
    assert "restaurar" not in found.reply
    assert "restaurar" in found.text


def test_the_new_outlook_s_replies_end_at_its_rule() -> None:
    found = sample("outlook_nuevo_respuesta")

    assert found.reply.startswith("Utilizamos Edge, la versión 130.")
    assert found.reply.endswith("Tampoco funciona en otro equipo de la oficina.")
    assert "navegador" in found.text


def test_the_words_of_a_telephone_s_outlook_stay() -> None:
    found = sample("outlook_movil_respuesta")

    assert found.reply.startswith("Vale, mañana lo intento y os digo.")
    assert "certificado renovado" not in found.reply


def test_the_words_above_an_iphone_quote_stay() -> None:
    found = sample("iphone_respuesta")

    assert found.reply.startswith("Sí, es ese error. Se lo mando en foto mañana.")
    assert "213" not in found.reply


@pytest.mark.parametrize(
    ("name", "address", "who", "subject", "hour"),
    [
        ("outlook2016_reenvio", "aurelio.pena@correo.example", "Aurelio Peña", "No puedo firmar la solicitud", 8),
        ("outlook365_reenvio", "rosa.llorente@correo.example", "Rosa Llorente", "Certificado de empadronamiento", 17),
        ("gmail_reenvio", "admin@transportesvega.example", "Transportes Vega SL", "factura electrónica", 12),
        ("thunderbird_reenvio", "felisagil@correo.example", "Felisa Gil", "clave permanente", 18),
        ("apple_reenvio", "tomas.vela@correo.example", "Tomás Vela", "Ayuda con la notificación", 19),
        ("webmail_reenvio", "eusebio@marcos.example", "Eusebio Marcos", "tasa de basuras", 11),
        ("reenvio_adjunto", "julia@casado.example", "Julia Casado", "Duda sobre el padrón", 7),
        ("outlook_nuevo_reenvio", "milagros@yuste.example", "Milagros Yuste", "Licencia de obra menor", 19),
        ("iphone_reenvio", "onesimo@tejedor.example", "Onésimo Tejedor", "Recibo del agua", 20),
        ("roundcube_reenvio", "visi@cubo.example", "Visitación Cubo", "Alta en el censo", 17),
        ("gmail_movil_reenvio", "primi@hoz.example", "Primitiva Hoz", "Cita para el DNI", 18),
        ("reenvio_de_reenvio", "fermin@arce.example", "Fermín Arce", "Padrón", 21),
    ],
)
def test_a_forward_names_who_wrote_first(name: str, address: str, who: str, subject: str, hour: int) -> None:
    found = sample(name).forwarded

    assert found is not None
    assert found.sender is not None
    assert (found.sender.address, found.sender.name, found.subject) == (address, who, subject)
    assert found.date is not None
    assert found.date.hour == hour


@pytest.mark.parametrize(
    ("name", "comment", "begins", "ends"),
    [
        ("outlook365_reenvio", "Nos llega esto, gracias.", "Buenas tardes:", "Rosa"),
        ("gmail_reenvio", "Para vosotros.", "Buenos días, hemos mandado", "Transportes Vega"),
        ("thunderbird_reenvio", "Reenvío lo que nos ha mandado una señora.", "Buenas, se me ha", "Felisa"),
        ("apple_reenvio", "¿Podéis contestarle vosotros?", "Me ha llegado", "Tomás"),
        ("webmail_reenvio", "Buenas, ahí va.\n\n--\nAyuntamiento de Hontanar\nPlaza Mayor, 1", "¿Se puede", "sede?"),
        ("reenvio_adjunto", "Adjunto el correo de la vecina.", "Buenos días, ¿cómo", "internet?"),
        ("outlook_nuevo_reenvio", "Os paso esto, que lleva dos días esperando.", "Buenas tardes, ¿puedo", "Yuste"),
        ("iphone_reenvio", "Esto es para vosotros\n\nEnviado desde mi iPhone", "Hola, no puedo", "Onésimo"),
        ("gmail_movil_reenvio", "Mirad a ver si podéis ayudarle.", "¿Se puede pedir", "internet?"),
        ("reenvio_de_reenvio", "Para vosotros.\n\nMira esto, que no sé qué decirle.", "¿Cómo pido", "Fermín"),
    ],
)
def test_the_comment_of_the_forwarder_stays_apart(name: str, comment: str, begins: str, ends: str) -> None:
    found = sample(name).forwarded

    assert found is not None
    assert found.comment == comment
    assert found.text.startswith(begins)
    assert found.text.endswith(ends)


def test_a_signature_above_a_forward_is_not_taken_for_the_sender() -> None:
    found = sample("outlook2016_reenvio").forwarded

    assert found is not None
    assert found.sure
    assert "marisa@valdehierro.example" in found.comment
    assert "Marisa" not in found.text


def test_a_forward_whose_subject_was_edited_is_seen_but_not_sure() -> None:
    found = sample("outlook365_reenvio").forwarded

    assert found is not None
    assert not found.sure


@pytest.mark.parametrize(
    "name",
    [
        "ausencia_exchange",
        "ausencia_sin_cabeceras",
        "ausencia_postmaster",
        "ausencia_gmail",
        "ausencia_outlook_regla",
        "aviso_de_sede",
    ],
)
def test_a_machine_is_known_as_one(name: str) -> None:
    found = sample(name)

    assert found.kind is Kind.AUTO_REPLY
    assert found.bounced == ()


@pytest.mark.parametrize("name", ["persona_habla_de_respuesta_automatica", "reenvio_automatico_del_ayuntamiento"])
def test_a_person_is_not_taken_for_a_machine(name: str) -> None:
    assert sample(name).kind is Kind.MESSAGE


@pytest.mark.parametrize(
    ("name", "address", "status", "permanent", "returned"),
    [
        ("exchange_no_se_puede_entregar", "herminia@dominio.example", "5.1.10", True, "<51.1@diputacion.example>"),
        ("retraso_postfix", "lento@lejos.example", "4.4.1", False, "<52.1@diputacion.example>"),
        ("rebote_qmail", "nadie@correo.example", "5.1.1", True, "<53.1@diputacion.example>"),
        ("rebote_buzon_lleno", "lleno@proveedor.example", None, True, None),
        ("exchange_entrega_retrasada", "lenta@dominio.example", "4.4.7", False, "<60.2@diputacion.example>"),
        ("exchange365_rechazado", "pagos@grupo.example", "5.7.133", True, "<60.3@diputacion.example>"),
    ],
)
def test_a_bounce_says_who_failed_and_which_mail_came_back(
    name: str, address: str, status: str | None, permanent: bool, returned: str | None
) -> None:
    found = sample(name)

    assert found.kind is Kind.BOUNCE
    assert [(one.address, one.status, one.permanent) for one in found.bounced] == [(address, status, permanent)]
    assert found.bounced_message_id == returned


def test_a_complaint_is_feedback_on_a_mail_of_ours() -> None:
    found = sample("queja_arf")

    assert found.kind is Kind.FEEDBACK
    assert found.bounced_message_id == "<54.1@diputacion.example>"


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("solo_pdf", ["resolución firmada.pdf"]),
        ("smime_firmado", ["smime.p7s"]),
        ("smime_cifrado", ["smime.p7m"]),
        ("winmail", ["Ordenanza fiscal.pdf"]),
        ("cita_calendario", ["invitacion.ics"]),
        ("imagen_entre_textos", ["image0.jpeg"]),
        ("reenvio_adjunto", ["Duda.eml"]),
        ("adjunto_con_nombre_latino", ["escritura de donación.pdf"]),
    ],
)
def test_every_file_is_kept_under_its_name(name: str, files: list[str]) -> None:
    found = sample(name)

    assert [one.filename for one in found.attachments] == files
    assert all(one.content is not None and one.size == len(one.content) > 0 for one in found.attachments)


def test_an_encrypted_mail_says_so() -> None:
    assert "cifrado con S/MIME" in sample("smime_cifrado").text


@pytest.mark.parametrize("name", ["smime_opaco", "smime_opaco_a_trozos"])
def test_a_mail_signed_in_one_block_is_read_and_keeps_the_block(name: str) -> None:
    found = sample(name)

    assert found.text == "Solicito información sobre la licencia."
    assert [one.filename for one in found.attachments] == ["smime.p7m"]


@pytest.mark.parametrize(
    ("name", "signed"),
    [("smime_firmado", True), ("smime_opaco", True), ("smime_cifrado", False), ("gmail_respuesta", False)],
)
def test_a_signature_is_seen_and_said_and_not_believed(name: str, signed: bool) -> None:
    found = sample(name, authserv_id="mx.diputacion.example")

    assert (found.signed, found.authenticated) == (signed, False)


def test_a_signed_mail_that_somebody_passes_on_does_not_make_hers_signed() -> None:
    inner = (SAMPLES / "smime_firmado.eml").read_bytes()
    head = b"From: a@b.example\nSubject: RV: x\nContent-Type: multipart/mixed; boundary=K\n\n--K\n\nhola\n--K\n"
    raw = head + b"Content-Type: message/rfc822\n\n" + inner + b"\n--K--\n"

    assert not parse(raw, line=LINE, received_at=NOW).signed


def test_the_words_of_a_winmail_are_read() -> None:
    assert sample("winmail").text == "Va la ordenanza en el adjunto."


def test_broken_headers_and_charsets_are_read() -> None:
    found = sample("cabeceras_rotas")

    assert found.sender_name == "José Ñuñez"
    assert found.subject == "¿Cuándo abrirá?"
    assert found.text == "El año pasado sí podía."
    assert found.sent_at is None


def test_lines_ended_as_on_old_macs_are_read_without_null_bytes() -> None:
    found = sample("solo_cr")

    assert (found.subject, found.text) == ("Prueba", "Primera.\nSegunda.")


def test_the_token_of_a_plus_address_is_found_as_it_was_written() -> None:
    assert sample("cabeceras_rotas").ticket_token == "AbCd_1234-tok"


def test_the_token_of_the_subject_is_found() -> None:
    assert sample("autenticado").ticket_token == "tok-EN_asunto-99"


@pytest.mark.parametrize(
    ("name", "authserv_id", "vouched"),
    [
        ("autenticado", "mx.diputacion.example", True),
        ("autenticado", None, False),
        ("autenticado", "mx.otro.example", False),
        ("autenticado_por_otro", "mx.diputacion.example", False),
    ],
)
def test_only_the_topmost_stamp_of_our_own_server_vouches(name: str, authserv_id: str | None, vouched: bool) -> None:
    assert sample(name, authserv_id=authserv_id).authenticated is vouched


def test_a_mail_without_an_id_gets_the_same_one_each_time() -> None:
    found, again = sample("sin_message_id"), sample("sin_message_id")

    assert found.external_id == again.external_id
    assert found.external_id.endswith("@unnamed>")


def test_a_table_in_html_becomes_readable_lines() -> None:
    text = sample("aviso_de_sede").text

    assert text.startswith("Tiene una notificación pendiente.")
    assert "Expediente  12/2026" in text


def test_the_same_words_of_two_versions_are_not_repeated() -> None:
    assert sample("gmail_respuesta").text.count("antivirus") == 1


def test_signs_of_markup_that_somebody_writes_about_in_html_are_read_as_they_stand() -> None:
    assert read(letter(html="<p>Pone &amp;lt;b&amp;gt; y AT&amp;T &#38;copy; en la página</p>")).text == (
        "Pone &lt;b&gt; y AT&T &copy; en la página"
    )
