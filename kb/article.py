"""One tutorial of the knowledge base: its file read into a value, and the value written back without loss."""

from dataclasses import dataclass, fields, replace
from datetime import date

from kb import outline, variants
from kb.front import ArticleError, Front, dump, split

__all__ = ["CATEGORIES", "Article", "ArticleError", "Video", "read", "write"]

CATEGORIES = (
    "certificado-digital",
    "dnie",
    "clave",
    "autofirma",
    "firma-documentos",
    "navegador-acceso",
    "incidencia-sede",
    "registro-instancia",
    "notificaciones",
    "expedientes",
    "representacion",
    "verificacion-csv",
    "pago-tributos",
    "padron",
    "factura-electronica",
    "licitaciones",
    "subvenciones-empleo",
    "otros-no-competencia",
)
LISTS = ("audience", "questions", "words", "errors", "sources", "check", "related")


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A file of ours or an address elsewhere, only loaded after a click; `poster` is the picture before it plays."""

    file: str | None = None
    address: str | None = None
    captions: str | None = None
    poster: str | None = None
    duration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Keyed by (slug, language); `body` is its Markdown, from which introduction, steps and sections are read."""

    slug: str
    language: str
    title: str
    number: int
    category: str
    body: str
    audience: tuple[str, ...] = ()
    reviewed: date | None = None
    questions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    video: Video | None = None

    @property
    def intro(self) -> str:
        return outline.intro(self.body)

    @property
    def steps(self) -> tuple[str, ...]:
        return outline.steps(variants.chosen(self.body))

    @property
    def sections(self) -> tuple[outline.Section, ...]:
        return outline.sections(variants.chosen(self.body))

    @property
    def suppliers(self) -> tuple[str, ...]:
        """Whose sedes are told something else."""
        return variants.suppliers(self.body)

    def on_sede_of(self, supplier: str | None) -> "Article":
        """The article as it is read on a sede of that supplier, or of any while it is unknown."""
        return replace(self, body=variants.chosen(self.body, supplier))


def read(text: str, *, slug: str, language: str) -> Article:
    """Raises ArticleError, a Spanish sentence with the line, when a person has to mend the file."""
    front, body = split(text)
    known = {field.name for field in fields(Article)} - {"slug", "language", "body"}
    front.refuse_others(known)
    return Article(
        slug=slug,
        language=language,
        title=front.text("title"),
        number=front.number("number"),
        category=front.one_of("category", CATEGORIES),
        reviewed=front.day("reviewed"),
        video=video(front.inner("video")),
        body=body,
        **{name: front.texts(name) for name in LISTS},
    )


def video(front: Front | None) -> Video | None:
    if front is None:
        return None
    front.refuse_others({field.name for field in fields(Video)})
    found = Video(
        file=front.maybe_text("file"),
        address=front.maybe_text("address"),
        captions=front.maybe_text("captions"),
        poster=front.maybe_text("poster"),
        duration=front.maybe_number("duration"),
    )
    if not (found.file or found.address):
        raise front.wrong("video", "falta «file» (un archivo) o «address» (una dirección)")
    return found


def write(article: Article) -> str:
    """The file of an article; reading it again gives an equal article."""
    front: dict[str, object] = {
        "title": article.title,
        "number": article.number,
        "category": article.category,
        "audience": list(article.audience),
        "reviewed": article.reviewed,
    }
    front |= {name: list(getattr(article, name)) for name in LISTS[1:]}
    if article.video:
        told = {field.name: getattr(article.video, field.name) for field in fields(Video)}
        front["video"] = {name: value for name, value in told.items() if value is not None}
    return dump(front, article.body)
