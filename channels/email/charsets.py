"""Bytes of a mail made text, whatever charset they claim to be in. Pure; never raises."""

import codecs
import re
from functools import lru_cache

# What programs call charsets that Python knows by other names, or that are better read as their superset.
ALIASES = {
    "unknown-8bit": "",
    "default": "",
    "default_charset": "",
    "x-unknown": "",
    "binary": "",
    "8bit": "",
    "us-ascii": "",
    "ascii": "",
    "ansi_x3.4-1968": "",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "x-gbk": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "x-gb2312": "gb18030",
    "cn-gb": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "x-windows-949": "cp949",
    "windows-874": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "windows-31j": "cp932",
    "cp-850": "cp850",
    "iso-10646": "utf-8",
    "utf8mb4": "utf-8",
    "utf8mb3": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode": "utf-16",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso2022-jp": "iso2022_jp_ext",
}
# Apple's programs put a mark without width before what they quote.
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff]")
SURROGATES = re.compile("[\ud800-\udfff]")
UNCLEAN = re.compile("[\x00-\x08\r\x0e-\x1f\x7f\u2028\u2029\ufeff\ud800-\udfff]")


def text(raw: bytes, charset: str | None = None) -> str:
    """The text of the bytes: by the charset named, else UTF-8 if they are UTF-8, else Western European."""
    if raw.startswith(codecs.BOM_UTF8):
        return raw[3:].decode("utf-8", "replace")
    name = _codec(charset)
    if name:
        try:
            return raw.decode(name, "strict")
        except (UnicodeError, ValueError):
            return _guess(raw) if _is_utf8(raw) else _replaced(raw, name)
    return _guess(raw)


def clean(words: str) -> str:
    """Text that every database takes: line ends are \\n, no null bytes or other controls, no lone surrogates."""
    if not UNCLEAN.search(words):
        return words
    words = (
        words.replace("\r\r\n", "\n")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
    )
    return SURROGATES.sub("\ufffd", CONTROLS.sub("", words))


@lru_cache(maxsize=256)
def _codec(charset: str | None) -> str:
    """The name Python knows it by, or '' when it is unknown or says nothing."""
    wanted = re.sub(r"[\s\"'<>]+", "", charset or "").lower()
    wanted = ALIASES.get(wanted, wanted)
    for name in (wanted, wanted.removeprefix("x-"), wanted.replace("windows-", "cp").replace("cp-", "cp")):
        found = _lookup(name)
        if found:
            return found
    return ""


def _lookup(name: str) -> str:
    if not name or not name.isascii() or "\x00" in name:
        return ""
    try:
        found = codecs.lookup(name)
        # Codecs such as rot13 or base64 do not make text out of bytes.
        return found.name if isinstance(b"".decode(found.name), str) else ""
    except (LookupError, TypeError, ValueError):
        return ""


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _replaced(raw: bytes, name: str) -> str:
    """A text with bytes that its charset does not know; «UTF-8» in which no letter is UTF-8 is Western European."""
    found = raw.decode(name, "replace")
    if name == "utf-8" and not any(char > "\x7f" and char != "\ufffd" for char in found):
        return _guess(raw) if re.search(rb"[a-zA-Z][\x80-\xff][a-zA-Z]", raw) else found
    return found


def _guess(raw: bytes) -> str:
    if b"\x1b$" in raw or b"\x1b(J" in raw:
        return raw.decode("iso2022_jp_ext", "replace")
    if _is_utf8(raw):
        return raw.decode("utf-8")
    # cp1252 leaves five bytes undefined; latin-1 leaves none.
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
