"""What the people of the demo send, as their wires would carry it: a provider's form, a mail's bytes, a noted call."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import urlencode

from channels.channel import Fetched, Pushed
from channels.email.adapter import handed
from channels.phone.parse import Call, write


def written(told: Mapping[str, Any], text: str, *, line: str, now: datetime) -> Pushed | Fetched:
    """A sample's words on its channel's wire."""
    name, address = told["from"].get("name"), told["from"].get("address")
    if told["channel"] == "whatsapp":
        return form(text, sender=address, name=name, line=line)
    if told["channel"] == "phone":
        key = secrets.token_hex(16)
        return Pushed(
            wire_key=key, raw=write(Call(id=key, at=now, words=text, number=address, typed=address, name=name))
        )
    subject, words = told.get("subject", ""), text
    if original := told.get("original"):
        words = f"{told.get('comment', '')}\n\n{forwarded(original, now)}"
    return handed(mail(words, sender=formataddr((name or "", address)), to=line, subject=subject, now=now))


def reply(told: Mapping[str, Any], text: str, *, line: str, now: datetime, to: str | None) -> Fetched:
    """What whoever asked answers to our mail; of a forwarded enquiry that is the citizen, not the clerk."""
    who = told.get("original") or told["from"]
    subject = (told.get("original") or told).get("subject", "")
    sender = formataddr((who.get("name") or "", who["address"]))
    return handed(mail(text, sender=sender, to=line, subject=f"Re: {subject}", now=now, answers=to))


def form(text: str, *, sender: str, name: str | None, line: str, account: str = "") -> Pushed:
    """A WhatsApp message as the provider pushes it."""
    sid = "SM" + secrets.token_hex(16)
    fields = {
        "MessageSid": sid,
        "AccountSid": account,
        "From": f"whatsapp:{sender}",
        "To": f"whatsapp:{line}",
        "WaId": sender.lstrip("+"),
        "ProfileName": name or "",
        "Body": text,
        "NumMedia": "0",
        "SmsStatus": "received",
    }
    return Pushed(wire_key=sid, raw=urlencode(fields).encode("ascii"))


def mail(text: str, *, sender: str, to: str, subject: str, now: datetime, answers: str | None = None) -> bytes:
    """A mail as a mail program sends it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{secrets.token_hex(12)}@demo.example>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content(text)
    return message.as_bytes()


def forwarded(original: Mapping[str, Any], now: datetime) -> str:
    """A mail inside another, as Outlook writes it in Spanish."""
    return (
        "-----Mensaje original-----\n"
        f"De: {original['name']} <{original['address']}>\n"
        f"Enviado el: {now:%d/%m/%Y %H:%M}\n"
        "Para: ayuntamiento@example.es\n"
        f"Asunto: {original['subject']}\n\n"
        f"{original['text']}\n"
    )
