"""What a machine says to an enquiry, decided from values: when, to whom, in which words, and never too long."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.desk.answering import choose
from app.desk.books import Books
from app.desk.case import Case, Links, Plan
from app.desk.categories import NAMES
from app.desk.gate import Situation
from app.desk.wording import LIMIT
from app.models.arrival import Mode
from app.models.people import ContactKind
from app.models.ticket import Outcome, Status
from kb.article import CATEGORIES
from kb.search import Found, Hit
from triage.enquiry import Enquiry
from triage.verdict import Verdict

OPEN = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
NIGHT = datetime(2026, 12, 4, 21, 48, tzinfo=UTC)
LINKS = Links(feedback_token="f" * 32, follow_token="s" * 32, public_url="https://consultas.example.es")
FREE = Situation(
    go_live=OPEN - timedelta(days=90),
    said_at=OPEN,
    machine=False,
    turns=0,
    today=0,
    window_until=None,
    opted_out=False,
    dead=False,
    person_answered=False,
)
SURE = Verdict(category="autofirma", category_confidence=0.9)
NOTHING = Found()
RESCUED = ("licitaciones", "pago-tributos", "notificaciones", "certificado-digital", "dnie", "registro-instancia")


def case(now: datetime = OPEN, text: str = "no me funciona la firma", **more: Any) -> Case:
    """A citizen's first words on WhatsApp, unless told otherwise."""
    channel = more.get("channel", "whatsapp")
    situation = replace(FREE, said_at=now, **more.pop("situation", {}))
    values: dict[str, Any] = {
        "ticket_id": 123456,
        "version": 1,
        "channel": channel,
        "line_mode": Mode.SEND,
        "status": Status.NEW,
        "category": None,
        "priority": "P3",
        "subject": "",
        "contact_kind": ContactKind.PERSON,
        "contact_name": None,
        "identity_id": 1,
        "newest_id": 1,
        "forwarded_by": None,
        "forwarder_identity_id": None,
        "acknowledged": False,
        "first": True,
        "answered": False,
        "foreign_word": False,
        "aside": False,
        "readable": True,
        "pending_answer": None,
        "line": "consultas@example.es",
        "situation": situation,
        "enquiry": Enquiry(channel=channel, received_at=now, text=text),
        **more,
    }
    return Case(**values)


def found(books: Books, slug: str | None = None) -> Found:
    """The search is sure of an article."""
    chosen = slug or next(iter(books.shelf)).slug
    return Found(hits=(Hit(slug=chosen, score=0.9, moment=42.0, passage=""),), confident=True)


def plan(one: Case, verdict: Verdict, books: Books, hits: Found = NOTHING, now: datetime = OPEN) -> Plan:
    return choose(one, verdict, hits, books, links=LINKS, now=now)


def rules(made: Plan) -> list[str]:
    return [f"{say.rule}{'?' if say.propose else ''}" for say in made.says]


def test_a_sure_answer_goes_and_the_citizen_is_waited_for(books: Books) -> None:
    made = plan(case(), SURE, books, found(books))
    (say,) = made.says

    assert (say.rule, say.propose, made.status) == ("answer", False, Status.WAITING)
    assert (
        "C-123456-" in say.text and "responda 1 si" in say.text and "o 2 para que le conteste una persona" in say.text
    )
    assert "su plazo sigue contando" in say.text and "No envíe claves ni fotos del DNI" in say.text
    assert "https://consultas.example.es/datos" in say.text and "?" not in say.text.replace("?t=", "")


def test_no_answer_on_whatsapp_is_longer_than_six_hundred_characters(books: Books) -> None:
    for article in books.shelf:
        for now in (OPEN, NIGHT):
            one = case(now, ticket_id=12345678)
            made = plan(one, replace(SURE, category=article.category), books, found(books, article.slug), now)

            assert [len(say.text) for say in made.says if len(say.text) > LIMIT] == [], article.slug


@pytest.mark.parametrize("ask", [None, "deadline", "town_hall", "device"])
@pytest.mark.parametrize("now", [OPEN, NIGHT])
def test_nothing_else_on_whatsapp_is_longer_either(books: Books, ask: Any, now: datetime) -> None:
    longest = max(books.halls, key=lambda code: len(books.halls[code].sede_url or ""))
    base = Verdict(ask=ask, town_hall=longest, town_hall_state="given", category_confidence=0.9)
    verdicts = [replace(base, category=category, priority="P1") for category in RESCUED]
    verdicts += [replace(base, category=category) for category in (*RESCUED, "administracion-electronica-general")]
    verdicts += [replace(base, filing=True, priority="P2"), replace(base, stop=True)]
    verdicts += [replace(base, language=code) for code in ("en", "fr", "de", "pt", "ro", "it", "ca", "gl", "eu")]
    verdicts += [replace(base, out_of_scope=key) for key in books.triage.directory]
    texts = [say.text for verdict in verdicts for say in plan(case(now), verdict, books, now=now).says]

    assert len(texts) == len(verdicts)
    assert [(len(text), text[:90]) for text in texts if len(text) > LIMIT] == []


