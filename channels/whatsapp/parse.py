"""Twilio's form, read into our words. Pure: no network, no clock; it never raises."""

import re
from datetime import datetime
from hashlib import sha256

from channels.message import Address, Inbound, Kind, Receipt
from channels.whatsapp import statuses
from channels.whatsapp.contents import content
from channels.whatsapp.form import CREATED, KEY, Form, sid, status

PHONE = re.compile(r"\+[0-9]{1,15}")


def parse(raw: bytes, *, line: str) -> tuple[Inbound | Receipt, ...]:
    """One message, one receipt, or nothing when Twilio only says that it is still carrying a message."""
    form = Form.read(raw).cleaned()
    said = status(form)
    if sid(form) and said:
        found = statuses.receipt(sid(form), said, code=_code(form), key=_key(form))
        return (found,) if found else ()
    return (_inbound(form, raw, line),)


def _inbound(form: Form, raw: bytes, line: str) -> Inbound:
    addresses = _addresses(form)
    readable = bool(sid(form) and addresses)
    held = content(form)
    return Inbound(
        channel="whatsapp",
        line=_line(form, line),
        external_id=sid(form) or f"sha256:{sha256(raw).hexdigest()}",
        kind=Kind.MESSAGE if readable else Kind.UNREADABLE,
        addresses=addresses,
        sender_name=form.get("ProfileName", "ProfileUsername", "Username") or None,
        text=held.text,
        reply=held.text,
        sent_at=_moment(form.get(CREATED)),
        quoted=form.get("OriginalRepliedMessageSid") or None,
        payload=held.payload,
        was_forwarded=any(form.get(name).lower() == "true" for name in ("Forwarded", "FrequentlyForwarded")),
        attachments=held.attachments,
        original_form=form.pairs,
    )


def _line(form: Form, line: str) -> str:
    """Our number; a Messaging Service speaks for all of its numbers."""
    return line if line.startswith("MG") else _bare(form.get("To")) or line


def _addresses(form: Form) -> tuple[Address, ...]:
    """The phone first if it is known, then the business-scoped id; they may be one and the same field."""
    bare = dict.fromkeys(_bare(form.get(name)) for name in ("From", "ExternalUserId"))
    found = [
        Address(channel="whatsapp", address=address, kind="phone" if PHONE.fullmatch(address) else "bsuid")
        for address in bare
        if address
    ]
    return tuple(sorted(found, key=lambda address: address.kind != "phone"))


def _bare(address: str) -> str:
    return address.removeprefix("whatsapp:").strip()


def _code(form: Form) -> str | None:
    code = form.get("ErrorCode")
    return code if code not in {"", "0"} else None


def _key(form: Form) -> int | None:
    """Our row's id from `<id>-<attempt>`; the last one counts, since it is ours that was appended."""
    keys = form.getlist(KEY)
    match = re.fullmatch(r"([0-9]{1,18})-[0-9]{1,9}", keys[-1]) if keys else None
    return int(match[1]) if match else None


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
