"""What the knowledge base lacks, and drafts that begin with people's words but carry nobody's data."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from app.desk import article_drafting, articles, knowledge_gaps, masking, replies
from app.models.people import User
from app.models.ticket import Answer, Outcome, Status
from kb.search import Found, Hit
from tests.app.desk.scenes import Desk, form

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Escríbame a ana.rios@example.com o al 600 111 222", "Escríbame a [correo] o al [teléfono]"),
        ("mi dni 12345678Z y el de ella X-1234567-L", "mi dni [DNI] y el de ella [DNI]"),
        ("la cuenta ES91 2100 0418 4502 0005 1332", "la cuenta [cuenta]"),
        ("Soy Ana Ríos de la Fuente, de Coca", "Soy [nombre], de Coca"),
        ("me llamo pepe gil, no puedo entrar", "me llamo [nombre], no puedo entrar"),
        ("lo pide mi madre Carmen por D. Luis Sanz", "lo pide mi madre [nombre] por D. [nombre]"),
        ("expediente 1432/2026, vivo en la calle Real, 3", "expediente [expediente], vivo en la [domicilio]"),
        ("https://sede.es/doc?token=abc123 y C-10427-3", "https://sede.es/doc y [consulta]"),
        ("nací el 03/04/1951, matrícula 1234 BCD", "nací el [fecha], matrícula [matrícula]"),
        ("me sale SAF_03 y error 403 en Windows 11", "me sale SAF_03 y error 403 en Windows 11"),
        ("AutoFirma 1.8.3 con Java 17", "AutoFirma 1.8.3 con Java 17"),
    ],
)
def test_what_names_somebody_goes_and_codes_of_errors_stay(said: str, told: str) -> None:
    assert masking.masked(said) == told


def test_known_names_go_however_they_are_written() -> None:
    told = masking.masked("la firma de blas no va, BLAS es de Coca", ["Blas Sanz", "Coca"])

    assert told == "la firma de [nombre] no va, [nombre] es de [nombre]"


def test_greeting_and_farewell_with_whoever_signed_go() -> None:
    assert masking.bare("Buenos días,\nNo me deja firmar.\nUn saludo,\nAna Ríos\n600 111 222") == "No me deja firmar."


def solved(desk: Desk, by: User) -> int:
    """A ticket with a question, an answer in steps, and personal data in both."""
    desk.hear(
        form("SM1", "Buenos días, soy Ana Ríos, 12345678Z. No me deja subir el pdf del padrón", ProfileName="Ana")
    )
    ticket = desk.ticket()
    with desk.write() as session:
        ticket = session.merge(ticket)
        text = "Hola Ana:\n1. Abra la carpeta «Padrón».\n2. Llame al 921 000 062 si falla.\nUn saludo,\nNuria"
        replies.reply(
            session,
            ticket,
            text=text,
            by=session.merge(by),
            now=NOW,
            books=desk.house.books.current(),
            then=Status.SOLVED,
        )
    return ticket.id


def test_a_solved_ticket_becomes_a_draft_in_one_step_without_personal_data(desk: Desk) -> None:
    by = desk.user("Nuria")
    solved(desk, by)
    with desk.write() as session:
        row = article_drafting.from_ticket(
            session, session.merge(desk.ticket()), desk.house.books.current(), by=session.merge(by), now=NOW
        )
        article = articles.read(row.source, slug=row.slug, language=row.language)

    assert article.steps == ("Abra la carpeta «Padrón».", "Llame al [teléfono] si falla.")
    assert "No me deja subir el pdf" in article.questions[0]
    assert not [word for word in ("Ana", "Ríos", "12345678", "921", "Nuria") if word in row.source]
    assert row.status == "draft"


def test_a_question_in_vain_is_counted_once_without_its_data_and_leaves_when_it_is_done(session: Session) -> None:
    for said in ("cómo empadrono a mi gato, 600 111 222", "Como empadrono a mi gato 600111222!"):
        knowledge_gaps.note(session, said, now=NOW)
    (one,) = knowledge_gaps.asked(session)
    knowledge_gaps.done(session, one.id, now=NOW)
    session.flush()

    assert (one.asked, knowledge_gaps.asked(session)) == ("cómo empadrono a mi gato, [teléfono]", [])
    session.refresh(one)
    assert one.times == 2


def test_a_single_word_is_no_question(session: Session) -> None:
    knowledge_gaps.note(session, "padrón", now=NOW)

    assert knowledge_gaps.asked(session) == []


def test_little_is_nothing_or_nothing_likely() -> None:
    hit = Hit(slug="x", score=0.9, moment=None, passage="")

    assert [knowledge_gaps.little(Found()), knowledge_gaps.little(Found(hits=(hit,)))] == [True, False]


def test_a_ticket_whose_article_did_not_help_is_listed(desk: Desk) -> None:
    desk.hear(form("SM1", "no se ha podido conectar con autofirma al firmar"))
    with desk.write() as session:
        session.query(Answer).update({Answer.outcome: Outcome.FAILED})
    with desk.house.db.reading() as session:
        (one,) = knowledge_gaps.failed(session)

    assert (one.slug, one.ticket.id) == ("autofirma-no-conecta", desk.ticket().id)


def test_a_ticket_for_which_search_found_nothing_is_listed(desk: Desk) -> None:
    desk.hear(form("SM1", "no se ha podido conectar con autofirma al firmar"))
    desk.hear(form("SM2", "zxqv wkjh el trasgo", sender="+34600999888"))
    desk.change(desk.tickets()[1], category="padron")
    with desk.house.db.reading() as session:
        listed = [one.ticket.id for one in knowledge_gaps.in_tickets(session)]

    assert listed == [desk.tickets()[1].id]
