"""The people of the journeys: a technician over the API, and mails as companies and clerks write them."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

import requests

from tests.flows.desk_process import DeskProcess


class Technician:
    """A technician who works over the API."""

    def __init__(self, desk: DeskProcess, token: str) -> None:
        self._desk = desk
        self._headers = {"Authorization": f"Bearer {token}"}

    def tickets(self) -> list[dict[str, Any]]:
        """The tickets, newest first."""
        found: list[dict[str, Any]] = self._get("tickets")["items"]
        return found

    def ticket(self, number: str) -> dict[str, Any]:
        """One ticket with all that was said."""
        return self._get(f"tickets/{number}")

    def only_ticket(self) -> dict[str, Any]:
        """The one ticket there is, whole."""
        (one,) = self.tickets()
        return self.ticket(one["number"])

    def said(self, number: str, direction: str) -> list[dict[str, Any]]:
        """The messages of one direction, oldest first."""
        return [m for m in self.ticket(number)["messages"] if m["direction"] == direction]

    def reply(self, number: str, text: str) -> dict[str, Any]:
        """Answer what was last said."""
        last = max(m["id"] for m in self.ticket(number)["messages"])
        return self._post(f"tickets/{number}/replies", {"text": text, "last_seen": last})

    def _get(self, path: str) -> dict[str, Any]:
        answer = requests.get(f"{self._desk.url}/api/v1/{path}", headers=self._headers, timeout=10)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _post(self, path: str, told: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(f"{self._desk.url}/api/v1/{path}", json=told, headers=self._headers, timeout=10)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


def mail(
    text: str, *, sender: str, subject: str, to: str = "consultas@example.es", answers: EmailMessage | None = None
) -> EmailMessage:
    """A mail as a mail program writes it, perhaps in answer to another."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="example.com")
    if answers is not None:
        message["In-Reply-To"] = answers["Message-ID"]
        message["References"] = f"{answers.get('References', '')} {answers['Message-ID']}".strip()
    message.set_content(text)
    return message