def test_what_does_not_fit_goes_in_order_third_step_second_step(books: Books) -> None:
    for article in books.shelf:
        text = plan(case(NIGHT), SURE, books, found(books, article.slug), NIGHT).says[0].text
        steps = [n for n in (1, 2, 3) if f"\n{n}. " in text]

        assert steps == list(range(1, len(steps) + 1)) and steps, article.slug


@pytest.mark.parametrize(
    ("line", "category", "expected"),
    [
        (Mode.SEND, None, ["answer"]),
        (Mode.SEND, Mode.PROPOSE, ["receipt", "answer?"]),
        (Mode.PROPOSE, None, ["receipt", "answer?"]),
        (Mode.PROPOSE, Mode.SEND, ["receipt", "answer?"]),
        (Mode.SEND, Mode.OFF, ["receipt"]),
        (Mode.OFF, Mode.SEND, []),
    ],
)
def test_the_stricter_of_line_and_category_decides(
    books: Books, line: Mode, category: Mode | None, expected: list[str]
) -> None:
    told = replace(books, modes={"autofirma": category} if category else {})

    assert rules(plan(case(line_mode=line), SURE, told, found(books))) == expected


def test_the_kill_switch_silences_every_machine(books: Books) -> None:
    off = replace(books, settings={**books.settings, "kill_switch": True})
    made = plan(case(), replace(SURE, priority="P1"), off, found(books))

    assert (made.says, made.silence) == ((), "mode_off")


def test_a_proposal_leaves_the_ticket_with_us(books: Books) -> None:
    assert plan(case(line_mode=Mode.PROPOSE), SURE, books, found(books)).status is Status.NEW


@pytest.mark.parametrize("category", RESCUED)
@pytest.mark.parametrize("line", [Mode.SEND, Mode.PROPOSE])
def test_the_urgent_are_rescued_at_any_hour_in_words_that_fit_their_matter(
    books: Books, category: str, line: Mode
) -> None:
    verdict = Verdict(category=category, category_confidence=0.9, priority="P1", withheld=("deadline",), ask="deadline")
    (say,) = plan(case(NIGHT, line_mode=line), verdict, books, found(books), NIGHT).says
    register = "rec.redsara.es" in say.text

    assert say.rule == "rescue" and not say.propose and "el miércoles 9 a las 08:00" in say.text
    assert register == (category == "registro-instancia")
    assert say.text.count("?") == 1 and "captura" in say.text


@pytest.mark.parametrize(("now", "told"), [(OPEN, "3. Llame ahora "), (NIGHT, "3. Llame a primera hora ")])
def test_who_has_until_today_is_told_to_call_now_while_somebody_is_there(
    books: Books, now: datetime, told: str
) -> None:
    verdict = Verdict(category="otros-no-competencia", category_confidence=0.9, priority="P1")
    (say,) = plan(case(now), verdict, books, NOTHING, now).says

    assert told in say.text


@pytest.mark.parametrize("category", CATEGORIES)
def test_what_was_understood_is_said_by_the_name_of_the_category(books: Books, category: str) -> None:
    (say,) = plan(case(), Verdict(category=category, category_confidence=0.9), books).says

    assert f"sobre: {NAMES[category]}." in say.text or category == "otros-no-competencia"


def test_an_emergency_is_told_112_in_the_first_line_and_nothing_else(books: Books) -> None:
    (say,) = plan(case(), Verdict(emergency=True, priority="P1", filing=True), books).says

    assert "112" in say.text and "\n" not in say.text


@pytest.mark.parametrize("priority", ["P1", "P2"])
@pytest.mark.parametrize("channel", ["whatsapp", "email"])
@pytest.mark.parametrize("forwarded", [None, "40040"])
def test_whoever_believes_to_have_filed_reads_first_that_nothing_was(
    books: Books, priority: Any, channel: str, forwarded: str | None
) -> None:
    verdict = Verdict(filing=True, priority=priority, deadline=date(2026, 11, 24), withheld=("filing",))
    made = plan(case(channel=channel, forwarded_by=forwarded), verdict, books, found(books))

    assert made.says[0].text.startswith("No se ha presentado nada") and made.status is Status.NEW
    assert books.province.register_url in made.says[0].text


@pytest.mark.parametrize("reason", ["deadline", "notification", "payment", "filing", "complaint", "press"])
def test_the_substance_of_what_is_grave_is_left_to_people(books: Books, reason: str) -> None:
    made = plan(case(), replace(SURE, withheld=(reason,)), books, found(books))

    assert rules(made) == ["receipt"] and made.status is Status.NEW


