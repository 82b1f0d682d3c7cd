"""Attachments and large raw mail, kept once under the hash of their bytes, in a folder."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from app.errors import ConfigError


class Files:
    """A content-addressed folder. A file is on the disk, synced with its folder, before its hash is told."""

    def __init__(self, url: str) -> None:
        if not url.startswith("file://"):
            raise ConfigError(
                "FILES_URL: use la dirección de una carpeta, por ejemplo file:///srv/ventanilla/archivos."
            )
        self.folder = Path(url.removeprefix("file://"))

    def put(self, pieces: Iterable[bytes]) -> tuple[str, int]:
        """Keep the bytes; returns their sha256 in hexadecimal and their count."""
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
        """The file's bytes; raises FileNotFoundError."""
        return self._path(sha256).open("rb")

    def delete(self, sha256: str) -> None:
        """Forget the bytes; forgetting twice is no error."""
        self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
