"""What a mail holds for a reader: its words, its HTML and its files, chosen from its parts. Pure; never raises."""

import re
from dataclasses import dataclass, field

from channels.email import charsets, html, smime, tnef, uuencode
from channels.email.walk import Part
from channels.message import Attachment

ENCRYPTED = "[Correo cifrado con S/MIME: aquí no se puede leer. Pida a quien lo envía que lo mande sin cifrar.]"
ENCRYPTED_PGP = "[Correo cifrado con PGP: aquí no se puede leer. Pida a quien lo envía que lo mande sin cifrar.]"
SIGNED_WHOLE = "[Correo firmado con S/MIME en un solo bloque: el texto está dentro del archivo adjunto.]"
EXTENSIONS = {
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/x-vcard": "vcf",
    "text/vcard": "vcf",
    "text/csv": "csv",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/pgp-signature": "asc",
    "application/ms-tnef": "dat",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "message/rfc822": "eml",
    "message/delivery-status": "txt",
    "text/rfc822-headers": "txt",
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "audio/mpeg": "mp3",
}
NAMES = {
    "text/calendar": "invitacion",
    "application/pkcs7-signature": "smime",
    "application/x-pkcs7-signature": "smime",
}


BODIES = {"text/plain", "text/html", "text/enriched", "text"}
# Two halves are one text in two forms unless so many words, and one in so many, are new.
NEW_WORDS, ONE_IN = 3, 4
# Versions of the words for a watch or an animated page, and the half of a Mac's file that only a Mac can use.
NO_FILES = {"text/x-amp-html", "text/watch-html", "application/applefile"}


@dataclass(slots=True)
class Content:
    """Gathered while going through the parts; `messages` are the mails attached as such."""

    texts: list[str] = field(default_factory=list)
    markups: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    messages: list[Part] = field(default_factory=list)
    # Files that are shown where they stand: some programs give the words themselves a name.
    shown: list[Part] = field(default_factory=list)
    # HTML beside a plain version is kept as it is; making text of it takes longer than all the rest.
    rendering: bool = True

    @property
    def text(self) -> str:
        """The words, each part of them once."""
        return "\n\n".join(words.strip("\n") for words in self.texts if words.strip()).strip()

    @property
    def html(self) -> str | None:
        """The HTML as it came, or None."""
        return "\n".join(self.markups) or None


def read(root: Part) -> Content:
    """Everything in the mail."""
    found = Content()
    _into(found, root, version=True)
    if not found.text and found.shown:
        _words(found, found.shown[0])
    if not found.text:
        found.texts.extend(_said_of_crypto(root))
    return found


def _into(found: Content, part: Part, *, version: bool = False) -> None:
    """`version` says that the part is all the mail there is, or all of it in one form: a name makes it no file."""
    if part.content_type == "multipart/alternative":
        _alternative(found, part)
    elif _side_by_side(part):
        _both(found, part)
    elif part.content_type in {"message/rfc822", "message/global"} and part.children:
        found.messages.append(part.children[0])
        _attach(found, part)
    elif part.children:
        for child in part.children:
            _into(found, child)
        # The signature is in the block: whoever wants to check it needs the block.
        if part.content_type in smime.TYPES:
            _attach(found, part)
    elif part.content_type == "application/ms-tnef" or tnef.is_envelope(part.content):
        _envelope(found, part)
    elif _is_body(part, version=version):
        _words(found, part)
    elif part.content_type not in NO_FILES and (part.content or part.filename or part.main != "text"):
        _attach(found, part)


def _side_by_side(part: Part) -> bool:
    """Some programs call the two versions of one text «mixed»."""
    kinds = [child.content_type for child in part.children if _is_body(child)]
    return len(part.children) == 2 and kinds == ["text/plain", "text/html"]


def _is_body(part: Part, *, version: bool = False) -> bool:
    if part.content_type not in BODIES:
        return False
    if part.disposition == "attachment":
        return version and not part.filename
    return version or not part.filename


