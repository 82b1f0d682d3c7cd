"""Films and captions that a supervisor uploads, looked at before they are kept."""

from collections.abc import Iterator

from werkzeug.datastructures import FileStorage

from app import screening
from app.desk import films
from app.desk.films import Taken
from app.errors import Impossible
from app.house import house
from app.web.say import _
from channels.message import Attachment

PIECE = 65_536


def film(upload: FileStorage | None) -> Taken | None:
    """The film, put away in the files; None if none was chosen."""
    if upload is None or not upload.filename:
        return None
    ending = films.ending(upload.stream.read(32))
    upload.stream.seek(0, 2)
    if upload.stream.tell() > films.LARGEST:
        raise Impossible(_("El vídeo pasa de 24 MB. Haga uno más corto o con menos calidad."))
    upload.stream.seek(0)
    attachment = Attachment(filename=upload.filename, content_type=f"video/{ending}")
    kept = screening.admit(house(), attachment, _pieces(upload))
    return Taken(sha256=kept.sha256 or "", size=kept.size, ending=ending)


def captions(upload: FileStorage | None) -> str:
    """The words of a file of captions; empty if none was chosen."""
    if upload is None or not upload.filename:
        return ""
    content = upload.stream.read(films.LARGEST_CAPTIONS + 1)
    if len(content) > films.LARGEST_CAPTIONS:
        raise Impossible(_("Los subtítulos pasan de 512 kB: no parecen subtítulos."))
    return content.decode("utf-8", errors="replace")


def _pieces(upload: FileStorage) -> Iterator[bytes]:
    while piece := upload.stream.read(PIECE):
        yield piece
