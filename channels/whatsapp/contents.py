"""What a WhatsApp message holds: words, files and the rest, each visible as text even if we cannot show it."""

import math
import re
from dataclasses import dataclass

from channels.message import Attachment, Payload
from channels.whatsapp.form import Form

SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "application/pdf": "pdf",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/zip": "zip",
    "text/plain": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
}
# Beginning of a content type, and what a person calls it; the first that fits counts.
SORTS = (
    ("image/webp", "sticker"),
    ("image/", "foto"),
    ("audio/", "audio"),
    ("video/", "vídeo"),
    ("text/vcard", "contacto"),
    ("text/x-vcard", "contacto"),
    ("", "documento"),
)
FILE_NAME = re.compile(r"[^\s/\\<>:\"|?*][^/\\<>:\"|?*\n\r]{0,150}\.[A-Za-z0-9]{2,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The text as a person would read it aloud, the files, and what else the message carries."""

    text: str
    attachments: tuple[Attachment, ...]
    payload: Payload | None


def content(form: Form) -> Content:
    """Everything in a message's form that somebody may want to see; the text is never empty."""
    body = form.get("Body")
    attachments = _attachments(form, body)
    payload = _payload(form, body)
    # Twilio puts the name of a document that has no caption into the body.
    named = any(attachment.filename == body for attachment in attachments)
    marks = [_mark(attachment) for attachment in attachments]
    if payload is not None and payload.kind == "location":
        marks.append(f"[ubicación] {payload.label}" if payload.label else "[ubicación]")
    lines = [*marks, "" if named else body or _pressed(payload)]
    text = "\n".join(line for line in lines if line)
    return Content(text=text or _unknown(form), attachments=attachments, payload=payload)


def _attachments(form: Form, body: str) -> tuple[Attachment, ...]:
    places = sorted({int(name[8:]) for name in form if re.fullmatch("MediaUrl[0-9]{1,3}", name)})
    found: list[Attachment] = []
    for place in places:
        reference = form.get(f"MediaUrl{place}")
        if not reference:
            continue
        kind = form.get(f"MediaContentType{place}").lower() or "application/octet-stream"
        found.append(Attachment(filename=_filename(kind, len(found), body), content_type=kind, reference=reference))
    return tuple(found)


def _filename(content_type: str, place: int, body: str) -> str:
    sort = _sort(content_type)
    if sort == "documento" and place == 0 and FILE_NAME.fullmatch(body):
        return body
    plain = sort.replace("í", "i")
    suffix = SUFFIXES.get(content_type.partition(";")[0].strip(), "bin")
    return f"{plain}.{suffix}" if place == 0 else f"{plain}-{place + 1}.{suffix}"


def _sort(content_type: str) -> str:
    return next(name for start, name in SORTS if content_type.startswith(start))


def _mark(attachment: Attachment) -> str:
    sort = _sort(attachment.content_type)
    return f"[documento: {attachment.filename}]" if sort == "documento" else f"[{sort}]"


def _payload(form: Form, body: str) -> Payload | None:
    if form.get("Latitude") and form.get("Longitude"):
        return _location(form)
    if form.get("ButtonPayload", "ButtonText"):
        value = form.get("ButtonPayload", "ButtonText")
        return Payload(kind="button", value=value, label=form.get("ButtonText") or None)
    if form.get("ListId", "ListTitle"):
        return Payload(kind="list", value=form.get("ListId", "ListTitle"), label=form.get("ListTitle") or None)
    if form.get("MessageType").lower() == "reaction":
        return Payload(kind="reaction", value=form.get("Emoji", "ReactionEmoji") or body, label=None)
    return None


def _location(form: Form) -> Payload:
    label = ", ".join(dict.fromkeys(value for value in (form.get("Label"), form.get("Address")) if value))
    latitude, longitude = _degrees(form.get("Latitude"), 90), _degrees(form.get("Longitude"), 180)
    sure = latitude is not None and longitude is not None
    return Payload(
        kind="location",
        value=f"{form.get('Latitude')},{form.get('Longitude')}",
        label=label or None,
        latitude=latitude if sure else None,
        longitude=longitude if sure else None,
    )


def _degrees(written: str, most: float) -> float | None:
    try:
        degrees = float(written)
    except ValueError:
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= most else None


def _pressed(payload: Payload | None) -> str:
    if payload is None or payload.kind == "location":
        return ""
    if payload.kind == "reaction":
        return payload.value or "[reacción]"
    return payload.label or payload.value


def _unknown(form: Form) -> str:
    if form.get("FlowData"):
        return "[formulario de WhatsApp]"
    sort = form.get("MessageType").lower()
    names = {"image": "foto", "audio": "audio", "voice": "audio", "video": "vídeo", "document": "documento"}
    names |= {"sticker": "sticker", "location": "ubicación", "contacts": "contacto", "reaction": "reacción"}
    if sort in names:
        return f"[{names[sort]}]"
    return "[mensaje vacío]" if sort in {"", "text"} else f"[mensaje de un tipo que no conocemos: {sort[:40]}]"
