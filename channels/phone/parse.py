"""A call that somebody noted down, written to bytes and read back. Pure; reading never raises."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from channels.message import Address, Inbound, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. `number` is E.164 where it has such a form, `typed` what the technician typed; all may be unknown.

    `id` is unique per call (the page makes it, so that a double click is one call), `at` the moment of the call.
    """

    id: str
    at: datetime
    words: str
    number: str | None = None
    typed: str | None = None
    name: str | None = None
    subject: str | None = None
    answered_by: str | None = None


def write(call: Call) -> bytes:
    """The call as the raw bytes of an arrival."""
    return json.dumps({**asdict(call), "at": call.at.isoformat()}, ensure_ascii=True).encode("ascii")


def parse(raw: bytes, *, line: str) -> tuple[Inbound, ...]:
    """The call as a message of the caller; what is no call is unreadable, with its bytes as text."""
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        return (_unreadable(raw, line),)
    if not isinstance(fields, dict) or not _text(fields, "id") or not _text(fields, "words"):
        return (_unreadable(raw, line),)
    return (_inbound(fields, line),)


def _inbound(fields: dict[str, object], line: str) -> Inbound:
    number = _text(fields, "number") or _text(fields, "typed")
    words = _text(fields, "words") or ""
    return Inbound(
        channel="phone",
        line=line,
        external_id=_text(fields, "id") or "",
        addresses=(Address(channel="phone", address=number, kind="phone"),) if number else (),
        sender_name=_text(fields, "name"),
        subject=_text(fields, "subject"),
        text=words,
        reply=words,
        sent_at=_moment(_text(fields, "at")),
        original_form=tuple((name, value) for name in fields if (value := _text(fields, name)) is not None),
    )


def _unreadable(raw: bytes, line: str) -> Inbound:
    return Inbound(
        channel="phone",
        line=line,
        external_id=f"sha256:{sha256(raw).hexdigest()}",
        kind=Kind.UNREADABLE,
        text=_clean(raw.decode("utf-8", "replace")),
    )


def _text(fields: dict[str, object], name: str) -> str | None:
    value = fields.get(name)
    return _clean(value).strip() or None if isinstance(value, str) else None


def _clean(text: str) -> str:
    """Without NUL and lone surrogates, which a database refuses."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def _moment(written: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
