"""The door of every channel that pushes."""

from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # The SDK ships no types.

from app.house import House
from app.models.arrival import Arrival
from app.models.book import Counter
from tests.app_fixtures import ACCOUNT, NUMBER, PUBLIC_URL, TOKEN

HOOK = "/hooks/whatsapp"


def form(sid: str = "SM1", body: str = "hola, ¿me ayudan?") -> dict[str, str]:
    return {
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": "whatsapp:+34600111222",
        "To": f"whatsapp:{NUMBER}",
        "Body": body,
        "NumMedia": "0",
        "ProfileName": "Ana",
    }


def push(client: FlaskClient, told: dict[str, str], *, path: str = HOOK, token: str = TOKEN) -> tuple[int, str, str]:
    signature = RequestValidator(token).compute_signature(PUBLIC_URL + path, told)
    answer = client.post(
        path,
        data=urlencode(told),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
    )
    return answer.status_code, answer.text, answer.content_type or ""


def kept(house: House) -> int:
    with house.db.reading() as session:
        return session.scalar(select(func.count()).select_from(Arrival)) or 0


def test_a_signed_message_is_kept_and_answered_with_an_empty_response(client: FlaskClient, house: House) -> None:
    answer = push(client, form())

    assert answer == (200, "<Response/>", "text/xml")
    assert kept(house) == 1


def test_the_same_push_twice_is_one_arrival(client: FlaskClient, house: House) -> None:
    push(client, form())
    push(client, form())

    assert kept(house) == 1


def test_a_signed_query_string_is_taken_as_it_came(client: FlaskClient, house: House) -> None:
    status, _, _ = push(client, form(), path=HOOK + "?ruta=ni%C3%B1o%2F2")

    assert status == 200


def test_a_forged_push_is_refused_and_only_counted(client: FlaskClient, house: House) -> None:
    status, _, _ = push(client, form(), token="somebody-elses-token")

    assert status == 403
    assert kept(house) == 0
    with house.db.reading() as session:
        assert session.scalar(select(Counter.count).where(Counter.name == "hook_forged")) == 1


def test_forgeries_are_slowed_down_and_the_wire_is_not(client: FlaskClient) -> None:
    genuine = {push(client, form(sid=f"SM{count}"))[0] for count in range(130)}
    forged = [client.post(HOOK, data=form()).status_code for _ in range(125)]

    assert genuine == {200}
    assert (forged[0], forged[-1]) == (403, 429)


def test_a_push_without_a_signature_is_refused(client: FlaskClient, house: House) -> None:
    assert client.post(HOOK, data=form()).status_code == 403
    assert kept(house) == 0


def test_a_receipt_is_kept_and_answered_with_nothing(client: FlaskClient, house: House) -> None:
    told = {"MessageSid": "SM9", "MessageStatus": "delivered", "AccountSid": ACCOUNT, "To": "whatsapp:+34600111222"}
    status, body, _ = push(client, told, path=HOOK + "/status/7-1")

    assert (status, body) == (204, "")
    assert kept(house) == 1


def test_a_channel_that_we_do_not_have_has_no_door(client: FlaskClient) -> None:
    assert client.post("/hooks/fax", data={"a": "b"}).status_code == 404


def test_a_channel_that_does_not_push_is_forged_by_whoever_does(client: FlaskClient) -> None:
    assert client.post("/hooks/email", data={"a": "b"}).status_code == 403


def test_a_body_over_a_megabyte_is_refused(client: FlaskClient, house: House) -> None:
    status, _, _ = push(client, form(body="a" * (1024 * 1024 + 1)))

    assert status == 413
    assert kept(house) == 0


def test_a_push_while_the_database_is_away_asks_the_wire_to_come_again(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        session.execute(text("ALTER TABLE arrival RENAME TO arrival_away"))
    status, _, _ = push(client, form())

    assert status == 503


def test_looking_at_a_hook_shows_nothing(client: FlaskClient) -> None:
    assert client.get(HOOK).status_code == 405


def test_a_wire_that_signs_goes_on_where_forgeries_come_from_its_own_proxy(client: FlaskClient, house: House) -> None:
    for _ in range(121):
        client.post(HOOK, data=form())
    refused = client.post(HOOK, data=form()).status_code
    status, _, _ = push(client, form())

    assert (refused, status, kept(house)) == (429, 200, 1)


def test_a_push_on_a_line_that_we_do_not_have_asks_the_wire_to_come_again(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        session.execute(text("UPDATE line SET address = '+34999999999' WHERE channel = 'whatsapp'"))
    status, _, _ = push(client, form())

    assert (status, kept(house)) == (503, 0)
