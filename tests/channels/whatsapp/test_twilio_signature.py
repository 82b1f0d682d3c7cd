"""The signature of pushes: Twilio's public vectors, and everything that must not pass for one."""

from typing import Any

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # The SDK ships no types.

from channels.channel import Forged, Knock
from channels.whatsapp.adapter import WhatsApp
from channels.whatsapp.form import Form, written
from channels.whatsapp.settings import Settings
from channels.whatsapp.signature import signed
from tests.servers.twilio_account import ACCOUNT, NUMBER

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
CALL = (
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
)
TWICE = (("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234"))
PREFIXES = (*CALL, ("ReasonConferenceEnded", "test"), ("Reason", "Participant"))
PUBLIC = "https://consultas.example.es"
PATH = "/hooks/whatsapp"


@pytest.mark.parametrize(
    ("url", "pairs", "signature"),
    [
        (URL, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL.replace(".com/", ".com:1234/"), CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL, CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (URL.replace("https", "http"), CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (URL.replace("https", "http").replace(".com/", ".com:1234/"), CALL, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        (URL, TWICE, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
        (URL, PREFIXES, "vOEb5UThFn24KEfnOFLQY2AE5FY="),
        (URL.replace("//", "//user:pass@"), CALL, "CukzLTc1tT5dXEDIHm/tKBanW10="),
        (URL.replace("//", "//user:pass@"), CALL, "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="),
    ],
)
def test_a_published_signature_is_accepted(url: str, pairs: tuple[tuple[str, str], ...], signature: str) -> None:
    assert signed(url, Form(pairs), signature, ["12345"])


def test_a_published_signature_is_accepted_whatever_the_order_of_tokens() -> None:
    assert signed(URL, Form(CALL), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", ["otro", "12345"])


def test_a_shared_key_signature_is_accepted() -> None:
    signature = "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s="

    assert signed(URL, Form(CALL), signature, ["12345"], algorithm="HMAC_SHA256")
    assert not signed(URL, Form(CALL), signature, ["12345"], algorithm="HMAC_MD5")


def channel(**changed: object) -> WhatsApp:
    known: dict[str, Any] = {"account": ACCOUNT, "tokens": ("nuevo", "viejo"), "sender": NUMBER, "public_url": PUBLIC}
    return WhatsApp(Settings(**{**known, **changed}))


def knock(
    pairs: dict[str, str], *, token: str = "nuevo", query: str = "", path: str = PATH, key: str | None = None
) -> Knock:
    url = PUBLIC + path + (f"?{query}" if query else "")
    signature = RequestValidator(token).compute_signature(url, pairs)
    headers = {"x-twilio-signature": signature}
    return Knock(path=path, query=query, headers=headers, body=written(pairs.items()), key=key)


def message(**fields: str) -> dict[str, str]:
    return {"MessageSid": "SM" + "1" * 32, "AccountSid": ACCOUNT, "From": "whatsapp:+34600111222", **fields}


def test_a_message_is_kept_byte_for_byte_under_its_sid() -> None:
    asked = knock(message(Body="  Hola, ¿está abierto? ñ €\n", Label=""))
    (pushed,) = channel().read(asked)

    assert pushed.wire_key == "SM" + "1" * 32
    assert pushed.raw == asked.body


def test_both_tokens_verify_while_one_replaces_the_other() -> None:
    for token in ("nuevo", "viejo"):
        assert list(channel().read(knock(message(), token=token)))


@pytest.mark.parametrize("query", ["q=a%C3%B1o%2F%3A", "a=1+2&b=%20", "x=%2B"])
def test_the_query_counts_as_it_was_sent(query: str) -> None:
    assert list(channel().read(knock(message(), query=query)))


def test_a_callback_keeps_the_key_of_its_path_and_its_status() -> None:
    pairs = message(MessageStatus="delivered")
    asked = knock(pairs, path=f"{PATH}/status/81-2", key="81-2")
    (pushed,) = channel().read(asked)

    assert pushed.wire_key == "SM" + "1" * 32 + ":delivered"
    assert Form.read(pushed.raw).getlist("VentanillaKey") == ["81-2"]


def test_a_push_without_a_sid_is_kept_under_its_hash() -> None:
    (pushed,) = channel().read(knock({"AccountSid": ACCOUNT, "CallSid": "CA1"}))

    assert pushed.wire_key.startswith("sha256:")


def forged() -> list[Knock]:
    good = knock(message(Body="Hola"))
    return [
        Knock(path=PATH, query="", headers={}, body=good.body),
        Knock(path=PATH, query="", headers={"x-twilio-signature": "ñ"}, body=good.body),
        Knock(path=PATH, query="", headers=good.headers, body=good.body + b"&Body=otra"),
        Knock(path=PATH, query="x=1", headers=good.headers, body=good.body),
        Knock(path=PATH + "/", query="", headers=good.headers, body=good.body),
        Knock(path=PATH + "\udc80", query="", headers=good.headers, body=good.body),
        Knock(path=PATH, query="", headers=good.headers, body=b'{"a": 1}'),
        knock(message(), token=""),
        knock(message(), token="robado"),
        knock(message(AccountSid="AC" + "f" * 32)),
        knock({"MessageSid": "SM1"}),
    ]


@pytest.mark.parametrize("asked", forged())
def test_what_twilio_did_not_sign_for_us_is_refused(asked: Knock) -> None:
    with pytest.raises(Forged):
        channel().read(asked)
