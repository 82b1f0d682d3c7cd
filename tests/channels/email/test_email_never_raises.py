"""Whatever the bytes are, a mail is read: no exception, no null bytes, no long wait."""

import time
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.email.parse import parse
from channels.message import Inbound, Kind
from tests.channels.email.mutants import SAMPLES, mutants

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUICK = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def read(raw: bytes) -> Inbound:
    return parse(raw, line="consultas@diputacion.example", received_at=NOW)


def sound(found: Inbound) -> bool:
    """What the desk counts on in every message."""
    words = "".join((found.text, found.reply, found.subject or "", found.sender_name or "", found.external_id))
    words.encode("utf-8")
    return bool(found.external_id) and "\x00" not in words and bool(found.addresses or found.kind is not Kind.MESSAGE)


@QUICK
@given(st.binary(max_size=3000))
def test_any_bytes_are_read(raw: bytes) -> None:
    assert sound(read(raw))


@QUICK
@given(st.data())
def test_any_mutation_of_a_sample_is_read(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(SAMPLES)).read_bytes()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 200)))
    put = data.draw(
        st.one_of(st.binary(max_size=60), st.sampled_from([b"\r\n\r\n", b"=?", b"--", b"\x00", b'"', b";"]))
    )

    assert sound(read(raw[:start] + put + raw[end:]))


def sound_and_quick(count: int, seed: int) -> bool:
    """Whether so many mutants are all read, none taking a second."""
    for raw in mutants(count, seed):
        start = time.process_time()
        if not sound(read(raw)) or time.process_time() - start > 1:
            return False
    return True


def test_a_thousand_accidents_are_read() -> None:
    assert sound_and_quick(1000, seed=2)


def test_twenty_thousand_accidents_are_read_within_two_minutes() -> None:
    start = time.process_time()

    assert sound_and_quick(20_000, seed=1)
    assert time.process_time() - start < 120


HEAD = b"From: a@b.example\nTo: c@d.example\nSubject: x\nMIME-Version: 1.0\n"
HARD = {
    "deep": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
    "wide": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 60_000,
    "blank lines": b"\n" + b"\n" * 400_000 + b"fin",
    "quotes": b"\n" + b"> a\nb\n" * 100_000,
    "attributions": b"\n" + b"On Mon 3 x <\n" * 40_000,
    "long line": b"\n" + b"On 3 El " * 120_000,
    "one word": b"\n" + b"a" * 1_000_000,
    "comments": b"Content-Type: text/html\n\n" + b"<!-- <script> <style " * 50_000,
    "divs": b"Content-Type: text/html\n\n" + b"<div>hola " * 60_000,
    "tags": b"Content-Type: text/html\n\n" + b"<a <blockquote " * 60_000,
    "names": b"Cc: " + b"a@b.example:, (" * 20_000 + b"\n\nx",
    "encoded words": b"X-A: y\nReply-To: " + b"=?utf-8?q?a?b" * 5000 + b"\n\nx",
    "parameters": b"Content-Type: text/plain; " + b';;;; a="b' * 5000 + b"\n\nx",
    "folding": b"X-Long: a\n" + b" b\n" * 200_000 + b"\nx",
    "uuencode": b"\n" + b"begin 644 a\n" * 60_000 + b"end\n",
    "labels": b"\n" + b"De: a\nPara: b\n" * 40_000,
    "stars": b"\n" + b"*" * 300_000 + b":",
    "base64": b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 500_000 + b"=" * 9,
}


@pytest.mark.parametrize("name", list(HARD))
def test_hostile_mail_is_read_within_seconds(name: str) -> None:
    start = time.process_time()

    assert sound(read(HEAD + HARD[name]))
    # Twice the promise of one second, for machines that are shared.
    assert time.process_time() - start < 2


def test_a_large_mail_packed_in_itself_takes_at_most_ten_times_its_room() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(40))
    raw = HEAD + nested + b"\n" + b"hola\n" * 800_000
    tracemalloc.start()
    found = read(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert sound(found)
    assert peak < 10 * len(raw)


# What a line may be made of to keep an expression busy.
BITS = (
    "-",
    ">",
    "| ",
    "* ",
    "_",
    "El 3 ",
    "a@b ",
    "<a@b.es> ",
    "escribió ",
    "escribió: ",
    "9:12 ",
    "De: ",
    "921 ",
    "a",
)
ENDS = (":", " escribió:", "--", "  x", "")


@pytest.mark.parametrize("reply", [True, False])
@pytest.mark.parametrize("bit", BITS)
def test_no_line_keeps_an_expression_busy(bit: str, reply: bool) -> None:
    lines = "".join(f"{(start + bit * 200)[:480]}{end}\n" for start in ("", "El 3 ", "-- ") for end in ENDS)
    about = b"Subject: Re: x\nIn-Reply-To: <a@b>\n" if reply else b"From: MAILER-DAEMON@x.example\nReturn-Path: <>\n"
    start = time.process_time()

    assert sound(read(about + HEAD + b"\n" + lines.encode() * 20))
    assert time.process_time() - start < 2
