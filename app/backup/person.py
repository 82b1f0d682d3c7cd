"""One person's data as an archive to hand over: what was said as JSON, and the files beside it."""

import json
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from app.backup.pack import pieces
from app.desk.subject_access import Dossier
from app.files import Files


def write(out: IO[bytes], dossier: Dossier, files: Files) -> list[str]:
    """Write the archive; returns the names of files whose bytes are no longer there."""
    missing = []
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("datos.json", json.dumps(dossier.told, ensure_ascii=False, indent=2))
        for sha256, name in dossier.files:
            try:
                with files.open(sha256) as content, archive.open(f"ficheros/{name}", "w", force_zip64=True) as entry:
                    for piece in pieces(content):
                        entry.write(piece)
            except FileNotFoundError:
                missing.append(name)
    return missing
