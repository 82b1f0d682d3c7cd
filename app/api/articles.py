"""The articles of the knowledge base, searched as the desk searches them."""

# flask-smorest has no types, so its decorators cannot have any.
# mypy: disallow-untyped-decorators=False

from dataclasses import dataclass
from typing import Any

from flask_smorest import Blueprint

from app.api import bearer, schemas
from app.api.problems import handle
from app.house import house
from kb.article import Article

blueprint = Blueprint("articles", __name__, url_prefix="/api/v1/articles", description="Artículos de ayuda")
handle(blueprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An article, with how well it fits when it was searched."""

    slug: str
    language: str
    number: int
    title: str
    category: str
    url: str
    score: float | None = None
    moment: float | None = None


@blueprint.before_request
def _check() -> None:
    bearer.check(clerks=True)


@blueprint.get("")
@blueprint.arguments(schemas.Question, location="query")
@blueprint.response(200, schemas.Articles)
def articles(question: dict[str, Any]) -> dict[str, list[Shown]]:
    """Los artículos que responden a «q», o todos."""
    books = house().books.current()
    main = books.province.languages[0]
    if not question["q"].strip():
        return {"items": [_shown(one) for one in books.shelf if one.language == main]}
    found = []
    for hit in books.search.find(question["q"]).hits:
        if one := books.shelf.get(hit.slug, main):
            found.append(_shown(one, score=hit.score, moment=hit.moment))
    return {"items": found}


def _shown(one: Article, *, score: float | None = None, moment: float | None = None) -> Shown:
    return Shown(
        slug=one.slug,
        language=one.language,
        number=one.number,
        title=one.title,
        category=one.category,
        url=f"{house().config.public_url}/{one.number}",
        score=score,
        moment=moment,
    )
