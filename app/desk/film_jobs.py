"""Films asked for in the editor: one for each article at a time, its progress and its end kept where pages see them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import articles, films
from app.desk.films import Taken
from app.errors import Impossible
from app.models.book import ArticleRow, ArticleStatus, Setting
from app.models.people import User
from kb.article import Article, Video
from kb.shelf import film

RUNNING, ENDED = "film:", "filmed:"
LEASE = timedelta(minutes=2)
MOST_TRIES = 3
CHANGED = "Los pasos han cambiado mientras se hacía el vídeo: pídalo otra vez."
BROKEN_OFF = "Se ha interrumpido varias veces; mire si el servidor tiene memoria y sitio, y pídalo otra vez."


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A film to be made."""

    row_id: int
    article: Article
    by_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A film that was made: its bytes lie in the files."""

    film: Taken
    poster: Taken
    captions: str
    duration: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far the film of an article is; `trouble` says why there is none, `share` goes to a hundred."""

    running: bool
    share: int = 0
    trouble: str = ""


def ask(session: Session, row: ArticleRow, *, by: User, now: datetime) -> None:
    """Have a film made of what was last saved; one that is asked for or in work already is enough."""
    if not _newest(session, row)[0].steps:
        raise Impossible("Ponga los pasos en una lista numerada («1. …») y guárdelos: el vídeo se hace con ellos.")
    if session.get(Setting, f"{RUNNING}{row.id}") is not None:
        return
    told = {"by": by.id, "share": 0, "tries": 0, "until": now.isoformat()}
    session.add(Setting(key=f"{RUNNING}{row.id}", value=told, edited_at=now))


def state(session: Session, row: ArticleRow) -> State | None:
    """How far it is; None where nobody asked."""
    if (running := session.get(Setting, f"{RUNNING}{row.id}")) is not None:
        return State(running=True, share=running.value["share"])
    ended = session.get(Setting, f"{ENDED}{row.id}")
    return State(running=False, share=100, trouble=ended.value["trouble"]) if ended else None


def due(session: Session, *, now: datetime) -> bool:
    """Whether a film waits for somebody to make it."""
    return any(_free(one, now) for one in session.scalars(select(Setting).where(Setting.key.startswith(RUNNING))))


def claim(session: Session, *, now: datetime) -> Task | None:
    """Take one film upon oneself for a while; what was broken off too often is given up."""
    waiting = select(Setting).where(Setting.key.startswith(RUNNING)).order_by(Setting.edited_at, Setting.key)
    for one in session.scalars(waiting.with_for_update(skip_locked=True)):
        row = session.get(ArticleRow, int(one.key.removeprefix(RUNNING)))
        if row is None:
            session.delete(one)
        elif _free(one, now) and one.value["tries"] >= MOST_TRIES:
            _end(session, row.id, BROKEN_OFF, now=now)
        elif _free(one, now):
            told = {"tries": one.value["tries"] + 1, "share": 0, "until": (now + LEASE).isoformat()}
            one.value = {**one.value, **told}
            return Task(row_id=row.id, article=_newest(session, row)[0], by_id=one.value["by"])
    return None


def progress(session: Session, task: Task, share: float, *, now: datetime) -> None:
    """It is so far, and whoever makes it is alive."""
    one = session.get(Setting, f"{RUNNING}{task.row_id}")
    if one is not None:
        one.value = {**one.value, "share": round(share * 100), "until": (now + LEASE).isoformat()}


def release(session: Session, *, now: datetime) -> None:
    """Whoever made a film is surely dead: it waits for the next one."""
    for one in session.scalars(select(Setting).where(Setting.key.startswith(RUNNING))):
        one.value = {**one.value, "until": now.isoformat()}


def fail(session: Session, task: Task, trouble: str, *, now: datetime) -> None:
    """There is no film, and why."""
    _end(session, task.row_id, trouble, now=now)


def finish(session: Session, task: Task, shot: Shot, *, now: datetime) -> None:
    """The newest version gets its film, if it has still the steps that the film shows."""
    row = session.get(ArticleRow, task.row_id)
    if row is None:
        return
    article, status = _newest(session, row)
    if (article.title, article.steps) != (task.article.title, task.article.steps):
        _end(session, row.id, CHANGED, now=now)
        return
    by = session.get(User, task.by_id) if task.by_id else None
    shown = attached(session, article, shot, by=by, now=now)
    if shown != article:
        articles.save(session, shown, status, by=by, now=now)
    _end(session, row.id, "", now=now)


def attached(session: Session, article: Article, shot: Shot, *, by: User | None, now: datetime) -> Article:
    """The article with a film that was made of it; the same film twice keeps its name."""
    stem = film(article.slug, article.language)
    file = films.keep(session, stem, shot.film, by=by, now=now)
    name = file.rpartition(".")[0]
    words = films.enter_captions(session, f"{name}.vtt", shot.captions, by=by, now=now)
    picture = films.enter(session, f"{name}.jpg", shot.poster, by=by, now=now)
    return replace(article, video=Video(file=file, captions=words, poster=picture, duration=shot.duration))


def _newest(session: Session, row: ArticleRow) -> tuple[Article, ArticleStatus]:
    version = articles.newest(session, row)
    source, status = (version.source, version.status) if version else (row.source, row.status)
    return articles.read(source, slug=row.slug, language=row.language), status


def _free(one: Setting, now: datetime) -> bool:
    return datetime.fromisoformat(one.value["until"]) <= now


def _end(session: Session, row_id: int, trouble: str, *, now: datetime) -> None:
    running = session.get(Setting, f"{RUNNING}{row_id}")
    if running is not None:
        session.delete(running)
    session.merge(Setting(key=f"{ENDED}{row_id}", value={"trouble": trouble}, edited_at=now))
