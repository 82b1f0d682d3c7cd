"""The articles that fit a ticket, each with the words that a key puts into the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from app.desk import sedes
from app.desk.books import Books
from app.models.place import TownHall
from app.models.ticket import Answer, Finding, Outcome
from app.web.say import _
from app.web.timeline import Shown
from kb.answer import compose
from kb.article import Article

MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """One article: where its film speaks of this, whether it was offered already, and what is inserted."""

    slug: str
    title: str
    about: str
    address: str
    insert: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """An article that fits, and the second of its film."""

    slug: str
    moment: float | None


def fitting(findings: Sequence[Finding]) -> list[Fits]:
    """What the search found when the ticket was sorted."""
    found = []
    for finding in findings:
        if finding.field == "article" and finding.value:
            _score, _at, second = finding.reason.partition("@")
            found.append(Fits(slug=finding.value, moment=float(second) if second else None))
    return found[:MOST]


def searched(books: Books, text: str) -> list[Fits]:
    """What the search finds now, for a ticket that nobody has sorted yet."""
    return [Fits(slug=hit.slug, moment=hit.moment) for hit in books.search.find(text).hits[:MOST]]


def hints(
    fits: Sequence[Fits], offered: Sequence[Answer], books: Books, *, public_url: str, hall: TownHall | None
) -> list[Hint]:
    """The articles as the side shows them."""
    said = {answer.slug: answer.outcome for answer in offered}
    found = []
    for fit in fits:
        article = books.shelf.get(fit.slug, books.province.languages[0])
        if article is not None:
            found.append(_hint(article, fit, said.get(fit.slug), public_url, hall, books))
    return found


def shown(offered: Sequence[Answer], books: Books) -> Mapping[int, tuple[Shown, ...]]:
    """The articles that each message offered, by message."""
    found: dict[int, tuple[Shown, ...]] = {}
    for answer in offered:
        article = books.shelf.get(answer.slug, answer.language)
        if article is None or answer.message_id is None:
            continue
        card = Shown(title=article.title, about=_film(article, answer.moment), address=_address(article, answer.moment))
        found[answer.message_id] = (*found.get(answer.message_id, ()), card)
    return found


def _hint(
    article: Article, fit: Fits, outcome: Outcome | None, public_url: str, hall: TownHall | None, books: Books
) -> Hint:
    code = hall.code if hall else None
    answer = compose(sedes.read_in(article, books, code), moment=fit.moment, places=_places(hall, books))
    link = sedes.link(public_url, article, answer, books, code)
    steps = "\n".join(f"{place}. {step}" for place, step in enumerate(answer.steps, 1))
    told = {Outcome.FAILED: _("no le sirvió"), Outcome.HELPED: _("le sirvió"), Outcome.OFFERED: _("ya se le envió")}
    about = [_film(article, fit.moment), told.get(outcome, "") if outcome else ""]
    return Hint(
        slug=article.slug,
        title=article.title,
        about=" · ".join(part for part in about if part),
        address=_address(article, fit.moment),
        insert=f"«{answer.title}»:\n{steps}\n{_('Con imágenes')}: {link}\n",
    )


def _film(article: Article, moment: float | None) -> str:
    if article.video is None:
        return _("%(count)s pasos", count=len(article.steps)) if article.steps else ""
    if moment:
        return _("min %(moment)s", moment=f"{int(moment) // 60}:{int(moment) % 60:02}")
    return _("con vídeo")


def _address(article: Article, moment: float | None) -> str:
    return url_for("article.page", slug=article.slug, t=int(moment) if moment else None)


def _places(hall: TownHall | None, books: Books) -> Mapping[str, str]:
    """The gaps of an article filled from the ticket's town hall; what is unknown is left to the article's own words."""
    told = {"entidad": books.province.entity}
    if hall is not None:
        told["ayuntamiento"] = f"el Ayuntamiento de {hall.name}"
        told |= {
            name: value
            for name, value in (("sede_url", hall.sede_url), ("telefono", hall.phone), ("dir3", hall.dir3))
            if value
        }
    return told
