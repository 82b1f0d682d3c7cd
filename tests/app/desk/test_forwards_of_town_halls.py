"""A town hall's forward: the citizen is the contact, and not a byte of what the clerk wrote reaches the citizen."""

import zlib
from email import message_from_bytes, policy

import pytest
from sqlalchemy import func, select

from app import clock
from app.delivery import packed
from app.desk import board, merging
from app.errors import Impossible
from app.models.arrival import Arrival
from app.models.message import Direction, Message
from app.models.ticket import Answer, Outcome, Status, Ticket
from channels.channel import Channel
from channels.email import compose
from channels.email.adapter import Email
from channels.message import Delivery
from tests.app.desk.scenes import AUTHSERV, CONFUSED, ENDS_TODAY, Desk, forward, mail

CLERK = "secretaria@pueblo.example"
COMMENT = "Este señor no se aclara nunca"
SECRET = (COMMENT, CLERK, "Secretaría", "pueblo.example", "RV: el pesado de siempre", "hilo@interno.example")


def told(**more: str) -> dict[str, object]:
    """A forward full of what must stay inside."""
    said = {"comment": COMMENT, "subject": "RV: el pesado de siempre", "References": "<hilo@interno.example>"}
    return {**said, "vouched": True, **more}


def wire_bytes(desk: Desk, message: Message) -> bytes:
    """What would go over the wire."""
    email: Channel = desk.house.channels["email"]
    assert isinstance(email, Email)
    return compose.compose(packed(desk.house, message.id), address=email.line, name=email.settings.name)


def for_citizen(desk: Desk) -> list[Message]:
    return [m for m in desk.said() if m.audience == "contact"]


def nothing_leaks(desk: Desk) -> None:
    for message in for_citizen(desk):
        raw = wire_bytes(desk, message)
        read = message_from_bytes(raw, policy=policy.default)
        parts = [part.get_content() for part in read.walk() if not part.is_multipart()]
        seen = f"{vars(message)} {raw.decode('utf-8', 'replace')} {dict(read.items())} {parts}"
        assert [word for word in SECRET if word in seen] == []


def test_a_vouched_forward_belongs_to_the_citizen_and_is_marked(desk: Desk) -> None:
    hall = desk.register("pueblo.example")
    desk.hear(forward(**told()))  # type: ignore[arg-type]
    ticket = desk.ticket()
    citizen = desk.identity("blas@example.org")

    assert ticket.contact_id == citizen.contact_id and ticket.forwarder_address == CLERK
    assert ticket.forwarder_town_hall_id == ticket.town_hall_id == hall.id
    assert ticket.subject == "Problema al firmar"


def test_the_clerks_comment_is_a_note_and_nothing_else(desk: Desk) -> None:
    desk.register("pueblo.example")
    desk.hear(forward(**told()))  # type: ignore[arg-type]

    assert [m.text for m in desk.messages(Direction.NOTE)] == [COMMENT]
    assert COMMENT not in desk.messages(Direction.IN)[0].text


@pytest.mark.parametrize("words", ["No me deja firmar la instancia.", CONFUSED, ENDS_TODAY, "Adjunto la instancia."])
def test_no_byte_of_the_clerks_mail_reaches_the_citizen(desk: Desk, words: str) -> None:
    desk.register("pueblo.example")
    desk.hear(forward(words=words, **told()))  # type: ignore[arg-type]
    sent = for_citizen(desk)[0]

    assert "nos ha pasado su consulta" in sent.text and words.split()[0] in sent.text
    assert "artículo 14" in sent.text and "el Ayuntamiento de Cantimpalos" in sent.text
    assert (sent.in_reply_to, sent.references, sent.identity_id) == (None, [], desk.identity("blas@example.org").id)
    nothing_leaks(desk)


def test_a_stamp_of_ours_that_came_with_the_forward_makes_it_a_proposal_and_the_mail_is_kept_as_it_came(
    desk: Desk,
) -> None:
    desk.register("pueblo.example")
    raw = b"Authentication-Results: mx.de-verdad.example; dmarc=fail\n" + forward(vouched=True)
    desk.hear(raw)
    with desk.house.db.reading() as session:
        kept = zlib.decompress(session.scalars(select(Arrival.raw)).one() or b"")

    assert desk.ticket().forwarder_address is None and desk.ticket().proposed_forward is not None
    assert kept == raw and AUTHSERV.encode() in kept


