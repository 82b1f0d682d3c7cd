"""The films of the articles: where their files lie, what is said in them, and new ones taken in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Impossible
from app.models.knowledge import Film
from app.models.message import File
from app.models.people import User
from kb import captions
from kb.article import Article
from kb.captions import Captions, Cue
from kb.shelf import HOME, with_film

TYPES = {"mp4": "video/mp4", "webm": "video/webm", "jpg": "image/jpeg", "png": "image/png"}
PICTURES = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
LARGEST, LARGEST_PICTURE, LARGEST_CAPTIONS = 24 * 1024 * 1024, 1024 * 1024, 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An uploaded film, or its picture, whose bytes lie in the files."""

    sha256: str
    size: int
    ending: str


def folders(province_dir: Path) -> tuple[Path, ...]:
    """Where films may lie: the province's own first, then those that come with the articles."""
    return (province_dir / "videos", HOME / "videos")


def attached(articles: Iterable[Article], where: Iterable[Path]) -> list[Article]:
    """The articles, each that names no film with the one of its own steps where there is one."""
    found = list(articles)
    for folder in where:
        found = [with_film(one, folder) for one in found]
    return found


def said(
    articles: Iterable[Article], where: Iterable[Path], uploaded: Mapping[str, str]
) -> dict[tuple[str, str], tuple[Cue, ...]]:
    """The captions of every article whose film has some; a file that is none counts as no captions."""
    found = {}
    for one in articles:
        name = Path(one.video.captions).name if one.video and one.video.captions else None
        text = uploaded.get(name) if name else None
        path = next((folder / name for folder in where if (folder / name).is_file()), None) if name else None
        if text is None and path is not None:
            text = path.read_text(encoding="utf-8", errors="replace")
        if text is not None:
            found[one.slug, one.language] = captions.read(text).cues
    return found


def uploaded_captions(session: Session) -> dict[str, str]:
    """Every uploaded file of captions, by its name."""
    rows = session.execute(select(Film.name, Film.captions).where(Film.captions.is_not(None)))
    return {name: text for name, text in rows if text is not None}


def find(session: Session, name: str) -> Film | None:
    """An uploaded film, or uploaded captions, by name."""
    return session.scalar(select(Film).where(Film.name == name))


def ending(head: bytes) -> str:
    """Which kind of film these first bytes begin; Impossible for any other file."""
    if head[4:8] == b"ftyp":
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm"
    raise Impossible("El vídeo tiene que ser un archivo MP4 o WebM.")


def picture(head: bytes) -> str | None:
    """Which kind of picture these first bytes begin, None for any other file."""
    return next((ending for ending, mark in PICTURES.items() if head.startswith(mark)), None)


def keep(session: Session, stem: str, film: Taken, *, by: User | None, now: datetime) -> str:
    """Enter an uploaded film, or its picture; its name tells its bytes, so that older versions keep theirs."""
    return enter(session, f"{stem}-{film.sha256[:8]}.{film.ending}", film, by=by, now=now)


def keep_captions(session: Session, stem: str, text: str, *, by: User | None, now: datetime) -> str:
    """Enter the captions of a film, as WebVTT or SRT has them."""
    read = _read(text)
    if read.error:
        raise Impossible("Los subtítulos tienen que ser un archivo WebVTT (.vtt) o SubRip (.srt) con sus tiempos.")
    return enter_captions(session, f"{stem}-{now:%Y%m%d%H%M%S}.vtt", captions.write(read.cues), by=by, now=now)


def enter(session: Session, name: str, film: Taken, *, by: User | None, now: datetime) -> str:
    """A film or a picture under a name; the same name twice is the same film."""
    if session.get(File, film.sha256) is None:
        session.add(File(sha256=film.sha256, size=film.size, type=TYPES[film.ending], stored_at=now))
        session.flush()
    film_row = Film(name=name, content_type=TYPES[film.ending], size=film.size, sha256=film.sha256)
    return _enter(session, film_row, by=by, now=now)


def enter_captions(session: Session, name: str, text: str, *, by: User | None, now: datetime) -> str:
    """Captions under a name."""
    row = Film(name=name, content_type="text/vtt", size=len(text.encode()), captions=text)
    return _enter(session, row, by=by, now=now)


def lasts(told: str) -> int | None:
    """How many seconds captions run."""
    cues = _read(told).cues if told else ()
    return round(cues[-1].end) if cues else None


def _read(text: str) -> Captions:
    return captions.read(text if text.lstrip("\ufeff").startswith("WEBVTT") else f"WEBVTT\n\n{text}")


def _enter(session: Session, film: Film, *, by: User | None, now: datetime) -> str:
    if find(session, film.name) is None:
        film.at, film.by_id = now, by.id if by else None
        session.add(film)
        session.flush()
    return film.name
