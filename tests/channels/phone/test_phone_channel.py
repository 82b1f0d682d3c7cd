"""Calls noted down: written, read back, and never sent over a wire."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.channel import Forged, Knock, Refused
from channels.message import Address, Inbound, Kind, Outbound
from channels.phone.adapter import Phone
from channels.phone.parse import Call, write

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def heard(call: Call) -> Inbound:
    (read,) = Phone().parse(write(call), NOW)
    assert isinstance(read, Inbound)
    return read


def test_a_call_is_read_back_as_the_caller_s_message() -> None:
    call = Call(
        id="c1",
        at=NOW,
        words="Pregunta por el padrón",
        number="+34600111222",
        typed="600 111 222",
        name="Ana",
        answered_by="Técnica de guardia",
    )
    read = heard(call)

    assert read.external_id == "c1"
    assert read.addresses == (Address(channel="phone", address="+34600111222", kind="phone"),)
    assert (read.sender_name, read.text, read.reply) == ("Ana", "Pregunta por el padrón", "Pregunta por el padrón")
    assert (read.line, read.sent_at) == ("phone", NOW)
    assert ("typed", "600 111 222") in read.original_form
    assert ("answered_by", "Técnica de guardia") in read.original_form


def test_a_short_number_is_an_address_as_typed() -> None:
    assert heard(Call(id="c1", at=NOW, words="x", typed="2045")).addresses[0].address == "2045"


def test_a_caller_may_be_nobody_we_know() -> None:
    read = heard(Call(id="c1", at=NOW, words="No quiso dar su nombre"))

    assert read.kind is Kind.MESSAGE
    assert (read.addresses, read.sender_name) == ((), None)


def test_what_a_database_refuses_is_taken_out() -> None:
    assert heard(Call(id="c1", at=NOW, words="a\x00\ud800b")).text == "ab"


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"id": "c1"}', b'{"id": 7, "words": "x"}', b"\xff", b"[" * 9999])
def test_what_is_no_call_is_unreadable(raw: bytes) -> None:
    (read,) = Phone().parse(raw, NOW)

    assert isinstance(read, Inbound)
    assert read.kind is Kind.UNREADABLE
    assert read.external_id.startswith("sha256:")


@given(st.binary(max_size=200))
def test_no_bytes_make_parse_raise(raw: bytes) -> None:
    assert len(Phone().parse(raw, NOW)) == 1


def test_an_answer_by_telephone_is_made_by_a_person() -> None:
    ana = Address(channel="phone", address="+34600111222", kind="phone")
    answer = Outbound(key=1, attempt=1, channel="phone", line="phone", to=ana, text="Hola", queued_at=NOW)

    with pytest.raises(Refused, match="lo hace una persona"):
        Phone().send(answer)


def test_nothing_is_pushed_to_the_telephone() -> None:
    with pytest.raises(Forged):
        Phone().read(Knock(path="/hooks/phone", query="", headers={}, body=b""))


@pytest.mark.parametrize(("environ", "line"), [({}, "phone"), ({"PHONE_LINE": "+34921000000"}, "+34921000000")])
def test_the_telephone_is_always_there(environ: dict[str, str], line: str) -> None:
    assert Phone.from_env(environ).line == line
