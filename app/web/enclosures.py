"""The files of a message as its bubble shows them: as picture, sound or paper, or why not and what to do about it."""

from dataclasses import dataclass

from app.desk import file_screening
from app.i18n import size
from app.models.message import MessageFile
from app.web.say import _

PICTURES = {"image/jpeg", "image/png", "image/gif", "image/webp"}
PAPER = "application/pdf"
SOUNDS = {"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/wav", "audio/webm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file of a message: how it is shown, and why it cannot be, if so."""

    id: int
    name: str
    size: str
    picture: bool
    sound: bool
    paper: bool
    here: bool
    transcript: str
    trouble: str
    large: bool


def enclosed(file: MessageFile) -> Enclosed:
    """How a file is shown."""
    kept = file.sha256 is not None and (file.file is None or file_screening.shown(file.file))
    return Enclosed(
        id=file.id,
        name=file.filename,
        size=size(file.size) if file.size else "",
        picture=kept and file.content_type in PICTURES,
        sound=kept and file.content_type.partition(";")[0] in SOUNDS,
        paper=kept and file.content_type.partition(";")[0] == PAPER,
        here=kept,
        transcript=file.transcript or "",
        trouble="" if kept else _trouble(file),
        large=not kept and file.file is not None and file.file.why == file_screening.LARGE,
    )


def _trouble(file: MessageFile) -> str:
    """Why it is not shown, and what to do about it."""
    told = {
        file_screening.SECRET: _(
            "lleva una clave privada y no se muestra a nadie: pídale que no la mande y que la revoque"
        ),
        file_screening.KIND: _("no es de un tipo que se abra aquí: pídale un PDF, una foto o un documento de oficina"),
        file_screening.INFECTED: _("el antivirus ha encontrado un virus y no se abre: avise a quien lo envió"),
        file_screening.LARGE: _("es demasiado grande para el antivirus y nadie lo ha comprobado"),
        None: _("espera al antivirus; se mira cada pocos minutos"),
    }
    if file.file is not None and file.sha256 is not None:
        return told.get(file.file.why, told[file_screening.KIND])
    return file.trouble or _("se está trayendo")
