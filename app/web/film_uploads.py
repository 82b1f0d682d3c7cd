"""Films, their pictures and captions that a supervisor uploads, looked at before they are kept."""

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
    if _size(upload) > films.LARGEST:
        raise Impossible(_("El vídeo pasa de 24 MB. Haga uno más corto o con menos calidad."))
    return _taken(upload, ending)


def picture(upload: FileStorage | None) -> Taken | None:
    """The picture that stands there until the film begins, put away in the files; None if none was chosen."""
    if upload is None or not upload.filename:
        return None
    ending = films.picture(upload.stream.read(32))
    if ending is None:
        raise Impossible(_("La imagen del vídeo tiene que ser un archivo JPEG o PNG."))
    if _size(upload) > films.LARGEST_PICTURE:
        raise Impossible(_("La imagen del vídeo pasa de 1 MB. Guárdela más pequeña, o como JPEG."))
    return _taken(upload, ending)


def captions(upload: FileStorage | None) -> str:
    """The words of a file of captions; empty if none was chosen."""
    if upload is None or not upload.filename:
        return ""
    content = upload.stream.read(films.LARGEST_CAPTIONS + 1)
    if len(content) > films.LARGEST_CAPTIONS:
        raise Impossible(_("Los subtítulos pasan de 512 kB: no parecen subtítulos."))
    return content.decode("utf-8", errors="replace")


def _size(upload: FileStorage) -> int:
    return upload.stream.seek(0, 2)


def _taken(upload: FileStorage, ending: str) -> Taken:
    upload.stream.seek(0)
    attachment = Attachment(filename=upload.filename or "", content_type=films.TYPES[ending])
    kept = screening.admit(house(), attachment, _pieces(upload))
    return Taken(sha256=kept.sha256 or "", size=kept.size, ending=ending)


def _pieces(upload: FileStorage) -> Iterator[bytes]:
    while piece := upload.stream.read(PIECE):
        yield piece
