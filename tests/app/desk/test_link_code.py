"""The code told by telephone: once, for a day, a few tries; and what is never taken for one."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app import clock
from app.desk import link_code, replies
from app.models.message import Direction
from app.models.people import Contact, Identity, User
from app.models.ticket import Status, Ticket
from app.models.work import LinkCode
from tests.app.desk.scenes import Desk, form, mail


def called(desk: Desk) -> tuple[Ticket, str]:
    """Somebody's enquiry with a code for WhatsApp."""
    desk.hear(mail("No sé qué es Cl@ve."))
    ticket, by = desk.ticket(), desk.user()
    with desk.write() as session:
        made = link_code.make(session, session.get_one(Ticket, ticket.id), by=by, now=clock.now())
        again = link_code.make(session, session.get_one(Ticket, ticket.id), by=by, now=clock.now())
    assert made.code == again.code
    return ticket, made.code


def whose(desk: Desk, channel: str) -> set[int | None]:
    with desk.house.db.reading() as session:
        return {one.contact_id for one in session.query(Identity).filter_by(channel=channel)}


def test_who_sends_the_code_by_whatsapp_is_who_called_and_may_be_written_to_there(desk: Desk) -> None:
    ticket, code = called(desk)
    desk.hear(form("SM1", f"Hola, {code.lower()}"))

    (only,) = desk.tickets()
    assert [message.channel for message in desk.messages(Direction.IN, only)] == ["email", "whatsapp"]
    assert whose(desk, "whatsapp") == {ticket.contact_id}
    with desk.house.db.reading() as session:
        again = session.get_one(Ticket, ticket.id)
        assert replies.can_send(session, again, channel="whatsapp", now=clock.now()) is None
        assert session.get_one(Contact, ticket.contact_id).merged_into_id is None


def test_what_comes_with_the_code_belongs_to_the_call_too(desk: Desk) -> None:
    ticket, code = called(desk)
    desk.push(form("SM1", code), form("SM2", "no puedo firmar la solicitud"))
    desk.settle()

    assert [one.id for one in desk.tickets()] == [ticket.id]


def answered_chat(desk: Desk) -> Ticket:
    """A chat of the same telephone that we have answered."""
    desk.hear(form("SM0", "¿Hasta cuándo puedo pagar el recibo?"))
    (chat,) = [one for one in desk.tickets() if one.channel == "whatsapp"]
    with desk.write() as session:
        ticket, by = session.get_one(Ticket, chat.id), session.query(User).one()
        books = desk.house.books.current()
        replies.reply(session, ticket, text="Hasta el viernes.", by=by, now=clock.now(), books=books)
    return chat


@pytest.mark.parametrize("earlier", [False, True])
def test_what_comes_after_the_code_belongs_to_the_call_while_the_tie_is_fresh(desk: Desk, earlier: bool) -> None:
    ticket, code = called(desk)
    others = [answered_chat(desk).id] if earlier else []
    desk.hear(form("SM1", code))
    desk.hear(form("SM2", "no puedo firmar la solicitud"))

    assert [one.id for one in desk.tickets()] == sorted([ticket.id, *others])
    assert [message.text for message in desk.messages(Direction.IN, ticket)][-1] == "no puedo firmar la solicitud"


def test_a_day_after_the_code_what_comes_opens_its_own_ticket(desk: Desk) -> None:
    ticket, code = called(desk)
    desk.hear(form("SM1", code))
    with desk.write() as session:
        session.query(LinkCode).one().used_at = clock.now() - link_code.LASTS
    desk.hear(form("SM2", "otra cosa: no veo mis notificaciones"))

    assert len(desk.tickets()) == 2 and desk.tickets()[-1].id != ticket.id


def test_after_the_code_of_a_closed_call_a_new_ticket_is_the_callers(desk: Desk) -> None:
    ticket, code = called(desk)
    desk.change(ticket, status=Status.CLOSED)
    desk.hear(form("SM1", code))

    assert {one.contact_id for one in desk.tickets()} == {ticket.contact_id} == whose(desk, "whatsapp")
    assert len(desk.tickets()) == 2


def test_a_code_works_once(desk: Desk) -> None:
    _, code = called(desk)
    desk.hear(form("SM1", code), form("SM2", code, sender="+34600000999"))

    assert len(desk.tickets()) == 2
    assert len(whose(desk, "whatsapp")) == 2


def _late(row: LinkCode) -> None:
    row.expires_at = clock.now() - timedelta(seconds=1)


def _used(row: LinkCode) -> None:
    row.used_at = clock.now()


@pytest.mark.parametrize("spoil", [_late, _used])
def test_a_code_that_is_over_is_a_word_like_any_other(desk: Desk, spoil: Callable[[LinkCode], None]) -> None:
    ticket, code = called(desk)
    with desk.write() as session:
        spoil(session.query(LinkCode).one())
    desk.hear(form("SM1", code))

    assert len(desk.tickets()) == 2
    assert whose(desk, "whatsapp") != {ticket.contact_id}


def test_whoever_guesses_is_not_believed_any_more_that_day(desk: Desk) -> None:
    ticket, code = called(desk)
    wrong = "2C2C" if code != "2C2C" else "3C3C"
    desk.hear(*(form(f"SM{turn}", wrong) for turn in range(link_code.TRIES)))
    desk.hear(form("SM99", code))

    assert whose(desk, "whatsapp") != {ticket.contact_id}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4K7P", "4K7P"),
        ("mando el 4k7p, gracias", "4K7P"),
        ("4K7P o 5K7P", None),
        ("4K7PX", None),
        ("vivo en el 4K7P de la calle y no me deja firmar", None),
        ("2024", None),
    ],
)
def test_a_code_is_read_only_in_a_message_that_says_little_else(text: str, code: str | None) -> None:
    assert link_code.said(text) == code
