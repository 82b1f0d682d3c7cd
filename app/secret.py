"""The key that signs sessions and links: made once, readable by its owner only."""

import os
import secrets
from pathlib import Path


def write_secret(path: Path, keys: str | None = None) -> None:
    """Make the key, or keep those of a desk that moves in; FileExistsError if there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write((keys or secrets.token_urlsafe(48)) + "\n")