def test_a_receipt_says_what_was_understood_the_number_and_when_a_person_looks(books: Books) -> None:
    (say,) = plan(case(), SURE, books).says

    assert "C-123456-" in say.text and "hoy, hasta las 15:00" in say.text and "sobre: AutoFirma." in say.text
    assert "Datos personales" in say.text and "no es presentar nada" in say.text


def test_a_receipt_is_given_once(books: Books) -> None:
    assert plan(case(first=False, status=Status.WAITING), SURE, books, found(books)).says == ()


def test_a_company_gets_two_links_and_no_numbers_to_answer(books: Books) -> None:
    one = case(channel="email", subject="Factura 26/118 rechazada")
    (say,) = plan(one, SURE, books, found(books)).says

    assert "responda 1" not in say.text and " o 2 " not in say.text
    assert say.subject == "Re: Factura 26/118 rechazada" and "Factura 26/118" in say.text
    assert LINKS.feedback in say.text


def test_other_bodies_matters_are_shown_the_way_and_closed_without_a_question(books: Books) -> None:
    key = next(iter(books.triage.directory))
    made = plan(case(), Verdict(out_of_scope=key), books)

    assert (rules(made), made.status, made.close_reason) == (["other_body"], Status.SOLVED, "other_body")
    assert "?" not in made.says[0].text and books.triage.directory[key].name in made.says[0].text


def test_a_complaint_about_another_body_goes_to_a_person(books: Books) -> None:
    key = next(iter(books.triage.directory))

    assert rules(plan(case(), Verdict(out_of_scope=key, withheld=("complaint",)), books)) == ["receipt"]


def test_another_language_gets_its_two_lines_and_a_person(books: Books) -> None:
    made = plan(case(), replace(SURE, language="en"), books, found(books))

    assert rules(made) == ["foreign"] and "we answer in Spanish" in made.says[0].text and made.status is Status.NEW


@pytest.mark.parametrize(
    ("change", "verdict", "silence"),
    [
        ({"contact_kind": ContactKind.STAFF}, SURE, "staff"),
        ({}, replace(SURE, staff=True), "staff"),
        ({}, replace(SURE, junk=True), "junk"),
        ({"readable": False}, SURE, "unreadable"),
        ({"foreign_word": True}, SURE, "foreign_word"),
        ({"situation": {"turns": 2}}, SURE, "turns_spent"),
        ({"situation": {"go_live": None}}, SURE, "before_go_live"),
        ({"situation": {"person_answered": True}}, SURE, "person_answered"),
    ],
)
def test_nothing_is_said_to_whom_a_machine_must_not_speak(
    books: Books, change: dict[str, Any], verdict: Verdict, silence: str
) -> None:
    made = plan(case(**change), verdict, books, found(books))

    assert (made.says, made.silence, made.status) == ((), silence, Status.NEW)


def test_courtesy_changes_nothing_and_is_not_answered(books: Books) -> None:
    made = plan(case(status=Status.SOLVED, first=False), Verdict(courtesy=True), books, found(books))

    assert (made.status, made.says, made.silence) == (None, (), "courtesy")


@pytest.mark.parametrize(
    ("choice", "outcome", "status"), [(1, Outcome.HELPED, Status.SOLVED), (2, Outcome.FAILED, Status.OPEN)]
)
def test_one_and_two_answer_the_last_question_and_are_not_answered(
    books: Books, choice: Any, outcome: Outcome, status: Status
) -> None:
    made = plan(case(first=False, status=Status.WAITING, pending_answer=7), Verdict(choice=choice), books)

    assert (made.outcome, made.status, made.says) == (outcome, status, ())


def test_the_clerks_acknowledgement_has_the_link_and_nothing_of_the_matter(books: Books) -> None:
    one = case(channel="email", forwarded_by="40040", forwarder_identity_id=9, text="mi secreto", subject="Mi asunto")
    to_clerk = [say for say in plan(one, SURE, books, found(books)).says if say.to_clerk]

    assert len(to_clerk) == 1 and LINKS.follow in to_clerk[0].text
    assert "secreto" not in to_clerk[0].text and "asunto" not in f"{to_clerk[0].subject}"


def test_a_forwarded_citizen_reads_who_passed_it_on_and_not_whom_the_words_name(books: Books) -> None:
    one = case(channel="email", forwarded_by="40040", text="mi primo de Riaza")
    (say,) = plan(one, replace(SURE, town_hall="40170"), books).says

    assert f"El Ayuntamiento de {books.halls['40040'].name} nos ha pasado" in say.text
    assert "ha dado el Ayuntamiento de" in say.text
