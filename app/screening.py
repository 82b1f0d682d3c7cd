"""Files on their way into the house and out of it: kept, looked at by their bytes, and asked of the scanner."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import structlog

from app import clock, file_types
from app.desk import file_screening
from app.desk.file_screening import INFECTED, KIND, LARGE, SECRET, State
from app.desk.message_parts import Kept
from app.errors import Impossible
from app.house import House
from app.scanner import Clamd, ScannerAway, TooLarge
from channels.message import Attachment

log = structlog.get_logger()
NO = {
    SECRET: "El archivo «{name}» contiene una clave privada (.p12, .pfx, .key) y no se adjunta. Una clave privada no se"
    " envía a nadie: mande solo la parte pública (.cer).",
    KIND: "El archivo «{name}» no es de un tipo que se pueda enviar. Use PDF, una imagen o un documento de oficina.",
    LARGE: "«{name}» es mayor de lo que el antivirus mira y no se adjunta. Mándelo en partes, o avise a quien lleve los"
    " equipos.",
    INFECTED: "El antivirus ha encontrado un virus en «{name}» y no se adjunta. Avise a quien lleve los equipos.",
}
AWAY = "El antivirus no contesta y «{name}» no se puede comprobar. Envíe el texto sin él, o espere unos minutos."


class Peek:
    """Pieces on their way, of which the first bytes are remembered."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.head = b""

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if len(self.head) < file_types.HEAD:
                self.head += piece[: file_types.HEAD - len(self.head)]
            yield piece


def keep(house: House, attachment: Attachment, pieces: Iterable[bytes]) -> Kept:
    """Keep what came from outside, whatever it is. What must not be shown, or not before the scanner, is marked so."""
    return held(house, _keep(house, attachment, pieces))


def held(house: House, kept: Kept) -> Kept:
    """Nobody sees it before the scanner has, where there is one; the sweep wakes who asks it."""
    return replace(kept, scanned=State.HELD) if kept.scanned is None and house.scanner is not None else kept


def admit(house: House, attachment: Attachment, pieces: Iterable[bytes]) -> Kept:
    """Keep what one of ours chose; Impossible, with what to do, for what must not go out."""
    kept = _keep(house, attachment, pieces)
    why = kept.why
    try:
        if why is None and house.scanner is not None:
            with house.files.open(kept.sha256 or "") as content:
                why = INFECTED if house.scanner.scan(content) else None
            kept = replace(kept, scanned=State.CLEAN)
    except TooLarge:
        why = LARGE
    except ScannerAway as error:
        raise Impossible(AWAY.format(name=attachment.filename)) from error
    if why is not None:
        _forget(house, kept)
        raise Impossible(NO[why].format(name=attachment.filename))
    return kept


def scan(house: House) -> int:
    """Ask the scanner about one batch of files that wait for it; how many were settled."""
    if house.scanner is None:
        return 0
    with house.db.transaction() as session:
        due = file_screening.claim(session, now=clock.now())
    settled = 0
    for sha256 in due:
        try:
            with house.files.open(sha256) as content:
                found = house.scanner.scan(content)
        except TooLarge:
            log.warning("file_too_large_to_scan", sha256=sha256[:12])
            with house.db.transaction() as session:
                file_screening.hold_back(session, sha256)
            settled += 1
            continue
        except OSError as error:
            log.warning("file_not_scanned", error=type(error).__name__)
            # If nobody is there the rest need not ask; one file that cannot be taken holds up no other.
            if isinstance(error, ScannerAway) and not _answers(house.scanner):
                break
            continue
        if found:
            log.error("file_infected", sha256=sha256[:12])
        with house.db.transaction() as session:
            file_screening.settle(session, sha256, infected=found is not None)
        settled += 1
    return settled


def _answers(scanner: Clamd) -> bool:
    try:
        scanner.ping()
    except ScannerAway:
        return False
    return True


def _keep(house: House, attachment: Attachment, pieces: Iterable[bytes]) -> Kept:
    peek = Peek(pieces)
    sha256, size = house.files.put(peek)
    found = file_types.look(peek.head)
    if found.type == file_types.ZIP:
        with house.files.open(sha256) as archive:
            found = file_types.inside(archive)
    # Under such a name a computer runs these, whatever else they might be.
    if found.type in {file_types.TEXT, file_types.ZIP, file_types.OLE} and file_types.runs(attachment.filename):
        found = file_types.Content(None)
    if found.type is None:
        why = SECRET if found.secret else KIND
        bare = replace(attachment, content=None)
        return Kept(attachment=bare, sha256=sha256, size=size, scanned=State.REFUSED, why=why)
    kind = file_types.named(found.type, attachment.content_type)
    return Kept(attachment=replace(attachment, content=None, content_type=kind), sha256=sha256, size=size)


def _forget(house: House, kept: Kept) -> None:
    """A secret or a virus that nobody else's row speaks of need not lie about."""
    with house.db.reading() as session:
        known = file_screening.known(session, kept.sha256 or "")
    if not known:
        house.files.delete(kept.sha256 or "")
