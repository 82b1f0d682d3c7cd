"""Outlook's winmail.dat unpacked: the files in it, and its words if they are not in compressed RTF. Pure."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from channels.email import charsets

SIGNATURE = b"\x78\x9f\x3e\x22"
TITLE, DATA, RENDERING, PROPERTIES = 0x8010, 0x800F, 0x9002, 0x9005
BODY, MESSAGE_PROPERTIES = 0x800C, 0x9003
LONG_NAME, SHORT_NAME, DATA_TAG, MIME_TAG, BODY_TAG, HTML_TAG = 0x3707, 0x3704, 0x3701, 0x370E, 0x1000, 0x1013
FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
STRINGS, BLOBS = (0x1E, 0x1F), (0x0D, 0x102)
MOST = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of the envelope."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What was inside: words as text or as HTML ('' if none), and files."""

    text: str
    html: str
    files: tuple[File, ...]


def is_envelope(raw: bytes) -> bool:
    """Whether the bytes are one of these."""
    return raw.startswith(SIGNATURE)


def unpack(raw: bytes) -> Envelope:
    """As much of the envelope as can be read; a cut one gives what stands before the cut."""
    text, html = "", ""
    files: list[File] = []
    for attribute, data in _attributes(raw):
        if attribute == BODY:
            text = charsets.clean(charsets.text(data))
        elif attribute == MESSAGE_PROPERTIES:
            found = dict(_properties(data))
            text = text or charsets.clean(_string(found.get(BODY_TAG, b"")))
            html = charsets.clean(charsets.text(found.get(HTML_TAG, b"")))
        elif attribute == RENDERING:
            files.append(File(filename="", content_type="application/octet-stream", content=b""))
        elif files and attribute in (TITLE, DATA, PROPERTIES):
            files[-1] = _with(files[-1], attribute, data)
    kept = tuple(file for file in files if file.content)
    return Envelope(text=text, html=html, files=kept)


def _with(file: File, attribute: int, data: bytes) -> File:
    name, content_type, content = file.filename, file.content_type, file.content
    if attribute == TITLE:
        name = name or _string(data)
    elif attribute == DATA:
        content = data
    else:
        found = dict(_properties(data))
        name = _string(found.get(LONG_NAME, b"")) or name or _string(found.get(SHORT_NAME, b""))
        content_type = _string(found.get(MIME_TAG, b"")) or content_type
        content = content or found.get(DATA_TAG, b"")
    return File(filename=name, content_type=content_type, content=content)


def _string(data: bytes) -> str:
    # A wide string has a null in every second byte; a narrow one only at its end.
    wide = len(data) > 1 and data[1::2].count(0) > len(data) // 4
    return charsets.clean(charsets.text(data, "utf-16-le") if wide else charsets.text(data.rstrip(b"\0"))).strip()


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    position = 6
    for _ in range(MOST):
        if position + 9 > len(raw):
            return
        _, attribute, _, length = struct.unpack_from("<BHHI", raw, position)
        yield attribute, raw[position + 9 : position + 9 + length]
        position += 9 + length + 2


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each property; what follows an unknown type cannot be found and is left out."""
    try:
        (count,) = struct.unpack_from("<I", data, 0)
        position = 4
        for _ in range(min(count, MOST)):
            kind, tag = struct.unpack_from("<HH", data, position)
            position = _after_name(data, position + 4) if tag >= 0x8000 else position + 4
            values, position = _values(data, position, kind)
            yield tag, b"".join(values[:1])
    except (struct.error, KeyError, UnicodeError):
        return


def _after_name(data: bytes, position: int) -> int:
    (kind,) = struct.unpack_from("<I", data, position + 16)
    if kind == 0:
        return position + 24
    length = int(struct.unpack_from("<I", data, position + 20)[0])
    return position + 24 + length + (-length % 4)


def _values(data: bytes, position: int, kind: int) -> tuple[list[bytes], int]:
    many, bare = bool(kind & 0x1000), kind & 0x0FFF
    counted = many or bare in STRINGS or bare in BLOBS
    count = int(struct.unpack_from("<I", data, position)[0]) if counted else 1
    position += 4 if counted else 0
    out = []
    for _ in range(min(count, MOST)):
        if bare in STRINGS or bare in BLOBS:
            (length,) = struct.unpack_from("<I", data, position)
            out.append(data[position + 4 : position + 4 + length])
            position += 4 + length + (-length % 4)
        else:
            out.append(data[position : position + FIXED[bare]])
            position += FIXED[bare]
    return out, position
