"""What the composer sends: read from its form, its files put away, and kept as a draft."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import FileStorage

from app import clock, screening
from app.desk import delivery_steps, message_parts, replies
from app.desk.reply_drafts import LARGEST, Enclosure
from app.errors import Impossible
from app.house import house
from app.models.ticket import Status
from app.web.access import me
from app.web.say import _
from app.web.ticket import found
from channels.message import Attachment

THEN = {"espera": Status.WAITING, "resuelta": Status.SOLVED, "abierta": Status.OPEN, "otros": Status.HELD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands in the composer."""

    text: str
    way: str
    last_seen: int
    client_key: str | None
    then: Status
    cc: str


def written() -> Written:
    """What stands in the composer of this request."""
    form = request.form
    seen = form.get("visto", "")
    return Written(
        text=form.get("text", "").replace("\r\n", "\n"),
        way=form.get("way", "nota"),
        last_seen=int(seen) if seen.isdecimal() else 0,
        client_key=(form.get("clave") or "")[:64] or None,
        then=THEN.get(form.get("despues", ""), Status.WAITING),
        cc=form.get("copia", "").strip()[:1000] if form.get("way") == "email" else "",
    )


def put_away(uploads: Sequence[FileStorage]) -> list[Enclosure]:
    """Put the chosen files away before any row speaks of them."""
    chosen = [upload for upload in uploads if upload.filename]
    kept: list[message_parts.Kept] = []
    total = 0
    for upload in chosen:
        name = (upload.filename or "adjunto").replace("\\", "/").rpartition("/")[2][:255]
        attachment = Attachment(filename=name, content_type=upload.mimetype or "application/octet-stream")
        kept.append(screening.admit(house(), attachment, _pieces(upload)))
        total += kept[-1].size
        if total > LARGEST:
            raise Impossible(_("Los archivos pasan de 20 MB. Envíe menos, o más pequeños."))
    if kept:
        with house().db.transaction() as session:
            message_parts.keep_files(session, kept, now=clock.now())
    return [
        Enclosure(
            sha256=one.sha256 or "",
            filename=one.attachment.filename,
            content_type=one.attachment.content_type,
            size=one.size,
        )
        for one in kept
    ]


def save(number: str, said: Written, files: Sequence[Enclosure] = ()) -> None:
    """Keep it as the draft of whoever writes."""
    now, text, way = clock.now(), said.text[:50_000], said.way[:20]
    with house().db.transaction() as session:
        ticket, by = found(session, number), me(session)
        # Whoever sends it now holds the ticket too: the draft is kept before that, or not at all.
        delivery_steps.lock(session, ticket)
        key = said.client_key
        replies.save_draft(session, ticket, text=text, by=by, now=now, way=way, cc=said.cc, client_key=key, files=files)


def _pieces(upload: FileStorage) -> Iterator[bytes]:
    while piece := upload.stream.read(65536):
        yield piece
