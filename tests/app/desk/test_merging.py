"""Tickets made one and parted, messages split off, tags and relations."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.desk import board, dossier, events, lists, merging, tags
from app.desk.lists import Filters
from app.desk.queue_views import View
from app.errors import Impossible
from app.models.message import Direction, Message
from app.models.people import User
from app.models.ticket import Status, Ticket
from app.models.work import TicketMerge
from tests.app.desk.scenes import Desk, form, forward, mail


def two_mails(desk: Desk) -> tuple[Ticket, Ticket]:
    desk.hear(mail("No me deja firmar la instancia.", message_id="<uno@example.com>"))
    desk.hear(mail("Sigo sin poder firmar la instancia.", message_id="<dos@example.com>"))
    first, second = desk.tickets()
    return first, second


def merge(desk: Desk, kept: Ticket, gone: Ticket, by: User) -> int:
    with desk.write() as session:
        merged = merging.merge(
            session,
            kept=session.get_one(Ticket, kept.id),
            gone=session.get_one(Ticket, gone.id),
            by=by,
            now=clock.now(),
            books=desk.house.books.current(),
        )
    return merged.id


def part(desk: Desk, merge_id: int, by: User) -> None:
    with desk.write() as session:
        merged = session.get_one(TicketMerge, merge_id)
        merging.part(session, merged, by=by, now=clock.now(), books=desk.house.books.current())


def split(desk: Desk, external_id: str, by: User) -> None:
    with desk.write() as session:
        message = session.scalars(select(Message).where(Message.external_id == external_id)).one()
        merging.split(session, message, by=by, now=clock.now(), books=desk.house.books.current())


def test_what_was_said_goes_to_the_ticket_that_is_kept(desk: Desk) -> None:
    kept, gone = two_mails(desk)
    merge(desk, kept, gone, desk.user())
    kept, gone = desk.tickets()

    assert [message.text.strip() for message in desk.messages(Direction.IN, kept)] == [
        "No me deja firmar la instancia.",
        "Sigo sin poder firmar la instancia.",
    ]
    assert desk.messages(ticket=gone) == []
    assert (gone.status, gone.merged_into_id, gone.due_at) == (Status.CLOSED, kept.id, None)
    assert kept.due_at is not None


def test_a_late_reply_to_the_merged_one_follows(desk: Desk) -> None:
    kept, gone = two_mails(desk)
    ours = desk.said(gone)[0]
    merge(desk, kept, gone, desk.user())
    desk.hear(mail("Y además me sale otro error.", message_id="<tres@example.com>", In_Reply_To=ours.external_id or ""))

    assert len(desk.tickets()) == 2
    assert desk.messages(Direction.IN)[-1].ticket_id == kept.id


def test_a_late_whatsapp_follows_even_when_the_newest_ticket_was_merged(desk: Desk) -> None:
    desk.hear(form("SM1", "no puedo firmar la instancia"))
    desk.hear(form("SM2", "otra cosa: dónde pago el recibo"))
    split(desk, "SM2", desk.user())
    kept, gone = desk.tickets()
    merge(desk, kept, gone, desk.user("Blanca"))
    desk.hear(form("SM3", "sigo esperando"))

    assert {message.ticket_id for message in desk.messages(Direction.IN)} == {kept.id}


def test_undoing_gives_each_what_it_had(desk: Desk) -> None:
    kept, gone = two_mails(desk)
    before, by = gone.status, desk.user()
    part(desk, merge(desk, kept, gone, by), by)
    kept, gone = desk.tickets()

    assert [len(desk.messages(Direction.IN, one)) for one in (kept, gone)] == [1, 1]
    assert (gone.status, gone.merged_into_id) == (before, None)
    assert gone.last_message_id == desk.messages(ticket=gone)[-1].id
    with desk.house.db.reading() as session:
        assert [events.broken(session, one.id) for one in (kept, gone)] == [None, None]


def test_a_merge_is_undone_once(desk: Desk) -> None:
    kept, gone = two_mails(desk)
    by = desk.user()
    merge_id = merge(desk, kept, gone, by)
    part(desk, merge_id, by)

    with pytest.raises(Impossible):
        part(desk, merge_id, by)


def test_the_same_union_is_not_undone_while_what_it_made_lies_in_another(desk: Desk) -> None:
    first, second = two_mails(desk)
    desk.hear(mail("Y otra vez.", message_id="<tres@example.com>"))
    third, by = desk.tickets()[-1], desk.user()
    inner = merge(desk, second, first, by)
    outer = merge(desk, third, second, by)
    with pytest.raises(Impossible, match="unida a su vez"):
        part(desk, inner, by)
    part(desk, outer, by)
    part(desk, inner, by)

    assert [len(desk.messages(Direction.IN, one)) for one in desk.tickets()] == [1, 1, 1]


def test_a_merged_ticket_is_not_opened_where_nobody_would_see_it(desk: Desk) -> None:
    kept, gone = two_mails(desk)
    by = desk.user()
    merge(desk, kept, gone, by)
    with pytest.raises(Impossible, match="unida a otra"), desk.write() as session:
        books = desk.house.books.current()
        board.reopen(session, session.get_one(Ticket, gone.id), by=by, now=clock.now(), books=books)

    assert (desk.tickets()[1].status, desk.tickets()[1].close_reason) == (Status.CLOSED, "merged")


def test_a_closed_ticket_that_was_merged_and_parted_is_closed_since_then(desk: Desk) -> None:
    kept, gone = two_mails(desk)
    then, by = clock.now() - timedelta(days=9), desk.user()
    desk.change(gone, status=Status.CLOSED, closed_at=then)
    part(desk, merge(desk, kept, gone, by), by)

    assert (desk.tickets()[1].status, desk.tickets()[1].closed_at) == (Status.CLOSED, then)


def test_what_nobody_had_looked_at_before_the_union_is_looked_at_after_it_without_a_word_of_the_machine(
    desk: Desk,
) -> None:
    desk.hear(mail("No me deja firmar la instancia.", message_id="<uno@example.com>"))
    desk.post(mail("¿Cómo renuevo el certificado digital?", message_id="<dos@example.com>"))
    desk.file()
    kept, gone = desk.tickets()
    by, said = desk.user(), len(desk.said())
    part(desk, merge(desk, kept, gone, by), by)
    desk.settle()

    assert desk.tickets()[1].sorted_at is not None
    assert len(desk.said(desk.tickets()[1])) == 0 and len(desk.said()) >= said


def test_different_peoples_matters_stay_apart(desk: Desk) -> None:
    desk.hear(mail("No me deja firmar.", message_id="<uno@example.com>"))
    desk.hear(mail("Ni a mí.", sender="Blas <blas@example.org>", message_id="<dos@example.org>"))
    kept, gone = desk.tickets()

    with pytest.raises(Impossible, match="personas distintas"):
        merge(desk, kept, gone, desk.user())


def test_a_ticket_is_not_merged_with_itself(desk: Desk) -> None:
    kept, gone = two_mails(desk)
    by = desk.user()
    merge(desk, kept, gone, by)

    for one, other in ((kept, kept), (gone, kept), (kept, gone)):
        with pytest.raises(Impossible):
            merge(desk, one, other, by)


def test_the_kept_one_is_as_urgent_as_the_more_pressing(desk: Desk) -> None:
    kept, gone = two_mails(desk)
    desk.change(kept, status=Status.WAITING, priority="P3")
    desk.change(gone, status=Status.OPEN, priority="P1")
    merge(desk, kept, gone, desk.user())
    kept = desk.tickets()[0]

    assert (kept.status, kept.priority) == (Status.OPEN, "P1")


def test_a_split_message_becomes_a_ticket_that_no_machine_answers(desk: Desk) -> None:
    desk.hear(form("SM1", "no puedo firmar la instancia"))
    desk.hear(form("SM2", "y dónde se paga el recibo de la basura"))
    said = len(desk.said())
    split(desk, "SM2", desk.user())
    desk.settle()
    old, new = desk.tickets()

    assert [message.external_id for message in desk.messages(Direction.IN, new)] == ["SM2"]
    assert (new.related_to_id, new.contact_id) == (old.id, old.contact_id)
    assert len(desk.said()) == said
    assert desk.messages(Direction.IN, new)[0].origin_ticket_id == old.id


def test_the_only_message_is_not_split_off(desk: Desk) -> None:
    desk.hear(form("SM1", "no puedo firmar la instancia"))

    by = desk.user()

    with pytest.raises(Impossible, match="Es lo único"):
        split(desk, "SM1", by)


def test_a_clerks_words_are_not_split_off_and_do_not_count_as_the_persons(desk: Desk) -> None:
    desk.register("pueblo.example")
    desk.hear(forward(vouched=True))
    (thanked,) = [message for message in desk.said() if message.audience == "clerk"]
    named = {"message_id": "<dos@pueblo.example>", "In_Reply_To": thanked.external_id or ""}
    desk.hear(mail("Este señor no se aclara nunca.", sender="Secretaría <secretaria@pueblo.example>", **named))
    by = desk.user()

    with pytest.raises(Impossible, match="Solo se separa lo que ha escrito la persona"):
        split(desk, "<dos@pueblo.example>", by)
    with pytest.raises(Impossible, match="Es lo único"):
        split(desk, "<reenvio@pueblo.example>", by)


def test_related_tickets_know_of_each_other(desk: Desk) -> None:
    one, other = two_mails(desk)
    by = desk.user()
    with desk.write() as session:
        here, there = session.get_one(Ticket, one.id), session.get_one(Ticket, other.id)
        merging.relate(session, here, to=there, by=by, now=clock.now())

        assert [kin.id for kin in dossier.around(session, here)[1]] == [other.id]
        assert [kin.id for kin in dossier.around(session, there)[1]] == [one.id]


def test_tags_are_found_whatever_letters_they_have(desk: Desk) -> None:
    one, other = two_mails(desk)
    with desk.write() as session:
        session.get_one(Ticket, one.id).tags = ["año nuevo", "100%"]
        session.get_one(Ticket, other.id).tags = ["nuevo"]
    now, books = clock.now(), desk.house.books.current()

    def with_tag(tag: str) -> list[int]:
        with desk.house.db.reading() as session:
            wanted = Filters(tag=tag, everywhere=True)
            page = lists.tickets(session, View.ALL, user=User(id=1), books=books, now=now, filters=wanted)
            return [ticket.id for ticket in page.tickets]

    assert with_tag("Año nuevo") == [one.id]
    assert with_tag("100%") == [one.id]
    assert with_tag("nuevo") == [other.id]
    assert with_tag("ano nuevo") == []


@pytest.mark.parametrize(("typed", "kept"), [(" #Recibos  2026 ", "recibos 2026"), ("ÁREA", "área")])
def test_a_tag_is_kept_in_small_letters(typed: str, kept: str) -> None:
    assert tags.tag(typed) == kept


@pytest.mark.parametrize("typed", ["", " # ", "x" * 31])
def test_a_tag_says_something_short(typed: str) -> None:
    with pytest.raises(Impossible):
        tags.tag(typed)
