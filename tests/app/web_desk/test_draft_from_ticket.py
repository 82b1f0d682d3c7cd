"""An article begun from a solved consulta, with one button on its page."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import clock
from app.desk.numbers import number
from app.house import House
from app.models.book import ArticleRow, ArticleStatus
from app.models.people import Role, User
from app.models.ticket import Status, Ticket
from channels.message import Delivery
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import Asked, ask, post, say

BUTTON = "Empezar un artículo con esta respuesta"


def talk(house: House, status: Status, address: str) -> Ticket:
    """A consulta with names and numbers in it, answered in steps."""
    hours, now = house.books.current().hours, clock.now()
    asked = Asked(who="Ana Ríos", address=address, text="Soy Ana Ríos, 12345678Z: el sello zumba en el formulario azul")
    with house.db.transaction() as session:
        ticket = ask(session, asked, now=now, hours=hours)
        text = "Hola, Ana:\n1. Pulse «Quitar el sello».\n2. Llame al 921 000 062 si zumba.\nUn saludo, Rosa"
        say(session, ticket, text, Delivery.DELIVERED, by=session.scalars(select(User).limit(1)).one(), now=now)
        ticket.status = status
    return ticket


def test_a_supervisor_begins_an_article_from_what_was_solved_without_anybodys_data(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    solved, open_one = talk(house, Status.SOLVED, "+34600111222"), talk(house, Status.OPEN, "+34600111223")
    as_technician = rosa.get(f"/consultas/{number(solved.id)}").text
    with house.db.transaction() as session:
        session.execute(update(User).where(User.email == "rosa@mesa.example").values(role=Role.SUPERVISOR))
    page = rosa.get(f"/consultas/{number(solved.id)}").text
    action = re.search(r'action="(/consultas/[^"]+/articulo)"', page)
    assert action is not None
    editor = post(rosa, action[1], {}).headers["Location"]
    with house.db.reading() as session:
        draft = session.scalars(select(ArticleRow).order_by(ArticleRow.id.desc()).limit(1)).one()

    assert (BUTTON in as_technician, BUTTON in page) == (False, True)
    assert BUTTON not in rosa.get(f"/consultas/{number(open_one.id)}").text
    assert (draft.status, draft.slug in editor) == (ArticleStatus.DRAFT, True)
    assert "1. Pulse «Quitar el sello»." in draft.source and "zumba en el formulario azul" in draft.source
    assert not [word for word in ("Ana", "Ríos", "12345678", "921", "Rosa") if word in draft.source]
    assert "Quitar el sello" in rosa.get(editor).text