def test_the_clerk_is_thanked_once_and_at_once_again_only_for_what_is_urgent(desk: Desk) -> None:
    desk.register("pueblo.example")
    desk.hear(
        forward(vouched=True),
        forward(vouched=True, citizen="Eva <eva@example.org>", message_id="<r2@p>"),
        forward(vouched=True, citizen="Leo <leo@example.org>", message_id="<r3@p>", words=ENDS_TODAY),
    )
    for_clerk = [m for m in desk.said() if m.audience == "clerk"]

    assert [m.ticket_id for m in for_clerk] == [1, 3]
    assert all("/seguir/" in m.text and m.identity_id == desk.identity(CLERK).id for m in for_clerk)
    assert "Blas" not in for_clerk[0].text and "firmar" not in for_clerk[0].text


def test_a_confirmed_address_is_trusted_without_a_stamp(desk: Desk) -> None:
    desk.register(CLERK, confirmed=True)
    desk.hear(forward())

    assert desk.ticket().forwarder_address == CLERK


@pytest.mark.parametrize(
    ("known", "vouched"), [(True, False), (False, True)], ids=["not vouched for", "not in the register"]
)
def test_any_other_forward_is_only_proposed_and_nobody_is_written_to(desk: Desk, known: bool, vouched: bool) -> None:
    if known:
        desk.register("pueblo.example")
    desk.hear(forward(comment=COMMENT, vouched=vouched))
    ticket = desk.ticket()

    assert ticket.forwarder_address is None and (ticket.proposed_forward or {})["address"] == "blas@example.org"
    assert not known or desk.said() == []
    assert all(m.identity_id == desk.identity(CLERK).id for m in desk.said())


def test_a_forward_of_a_town_halls_own_mail_is_no_citizens(desk: Desk) -> None:
    desk.register("pueblo.example")
    desk.hear(forward(citizen="Alcalde <alcalde@pueblo.example>", vouched=True))

    assert desk.ticket().forwarder_address is None and desk.said() == []


def accept(desk: Desk, **more: int) -> None:
    by = desk.user()
    with desk.write() as session:
        board.accept_forward(session, session.get_one(Ticket, desk.ticket().id), by=by, now=clock.now(), **more)


def test_an_accepted_proposal_is_answered_to_the_citizen_and_leaks_nothing(desk: Desk) -> None:
    desk.register("pueblo.example")
    desk.hear(forward(**{**told(), "vouched": False}))  # type: ignore[arg-type]
    accept(desk)
    desk.settle()
    ticket = desk.ticket()

    assert ticket.contact_id == desk.identity("blas@example.org").contact_id and ticket.proposed_forward is None
    assert COMMENT not in ticket.subject and "pesado" not in ticket.subject
    assert len(for_citizen(desk)) == 1 and "nos ha pasado su consulta" in for_citizen(desk)[0].text
    nothing_leaks(desk)


@pytest.mark.parametrize("vouched", [True, False])
def test_the_same_enquiry_come_directly_and_forwarded_is_proposed_as_one(desk: Desk, vouched: bool) -> None:
    desk.register("pueblo.example")
    words = "No me deja firmar la instancia."
    desk.hear(mail(words, sender="Blas Sanz <blas@example.org>", subject="Problema al firmar"))
    desk.hear(forward(**{**told(), "words": words, "vouched": vouched}))  # type: ignore[arg-type]
    by, passed_on = desk.user(), desk.tickets()[1]
    if not vouched:
        with desk.write() as session:
            board.accept_forward(session, session.get_one(Ticket, passed_on.id), by=by, now=clock.now())
    directly, passed_on = desk.tickets()

    assert [one.id for one in merging.twins(passed_on, [directly])] == [directly.id]
    assert directly.contact_id == passed_on.contact_id


def test_what_was_answered_to_an_unknown_forwarder_does_not_silence_the_answer_to_the_citizen(desk: Desk) -> None:
    desk.hear(forward(**{**told(), "vouched": False}))  # type: ignore[arg-type]
    before = len(desk.said())
    hall = desk.register("otro.example")
    accept(desk, town_hall_id=hall.id)
    desk.settle()
    to_citizen = [m for m in desk.said() if m.identity_id == desk.identity("blas@example.org").id]

    assert before == 1 and len(to_citizen) == 1
    assert desk.said()[0].delivery is not Delivery.PROPOSED


