"""The ledger of erasures beside the database: a backup that is older than an erasure must not bring anybody back."""

import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from app.models.ledger import Erasure

NAME = "erasures.jsonl"


def append(folder: Path, entries: Iterable[Erasure]) -> None:
    """Write rows of the ledger down, on the disk before this returns: ids and moments, nobody's name."""
    lines = "".join(line(entry) + "\n" for entry in entries)
    if not lines:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("a", encoding="ascii") as out:
        out.write(lines)
        out.flush()
        os.fsync(out.fileno())


def line(entry: Erasure) -> str:
    """One row of the ledger as a line."""
    return json.dumps(
        {
            "at": entry.at.isoformat(),
            "contact": entry.contact_id,
            "ticket": entry.ticket_id,
            "made_at": entry.made_at.isoformat(),
        }
    )


def read(path: Path, *, after: datetime) -> Iterator[Erasure]:
    """The erasures younger than a backup, oldest first; a line that the power cut in two is passed over."""
    for told in path.read_text(encoding="ascii").splitlines():
        try:
            row = json.loads(told)
        except ValueError:
            continue
        entry = Erasure(
            at=datetime.fromisoformat(row["at"]),
            because="restored",
            contact_id=row["contact"],
            ticket_id=row["ticket"],
            made_at=datetime.fromisoformat(row["made_at"]),
        )
        if entry.at > after:
            yield entry
