"""What is written in a header, read: encoded words (RFC 2047) and parameters (RFC 2231), also broken ones. Pure."""

import binascii
import re
from urllib.parse import unquote_to_bytes

from channels.email import charsets

ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,3000}(?:\?(?!=)[^?]{0,500}){0,5})\?=")
PARAMETER = re.compile(
    r"""([^=;\s"]{1,100}?)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)""",
    re.DOTALL,
)
JUNK = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
LONGEST = 20_000
LONGEST_PARAMETERS = 8_000


def decoded(value: str) -> str:
    """A header's value as people read it, on one line."""
    value = value[:LONGEST]
    if "=?" not in value:
        return one_line(value)
    out: list[str] = []
    # Words of one charset that follow each other are joined before decoding: some are cut inside a character.
    pending, charset, end = b"", "", 0
    for match in ENCODED.finditer(value):
        between = value[end : match.start()]
        raw = _bytes(match[2], match[3])
        named = match[1].split("*")[0].lower()
        apart = bool(between.strip()) or end == 0
        if pending and (apart or named != charset):
            out.append(charsets.text(pending, charset))
            pending = b""
        if apart:
            out.append(between)
        pending, charset, end = pending + raw, named, match.end()
    if pending:
        out.append(charsets.text(pending, charset))
    out.append(value[end:])
    return one_line("".join(out))


def one_line(value: str) -> str:
    """Line ends and control characters of a header made single blanks."""
    return " ".join(charsets.clean(value).split())


def base64_bytes(raw: bytes) -> bytes:
    """Base64 that may hold junk or lack its padding; what follows the first padding is left out only if unreadable."""
    body = raw.rstrip(b"= \t\r\n")
    if b"=" not in body:
        # The quick way for what nearly every mail holds; it steps over line ends and junk by itself.
        try:
            return binascii.a2b_base64(raw)
        except binascii.Error:
            pass
    out = []
    for piece in raw.translate(None, JUNK).split(b"="):
        piece = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
        out.append(binascii.a2b_base64(piece + b"=" * (-len(piece) % 4)))
    return b"".join(out)


def split(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset="x"` as what stands first, lower-cased, and its parameters, decoded."""
    first, _, rest = value[:LONGEST_PARAMETERS].partition(";")
    found: dict[str, str] = {}
    for name, written in PARAMETER.findall(rest):
        found.setdefault(name.lower().strip(), _unquoted(written.strip()))
    return first.strip().strip("\"'").lower(), _joined(found)


def _bytes(encoding: str, written: str) -> bytes:
    if encoding in "bB":
        return base64_bytes(written.encode("ascii", "ignore"))
    return binascii.a2b_qp(written.replace("_", " ").encode("utf-8", "replace"), header=False)


def _unquoted(written: str) -> str:
    if not written.startswith('"'):
        return re.sub(r"\([^()]*\)$", "", written).strip()
    body = written[1:-1] if written.endswith('"') and len(written) > 1 else written[1:]
    # Windows programs write paths unescaped; only quotes and backslashes are escaped by those who know how.
    return re.sub(r'\\(["\\])', r"\1", body)


def _joined(found: dict[str, str]) -> dict[str, str]:
    """Parameters with their continuations (`name*0*=`, `name*1=`) put together."""
    out: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, written in found.items():
        match = re.fullmatch(r"([^*]+)\*(?:(\d{1,3})(\*)?)?", name)
        if match:
            coded = match[2] is None or match[3] is not None
            pieces.setdefault(match[1], []).append((int(match[2] or 0), coded, written))
        else:
            out[name] = decoded(written)
    for name, parts in pieces.items():
        out[name] = _extended(sorted(parts)) or out.get(name, "")
    return out


def _extended(parts: list[tuple[int, bool, str]]) -> str:
    charset, raw = "", b""
    for place, (_, coded, written) in enumerate(parts):
        if coded and place == 0 and written.count("'") >= 2:
            charset, _, written = written.split("'", 2)
        raw += unquote_to_bytes(written) if coded else written.encode("utf-8", "replace")
    plain = charsets.text(raw, charset)
    return decoded(plain) if "=?" in plain else one_line(plain)
