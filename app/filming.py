"""The job that makes the films which supervisors ask for: claimed, made outside any transaction, and entered."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import structlog

from app import clock
from app.desk import film_jobs, films
from app.desk.film_jobs import Shot, Task
from app.house import House
from kb import render as renderer
from kb.article import Article
from kb.render import RenderError

log = structlog.get_logger()
NO_ROOM = "No se ha podido guardar: no hay sitio en el disco, o no se puede escribir en él."
STEPS = 20


def film(house: House) -> int:
    """Make one film that waits; how many there were."""
    with house.db.reading() as session:
        if not film_jobs.due(session, now=clock.now()):
            return 0
    with house.db.transaction() as session:
        task = film_jobs.claim(session, now=clock.now())
    if task is None:
        return 0
    trouble = ""
    try:
        shot = shoot(house, task.article, _teller(house, task))
    except RenderError as error:
        trouble = str(error)
    except OSError as error:
        trouble = NO_ROOM
        log.error("film_not_kept", article=task.row_id, trouble=type(error).__name__)
    with house.db.transaction() as session:
        if trouble:
            film_jobs.fail(session, task, trouble, now=clock.now())
        else:
            film_jobs.finish(session, task, shot, now=clock.now())
    return 1


def shoot(house: House, article: Article, progress: Callable[[float], None]) -> Shot:
    """A film of the article's steps, put away in the files. Raises RenderError with the reason why there is none."""
    with tempfile.TemporaryDirectory() as work:
        made = renderer.render(article, Path(work), progress=progress)
        film, poster = (put_away(house, Path(work, name or "")) for name in (made.file, made.poster))
        told = Path(work, made.captions or "").read_text("utf-8")
        return Shot(film=film, poster=poster, captions=told, duration=made.duration)


def put_away(house: House, path: Path) -> films.Taken:
    """A file of film, or a picture, put away in the files; Impossible if it is none."""
    with path.open("rb") as content:
        ending = kind_of(content.read(32))
        content.seek(0)
        sha256, size = house.files.put(iter(lambda: content.read(65_536), b""))
    return films.Taken(sha256=sha256, size=size, ending=ending)


def kind_of(head: bytes) -> str:
    """Which kind of film, or of picture of one, these first bytes begin; Impossible for any other file."""
    return films.picture(head) or films.ending(head)


def _teller(house: House, task: Task) -> Callable[[float], None]:
    told = 0

    def tell(share: float) -> None:
        nonlocal told
        if (step := int(share * STEPS)) > told:
            told = step
            with house.db.transaction() as session:
                film_jobs.progress(session, task, share, now=clock.now())

    return tell