@pytest.mark.parametrize("vouched", [True, False])
def test_a_mail_filed_beside_a_forward_is_none(desk: Desk, vouched: bool) -> None:
    desk.register("pueblo.example")
    desk.post(mail("una duda"), forward(vouched=vouched), mail("otra", message_id="<dos@x>"))
    desk.file()
    with desk.house.db.reading() as session:
        accepted = session.scalar(select(func.count()).where(Message.forwarded.is_not(None)))
        proposed = session.scalar(select(func.count()).where(Ticket.proposed_forward.is_not(None)))

    assert (accepted, proposed) == ((1, 0) if vouched else (0, 1))


def test_without_a_town_hall_no_forward_is_accepted(desk: Desk) -> None:
    desk.hear(forward())

    with pytest.raises(Impossible, match="ayuntamiento"):
        accept(desk)


def test_a_clerks_word_on_what_she_forwarded_is_for_people_and_never_quoted_to_the_citizen(desk: Desk) -> None:
    desk.register("pueblo.example")
    desk.hear(forward(vouched=True))
    thanks = next(m for m in desk.said() if m.audience == "clerk")
    said = len(desk.said())
    reply = mail(COMMENT, sender=f"Secretaría <{CLERK}>", message_id="<s@p>", In_Reply_To=thanks.external_id or "")
    desk.hear(reply)

    assert desk.messages(Direction.IN)[-1].ticket_id == desk.ticket().id
    assert len(desk.said()) == said and desk.ticket().status is Status.OPEN
    nothing_leaks(desk)


def clerk_says(desk: Desk, words: str) -> None:
    """The clerk answers her acknowledgement."""
    (thanked,) = [message for message in desk.said() if message.audience == "clerk"]
    named = {"message_id": "<otra@pueblo.example>", "In_Reply_To": thanked.external_id or ""}
    desk.hear(mail(words, sender=f"Secretaría <{CLERK}>", subject="Re: Consulta", **named))


def outcome(desk: Desk) -> Outcome:
    with desk.house.db.reading() as session:
        return session.scalars(select(Answer.outcome)).one()


@pytest.mark.parametrize("status", [Status.WAITING, Status.SOLVED])
def test_a_clerks_thanks_open_nothing_and_say_nothing_of_the_article(desk: Desk, status: Status) -> None:
    desk.register("pueblo.example")
    desk.hear(forward(vouched=True, words=CONFUSED))
    desk.change(desk.ticket(), status=status)
    clerk_says(desk, "Muchas gracias")

    assert (desk.ticket().status, outcome(desk), desk.ticket().due_at) == (status, Outcome.OFFERED, None)


@pytest.mark.parametrize("words", ["1", "BAJA", "Sigue sin poder firmar, y me insiste mucho."])
def test_a_clerks_words_go_to_people_and_are_not_taken_for_the_citizens(desk: Desk, words: str) -> None:
    desk.register("pueblo.example")
    desk.hear(forward(vouched=True, words=CONFUSED, inner_subject=""))
    before = desk.ticket()
    clerk_says(desk, words)
    after = desk.ticket()

    assert (after.status, outcome(desk)) == (Status.OPEN, Outcome.OFFERED)
    assert (after.category, after.subject, after.language) == (before.category, before.subject, before.language)
    assert desk.identity("blas@example.org").opted_out_at is None


def test_another_citizens_forward_in_the_same_thread_is_another_ticket(desk: Desk) -> None:
    desk.register("pueblo.example")
    desk.hear(forward(vouched=True))
    thanks = next(m for m in desk.said() if m.audience == "clerk")
    other = forward(
        vouched=True, citizen="Eva <eva@example.org>", message_id="<r2@p>", References=thanks.external_id or ""
    )
    desk.hear(other)
    first, second = desk.tickets()

    assert second.contact_id == desk.identity("eva@example.org").contact_id != first.contact_id
    assert second.related_to_id == first.id


def test_town_hall_staff_who_ask_for_themselves_get_no_citizens_text(desk: Desk) -> None:
    desk.register("pueblo.example")
    desk.hear(mail("No me deja firmar el decreto.", sender=f"Nieves <{CLERK}>"))

    assert desk.said() == [] and desk.ticket().status is Status.NEW