def _both(found: Content, part: Part) -> None:
    """The plain half, and the HTML half where it says something else."""
    halves = [Content(), Content()]
    for half, child in zip(halves, part.children, strict=True):
        _words(half, child)
    plain, rich = halves
    found.markups.extend(rich.markups)
    known, said = set(re.findall(r"\w+", plain.text.lower())), re.findall(r"\w+", rich.text.lower())
    new = sum(word not in known for word in said)
    if not _says_nothing(plain.text, rich.text):
        found.texts.append(plain.text)
    if not plain.text or new >= max(NEW_WORDS, len(said) // ONE_IN):
        found.texts.append(rich.text)


def _alternative(found: Content, part: Part) -> None:
    """The plain version if it has words, else the HTML one; files of every version are kept."""
    plain: Content | None = None
    rich: Content | None = None
    for child in part.children:
        version = Content(rendering=found.rendering and (plain is None or _may_say_nothing(plain.text)))
        _into(version, child, version=True)
        found.attachments.extend(version.attachments)
        found.shown.extend(version.shown)
        found.messages.extend(version.messages)
        if version.markups:
            rich = rich or version
        elif version.text:
            plain = plain or version
    found.markups.extend(rich.markups if rich else [])
    chosen = rich if rich and (plain is None or _says_nothing(plain.text, rich.text)) else plain
    found.texts.extend(chosen.texts if chosen else [])


def _may_say_nothing(plain: str) -> bool:
    """Some programs write «this mail is HTML» or nothing but links where the plain version should be."""
    return len(plain) < 120 and "html" in plain.lower()


def _says_nothing(plain: str, rich: str) -> bool:
    return _may_say_nothing(plain) and len(rich) > 3 * len(plain) + 40


def _words(found: Content, part: Part) -> None:
    if part.content_type == "text/html":
        _markup(found, part.text)
        return
    written = _without_uuencoded(found, part)
    if part.content_type == "text/enriched":
        written = re.sub(r"<[^<>]{1,80}>", "", written.replace("<<", "‹"))
    if part.parameters.get("format", "").lower() == "flowed":
        written = _flowed(written, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    found.texts.append(written)


def _markup(found: Content, written: str) -> None:
    found.markups.append(written)
    if not found.rendering:
        return
    words = html.text(written)
    # Some programs send both versions side by side instead of as alternatives.
    if "".join(words.split()) not in "".join(found.text.split()):
        found.texts.append(words)


def _flowed(written: str, *, delete_space: bool) -> str:
    """Lines that the program broke (RFC 3676) joined again; quoted lines stay as they are."""
    out: list[str] = []
    joined = False
    for line in written.split("\n"):
        quoted = line.startswith(">")
        body = line[1:] if line.startswith(" ") else line
        if joined and not quoted and out:
            out[-1] = (out[-1][:-1] if delete_space else out[-1]) + body
        else:
            out.append(body)
        joined = body.endswith(" ") and not quoted and body != "-- "
    return "\n".join(out)


def _without_uuencoded(found: Content, part: Part) -> str:
    """The words; files that old programs write among them become attachments."""
    inside = uuencode.files(part.content) if b"\nend" in part.content else []
    if not inside:
        return part.text
    for file in inside:
        name = charsets.clean(charsets.text(file.filename))
        found.attachments.append(_attachment(name, "application/octet-stream", file.content, None))
    rest = charsets.text(uuencode.without(part.content, inside), part.parameters.get("charset"))
    return charsets.clean(rest)


def _envelope(found: Content, part: Part) -> None:
    inside = tnef.unpack(part.content)
    if not found.text and (inside.text or inside.html):
        found.texts.append(inside.text or html.text(inside.html))
    for file in inside.files:
        found.attachments.append(_attachment(file.filename, file.content_type, file.content, None))
    if not inside.files:
        _attach(found, part)


def _attach(found: Content, part: Part) -> None:
    if part.content_type in BODIES and part.disposition != "attachment":
        found.shown.append(part)
    name = part.filename
    if not name and part.children and part.main == "message":
        name = f"{part.children[0].headers.text('subject')[:80] or 'correo'}.eml"
    name = name or f"{NAMES.get(part.content_type, f'adjunto-{len(found.attachments) + 1}')}.{_extension(part)}"
    content_id = part.headers.text("content-id").strip("<> ") or None
    found.attachments.append(_attachment(name, part.content_type, part.content, content_id))


def _extension(part: Part) -> str:
    kind = re.sub(r"[^a-z0-9]", "", part.content_type.partition("/")[2].removeprefix("x-"))
    return EXTENSIONS.get(part.content_type) or kind[:8] or "bin"


def _attachment(name: str, content_type: str, content: bytes, content_id: str | None) -> Attachment:
    bare = re.split(r"[/\\]", name.strip())[-1].strip(" .") or "adjunto"
    if len(bare) > 200:
        stem, dot, ending = bare.rpartition(".")
        bare = f"{stem[: 199 - len(ending)]}.{ending}" if dot and len(ending) < 12 else bare[:200]
    return Attachment(
        filename=bare, content_type=content_type[:100], size=len(content), content=content, content_id=content_id
    )


def _said_of_crypto(root: Part) -> list[str]:
    for part in root.each():
        if part.content_type in smime.TYPES and not part.children:
            return [SIGNED_WHOLE if part.parameters.get("smime-type", "").startswith("signed") else ENCRYPTED]
        if part.content_type == "multipart/encrypted":
            return [ENCRYPTED_PGP]
    return []
