"""A program that calls the API, and what it gets back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import clock
from app.desk.tokens import fingerprint
from app.house import House
from app.models.people import ApiToken, Role
from app.models.place import TownHall

ENQUIRY = {
    "channel": "email",
    "sender": {"address": "Ana@Example.com", "name": "Ana Pérez"},
    "text": "No me conecta AutoFirma al firmar",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back."""

    status_code: int
    json: Any
    text: str
    headers: Mapping[str, str]
    content_type: str | None

    @classmethod
    def of(cls, answer: TestResponse) -> "Reply":
        return cls(
            status_code=answer.status_code,
            json=answer.json,
            text=answer.text,
            headers=dict(answer.headers),
            content_type=answer.content_type,
        )


class Caller:
    """A program with a token."""

    def __init__(self, client: FlaskClient, word: str) -> None:
        self.client, self.word = client, word

    def send(self, method: str, path: str, told: Any = None, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {self.word}", **named}
        return Reply.of(self.client.open(f"/api/v1{path}", method=method, json=told, headers=sent))

    def open(self, **more: Any) -> str:
        answer = self.send("POST", "/tickets", {**ENQUIRY, **more})
        assert answer.status_code == 201, answer.text
        return str(answer.json["number"])


def token(house: House, word: str, role: Role, code: str | None = None, **more: Any) -> None:
    with house.db.transaction() as session:
        hall = session.scalars(select(TownHall).where(TownHall.code == code)).one() if code else None
        session.add(
            ApiToken(
                name=word,
                token_hash=fingerprint(word),
                role=role,
                town_hall_id=hall.id if hall else None,
                created_at=clock.now(),
                **more,
            )
        )


def problem(answer: Reply) -> Mapping[str, Any]:
    assert answer.content_type == "application/problem+json"
    told: Mapping[str, Any] = answer.json
    assert set(told) == {"type", "title", "status", "detail", "errors"}
    assert told["status"] == answer.status_code
    return told
