"""Whose programme a town hall's sede is, and how an article is read on it. Pure."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from app.desk.books import Books
from kb import page
from kb.answer import Answer
from kb.article import Article

# What an article may say of a town hall; the entity is the same for everybody.
LOCAL = page.UNKNOWN.keys() - {"entidad"}


def suppliers(books: Books) -> Mapping[str, str]:
    """Every supplier whose sedes are known, with the end of their addresses where they share one."""
    registered = (hall.supplier for hall in books.halls.values() if hall.supplier)
    return {**dict.fromkeys(sorted(registered), ""), **books.province.more.get("sede_suppliers", {})}


def supplier(books: Books, code: str | None) -> str | None:
    """Whose sede a town hall has: as the register says, else as its address ends; None while it is not known."""
    hall = books.halls.get(code or "")
    if hall is None or hall.supplier:
        return hall.supplier if hall else None
    host = f".{urlsplit(hall.sede_url or '').hostname or ''}"
    return next((name for name, end in suppliers(books).items() if end and host.endswith(f".{end}")), None)


def read_in(article: Article, books: Books, code: str | None) -> Article:
    """The article as whoever uses a town hall's sede reads it."""
    return article.on_sede_of(supplier(books, code))


def link(public_url: str, article: Article, answer: Answer, books: Books, code: str | None) -> str:
    """The short address; with the town hall where the page has something to say of it."""
    local = article.suppliers or LOCAL.intersection(page.holes(article.body))
    where = f"{'&' if '?' in answer.path else '?'}m={code}" if local and code in books.halls else ""
    return f"{public_url}/{answer.path}{where}"
