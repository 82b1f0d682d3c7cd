"""Files that old programs write into the text of a mail between «begin» and «end». Pure; never raises."""

import binascii
import re
from dataclasses import dataclass

BEGIN = re.compile(rb"begin [0-7]{3,4} ([^\r\n]{1,200})")
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file: its name, its bytes, and the lines from `first` to before `after` that it was written in."""

    filename: bytes
    content: bytes
    first: int
    after: int


def files(raw: bytes) -> list[File]:
    """Every file that is begun and ended."""
    found: list[File] = []
    begun: tuple[int, bytes] | None = None
    inside: list[bytes] = []
    for number, line in enumerate(raw.splitlines()):
        match = BEGIN.fullmatch(line.rstrip())
        if match:
            begun, inside = (number, match[1]), []
        elif begun and line.strip() == b"end" and len(found) < MOST:
            content = b"".join(_bytes(coded) for coded in inside)
            if content:
                found.append(File(filename=begun[1], content=content, first=begun[0], after=number + 1))
            begun = None
        elif begun:
            inside.append(line)
    return found


def without(raw: bytes, found: list[File]) -> bytes:
    """The text without the lines of the files."""
    lines = raw.splitlines()
    for file in reversed(found):
        del lines[file.first : file.after]
    return b"\n".join(lines)


def _bytes(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return b""
