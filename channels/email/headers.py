"""The headers of a mail or of one of its parts: kept in order, asked by name. Pure; never raises."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from channels.email import charsets, words

FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
KNOWN = re.compile(
    rb"^(?:content-[a-z-]+|mime-version|x-[a-z-]+|from|to|subject|date|message-id|received|reply-to|cc)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
BARE = re.compile(rb"\r?\n(?!\s{0,20}content-)", re.IGNORECASE)
MOST = 2000
MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")


@dataclass(frozen=True, slots=True)
class Headers:
    """Pairs of lower-cased name and value; values are text, not yet decoded."""

    pairs: tuple[tuple[str, str], ...]
    # The first value under each name, and what of them has been read already.
    _first: dict[str, str] = field(init=False, repr=False, compare=False)
    _read: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Every name is asked for several times."""
        object.__setattr__(self, "_first", dict(reversed(self.pairs)))

    def all(self, name: str) -> list[str]:
        """Every value under a name, top one first."""
        return [value for key, value in self.pairs if key == name] if name in self._first else []

    def raw(self, name: str) -> str:
        """The first value under a name, encoded words untouched; '' if there is none."""
        return self._first.get(name, "")

    def text(self, name: str) -> str:
        """The first value under a name as people read it; '' if there is none."""
        if name not in self._first:
            return ""
        if name not in self._read:
            self._read[name] = words.decoded(self.raw(name))
        return self._read[name]

    def ids(self, name: str) -> tuple[str, ...]:
        """The message ids in a header, each once, with angle brackets."""
        if name not in self._first:
            return ()
        return tuple(dict.fromkeys(MESSAGE_ID.findall(charsets.clean(" ".join(self.all(name))[:100_000]))))

    def date(self) -> datetime | None:
        """When the sender says that it was written, in UTC; None if that cannot be read."""
        return moment(self.text("date"))


def moment(written: str) -> datetime | None:
    """A date as mail programs write it; without a zone it is taken as UTC."""
    try:
        found = parsedate_to_datetime(written[:200])
        return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def read(raw: bytes) -> tuple[Headers, bytes]:
    """The headers on top of the bytes, and the rest."""
    found, ends = top(raw)
    return found, raw[ends:]


def top(raw: bytes, *, part: bool = False) -> tuple[Headers, int]:
    """The headers, and where they end. A line that is no header ends them only if none follows it.

    A part of a mail may have none: an empty line on top ends them, unless a header of parts comes next.
    """
    if part and BARE.match(raw):
        return Headers(()), raw.find(b"\n") + 1
    pairs: list[tuple[str, bytes]] = []
    position, length = 0, len(raw)
    while position < length and len(pairs) < MOST:
        end = raw.find(b"\n", position)
        end = length if end < 0 else end + 1
        line = raw[position:end].rstrip(b"\r\n")
        if not line.strip():
            if pairs or line:
                position = end
                if pairs:
                    break
            position = end
            continue
        if line[:1] in (b" ", b"\t") and pairs:
            name, value = pairs[-1]
            # Long enough for any real header; quadratic growth by folding stops here.
            pairs[-1] = (name, value + b"\n" + line) if len(value) < 100_000 else pairs[-1]
        elif match := FIELD.match(line):
            pairs.append((match[1].decode("ascii").lower(), match[2]))
        elif not _junk(line, raw, end, first=not pairs):
            break
        position = end
    values = tuple((name, charsets.text(value).strip()) for name, value in pairs)
    return Headers(values), position


def _junk(line: bytes, raw: bytes, end: int, *, first: bool) -> bool:
    """Whether a line among the headers is to be stepped over: an mbox line, or one with headers after it."""
    if first and line.startswith((b"From ", b">From ")):
        return True
    # The rest of the block, up to its first empty line.
    rest = re.split(rb"\r?\n[ \t]*\r?\n", raw[end : end + 2000], maxsplit=1)[0]
    return bool(KNOWN.search(rest))
