"""A mail taken apart into its parts, however badly it was put together. Pure; bounded in depth and number."""

import binascii
import re
from dataclasses import dataclass, field

from channels.email import charsets, smime, uuencode, words
from channels.email.headers import Headers, top

DEEPEST = 25
MOST = 2000
# Every level is a copy in memory: a large mail may not be packed in itself as often as a small one.
ALWAYS_OPENED, TIMES_OPENED = 2_000_000, 6
# In bytes; nobody reads more, and the whole mail stays where it is kept.
MOST_TEXT = 2_000_000


# «multipart/mixed boundary=x»: the semicolon was forgotten.
UNPARTED = re.compile(r"^(\s*[\w.+-]+/[\w.+-]+)\s+(?=[\w*-]+=)")


META = re.compile(rb"<meta\b[^<>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: its type, its parameters, its decoded bytes, and the parts inside it."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    disposition: str
    filename: str
    content: bytes
    children: tuple["Part", ...] = ()
    default_type: bool = False

    @property
    def main(self) -> str:
        """What stands before the slash of the type."""
        return self.content_type.partition("/")[0]

    @property
    def text(self) -> str:
        """The bytes as text, by the charset that the part names."""
        named = self.parameters.get("charset")
        if named is None and self.content_type == "text/html" and (said := META.search(self.content[:4000])):
            named = said[1].decode("ascii")
        return charsets.clean(charsets.text(self.content[:MOST_TEXT], named))

    def each(self) -> list["Part"]:
        """This part and all inside it, in the order of the mail."""
        return [self] + [part for child in self.children for part in child.each()]


@dataclass(slots=True)
class _Budget:
    """How many parts, and how many bytes of them, may still be opened; one mail shares one."""

    bytes_left: int
    left: int = field(default=MOST)

    @property
    def used_up(self) -> bool:
        """Whether what comes now stays closed."""
        return self.left <= 0 or self.bytes_left <= 0


def take_apart(raw: bytes) -> Part:
    """The tree of a whole mail."""
    budget = _Budget(bytes_left=max(ALWAYS_OPENED, TIMES_OPENED * len(raw)))
    return _part(with_line_ends(raw), depth=0, budget=budget, assumed="text/plain")


def with_line_ends(raw: bytes) -> bytes:
    """The mail as it came, unless its lines end as those of old Macs did."""
    head = raw[:100_000]
    lone = head.count(b"\r") - head.count(b"\r\n")
    return re.sub(rb"\r(?!\n)", b"\n", raw) if lone > head.count(b"\n") else raw


def _part(raw: bytes, *, depth: int, budget: _Budget, assumed: str, inside: bool = False) -> Part:
    budget.left -= 1
    budget.bytes_left -= len(raw)
    headers, begins = top(raw, part=inside)
    stated_type = headers.raw("content-type")
    if "=" in stated_type.partition(";")[0]:
        stated_type = UNPARTED.sub(r"\1; ", stated_type)
    content_type, parameters = words.split(stated_type)
    stated = bool(re.fullmatch(r"[\w.+-]+/[\w.+-]+", content_type))
    if not stated:
        content_type = "text/plain" if content_type == "text" else assumed
    disposition, named = words.split(headers.raw("content-disposition"))
    filename = named.get("filename") or parameters.get("name") or named.get("name") or ""
    open_it = depth < DEEPEST and not budget.used_up
    content = b""
    children: tuple[Part, ...] = ()
    if content_type.startswith("multipart/") and open_it:
        children = _multipart(raw, begins, parameters, content_type, depth=depth, budget=budget)
        if not children:
            content_type = "text/plain"
            raw, begins = _without_delimiters(raw[begins:], parameters.get("boundary", "")), 0
    if not children:
        content = _decoded(raw[begins:], headers.raw("content-transfer-encoding"))
    if content_type == "application/octet-stream" and filename.lower().endswith(".eml") and top(content)[0].raw("from"):
        content_type = "message/rfc822"
    if content_type in {"message/rfc822", "message/global"} and open_it and content.strip():
        children = (_part(content.lstrip(b"\r\n"), depth=depth + 1, budget=budget, assumed="text/plain"),)
    if content_type in smime.TYPES and open_it and (signed := smime.inside(content)):
        children = (_part(signed, depth=depth + 1, budget=budget, assumed="text/plain"),)
    return Part(
        headers=headers,
        content_type=content_type,
        parameters=parameters,
        disposition=disposition,
        filename=filename,
        content=content,
        children=children,
        default_type=not stated,
    )


def _multipart(
    raw: bytes, begins: int, parameters: dict[str, str], content_type: str, *, depth: int, budget: _Budget
) -> tuple[Part, ...]:
    boundary = parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
    pieces = _pieces(raw, begins, boundary) if boundary else []
    if not pieces and (guessed := _guessed(raw[begins : begins + 100_000])):
        pieces = _pieces(raw, begins, guessed)
    assumed = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
    found = []
    for piece in pieces:
        if budget.left <= 0:
            break
        found.append(_part(piece, depth=depth + 1, budget=budget, assumed=assumed, inside=True))
    return tuple(found)


def _pieces(raw: bytes, begins: int, boundary: bytes) -> list[bytes]:
    """What stands between the delimiter lines; a missing last one is forgiven."""
    mark = b"--" + boundary
    out: list[bytes] = []
    start, position = -1, begins
    while (place := raw.find(mark, position)) >= 0 and len(out) < MOST:
        end = raw.find(b"\n", place)
        end = len(raw) if end < 0 else end + 1
        rest = raw[place + len(mark) : end].strip()
        position = end
        if (place > begins and raw[place - 1 : place] not in (b"\n", b"\r")) or rest not in (b"", b"--"):
            position = place + len(mark)
            continue
        if start >= 0:
            out.append(raw[start : _before_line_end(raw, start, place)])
        start = -1 if rest == b"--" else end
    if start >= 0 and raw[start:].strip():
        out.append(raw[start:])
    return out


def _without_delimiters(body: bytes, boundary: str) -> bytes:
    """The words of a multipart without parts: whatever stands there but its own delimiters."""
    mark = b"--" + boundary.encode("utf-8", "replace").rstrip()
    return b"".join(line for line in body.splitlines(keepends=True) if line.strip() not in (mark, mark + b"--"))


def _before_line_end(raw: bytes, start: int, end: int) -> int:
    """The line end before a delimiter belongs to the delimiter."""
    if end > start and raw[end - 1 : end] == b"\n":
        end -= 1
    return end - 1 if end > start and raw[end - 1 : end] == b"\r" else end


def _guessed(body: bytes) -> bytes:
    """The boundary that a body uses although its header does not say so."""
    match = re.search(rb"^--([^\s]{3,100})[ \t]*\r?\ncontent-", body, re.MULTILINE | re.IGNORECASE)
    return match[1] if match else b""


def _decoded(body: bytes, encoding: str) -> bytes:
    name = re.sub(r"[^a-z0-9-]", "", encoding.lower().partition(";")[0].partition("(")[0])
    if name == "base64":
        return words.base64_bytes(body)
    if name in {"quoted-printable", "quotedprintable"}:
        return binascii.a2b_qp(body)
    if name in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        found = uuencode.files(body)
        return found[0].content if found else body
    return body
