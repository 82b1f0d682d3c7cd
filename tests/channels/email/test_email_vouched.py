"""Who is believed: only what our own receiving server stamped on top, about the address that the mail shows."""

import pytest

from channels.email.parse import parse
from tests.channels.email.letters import LINE, NOW

OURS = "mx.diputacion.example"
PASS = f"{OURS}; dmarc=pass header.from=coca.example"
BELIEVED = [
    PASS,
    f"{OURS} 1; spf=pass smtp.mailfrom=x@y.example; dmarc=pass (p=reject dis=none) header.from=coca.example",
    f"{OURS};\n dkim=pass header.d=coca.example header.s=s1;\n dmarc=none",
    f"{OURS}; dkim=pass header.i=@coca.example header.b=abc",
    f'{OURS}; dkim=pass reason="good; signature" header.d=coca.example',
    PASS.upper(),
]
FORGED = [
    "mx.lejos.example; dmarc=pass header.from=coca.example",
    f"{OURS}; dmarc=fail header.from=coca.example",
    f"{OURS}; dmarc=pass header.from=malo.example",
    f"{OURS}; dkim=pass header.d=malo.example; dmarc=none",
    f"{OURS}; dkim=pass header.d=example",
    f"{OURS}; spf=pass smtp.mailfrom=marta@coca.example",
    f"{OURS}; none",
    f"{OURS}; dkim=passed header.d=coca.example",
    # What strangers may write into our own server's stamp.
    f'{OURS}; dkim=fail reason="x; dmarc=pass header.from=coca.example"; dmarc=fail',
    f'{OURS}; spf=pass smtp.mailfrom="a; dmarc=pass header.from=coca.example"@malo.example',
    f"{OURS}; spf=pass (a; dmarc=pass header.from=coca.example (b)) smtp.helo=malo.example",
    f"{OURS}; spf=none smtp.helo=dmarc=pass header.from=coca.example",
    f"malo.example ({OURS}); dmarc=pass header.from=coca.example",
    f"{OURS}.malo.example; dmarc=pass header.from=coca.example",
]


def vouched(*stamps: str, sender: str = "From: Marta <marta@coca.example>") -> bool:
    """Whether a mail with these stamps, from the top, is believed to be from whom it says."""
    top = "".join(f"Authentication-Results: {stamp}\n" for stamp in stamps)
    raw = f"{top}{sender}\nSubject: RV: cita\n\nHola\n".encode()
    return parse(raw, line=LINE, received_at=NOW, authserv_id=OURS).authenticated


@pytest.mark.parametrize("stamp", BELIEVED)
def test_our_own_server_s_stamp_vouches_for_the_sender(stamp: str) -> None:
    assert vouched(stamp)


@pytest.mark.parametrize("stamp", FORGED)
def test_no_other_stamp_and_no_word_of_a_stranger_in_ours_vouches(stamp: str) -> None:
    assert not vouched(stamp)


@pytest.mark.parametrize("stamp", FORGED)
def test_a_copy_of_our_stamp_that_came_with_the_mail_counts_for_nothing_under_another(stamp: str) -> None:
    assert not vouched(stamp, PASS)


@pytest.mark.parametrize(
    "sender",
    [
        "From: Marta <marta@coca.example>\nFrom: Malo <malo@malo.example>",
        "From: Marta <marta@coca.example>, Malo <malo@malo.example>",
        "From: Marta\nReply-To: marta@coca.example",
        "Sender: marta@coca.example",
        'From: "marta@coca.example" <malo@malo.example>',
    ],
)
def test_nobody_is_vouched_for_by_an_address_that_servers_do_not_judge(sender: str) -> None:
    assert not vouched(PASS, sender=sender)


@pytest.mark.parametrize(
    "name",
    ["ARC-Authentication-Results", "X-Authentication-Results", "Original-Authentication-Results", "X-Original-AR"],
)
def test_a_stamp_under_another_name_counts_for_nothing(name: str) -> None:
    raw = f"{name}: {PASS}\nFrom: Marta <marta@coca.example>\nSubject: RV: cita\n\nHola\n".encode()

    assert not parse(raw, line=LINE, received_at=NOW, authserv_id=OURS).authenticated


def test_a_stamp_inside_a_mail_that_is_attached_vouches_for_nobody() -> None:
    inner = f"Authentication-Results: {PASS}\nFrom: Marta <marta@coca.example>\nSubject: x\n\nHola\n"
    raw = f"From: Marta <marta@coca.example>\nContent-Type: message/rfc822\n\n{inner}".encode()

    assert not parse(raw, line=LINE, received_at=NOW, authserv_id=OURS).authenticated


def test_without_the_name_of_our_server_nobody_is_vouched_for() -> None:
    raw = f"Authentication-Results: {PASS}\nFrom: Marta <marta@coca.example>\n\nHola\n".encode()

    assert [parse(raw, line=LINE, received_at=NOW, authserv_id=one).authenticated for one in (None, "", OURS)] == [
        False,
        False,
        True,
    ]


def test_no_stamp_is_passed_on_to_whoever_looks_at_the_mail() -> None:
    raw = f"Authentication-Results: {PASS}\nReply-To: a@b.example\nFrom: m@coca.example\n\nHola\n".encode()
    found = parse(raw, line=LINE, received_at=NOW, authserv_id="mx.otro.example")

    assert [name for name, _ in found.original_form] == ["reply-to"]
    assert "dmarc" not in repr(found)
