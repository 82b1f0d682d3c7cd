"""Small mails for tests, built from the words that matter."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from channels.email.parse import parse
from channels.message import Inbound

FORMS = Path(__file__).parents[2] / "samples" / "email" / "forms"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LINE = "consultas@diputacion.example"


def forms(name: str) -> list[str]:
    """The lines of a file of forms; a bar stands for the end of a line."""
    return (FORMS / name).read_text(encoding="utf-8").splitlines()


def letter(
    text: str = "",
    *,
    subject: str = "Re: Consulta",
    html: str = "",
    sender: str = "Ana Ruiz <ana@ruiz.example>",
    **more: str,
) -> EmailMessage:
    """A mail of these words; `in_reply_to="…"` becomes the header."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, LINE, subject, "<1@ruiz.example>"
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(html or text, subtype="html" if html else "plain")
    return mail


def read(mail: EmailMessage | bytes) -> Inbound:
    """The mail as the desk reads it."""
    return parse(mail if isinstance(mail, bytes) else mail.as_bytes(), line=LINE, received_at=NOW)


def flat(words: str | None) -> str:
    """The words with single blanks."""
    return " ".join((words or "").split())


@dataclass(frozen=True)
class Sheet:
    """A mail written out: its words first, then what is wanted of it; `head` is what stands behind the first «§§»."""

    name: str
    subject: str
    head: str
    words: list[str]


def sheets(name: str) -> list[Sheet]:
    """The mails of a file, each under «§ name | subject»."""
    out = []
    for written in (FORMS / name).read_text(encoding="utf-8").split("\n§ "):
        title, *parts = re.split(r"\n§§(.*)", written.removeprefix("§ "))
        first, _, text = title.partition("\n")
        words = [part.strip("\n") for part in (text, *parts[1::2])]
        about, subject = first.split(" | ", 1)
        out.append(Sheet(name=about, subject=subject, head=parts[0].strip(), words=words))
    return out
