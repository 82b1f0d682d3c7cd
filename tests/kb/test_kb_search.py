"""What people write finds the article, whatever their spelling, and never breaks the search."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.__main__ import search as answer_lines
from kb.article import Article, ArticleError, Video
from kb.captions import Cue
from kb.search import Search
from kb.shelf import load, shelve


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(load())


def first(search: Search, text: str) -> str:
    return search.find(text).hits[0].slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("nesesito un bolante de enpadronamiento xa la guarde", "volante-o-certificado-de-empadronamiento"),
        ("autofima me pone saf 3 al frimar", "autofirma-codigos-error"),
        ("el codijo csv del papel no balida", "validar-documento-con-csv"),
        ("Rogamos faciliten oficina contable, órgano gestor y unidad tramitadora.", "codigos-dir3"),
        ("Llama una señora: le piden el PIN del carné y no lo sabe.", "dnie-pin-y-certificados-caducados"),
        ("¿los domingos valen para contar el plazo de alegaciones?", "plazos-y-dias-habiles"),
    ],
)
def test_bad_spelling_formal_letters_and_phone_notes_find_their_article(search: Search, text: str, slug: str) -> None:
    assert first(search, text) == slug


def test_a_literal_error_text_finds_its_article(search: Search) -> None:
    text = "pone El PDF está certificado y no admite firmas electrónicas adicionales. y no se seguir"

    assert first(search, text) == "pdf-no-se-deja-firmar"


def test_the_very_words_of_a_question_are_enough_unless_something_else_is_said_beside_them(search: Search) -> None:
    asked = "no me sale el certificado al firmar"
    sure = (asked, f"hola\n{asked}", f"{asked}\nsoy de Cantimpalos", f"buenas tardes\n{asked}\nsoy vecina de Coca")
    unsure = ("al firmar", f"{asked}\nni me llega la notificación", f"{asked}\nautofirma se abre y se cierra")

    assert [search.find(text).confident for text in (*sure, *unsure)] == [True] * 4 + [False] * 3


def test_a_greeting_alone_is_never_answered_with_confidence(search: Search) -> None:
    assert not any(search.find(text).confident for text in ("hola", "gracias", "👍", "ok vale", "buenas tardes"))


def test_hits_are_few_distinct_and_best_first(search: Search) -> None:
    found = search.find("no puedo firmar con el certificado", limit=4).hits

    assert len({hit.slug for hit in found}) == 4
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in found)


def test_the_subject_of_a_mail_counts(search: Search) -> None:
    assert search.find("Adjuntamos captura.", subject="Error HRE1 al enviar la factura").hits[0].slug == (
        "factura-rechazada-en-face"
    )


def test_the_same_message_gets_the_same_answer(search: Search) -> None:
    assert search.find("pagar la contribución") == search.find("pagar la contribución")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=500), st.none() | st.text(max_size=50))
def test_no_text_breaks_the_search(search: Search, text: str, subject: str | None) -> None:
    found = search.find(text, subject)

    assert len(found.hits) <= 5


@pytest.mark.parametrize(
    "text",
    ["a" * 200_000, "saf " * 50_000, "\x00\ud800", "الشهادة " * 500, "🎉" * 3000, f"soy de {'a' * 250} b c d e f g h"],
)
def test_huge_and_odd_messages_are_survived(search: Search, text: str) -> None:
    assert search.find(text) is not None


def kiln(**facts: Any) -> Article:
    told: dict[str, Any] = {
        "slug": "horno-comunal",
        "language": "es",
        "title": "Reservar el horno comunal",
        "number": 901,
    }
    body = "Para cocer pan.\n\n1. Llame al horno.\n2. Encienda la leña."
    return Article(**{"category": "registro-instancia", "body": body, **told, **facts})


def test_an_article_that_the_model_was_never_taught_is_found_by_its_words() -> None:
    search = Search(shelve([*load(), kiln()]))

    assert first(search, "quiero reservar el horno comunal para cocer pan") == "horno-comunal"


@pytest.mark.parametrize("slug", ["codigos-dir3", "autofirma-mac", "papel-o-electronico"])
def test_a_question_that_somebody_adds_finds_its_article_whatever_the_model_was_taught(slug: str) -> None:
    asked = "¿Trasgos zurdos con boina?"
    shelf = shelve(
        replace(one, questions=(*one.questions, asked)) if one.slug == slug else one for one in load().articles
    )
    found = Search(shelf).find("trasgos zurdos con boina")

    assert (found.hits[0].slug, found.hits[0].passage, found.confident) == (slug, asked, False)


def test_a_hit_names_the_second_of_the_video_at_which_it_is_said() -> None:
    cues = (Cue(start=0, end=4, text="Llame al horno."), Cue(start=4, end=9, text="Encienda la leña."))
    shelf = shelve([kiln(video=Video(file="h.mp4"))], {("horno-comunal", "es"): cues})

    assert Search(shelf).find("como se enciende la leña").hits[0].moment == 4


def test_an_article_without_video_has_no_second() -> None:
    assert Search(shelve([kiln()])).find("encender la leña").hits[0].moment is None


def test_a_language_without_articles_finds_nothing() -> None:
    assert Search(shelve([kiln()])).find("reservar el horno", language="eu").hits == ()


def test_articles_of_another_language_are_found_by_their_own_words() -> None:
    search = Search(shelve([kiln(), kiln(language="ca", title="Reservar el forn comunal", body="1. Truqui al forn.")]))

    assert search.find("reservar el forn", language="ca").hits[0].slug == "horno-comunal"


def test_an_empty_shelf_finds_nothing() -> None:
    assert Search(shelve([])).find("hola, necesito el certificado").hits == ()


def test_a_shelf_refuses_twins_and_shared_numbers() -> None:
    with pytest.raises(ArticleError, match="dos veces"):
        shelve([kiln(), kiln()])
    with pytest.raises(ArticleError, match="número 901"):
        shelve([kiln(), kiln(slug="otro")])


def test_a_shelf_gives_articles_by_slug_and_by_number() -> None:
    shelf = shelve([kiln(), kiln(language="ca")])

    assert shelf.get("horno-comunal", "ca") == shelf.by_number(901, "ca")
    assert shelf.by_number(901, "eu") is not None
    assert shelf.get("nada") is None
    assert shelf.by_number(5) is None


def test_the_command_answers_line_by_line_and_survives_wrong_lines() -> None:
    asked = [
        '{"id": "a", "text": "pagar el ibi"}',
        "rubbish",
        '{"text": "sin id"}',
        '{"id": 3, "text": null}',
        "[]",
        "",
    ]
    answers = io.StringIO()
    answer_lines(io.StringIO("\n".join(asked) + "\n"), answers)
    told = [json.loads(line) for line in answers.getvalue().splitlines()]

    assert [one["id"] for one in told] == ["a", None, None, 3, None, None]
    assert told[3] == {"id": 3, "hits": [], "confident": False}
    assert set(told[0]) == {"id", "hits", "confident"}
    assert set(told[0]["hits"][0]) == {"slug", "score", "moment"}
    assert answers.getvalue().isascii()
