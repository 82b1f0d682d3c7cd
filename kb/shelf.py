"""All articles of the knowledge base as one value that is swapped whole when anything changes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from kb import article as articles
from kb import captions
from kb.article import Article, ArticleError, Video
from kb.captions import Cue

HOME = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Immutable; made by `shelve` from any articles, or by `load` from a folder."""

    articles: tuple[Article, ...]
    cues: Mapping[tuple[str, str], tuple[Cue, ...]] = field(default_factory=dict)
    places: Mapping[tuple[str, str], Article] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Article]:
        return iter(self.articles)

    def __len__(self) -> int:
        return len(self.articles)

    def get(self, slug: str, language: str = "es") -> Article | None:
        return self.places.get((slug, language))

    def by_number(self, number: int, language: str = "es") -> Article | None:
        """The article of a short address («…/19»), in another language if it does not exist in this one."""
        found = [one for one in self.articles if one.number == number]
        return next((one for one in found if one.language == language), found[0] if found else None)

    def said(self, slug: str, language: str = "es") -> tuple[Cue, ...]:
        """The captions of an article's video, none if it has no video."""
        return self.cues.get((slug, language), ())

    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({one.language for one in self.articles}))


def shelve(found: Iterable[Article], cues: Mapping[tuple[str, str], tuple[Cue, ...]] | None = None) -> Shelf:
    """A shelf of these articles. Raises ArticleError when two share a key, or two slugs a number."""
    ordered = tuple(sorted(found, key=lambda one: (one.language, one.number, one.slug)))
    places: dict[tuple[str, str], Article] = {}
    numbers: dict[int, str] = {}
    for one in ordered:
        if (one.slug, one.language) in places:
            raise ArticleError(f"El artículo «{one.slug}» está dos veces en «{one.language}».")
        if numbers.setdefault(one.number, one.slug) != one.slug:
            raise ArticleError(f"El número {one.number} lo llevan «{numbers[one.number]}» y «{one.slug}».")
        places[one.slug, one.language] = one
    return Shelf(articles=ordered, cues=MappingProxyType(dict(cues or {})), places=MappingProxyType(places))


def load(folder: Path = HOME / "articles", videos: Path = HOME / "videos") -> Shelf:
    """The articles of `folder/<language>/<slug>.md`; an error names the file that a person has to mend."""
    found, cues = [], {}
    for path in sorted(folder.glob("*/*.md")):
        one = with_film(read_file(path), videos)
        found.append(one)
        if one.video and one.video.captions:
            cues[one.slug, one.language] = said_in(videos / Path(one.video.captions).name)
    return shelve(found, cues)


def film(slug: str, language: str) -> str:
    """The name, without its ending, of the video made from an article's own steps."""
    return slug if language == "es" else f"{slug}.{language}"


def with_film(article: Article, videos: Path) -> Article:
    """An article that names no video gets the one that was made from its steps, if that is there."""
    name = film(article.slug, article.language)
    if article.video or not (videos / f"{name}.mp4").is_file():
        return article
    cues = said_in(videos / f"{name}.vtt")
    length = round(cues[-1].end) if cues else None
    picture = f"{name}.jpg" if (videos / f"{name}.jpg").is_file() else None
    made = Video(file=f"{name}.mp4", captions=f"{name}.vtt" if cues else None, poster=picture, duration=length)
    return replace(article, video=made)


def said_in(file: Path) -> tuple[Cue, ...]:
    return captions.read(file.read_text(encoding="utf-8", errors="replace")).cues if file.is_file() else ()


def read_file(path: Path) -> Article:
    try:
        text = path.read_text(encoding="utf-8")
        return articles.read(text, slug=path.stem, language=path.parent.name)
    except UnicodeDecodeError as error:
        raise ArticleError(f"{path.name}: el archivo no está en UTF-8.") from error
    except ArticleError as error:
        raise ArticleError(f"{path.name}: {error}") from error
