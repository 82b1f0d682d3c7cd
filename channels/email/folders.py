"""Mails that lie in files: one in a file, many in an mbox, a Maildir or a folder of files; read one at a time."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

Opener = Callable[[], bytes]


def mails(path: Path) -> Iterator[Opener]:
    """A way to read each mail under a path, in order; raises OSError."""
    if path.is_dir():
        yield from _maildir(path) if (path / "cur").is_dir() else _folder(path)
    elif _is_mbox(path):
        yield from _mbox(path)
    else:
        yield path.read_bytes


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as opened:
        return opened.read(5) == b"From "


def _mbox(path: Path) -> Iterator[Opener]:
    start, at, blank = -1, 0, True
    with path.open("rb") as opened:
        for line in opened:
            if blank and line.startswith(b"From "):
                if start >= 0:
                    yield partial(_span, path, start, at)
                start = at + len(line)
            at, blank = at + len(line), not line.strip()
    yield partial(_span, path, start, at)


def _span(path: Path, start: int, end: int) -> bytes:
    """One mail of an mbox; whoever wrote it there put a mark before lines that begin as mails do."""
    with path.open("rb") as opened:
        opened.seek(start)
        return re.sub(rb"(?m)^>(>*From )", rb"\1", opened.read(end - start))


def _maildir(path: Path) -> Iterator[Opener]:
    # Whoever reads this Maildir by his own program must find it as he left it.
    files = [file for part in ("cur", "new") for file in (path / part).iterdir() if file.is_file()]
    yield from (file.read_bytes for file in sorted(files, key=lambda file: file.name))


def _folder(path: Path) -> Iterator[Opener]:
    yield from (file.read_bytes for file in sorted(path.rglob("*")) if file.is_file())
