"""What rules and answers look things up in, built from rows and swapped whole when a row changes."""

import gc
import threading
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.db import Database
from app.desk import films
from app.desk.dossier import hall_names
from app.desk.hours import Hours, read_summer, read_week
from app.desk.saved_views import Look, kept
from app.models.arrival import Mode
from app.models.book import ArticleRow, ArticleStatus, Book, CalendarDay, Setting, TextRow
from app.models.place import EntityKind, TownHall
from kb.article import read as read_article
from kb.search import Search
from kb.shelf import Shelf, shelve
from triage.books import Books as TriageBooks
from triage.library import Library
from triage.model import FILE as SHIPPED
from triage.province import read_books

DESK = "desk"
LOOK_AGAIN = 1.0
STRICT = (Mode.OFF, Mode.PROPOSE, Mode.SEND)
DESK_SCOPES = ("national", "region", "desk")
HALL = (
    *(TownHall.code, TownHall.kind, TownHall.name, TownHall.sede_url),
    *(TownHall.phone, TownHall.supplier, TownHall.dir3),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """The entity that runs the desk, as its province.toml says."""

    name: str
    entity: str
    languages: tuple[str, ...]
    phone_region: str
    phone: str
    email: str
    whatsapp: str
    register_url: str
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """What a text may say of a town hall."""

    name: str
    office: str
    sede_url: str | None
    phone: str | None
    supplier: str | None = None
    dir3: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Everything that decides without rows: places and holidays, articles and their search, texts, hours, modes."""

    version: int
    province: Province
    triage: TriageBooks
    halls: Mapping[str, Hall]
    shelf: Shelf
    search: Search
    texts: Mapping[tuple[str, str], str]
    hours: Hours
    modes: Mapping[str, Mode]
    settings: Mapping[str, Any] = field(default_factory=dict)
    views: tuple[Look, ...] = ()
    hall_names: Mapping[int, str] = field(default_factory=dict)

    def spoken(self, language: str | None) -> str:
        """The language in which somebody is answered: their own if the desk writes it, else the desk's first."""
        return language if language in self.province.languages else self.province.languages[0]

    def mode(self, category: str, channel: str, line: Mode) -> Mode:
        """How far the machine may go with a category on a channel: never further than the line itself."""
        own = self.modes.get(f"{channel}:{category}", self.modes.get(category, line))
        return min(line, own, key=STRICT.index)

    def text(self, key: str, language: str | None = None) -> str:
        """The wording of an automatic message, in the language if there is one, else in the desk's own."""
        main = self.province.languages[0]
        return self.texts.get((key, language or main)) or self.texts.get((key, main)) or ""


class BookCase:
    """The books of one process. `current()` asks the database for a newer version at most once a second.

    `model` says which learned model triage goes by; it is asked when the books are made anew.
    """

    def __init__(self, db: Database, province_dir: Path, model: Callable[[], Path] = lambda: SHIPPED) -> None:
        self._db = db
        self._province_dir = province_dir
        self._lock = threading.Lock()
        self._books: Books | None = None
        self._looked = 0.0
        self._seeds = _places(province_dir)
        self._model = model

    def current(self, version: int = 0) -> Books:
        """The newest books that this process has; at least of this version, which somebody has seen already."""
        books = self._books
        if books is not None and books.version < version:
            books, self._looked = None, 0.0
        if books is not None and time.monotonic() - self._looked < LOOK_AGAIN:
            return books
        # Whoever finds the lock taken goes on with the books there are: one process renews them once.
        if not self._lock.acquire(blocking=books is None):
            return books  # type: ignore[return-value]  # without books it has waited for the lock
        try:
            if self._books is None or time.monotonic() - self._looked >= LOOK_AGAIN:
                self._renew()
        finally:
            self._lock.release()
        return self._books  # type: ignore[return-value]  # _renew leaves it set

    def forget(self) -> None:
        """Ask the database at the next look: this process has just changed something."""
        self._looked = 0.0

    def _renew(self) -> None:
        with self._db.reading() as session:
            version = session.scalar(select(Book.version).where(Book.name == DESK)) or 0
            if self._books is None or self._books.version != version:
                seeds = replace(self._seeds, model=self._model())
                self._books = build(session, version, seeds, self._province_dir)
                # Books are many objects that stay: the collector would walk over them again and again.
                gc.collect()
                gc.freeze()
        self._looked = time.monotonic()


def build(session: Session, version: int, seeds: TriageBooks, folder: Path) -> Books:
    """The books as the rows say them now, with the province's own folder behind them."""
    province = read_province(folder)
    settings = {row.key: row.value for row in session.scalars(select(Setting))}
    rows = session.scalars(select(ArticleRow).where(ArticleRow.status == ArticleStatus.PUBLISHED))
    sources = tuple(sorted((row.slug, row.language, row.source) for row in rows))
    shelf, search = _library(sources, folder, tuple(sorted(films.uploaded_captions(session).items())))
    days = session.execute(
        select(CalendarDay.day, CalendarDay.scope).where(CalendarDay.town_hall_code == "", CalendarDay.state != "falta")
    ).all()
    off = frozenset(day for day, scope in days if scope in DESK_SCOPES)
    hours = Hours(
        zone=ZoneInfo(province.more["time_zone"]),
        week=read_week(settings.get("week") or province.more["week"]),
        days_off=off,
        summer=read_summer(settings.get("summer")),
    )
    return Books(
        version=version,
        province=province,
        triage=replace(seeds, holidays=off, library=Library(shelf, search)),
        halls={
            row.code: Hall(
                name=row.name,
                office=_office(row.kind, row.name),
                sede_url=row.sede_url,
                phone=row.phone,
                supplier=row.supplier,
                dir3=row.dir3,
            )
            for row in session.execute(select(*HALL))
        },
        shelf=shelf,
        search=search,
        texts={(row.key, row.language): row.body for row in session.scalars(select(TextRow))},
        hours=hours,
        modes={key: Mode(value) for key, value in (settings.get("modes") or {}).items()},
        settings=settings,
        views=kept(session),
        hall_names=hall_names(session),
    )


def _office(kind: EntityKind, name: str) -> str:
    """What the entity is called inside a sentence."""
    return f"el Ayuntamiento de {name}" if kind is EntityKind.MUNICIPALITY else f"la entidad «{name}»"


@lru_cache(maxsize=2)
def _places(folder: Path) -> TriageBooks:
    return read_books(folder)


@lru_cache(maxsize=2)
def _library(
    sources: tuple[tuple[str, str, str], ...], folder: Path, uploaded: tuple[tuple[str, str], ...]
) -> tuple[Shelf, Search]:
    # Learning the words of all articles takes half a second, which a change of hours should not cost.
    where = films.folders(folder)
    articles = films.attached((read_article(text, slug=slug, language=tongue) for slug, tongue, text in sources), where)
    shelf = shelve(articles, films.said(articles, where, dict(uploaded)))
    return shelf, Search(shelf)


def touch(session: Session) -> None:
    """Say that a row behind the books has changed."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    session.execute(
        insert(Book)
        .values(name=DESK, version=1)
        .on_conflict_do_update(index_elements=["name"], set_={"version": Book.version + 1})
    )


def read_province(folder: Path) -> Province:
    """The province's own data, from its province.toml."""
    told = tomllib.loads((folder / "province.toml").read_text(encoding="utf-8"))
    return Province(
        name=told["name"],
        entity=told["entity"],
        languages=tuple(told["languages"]),
        phone_region=told["phone_region"],
        phone=told["phone"],
        email=told["email"],
        whatsapp=told["whatsapp"],
        register_url=told["register_url"],
        more=told,
    )
