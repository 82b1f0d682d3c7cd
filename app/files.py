"""Attachments and large raw mail, kept once under the hash of their bytes; here in a folder of this machine."""

import hashlib
import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO


class Files(ABC):
    """Where bytes lie under their hash. A place that is full or away raises OSError, whatever it is made of."""

    # The folder of this machine in which they lie, if they lie in one.
    folder: Path | None = None

    @abstractmethod
    def put(self, pieces: Iterable[bytes]) -> tuple[str, int]:
        """Keep the bytes; returns their sha256 in hexadecimal and their count."""

    @abstractmethod
    def open(self, sha256: str) -> BinaryIO:
        """The file's bytes, seekable; raises FileNotFoundError."""

    @abstractmethod
    def delete(self, sha256: str) -> None:
        """Forget the bytes; forgetting twice is no error."""

    def check(self) -> str | None:
        """What keeps the place from working, in Spanish; None if all is well."""
        return None


class Folder(Files):
    """A content-addressed folder. A file is on the disk, synced with its folder, before its hash is told."""

    def __init__(self, folder: Path) -> None:
        self.folder: Path = folder

    def put(self, pieces: Iterable[bytes]) -> tuple[str, int]:
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".coming-")
        try:
            with os.fdopen(handle, "wb") as out:
                for piece in pieces:
                    digest.update(piece)
                    size += len(piece)
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            target = self._path(digest.hexdigest())
            target.parent.mkdir(exist_ok=True)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        for folder in (target.parent, self.folder):
            _sync(folder)
        return digest.hexdigest(), size

    def open(self, sha256: str) -> BinaryIO:
        return self._path(sha256).open("rb")

    def delete(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
