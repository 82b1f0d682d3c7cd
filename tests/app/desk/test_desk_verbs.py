"""What the desk does about people: blocked ones, calls that nobody answers, mails with copies and bold words."""

import pytest
from sqlalchemy import select

from app import clock
from app.delivery import packed
from app.desk import blocking, carbon_copies, quoting, replies, rich_text
from app.errors import Impossible
from app.models.message import Direction, Message
from app.models.people import User
from app.models.ticket import Status, Ticket
from channels.message import Delivery, Participant
from tests.app.desk.scenes import CONFUSED, Desk, form, mail


def promised(desk: Desk) -> Message:
    """A call that is owed to who wrote by WhatsApp."""
    desk.hear(form("SM1", "llámenme"))
    one, by, books = desk.ticket(), desk.user(), desk.house.books.current()
    with desk.write() as session:
        ticket = session.get_one(Ticket, one.id)
        return replies.reply(session, ticket, text="Llamar", by=by, now=clock.now(), books=books, channel="phone")


def nobody_there(desk: Desk, call: Message) -> None:
    books = desk.house.books.current()
    with desk.write() as session:
        message, by = session.get_one(Message, call.id), session.get_one(User, call.author_user_id)
        replies.call_done(session, message, outcome="no_answer", by=by, now=clock.now(), books=books)


def written(desk: Desk) -> list[str]:
    with desk.house.db.reading() as session:
        return list(session.scalars(select(Message.text).where(Message.author_rule == "call_missed")))


def test_after_two_calls_that_nobody_answers_the_person_is_told_once(desk: Desk) -> None:
    call = promised(desk)
    told = []
    for _try in range(3):
        nobody_there(desk, call)
        told.append(len(written(desk)))

    assert told == [0, 1, 1]
    assert "Le hemos llamado dos veces" in written(desk)[0]
    assert "no es presentar nada" in written(desk)[0]


def test_who_asked_for_no_messages_is_not_told_of_missed_calls(desk: Desk) -> None:
    call = promised(desk)
    with desk.write() as session:
        message = session.scalars(select(Message).where(Message.direction == Direction.IN)).one()
        assert message.identity is not None
        message.identity.opted_out_at = clock.now()
    for _try in range(2):
        nobody_there(desk, call)

    assert written(desk) == []


def test_what_a_blocked_person_sends_is_kept_closed_and_answered_by_nobody(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED))
    one, by = desk.ticket(), desk.user()
    with desk.write() as session:
        blocking.block(session, session.get_one(Ticket, one.id), by=by, now=clock.now())
    before = len(desk.messages(Direction.OUT))
    desk.hear(form("SM2", CONFUSED))

    first, second = desk.tickets()
    assert (first.status, second.status, second.close_reason) == (Status.CLOSED, Status.CLOSED, "blocked")
    assert len(desk.messages(Direction.IN, second)) == 1
    assert len(desk.messages(Direction.OUT)) == before
    with desk.write() as session:
        blocking.unblock(session, session.get_one(Ticket, first.id), by=by, now=clock.now())
    desk.hear(form("SM3", CONFUSED))
    assert desk.tickets()[-1].status is not Status.CLOSED


def test_a_mail_carries_its_copies_and_its_bold_words_beside_the_plain_ones(desk: Desk) -> None:
    desk.hear(mail("¿Cómo entro?"))
    one, by, books = desk.ticket(), desk.user(), desk.house.books.current()
    with desk.write() as session:
        message = replies.reply(
            session,
            session.get_one(Ticket, one.id),
            text="Entre con **certificado**:\n\n- abra la sede\n- firme",
            by=by,
            now=clock.now(),
            books=books,
            cc=carbon_copies.read("Luis <LUIS@example.org>; eva@example.org, luis@example.org"),
        )
        assert message.delivery is Delivery.QUEUED
    sent = packed(desk.house, message.id)

    assert [person.address for person in sent.cc] == ["luis@example.org", "eva@example.org"]
    assert "<strong>certificado</strong>" in (sent.html or "") and "<li>firme</li>" in (sent.html or "")
    assert "**certificado**" in sent.text


