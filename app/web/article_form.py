"""The form of an article: what stands in its fields, and the article that somebody has typed."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date

from app.errors import Impossible
from app.web.say import _
from kb.article import CATEGORIES, LISTS, Article, Video

AUDIENCE = ("personas", "empresas", "ayuntamientos")
ADDRESSES = ("https://",)


def fields(article: Article) -> dict[str, str]:
    """An article as the fields of its form: lists a line each."""
    video = article.video or Video()
    told = {
        "title": article.title,
        "number": str(article.number),
        "category": article.category,
        "reviewed": article.reviewed.isoformat() if article.reviewed else "",
        "body": article.body,
        "video_file": video.file or "",
        "video_captions": video.captions or "",
        "video_poster": video.poster or "",
        "video_address": video.address or "",
        "video_duration": str(video.duration or ""),
    }
    return told | {name: "\n".join(getattr(article, name)) for name in LISTS}


def typed(form: Mapping[str, str], *, slug: str, language: str) -> Article:
    """The article of a form; Impossible, in words for the field that is wrong."""
    title = " ".join(form.get("title", "").split())
    if not title:
        raise Impossible(_("Ponga un título."))
    category = form.get("category", "")
    if category not in CATEGORIES:
        raise Impossible(_("Elija una categoría de la lista."))
    number = form.get("number", "")
    if not number.isdecimal() or not 0 < int(number) < 100_000:
        raise Impossible(_("El número corto es un número entero mayor que cero."))
    lists = {name: _lines(form.get(name, "")) for name in LISTS}
    return Article(
        slug=slug,
        language=language,
        title=title,
        number=int(number),
        category=category,
        body=form.get("body", "").replace("\r\n", "\n").strip(),
        reviewed=_day(form.get("reviewed", "")),
        video=_video(form),
        **lists,
    )


def with_video(
    article: Article, *, file: str | None, captions: str | None, poster: str | None, duration: int | None
) -> Article:
    """The article with what was uploaded; a new film without new captions and picture has none."""
    if not (file or captions or poster):
        return article
    old, new = article.video, Video(file=file, captions=captions, poster=poster, duration=duration)
    if not file:
        if old is None:
            raise Impossible(_("Los subtítulos y la imagen necesitan un vídeo: súbalo también o ponga su dirección."))
        kept = {name: value for name, value in asdict(new).items() if value}
        new = replace(old, **kept)
    return replace(article, video=new)


def _video(form: Mapping[str, str]) -> Video | None:
    file, address = form.get("video_file", "").strip() or None, form.get("video_address", "").strip() or None
    if form.get("video_quitar") or not (file or address):
        return None
    if address and not address.startswith(ADDRESSES):
        raise Impossible(_("La dirección del vídeo empieza por «https://»."))
    length = form.get("video_duration", "")
    return Video(
        file=None if address else file,
        address=address,
        captions=form.get("video_captions", "").strip() or None,
        poster=form.get("video_poster", "").strip() or None,
        duration=int(length) if length.isdecimal() and int(length) else None,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Impossible(_("La fecha de revisión no se entiende: elíjala en el calendario.")) from error
