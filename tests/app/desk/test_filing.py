"""Arrivals become messages, contacts and tickets exactly once, whatever comes twice, at once, or broken."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select, update

from app import clock, jobs
from app.desk import arrivals
from app.models.arrival import Arrival, ArrivalKind
from app.models.message import Direction, File, Message, MessageFile
from app.models.people import Contact, Identity
from app.models.ticket import Status, Ticket
from channels.channel import Fetched, Pushed
from channels.message import Kind
from tests.app.desk.scenes import CITIZEN, Desk, callback, form, mail
from tests.app_fixtures import MAILBOX, NUMBER

LOGO = b"\x89PNG\r\n\x1a\n" + b"logo" * 500


def flood(desk: Desk, *, contacts: int, each: int, twins: int, threads: int) -> tuple[int, ...]:
    """Many people at once, every message several times; counts of messages, contacts, tickets and unfiled arrivals."""
    things = [
        form(f"SM{who}-{number}", f"palabra {number}", sender=f"+3461{who:07d}", ExternalUserId=f"ES.{who}")
        for who in range(contacts)
        for number in range(each)
        for _ in range(twins)
    ]
    random.Random(7).shuffle(things)
    shares = [things[place::threads] for place in range(threads)]

    def work(share: list[Pushed]) -> None:
        for thing in share:
            jobs.take_in(desk.house, "whatsapp", NUMBER, [thing], ArrivalKind.PUSHED)
            jobs.file(desk.house)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, shares))
    desk.hurry_arrivals()
    desk.file()
    with desk.house.db.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(t)) or 0 for t in (Message, Contact, Ticket)]
        unfiled = session.scalar(select(func.count()).where(Arrival.filed_at.is_(None))) or 0
        troubled = session.scalar(select(func.count()).where(Arrival.trouble.is_not(None))) or 0
    return (*counts, unfiled, troubled)


def test_people_who_write_at_once_get_one_contact_and_one_ticket_each(desk: Desk) -> None:
    assert flood(desk, contacts=20, each=3, twins=2, threads=8) == (60, 20, 20, 0, 0)


@pytest.mark.slow
def test_two_hundred_people_in_sixteen_threads_lose_and_double_nothing(desk: Desk) -> None:
    assert flood(desk, contacts=200, each=4, twins=2, threads=16) == (800, 200, 200, 0, 0)


def test_an_answer_is_not_filed_beside_the_mail_that_it_answers_by_a_second_worker(desk: Desk) -> None:
    desk.post(mail("primera", message_id="<a@x>"), mail("segunda", message_id="<b@x>"))
    desk.push(form("SM1", "hola"), form("SM2", "y otra"))

    def claimed(limit: int) -> list[int]:
        with desk.write() as session:
            return arrivals.claim(session, now=clock.now(), limit=limit)

    def channels(ids: list[int]) -> list[str]:
        with desk.house.db.reading() as session:
            return [line.channel for _, line in arrivals.load(session, ids)]

    first = claimed(1)
    meanwhile = channels(claimed(9))
    with desk.write() as session:
        arrivals.done(session, first, now=clock.now())
    after = channels(claimed(9))

    assert (channels(first), meanwhile, after) == (["email"], ["whatsapp", "whatsapp"], ["email"])


def test_a_database_that_is_away_uses_up_no_try_of_a_mail(desk: Desk) -> None:
    desk.post(mail("primera", message_id="<a@x>"))
    for tried in (False, True):
        with desk.write() as session:
            ids = arrivals.claim(session, now=clock.now())
            arrivals.give_back(session, ids, due_at=clock.now(), tried=tried)
        with desk.house.db.reading() as session:
            attempts, leased = session.execute(select(Arrival.attempts, Arrival.leased_until)).one()

        assert (attempts, leased) == (int(tried), None)


def test_the_same_wire_key_is_one_message(desk: Desk) -> None:
    first, second = desk.push(form("SM1", "hola")), desk.push(form("SM1", "hola"))
    desk.file()

    assert (len(first), len(second), len(desk.messages())) == (1, 0, 1)


def test_the_same_mail_under_another_uid_is_one_message(desk: Desk) -> None:
    desk.hear(mail("Una pregunta"), mail("Una pregunta"))

    assert len(desk.messages(Direction.IN)) == 1


def test_the_same_mail_twice_in_one_batch_is_one_message(desk: Desk) -> None:
    desk.post(mail("Una pregunta"), mail("Una pregunta"))
    desk.file()

    assert len(desk.messages(Direction.IN)) == 1


@pytest.mark.parametrize("together", [True, False])
def test_other_bytes_under_a_known_message_id_are_filed_under_an_id_of_their_own(desk: Desk, together: bool) -> None:
    raws = [mail("Una pregunta"), mail("Otra pregunta"), mail("Otra pregunta")]
    for raw in [raws] if together else [[one] for one in raws]:
        desk.post(*raw)
        desk.file()
    first, second = desk.messages(Direction.IN)

    assert first.external_id == "<uno@example.com>"
    assert (second.external_id or "").startswith("<uno@example.com>#") and len(second.external_id or "") == 26


def test_mails_without_an_id_are_told_apart_by_their_words(desk: Desk) -> None:
    desk.hear(mail("Una", message_id=None), mail("Una", message_id=None), mail("Otra", message_id=None))
    ids = [m.external_id for m in desk.messages(Direction.IN)]

    assert len(ids) == 2 and all(ids)


def test_a_message_fetched_again_in_another_form_is_the_same_message(desk: Desk) -> None:
    desk.hear(form("SM1", "hola"))
    again = form("SM1", "hola", VentanillaFetched="1")
    jobs.take_in(desk.house, "whatsapp", NUMBER, [Fetched(wire_key="otra", raw=again.raw)], ArrivalKind.FETCHED)
    desk.file()

    assert len(desk.messages()) == 1


def test_a_poisonous_arrival_holds_up_nobody_and_is_shown_after_three_tries(desk: Desk) -> None:
    poison = form("SM2", "hola", sender="+" + "9" * 15)
    desk.push(form("SM1", "hola"), poison, form("SM3", "hola", sender="+34600333444"))
    with desk.write() as session:
        session.execute(update(Arrival).where(Arrival.wire_key == "SM2").values(raw=b"not zlib"))
    desk.file()
    filed = len(desk.messages())
    for _ in range(4):
        desk.hurry_arrivals()
        desk.file()

    shown = desk.messages()[-1]

    assert (filed, shown.kind, desk.tickets()[-1].status) == (2, Kind.UNREADABLE, Status.NEW)
    assert arrivals_left(desk) == 0


def test_what_a_database_refuses_is_shown_with_its_original_after_three_tries(desk: Desk) -> None:
    long_name = "x" * 300
    desk.post(mail("Una"), mail("Dos", sender=f"{long_name}@example.com", message_id="<d@e>"))
    for _ in range(5):
        desk.hurry_arrivals()
        desk.file()
    shown = desk.messages(Direction.IN)

    assert len(shown) == 2 and arrivals_left(desk) == 0


def arrivals_left(desk: Desk) -> int:
    with desk.house.db.reading() as session:
        return session.scalar(select(func.count()).where(Arrival.filed_at.is_(None))) or 0


def test_an_unreadable_mail_is_a_ticket_with_its_original_and_a_deadline(desk: Desk) -> None:
    with desk.write() as session:
        session.execute(update(Arrival).values(attempts=0))
    desk.post(mail("Una"))
    with desk.write() as session:
        session.execute(update(Arrival).values(attempts=3))
    desk.settle()
    ticket, message = desk.ticket(), desk.messages()[0]
    with desk.house.db.reading() as session:
        names = [f.filename for f in session.get_one(Message, message.id).attachments]

    assert (message.kind, names, ticket.status) == (Kind.UNREADABLE, ["original.eml"], Status.NEW)
    assert ticket.subject == "Correo no interpretable" and ticket.due_at is not None and desk.said() == []


def test_a_receipt_without_its_message_is_tried_for_an_hour_and_never_becomes_a_ticket(desk: Desk) -> None:
    desk.push(callback("SMnobody", "delivered"))
    for _ in range(6):
        desk.hurry_arrivals()
        desk.file()
    waiting = arrivals_left(desk)
    with desk.write() as session:
        session.execute(update(Arrival).values(received_at=clock.now() - timedelta(minutes=61)))
    desk.hurry_arrivals()
    desk.file()
    with desk.house.db.reading() as session:
        kept = session.scalars(select(Arrival.trouble)).one()

    assert (waiting, arrivals_left(desk), kept, desk.tickets()) == (1, 0, "sin destinatario", [])


def test_a_mail_with_nul_and_broken_letters_is_kept(desk: Desk) -> None:
    raw = mail("Una pregunta").replace(b"Una pregunta", b"Una \x00 pregunta \xff\xfe \xed\xa0\x80")
    desk.hear(raw)

    assert "pregunta" in desk.messages(Direction.IN)[0].text


def test_a_mail_without_a_sender_is_somebody_too(desk: Desk) -> None:
    raw = b"\r\n".join([b"Subject: nadie", b"To: " + MAILBOX.encode(), b"", b"hola"])
    desk.hear(raw)

    assert len(desk.tickets()) == 1 and desk.said() == []


def test_a_long_name_is_cut_and_not_refused(desk: Desk) -> None:
    desk.hear(mail("Una", sender=f"{'Ana ' * 90}<ana@example.com>"))

    assert len(desk.contacts()[0].name or "") <= 200


def test_everybody_heard_of_has_an_identity_with_the_moment(desk: Desk) -> None:
    desk.hear(form("SM1", "hola"))
    with desk.house.db.reading() as session:
        identity = session.scalars(select(Identity).where(Identity.address == CITIZEN)).one()

    assert identity.heard_at is not None and identity.kind == "phone"


def test_a_logo_that_comes_with_every_mail_is_stored_once(desk: Desk) -> None:
    for number in range(3):
        made = EmailMessage()
        made["From"], made["To"], made["Subject"] = f"a{number}@example.com", MAILBOX, "Duda"
        made["Message-ID"] = f"<logo{number}@example.com>"
        made.set_content("Hola")
        made.add_alternative('<p>Hola <img src="cid:l@x"></p>', subtype="html")
        for _ in range(2):
            made.add_attachment(LOGO, "image", "png", disposition="inline", filename="logo.png", cid="<l@x>")
        desk.hear(made.as_bytes())
    with desk.house.db.reading() as session:
        kept = session.scalars(select(File).where(File.size == len(LOGO))).all()
        shown = session.scalars(select(MessageFile).where(MessageFile.filename == "logo.png")).all()

    assert len(kept) == 1
    assert {(one.sha256, one.content_id) for one in shown} == {(kept[0].sha256, "l@x")}
