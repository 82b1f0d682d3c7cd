"""The desk's own model of triage, learned from what its technicians put right and kept in DATA_DIR.

It counts only beside the shipped model that it was learned with: after an upgrade brings another, that one is used
until the desk learns again.
"""

import os
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from triage.model import FILE

FOLDER, KEPT = "models", 2


def model(data_dir: Path) -> Path:
    """What triage goes by: the desk's newest own model if it was learned with the shipped one, else the shipped one."""
    return next(reversed(_own(data_dir, _mark())), FILE)


def outdated(data_dir: Path) -> bool:
    """Whether the desk has a model of its own that an upgrade has put out of use."""
    return bool(_own(data_dir, "")) and model(data_dir) == FILE


def install(data_dir: Path, teach: Callable[[Path, Path], int], *, now: datetime) -> bool:
    """Have a model taught: `teach` gets the present one and where to write, and returns 0 if the new one is to be used.

    The one before stays for processes that have not heard yet.
    """
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f"new-{os.getpid()}.npz"
    try:
        if teach(model(data_dir), new):
            return False
        new.replace(folder / f"triage-{_mark()}-{now:%Y%m%d%H%M%S%f}.npz")
    finally:
        new.unlink(missing_ok=True)
    for old in _own(data_dir, "")[:-KEPT]:
        old.unlink(missing_ok=True)
    return True


def _own(data_dir: Path, mark: str) -> list[Path]:
    """The desk's own models, the newest last."""
    found = (data_dir / FOLDER).glob(f"triage-{mark or '*'}-*.npz")
    return sorted(found, key=lambda file: file.stem.rpartition("-")[2])


@lru_cache(maxsize=1)
def _mark() -> str:
    """Tells the shipped model from that of another version."""
    return sha256(FILE.read_bytes()).hexdigest()[:12] if FILE.is_file() else "none"