@pytest.mark.parametrize("formatted", [False, True])
def test_a_persons_mail_repeats_what_it_answers_under_its_words_and_the_page_does_not(
    desk: Desk, formatted: bool
) -> None:
    desk.hear(mail("¿Cómo entro?\n<b>No sé</b>"))
    said = "Entre con **certificado**." if formatted else "Entre con certificado."
    one, by, books = desk.ticket(), desk.user(), desk.house.books.current()
    with desk.write() as session:
        ticket = session.get_one(Ticket, one.id)
        message = replies.reply(session, ticket, text=said, by=by, now=clock.now(), books=books)
    sent = packed(desk.house, message.id)

    assert sent.text.startswith(f"## Escriba su respuesta por encima de esta línea ##\n\n{said}\n\nUsted escribió:\n> ")
    assert "> ¿Cómo entro?\n> <b>No" in sent.text
    assert formatted is ("&lt;b&gt;No sé&lt;/b&gt;</blockquote>" in (sent.html or ""))
    assert message.text == said


def test_what_the_machine_sends_repeats_nobodys_words(desk: Desk) -> None:
    desk.hear(mail("Compre barato en tienda.example"))

    assert desk.said() and "tienda.example" not in "".join(packed(desk.house, one.id).text for one in desk.said())


def test_a_long_message_is_repeated_in_part_only() -> None:
    around = quoting.Frame(mark="## x ##", wrote="Usted escribió:")

    assert quoting.text("Hola", "una línea\n" * 40, around).count("> una línea") == quoting.MOST_LINES
    assert len(quoting.text("Hola", "a" * 9000, around)) < 2 * quoting.LONGEST


def test_a_province_without_words_for_it_repeats_them_without_any() -> None:
    none = quoting.Frame(mark="", wrote="")

    assert quoting.text("Hola", "¿Cómo?", none) == "Hola\n\n> ¿Cómo?\n"
    assert quoting.html("<p>Hola</p>", "¿Cómo?", none) == "<p>Hola</p>\n<blockquote>¿Cómo?</blockquote>\n"


def test_what_is_not_formatted_has_no_second_body() -> None:
    assert rich_text.html("Buenos días:\n\n2 * 3 son 6. Un saludo") is None


def test_formatted_words_bring_no_markup_of_their_own() -> None:
    told = rich_text.html("**hola** <script>alert(1)</script> [ver](javascript:alert(2))") or ""

    assert "<script" not in told and 'href="javascript' not in told


def test_steps_keep_their_numbers_and_the_farewell_is_none_of_them() -> None:
    told = rich_text.html("1. Abra el programa.\n\nEspere.\n\n2. Cierre\nUn saludo,\nTomás") or ""

    assert '<ol start="2">' in told
    assert "Cierre</li>" in told and "<p>Un saludo,<br>" in told


def test_an_address_stays_a_link_beside_a_list() -> None:
    told = rich_text.html("1. Entre\n\nCon imágenes: https://consultas.example/19?t=42.") or ""

    assert 'href="https://consultas.example/19?t=42"' in told and "</a>." in told


@pytest.mark.parametrize(
    "typed",
    [
        "ana",
        "ana@example",
        "josé@example.org",
        "a..b@example.org",
        "ana@example.org <",
        ",".join(f"a{n}@x.es" for n in range(11)),
    ],
)
def test_copies_go_to_addresses_and_to_few(typed: str) -> None:
    with pytest.raises(Impossible):
        carbon_copies.read(typed)


def test_a_copy_goes_to_a_house_whose_name_has_accents() -> None:
    assert carbon_copies.read("ana@cuéllar.example.es") == (Participant(address="ana@cuéllar.example.es", name=None),)


def test_a_copy_keeps_the_name_that_was_typed() -> None:
    assert carbon_copies.read('"Luis Gil" <luis@example.org>') == (
        Participant(address="luis@example.org", name="Luis Gil"),
    )
