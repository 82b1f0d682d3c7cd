"""An Outbound made into the bytes of a mail. Pure: everything that it says is in what it is given."""

import hashlib
import re
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime

from channels.email import alternative, words
from channels.message import Attachment, Outbound

MOST_REFERENCES = 20
LONGEST_SUBJECT = 900
# All that Exchange sends by itself but its reports of failure: «All» would keep from us that nothing arrived.
SUPPRESSED = "DR, RN, NRN, OOF, AutoReply"
MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def compose(outbound: Outbound, *, address: str, name: str | None) -> bytes:
    """The whole mail, lines ended by CR LF; `address` and `name` are ours."""
    fields = [
        ("From", _person(name, address)),
        ("To", _person(outbound.to_name, outbound.to.address)),
        ("Cc", ",\r\n ".join(_person(person.name, person.address) for person in outbound.cc)),
        ("Reply-To", _address(outbound.reply_to) if outbound.reply_to else ""),
        ("Subject", _encoded(words.one_line(outbound.subject or "")[:LONGEST_SUBJECT], "Subject: ")),
        ("Date", format_datetime(outbound.queued_at)),
        ("Message-ID", message_id(outbound)),
        ("In-Reply-To", _ids((outbound.in_reply_to or "",))),
        ("References", _ids(_trimmed(outbound))),
        ("Auto-Submitted", outbound.automatic or ""),
        ("X-Auto-Response-Suppress", SUPPRESSED if outbound.automatic else ""),
    ]
    head = "".join(f"{field}: {value}\r\n" for field, value in fields if value)
    return head.encode("ascii", "replace") + _body(outbound).as_bytes(policy=policy.SMTP)


def message_id(outbound: Outbound) -> str:
    """The id that the Outbound brings, kept on every attempt; else one made of our row."""
    domain = outbound.line.rpartition("@")[2] or "localhost"
    given = MESSAGE_ID.search(outbound.message_id or "")
    return given[0] if given else f"<{outbound.key}.{outbound.queued_at:%Y%m%d%H%M%S}@{_address(domain)}>"


def _trimmed(outbound: Outbound) -> tuple[str, ...]:
    """The first and the latest ids, each once, the answered one last."""
    listed = dict.fromkeys((*outbound.references, outbound.in_reply_to or ""))
    ids = [one for one in listed if one and one != outbound.in_reply_to]
    ids += [outbound.in_reply_to] if outbound.in_reply_to else []
    return tuple(ids if len(ids) <= MOST_REFERENCES else ids[:1] + ids[1 - MOST_REFERENCES :])


def _ids(written: tuple[str, ...]) -> str:
    """One id a line: programs that fold by length break ids in two."""
    return "\r\n ".join(match[0] for one in written if (match := MESSAGE_ID.search(one)) and match[0].isascii())


def _person(name: str | None, address: str) -> str:
    bare = words.one_line(name or "")[:200]
    if not bare:
        return _address(address)
    if not bare.isascii():
        return f"{_encoded(bare, 'Reply-To: ')} <{_address(address)}>"
    quoted = bare if ATOM.fullmatch(bare) and "=?" not in bare else '"' + re.sub(r'(["\\])', r"\\\1", bare) + '"'
    return f"{quoted} <{_address(address)}>"


def _address(written: str) -> str:
    """Without anything that could end the header or begin another address; foreign domains in their ASCII form."""
    bare = re.sub(r"[\s<>,;\"()\x00-\x1f\x7f]", "", written)
    local, at, domain = bare.rpartition("@")
    try:
        return f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return bare


def _encoded(written: str, field: str) -> str:
    if written.isascii() and "=?" not in written and len(written) < 900:
        return _folded(written)
    return Header(written, "utf-8", header_name=field.rstrip(": "), maxlinelen=75).encode(linesep="\r\n")


def _folded(written: str) -> str:
    """Broken at blanks before the 78th character where there are any."""
    lines = [""]
    for word in written.split(" "):
        if len(lines[-1]) + len(word) > 66 and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\r\n ".join(lines)


def _body(outbound: Outbound) -> EmailMessage:
    """The words in plain text and as HTML, and the files; the same bytes each time."""
    message = EmailMessage(policy=policy.SMTP)
    text = _text(outbound.text)
    title = words.one_line(outbound.subject or "")[:LONGEST_SUBJECT]
    markup = _text(outbound.html) if outbound.html else alternative.html(text)
    page = alternative.page(markup, language=outbound.language, title=_text(title))
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(page, subtype="html", charset="utf-8", cte="quoted-printable")
    for attachment in outbound.attachments:
        _attach(message, attachment)
    # The library draws them by lot, and the copy in «Sent» would be another mail.
    mark = hashlib.sha256(message_id(outbound).encode()).hexdigest()[:24]
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{depth}_{mark}")
    return message


def _text(written: str) -> str:
    return re.sub("[\ud800-\udfff\x00]", "", written).replace("\r\n", "\n").replace("\r", "\n")


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    main, _, sub = attachment.content_type.partition("/")
    plain = re.fullmatch(r"[\w.+-]+/[\w.+-]+", attachment.content_type) and main not in {"multipart", "message"}
    name = words.one_line(attachment.filename)[:200] or "adjunto"
    message.add_attachment(
        attachment.content or b"",
        maintype=main if plain else "application",
        subtype=sub if plain else "octet-stream",
        filename=name,
    )
