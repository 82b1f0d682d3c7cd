"""A draft article begun from a solved ticket or from a question that found nothing, without anybody's data."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import articles, masking
from app.desk.books import Books
from app.desk.conversation import first_line
from app.errors import Impossible
from app.models.book import ArticleRow, ArticleStatus
from app.models.message import Direction, Message
from app.models.people import User
from app.models.ticket import Ticket
from channels.message import Kind
from kb.article import CATEGORIES, Article

LONGEST, MOST_STEPS = 300, 12
REVIEW = "Empezado con las palabras de una consulta: quite lo que señale a alguien y compruebe los pasos."
SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-ZÁÉÍÓÚÑ¿«])")
NUMBER = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+")
OTHERS = "otros-no-competencia"


def from_ticket(session: Session, ticket: Ticket, books: Books, *, by: User, now: datetime) -> ArticleRow:
    """The person's question, and what we answered as its steps."""
    said = session.scalars(select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id)).all()
    asked = [m for m in said if m.direction is Direction.IN and m.kind is Kind.MESSAGE and m.audience == "contact"]
    told = [m for m in said if m.direction is Direction.OUT and m.author_user_id and m.audience == "contact"]
    if not asked:
        raise Impossible("La consulta no tiene palabras de nadie de las que empezar.")
    names = _names(ticket, [*asked, *told])
    words = masking.masked(masking.bare(asked[0].reply or asked[0].text), names)
    answer = masking.masked(masking.bare(told[-1].text), names) if told else ""
    title = masking.masked(ticket.subject, names) or first_line(words)
    return _begin(session, title, words, _steps(answer), ticket.category, books, by=by, now=now)


def from_question(session: Session, asked: str, books: Books, *, by: User, now: datetime) -> ArticleRow:
    """Somebody's question, of which nothing was found."""
    words = masking.masked(asked)
    category = next((hit.slug for hit in books.search.find(words).hits), None)
    near = books.shelf.get(category, books.province.languages[0]) if category else None
    return _begin(session, first_line(words), words, (), near.category if near else None, books, by=by, now=now)


def _begin(
    session: Session,
    title: str,
    asked: str,
    steps: tuple[str, ...],
    category: str | None,
    books: Books,
    *,
    by: User,
    now: datetime,
) -> ArticleRow:
    title = " ".join(title.split())[: articles.LONGEST_TITLE].strip()
    article = Article(
        slug=articles.new_slug(session, title),
        language=books.province.languages[0],
        title=title[:1].upper() + title[1:],
        number=articles.next_number(session),
        category=category if category in CATEGORIES else OTHERS,
        body="## Pasos\n" + "\n".join(f"{place}. {step}" for place, step in enumerate(steps or ("",), 1)),
        questions=tuple(q for q in (" ".join(asked.split())[:LONGEST].strip(),) if q),
        check=(REVIEW,),
    )
    return articles.save(session, article, ArticleStatus.DRAFT, by=by, now=now)


def _steps(answer: str) -> tuple[str, ...]:
    """The numbered lines of an answer if it has some, else its sentences."""
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    numbered = [NUMBER.sub("", line) for line in lines if NUMBER.match(line)]
    told = numbered or [sentence for line in lines for sentence in SENTENCE.split(line)]
    return tuple(told[:MOST_STEPS])


def _names(ticket: Ticket, said: list[Message]) -> list[str]:
    """Who takes part, and where: in a village the village is enough to know the neighbour."""
    names = [ticket.contact.name or "", ticket.on_behalf_of or ""]
    names += [message.author.name for message in said if message.author]
    names += [hall.name for hall in (ticket.town_hall, ticket.forwarder) if hall]
    return names
