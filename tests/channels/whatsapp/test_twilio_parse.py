"""Twilio's forms read into our words: one sample of each sort, and whatever else may come."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.message import Address, Delivery, Inbound, Kind, Receipt
from channels.whatsapp.parse import parse
from tests.servers.twilio_account import NUMBER, SERVICE

SAMPLES = Path(__file__).parents[2] / "samples" / "whatsapp"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.form"))
PHONE = Address(channel="whatsapp", address="+34600111222", kind="phone")
BSUID = Address(channel="whatsapp", address="ES.12ab34cd56ef", kind="bsuid")


def sample(name: str, line: str = NUMBER) -> tuple[Inbound | Receipt, ...]:
    return parse((SAMPLES / f"{name}.form").read_bytes(), line=line)


def message(name: str) -> Inbound:
    (read,) = sample(name)
    assert isinstance(read, Inbound)
    return read


def news(name: str) -> Receipt:
    (read,) = sample(name)
    assert isinstance(read, Receipt)
    return read


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("text", "Buenos días, ¿cómo pido cita para el padrón?\nGracias 🙂"),
        ("photo", "[foto]\nme sale esta pantalla"),
        ("two_photos", "[foto]\n[foto]"),
        ("voice", "[audio]"),
        ("video", "[vídeo]"),
        ("document", "[documento: Bases convocatoria (2).pdf]"),
        ("document_with_words", "[documento: documento.pdf]\nesto es lo que me llegó"),
        ("contact", "[contacto]"),
        ("sticker", "[sticker]"),
        ("unknown_file", "[documento: documento.bin]"),
        ("location", "[ubicación] Ayuntamiento, Plaza Mayor 1, Villaprueba"),
        ("location_bare", "[ubicación]"),
        ("location_broken", "[ubicación]"),
        ("button", "Ya funciona"),
        ("list", "Padrón"),
        ("reaction", "👍"),
        ("order", "[mensaje de un tipo que no conocemos: order]"),
        ("empty", "[mensaje vacío]"),
        ("flow", "[formulario de WhatsApp]"),
        ("dirty", "Hola, se corta"),
    ],
)
def test_everything_that_comes_is_visible_as_text(name: str, text: str) -> None:
    read = message(name)

    assert read.text == read.reply == text
    assert read.kind is Kind.MESSAGE


def test_a_message_keeps_its_ids_its_sender_and_every_field() -> None:
    read = message("text")

    assert read.external_id == "SM" + f"{1:032x}"
    assert read.line == NUMBER
    assert read.addresses == (PHONE,)
    assert read.sender_name == "Vecina de prueba"
    assert read.sent_at is None
    assert ("NumSegments", "1") in read.original_form
    assert ("Body", " Buenos días, ¿cómo pido cita para el padrón?\nGracias 🙂 ") in read.original_form


@pytest.mark.parametrize(
    ("name", "filenames"),
    [
        ("photo", ["foto.jpg"]),
        ("two_photos", ["foto.jpg", "foto-2.png"]),
        ("voice", ["audio.ogg"]),
        ("video", ["video.mp4"]),
        ("document", ["Bases convocatoria (2).pdf"]),
        ("contact", ["contacto.vcf"]),
        ("sticker", ["sticker.webp"]),
        ("text", []),
    ],
)
def test_a_file_is_named_and_waits_at_its_reference(name: str, filenames: list[str]) -> None:
    attachments = message(name).attachments

    assert [attachment.filename for attachment in attachments] == filenames
    assert all((attachment.reference or "").startswith("https://api.twilio.com/") for attachment in attachments)


def test_a_place_has_degrees_only_if_they_are_degrees() -> None:
    place, broken = message("location").payload, message("location_broken").payload

    assert place is not None
    assert (place.kind, place.latitude, place.longitude) == ("location", 41.1234, -4.0321)
    assert broken is not None
    assert (broken.latitude, broken.longitude) == (None, None)


@pytest.mark.parametrize(
    ("name", "kind", "value", "label"),
    [
        ("button", "button", "solved-1", "Ya funciona"),
        ("list", "list", "padron", "Padrón"),
        ("reaction", "reaction", "👍", None),
    ],
)
def test_what_was_pressed_is_kept_beside_the_words(name: str, kind: str, value: str, label: str | None) -> None:
    payload = message(name).payload

    assert payload is not None
    assert (payload.kind, payload.value, payload.label) == (kind, value, label)


def test_the_quoted_message_is_named() -> None:
    assert message("button").quoted == message("reaction").quoted == "SM" + "9" * 32
    assert message("text").quoted is None


@pytest.mark.parametrize(("name", "was"), [("forwarded", True), ("often_forwarded", True), ("text", False)])
def test_a_forwarded_message_is_marked(name: str, was: bool) -> None:
    assert message(name).was_forwarded is was


def test_a_hidden_phone_leaves_the_business_scoped_id() -> None:
    read = message("hidden_phone")

    assert read.addresses == (BSUID,)
    assert read.sender_name == "vecina_sin_telefono"


def test_phone_and_business_scoped_id_come_together_phone_first() -> None:
    assert message("phone_and_bsuid").addresses == (PHONE, BSUID)


def test_an_advert_s_fields_are_kept() -> None:
    assert ("ReferralSourceUrl", "https://example.es/cartel") in message("advert").original_form


def test_a_messaging_service_is_one_line_for_all_its_numbers() -> None:
    (read,) = sample("text", line=SERVICE)

    assert isinstance(read, Inbound)
    assert read.line == SERVICE


def test_a_message_of_nobody_is_unreadable_but_shown() -> None:
    read = message("without_sender")

    assert read.kind is Kind.UNREADABLE
    assert read.text == "¿Quién soy?"


def test_bytes_that_are_no_utf8_do_not_reach_the_database_as_lone_surrogates() -> None:
    read = message("not_utf8")

    assert read.text.startswith("ma")
    assert read.text.encode("utf-8")


def test_a_fetched_form_carries_the_moment_of_the_message() -> None:
    raw = urlencode(
        {"MessageSid": "SM1", "From": "whatsapp:+34600111222", "VentanillaDateCreated": "2026-11-20T09:00Z"}
    )
    (read,) = parse(raw.encode(), line=NUMBER)

    assert isinstance(read, Inbound)
    assert read.sent_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize("name", ["status_queued", "status_sending"])
def test_a_status_that_says_nothing_new_is_ignored(name: str) -> None:
    assert sample(name) == ()


@pytest.mark.parametrize(
    ("name", "delivery"),
    [
        ("status_sent", Delivery.SENT),
        ("status_delivered", Delivery.DELIVERED),
        ("status_read", Delivery.READ),
        ("status_failed", Delivery.FAILED),
        ("status_undelivered", Delivery.FAILED),
    ],
)
def test_a_callback_is_a_receipt(name: str, delivery: Delivery) -> None:
    read = news(name)

    assert read.delivery is delivery
    assert read.external_id == "SM" + "9" * 32


def test_a_failure_says_why_in_spanish_and_brings_our_key_back() -> None:
    read = news("status_failed")

    assert read.code == "63016"
    assert "24 horas" in (read.reason or "")
    assert read.outbound_key == 81
    assert "99999" in (news("status_undelivered").reason or "")


def test_only_the_last_key_counts_since_it_is_the_one_that_we_appended() -> None:
    raw = "MessageSid=SM1&MessageStatus=sent&VentanillaKey=7-1&VentanillaKey=81-1"
    (read,) = parse(raw.encode(), line=NUMBER)

    assert isinstance(read, Receipt)
    assert read.outbound_key == 81


@pytest.mark.parametrize("key", ["81", "-1", "a-1", "81-", "9" * 40 + "-1", ""])
def test_a_key_that_is_not_ours_is_no_key(key: str) -> None:
    (read,) = parse(f"MessageSid=SM1&MessageStatus=sent&VentanillaKey={key}".encode(), line=NUMBER)

    assert isinstance(read, Receipt)
    assert read.outbound_key is None


# A machine that is busy with other things is slow, not wrong.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def storable(read: Inbound | Receipt) -> bool:
    return "\x00" not in repr(read) and bool(repr(read).encode("utf-8"))


@patient
@given(st.binary(max_size=400))
def test_no_bytes_make_parse_raise(raw: bytes) -> None:
    read = parse(raw, line=NUMBER)

    assert len(read) <= 1
    assert all(storable(one) for one in read)


FIELDS = [
    "MessageSid",
    "SmsSid",
    "MessageStatus",
    "SmsStatus",
    "From",
    "To",
    "ExternalUserId",
    "Body",
    "NumMedia",
    "MediaUrl0",
    "MediaUrl7",
    "MediaUrl999",
    "MediaContentType0",
    "MediaContentType7",
    "Latitude",
    "Longitude",
    "Label",
    "Address",
    "ButtonText",
    "ButtonPayload",
    "ListId",
    "ListTitle",
    "MessageType",
    "Forwarded",
    "ErrorCode",
    "VentanillaKey",
    "VentanillaDateCreated",
    "ProfileName",
    "FlowData",
]
VALUES = st.one_of(
    st.text(max_size=40),
    st.floats().map(str),
    st.sampled_from(["", "sent", "failed", "true", "whatsapp:+34600111222", "image/jpeg", "1-1", "a.pdf", "٣-١"]),
)


@patient
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_no_form_makes_parse_raise_and_no_message_is_without_words(fields: dict[str, str]) -> None:
    raw = "&".join(urlencode({name: value.encode("utf-8", "surrogatepass")}) for name, value in fields.items())
    read = parse(raw.encode(), line=NUMBER)

    assert all(storable(one) for one in read)
    assert all(one.text for one in read if isinstance(one, Inbound))


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_reads_the_same_twice(name: str) -> None:
    assert sample(name) == sample(name)
