"""What a file is by its bytes, whatever its name and its sender say, and whether a desk takes such a thing. Pure."""

import errno
import re
import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))
HEAD = 65_536
TEXT, ZIP, OLE = "text/plain", "application/zip", "application/x-ole-storage"
# By their first bytes; what is not here is not taken.
SIGNS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"PK\3\4", ZIP),
    (b"PK\5\6", ZIP),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"#!AMR", "audio/amr"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
)
BRANDS = {
    b"M4A ": "audio/mp4",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"avif": "image/avif",
}
RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
OFFICE = "application/vnd.openxmlformats-officedocument"
ROOMS = (
    ("word/", f"{OFFICE}.wordprocessingml.document"),
    ("xl/", f"{OFFICE}.spreadsheetml.sheet"),
    ("ppt/", f"{OFFICE}.presentationml.presentation"),
)
# A text may go on under these names of its sender; all others are plain.
TEXTS = {"text/csv", "text/calendar", "text/vcard", "text/x-vcard", "text/xml", "application/xml", "message/rfc822"}
# Text that a browser or a shell would run.
ACTIVE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--[^>]*-->\s*)*<\s*(?:!doctype\s+html|html|script|svg|iframe)\b",
    re.IGNORECASE,
)
RUNS = re.compile(
    r"\.(?:exe|com|scr|pif|msi|msp|msc|url|class|dex|dll|bat|cmd|ps1|vbs?|vbe|jse?|wsf|hta|jar|lnk|reg|sh|html?|svg|iso|img)$|vbaproject\.bin$",
    re.IGNORECASE,
)
KEPT_SECRET = re.compile(r"\.(?:p12|pfx|key|jks|ppk)$", re.IGNORECASE)
PRIVATE = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|^PuTTY-User-Key-File-", re.MULTILINE)
SIZE = rb"(?:\x80|[\x01-\x7f]|\x81.|\x82..|\x83...|\x84....)"
OID = {
    "data": rb"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01",
    "signed": rb"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
    "pbes": rb"\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05|\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01).",
}
# DER and BER: PKCS#12; PKCS#8, PKCS#1 and SEC 1; PKCS#8 behind a password.
KEYS = re.compile(
    b"|".join(
        (
            rb"\x30" + SIZE + rb"\x02\x01\x03\x30" + SIZE + OID["data"],
            rb"\x30" + SIZE + rb"\x02\x01\x00\x30" + SIZE + rb"\x06",
            rb"\x30" + SIZE + rb"\x02\x01\x00\x02",
            rb"\x30" + SIZE + rb"\x02\x01\x01\x04",
            rb"\x30" + SIZE + rb"\x30" + SIZE + OID["pbes"],
            rb"\xfe\xed\xfe\xed|\xce\xce\xce\xce",
        )
    ),
    re.DOTALL,
)
SIGNED = re.compile(rb"\x30" + SIZE + OID["signed"], re.DOTALL)
CERTIFICATE = re.compile(rb"\x30" + SIZE + rb"\x30" + SIZE + rb"\xa0\x03\x02\x01\x02", re.DOTALL)
# What the library stumbles over in archives that are damaged, locked, or made to harm.
BROKEN = (
    BadZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Content:
    """The type of some bytes, None for one that is not taken; `secret` when they are somebody's private key."""

    type: str | None
    secret: bool = False


def look(head: bytes) -> Content:
    """What a file is that begins with these bytes; an archive must still be looked into."""
    if PRIVATE.search(head) or KEYS.match(head):
        return Content(None, secret=True)
    if (found := next((kind for sign, kind in SIGNS if head.startswith(sign)), None)) is not None:
        return Content(found)
    if head[4:8] == b"ftyp":
        return Content(BRANDS.get(head[8:12], "video/mp4"))
    if head.startswith(b"RIFF"):
        return Content(RIFF.get(head[8:12]))
    if SIGNED.match(head):
        return Content("application/pkcs7-mime")
    if CERTIFICATE.match(head):
        return Content("application/pkix-cert")
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return Content("image/bmp")
    if b"%PDF-" in head[:1024]:
        return Content("application/pdf")
    return Content(TEXT if _reads(head) else None)


def inside(archive: BinaryIO) -> Content:
    """What an archive is by what lies in it: a document, plain, or something that runs or must stay secret."""
    try:
        with ZipFile(archive) as opened:
            names = opened.namelist()
            odf = _begins(opened, "mimetype") if names[:1] == ["mimetype"] else ""
    except BROKEN:
        return Content(None)
    except OSError as error:
        # An archive that sends its reader to places before its beginning; anything else concerns the disk.
        if error.errno != errno.EINVAL:
            raise
        return Content(None)
    if any(KEPT_SECRET.search(name) for name in names):
        return Content(None, secret=True)
    if any(RUNS.search(name) for name in names):
        return Content(None)
    if odf.startswith("application/vnd.oasis.opendocument."):
        return Content(odf.strip())
    if "[Content_Types].xml" in names:
        return Content(next((kind for room, kind in ROOMS if any(n.startswith(room) for n in names)), ZIP))
    return Content(ZIP)


def runs(name: str) -> bool:
    """Whether a computer would run a text of this name, whatever the text says."""
    return RUNS.search(name) is not None


def named(found: str, claimed: str) -> str:
    """The type under which it goes on: what its bytes say, or its sender where bytes cannot tell."""
    claimed = claimed.partition(";")[0].strip().lower()
    return claimed if found == TEXT and claimed in TEXTS else found


def _begins(archive: ZipFile, name: str) -> str:
    # A little may unpack to a lot, so no more is read than is needed.
    with archive.open(name) as entry:
        return entry.read(100).decode("ascii", "replace")


def _reads(head: bytes) -> bool:
    """Whether it is text that nothing runs."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    return head.translate(None, CONTROLS) == head and not head.startswith((b"MZ", b"#!")) and not ACTIVE.match(head)
