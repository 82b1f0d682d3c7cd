"""A mail read into our words. Pure: no network, no clock; it never raises."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from channels.email import auto, bounce, content, feedback, forward, people, reply, smime, token, vouched, walk
from channels.email.content import Content
from channels.email.headers import Headers
from channels.email.walk import Part
from channels.message import Address, Attachment, Forwarded, Inbound, Kind, Participant

# Kept for whoever looks at how the mail came; values as people read them.
SHOWN = ("reply-to", "return-path", "list-id", "auto-submitted", "precedence", "x-auto-response-suppress")
MOST_TEXT = 1_000_000
FUTURE = timedelta(days=1)


def parse(raw: bytes, *, line: str, received_at: datetime, authserv_id: str | None = None) -> Inbound:
    """One mail as one message; what cannot be read is of kind unreadable and carries the whole mail as a file.

    A date that a mail claims from the future is not believed: it was written when it came.
    """
    try:
        found = _read(raw, line=line, authserv_id=authserv_id)
        early = found.sent_at is None or found.sent_at <= received_at + FUTURE
        return found if early else replace(found, sent_at=received_at)
    # The door of this leaf: a mail that trips the reader must become a visible ticket, whatever the reason.
    except Exception:
        return unreadable(raw, line=line)


def unreadable(raw: bytes, *, line: str) -> Inbound:
    """The message that stands for bytes nobody can read."""
    whole = Attachment(filename="correo.eml", content_type="message/rfc822", size=len(raw), content=raw)
    return Inbound(
        channel="email", line=line, external_id=made_id(raw), kind=Kind.UNREADABLE, subject=None, attachments=(whole,)
    )


def made_id(raw: bytes) -> str:
    """An id for a mail that has none, the same each time it comes."""
    return f"<{sha256(raw).hexdigest()}@unnamed>"


def kind(root: Part, held: Content) -> Kind:
    """What sort of mail it is: a report's form counts most, then a notice of absence, then the signs of a bounce."""
    if feedback.is_feedback(root):
        return Kind.FEEDBACK
    if bounce.is_report(root):
        return Kind.BOUNCE
    if auto.is_absence(root.headers, held.text):
        return Kind.AUTO_REPLY
    if bounce.has_signs(root, held):
        return Kind.BOUNCE
    return Kind.AUTO_REPLY if auto.is_stated(root.headers) else Kind.MESSAGE


def sender(headers: Headers) -> Participant | None:
    """Who wrote, by the best header there is; with an empty address if only a name is given («From: Secretaria»)."""
    bare = headers.text("from")
    if bare and "@" not in bare and "<" not in bare and bare != bare.lower():
        return Participant(address="", name=bare[:300])
    names = ("from", "sender", "reply-to", "return-path", "x-sender", "envelope-from")
    return next((found for name in names if (found := people.first(headers.raw(name)))), None)


def _read(raw: bytes, *, line: str, authserv_id: str | None) -> Inbound:
    root = walk.take_apart(raw)
    headers, who, held = root.headers, sender(root.headers), content.read(root)
    sort = kind(root, held)
    if not (who and who.address) and sort is Kind.MESSAGE:
        sort = Kind.UNREADABLE
    inside = _forwarded(headers, held, who) if sort is Kind.MESSAGE else None
    text = held.text[:MOST_TEXT]
    returned = sort in {Kind.BOUNCE, Kind.FEEDBACK}
    return Inbound(
        channel="email",
        line=line,
        external_id=next(iter(headers.ids("message-id")), None) or made_id(raw),
        kind=sort,
        addresses=(Address(channel="email", address=who.address, kind="email"),) if who and who.address else (),
        sender_name=who.name if who else None,
        subject=headers.text("subject") or None,
        text=text,
        reply=_said(headers, text, inside) if sort in {Kind.MESSAGE, Kind.AUTO_REPLY} else text,
        html=held.html,
        sent_at=headers.date(),
        in_reply_to=next(iter(headers.ids("in-reply-to")), None),
        references=headers.ids("references"),
        ticket_token=token.find(headers, line=line),
        forwarded=inside,
        was_forwarded=inside is not None or forward.by_subject(headers.text("subject")),
        attachments=_files(raw, held, sort),
        participants=_participants(headers),
        bounced=bounce.read(root, held) if sort is Kind.BOUNCE else (),
        bounced_message_id=bounce.returned_id(root) if returned else None,
        signed=_signed(root),
        authenticated=who is not None and vouched.is_vouched(headers, address=who.address, authserv_id=authserv_id),
        original_form=tuple((name, headers.text(name)) for name in SHOWN if headers.raw(name)),
    )


def _signed(root: Part) -> bool:
    """Whether the mail itself carries a signature, not one that it passes on."""
    # A list may have wrapped it once to add its footer.
    own = (root, *root.children)
    return any(
        part.content_type == "multipart/signed" or (part.content_type in smime.TYPES and part.children) for part in own
    )


def _files(raw: bytes, held: Content, sort: Kind) -> tuple[Attachment, ...]:
    """The files; an unreadable mail carries itself."""
    return (
        (*held.attachments, *unreadable(raw, line="").attachments)
        if sort is Kind.UNREADABLE
        else tuple(held.attachments)
    )


def _said(headers: Headers, text: str, inside: Forwarded | None) -> str:
    """The new words. All of a forward is new to us; what of it is comment, `forwarded` says."""
    if inside is not None:
        return text
    answers = bool(headers.ids("in-reply-to") or headers.ids("references"))
    return reply.newly_said(text, is_reply=answers or forward.answers_by_subject(headers.text("subject")))


def _participants(headers: Headers) -> tuple[Participant, ...]:
    everybody = [person for name in ("from", "to", "cc", "reply-to") for person in token.named(headers, name)]
    return tuple({person.address: person for person in reversed(everybody)}.values())[::-1]


def _forwarded(headers: Headers, held: Content, who: Participant | None) -> Forwarded | None:
    """Written out in the text, else attached as a mail of its own."""
    is_reply = bool(headers.ids("in-reply-to") or headers.ids("references"))
    subject = headers.text("subject")
    found = forward.find(held.text, subject=subject, is_reply=is_reply)
    if found is None and held.messages and not (is_reply and subject.lower().startswith("re:")):
        found = _attached(held, forwarder=who.address if who else "")
    return forward.inner(found, forwarder=who.address) if found and who else found


def _attached(held: Content, *, forwarder: str) -> Forwarded:
    """The first mail attached; what a colleague of the forwarder had only passed on in the same way is opened too."""
    comments = [held.text]
    house = forwarder.rpartition("@")[2]
    for _ in range(forward.DEEPEST):
        inner = held.messages[0]
        who, inside = sender(inner.headers), content.read(inner)
        if not (who and inside.messages and who.address.rpartition("@")[2] == house):
            break
        comments.append(inside.text)
        held = inside
    return Forwarded(
        sender=who,
        subject=inner.headers.text("subject") or None,
        date=inner.headers.date(),
        text=inside.text,
        comment="\n\n".join(filter(None, comments)),
        sure=len(held.messages) == 1 and who is not None,
    )
