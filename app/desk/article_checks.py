"""What is not in order in an article: links that lead nowhere, unknown gaps, a film that is not there. Pure."""

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from kb import page
from kb.article import Article
from kb.shelf import Shelf
from kb.words import fold

ADDRESS = re.compile(r"https?://[^\s<>()\[\]«»\"']+[^\s<>()\[\]«»\"'.,;:]")
INNER = re.compile(r"\]\(/ayuda/(?P<slug>[a-z0-9-]+)")
REVIEW_AFTER = timedelta(days=365)


def faults(
    article: Article, shelf: Shelf, films: Collection[str], broken: Mapping[str, str], suppliers: Collection[str]
) -> list[str]:
    """Spanish sentences; `films` are the names of all films there are, `broken` says why an address fails.

    `suppliers` are those whose sedes are known.
    """
    slugs = {one.slug for one in shelf} | {article.slug}
    related = (slug for slug in article.related if slug not in slugs)
    inner = (slug for slug in INNER.findall(article.body) if slug not in slugs)
    gaps = (name for name in page.holes(article.body) if name not in page.UNKNOWN)
    known = {fold(name) for name in suppliers}
    strange = (name for name in article.suppliers if fold(name) not in known)
    video = article.video
    files = (video.file, video.captions, video.poster) if video else ()
    told = [f"«{slug}», en relacionados, no es ningún artículo publicado." for slug in related]
    told += [f"El enlace a /ayuda/{slug} no lleva a ningún artículo." for slug in inner]
    told += [f"El hueco «{{{{{name}}}}}» no se conoce." for name in gaps]
    told += [f"Ninguna sede es de «{name}»: su parte no la verá nadie." for name in strange]
    told += [f"El archivo «{name}» no está: vuelva a subirlo." for name in files if name and name not in films]
    told += [f"{address} no responde: {broken[address]}." for address in addresses(article) if address in broken]
    told += [] if article.steps else ["No hay pasos: póngalos en una lista numerada («1. …»)."]
    return told + ([] if article.questions else ["No hay preguntas: sin ellas se encuentra peor."])


def addresses(article: Article) -> list[str]:
    """Every address elsewhere that the article or its sources name."""
    told = [*article.sources, article.video.address if article.video and article.video.address else "", article.body]
    return list(dict.fromkeys(found for text in told for found in ADDRESS.findall(text)))


def outdated(article: Article, today: date) -> bool:
    """Whether nobody has reviewed it for a year, or ever."""
    return article.reviewed is None or today - article.reviewed > REVIEW_AFTER
