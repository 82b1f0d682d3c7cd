"""The short answer, and the page behind it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answer import Answer, compose, fitting, length, shortened, shorter
from kb.article import Article, Video
from kb.page import holes, html, line, markdown, plain

BODY = """Para entrar.

## Pasos
1. Entre en **la sede** de {{ayuntamiento}}: {{sede_url}}.
2. Pulse [«Buzón»](https://ejemplo.es) y espere a que la página termine de cargar. Puede tardar mucho si el
   documento es grande, tenga paciencia.
3. Guarde el documento.
4. Cierre.
"""


def article(video: Video | None = None) -> Article:
    return Article(
        slug="abrir", language="es", title="Abrir", number=7, category="notificaciones", body=BODY, video=video
    )


def test_an_answer_has_the_first_three_steps_as_short_plain_lines() -> None:
    answer = compose(article(), places={"ayuntamiento": "Ayuntamiento de *Prueba*", "sede_url": "https://a.es/x_y"})

    assert answer.steps == (
        "Entre en la sede de Ayuntamiento de *Prueba*: https://a.es/x_y.",
        "Pulse «Buzón» y espere a que la página termine de cargar.",
        "Guarde el documento.",
    )


@pytest.fixture
def parsed() -> Iterator[list[str]]:
    """What is parsed as Markdown meanwhile."""
    seen: list[str] = []
    ruler = markdown().core.ruler
    ruler.push("seen", lambda state: seen.append(state.src))
    yield seen
    ruler.disable("seen")


def test_an_article_is_parsed_once_however_often_it_is_told_and_anew_when_its_words_or_the_place_change(
    parsed: list[str],
) -> None:
    first = replace(article(), title="Contar una vez")
    changed = replace(first, body=BODY.replace("Guarde", "Guarde *dos veces*"))
    place = {"ayuntamiento": "Ayuntamiento de Una Vez", "sede_url": "https://una.vez.example"}
    told = [compose(one, places=where) for one, where in ((first, {}), (first, {}), (changed, {}), (first, place))]

    assert told[0] == told[1] and told[2].steps[2] == "Guarde dos veces el documento."
    assert "Una Vez" in told[3].steps[0] and "Una Vez" not in told[0].steps[0]
    assert len(parsed) == len(set(parsed)) and sum("dos veces" in one for one in parsed) == 1


def test_an_answer_leads_to_the_second_of_the_video() -> None:
    answer = compose(article(Video(file="a.mp4", duration=95)), moment=42.7)

    assert (answer.path, answer.film) == ("7?t=42", "1\u00a0min 35\u00a0s")


def test_an_answer_without_video_names_no_second() -> None:
    assert compose(article(), moment=42.7).path == "7"


def test_what_does_not_fit_goes_third_step_then_second_step_then_length_of_the_video() -> None:
    answer: Answer | None = compose(article(Video(file="a.mp4", duration=60)))
    seen = []
    while answer:
        seen.append((len(answer.steps), answer.film))
        answer = shorter(answer)

    assert seen == [(3, "1\u00a0min"), (2, "1\u00a0min"), (1, "1\u00a0min"), (1, None)]


def test_fitting_gives_the_longest_form_that_fits_and_the_shortest_if_none_does() -> None:
    answer = compose(article(Video(file="a.mp4", duration=60)))

    assert len(fitting(answer, lambda one: len(one.steps) < 3).steps) == 2
    assert fitting(answer, lambda one: False).film is None


@given(st.text(max_size=400), st.integers(10, 200))
def test_a_shortened_line_is_never_longer_than_asked(text: str, longest: int) -> None:
    assert len(shortened(text, longest)) <= max(longest, 0)


@pytest.mark.parametrize(
    ("seconds", "told"), [(None, None), (0, "0 s"), (45, "45 s"), (60, "1 min"), (130, "2 min 10 s")]
)
def test_lengths_are_told_as_people_say_them(seconds: int | None, told: str | None) -> None:
    assert length(seconds) == (told and told.replace(" min", "\u00a0min").replace(" s", "\u00a0s"))


def test_a_page_holds_no_tags_of_its_author_no_scripts_no_pictures_and_no_h1() -> None:
    made = html("# Título\n<script>x</script> [a](javascript:x) ![foto](https://x.es/p.png)")

    assert "<h1" not in made
    assert "<h2>Título</h2>" in made
    assert "<script" not in made
    assert 'href="javascript' not in made
    assert "<img" not in made


def test_an_address_of_the_town_hall_becomes_a_link_and_its_name_stays_text() -> None:
    made = html("{{sede_url}} de {{ayuntamiento}}", {"sede_url": "https://a.es/_b_", "ayuntamiento": "<b>*X*</b>"})

    assert '<a href="https://a.es/_b_">' in made
    assert "&lt;b&gt;*X*&lt;/b&gt;" in made


def test_what_the_desk_does_not_know_is_said_in_words() -> None:
    assert line("Llame: {{telefono}}") == "Llame: el teléfono de su ayuntamiento"
    assert holes("{{ telefono }} y {{sede_url}}") == ("telefono", "sede_url")


def test_plain_text_keeps_the_numbers_and_the_order() -> None:
    assert plain("Hola **a todos**\n\n## Pasos\n1. Uno\n2. Dos\n\n- a\n- b") == (
        "Hola a todos\n\nPasos\n1. Uno\n2. Dos\n- a\n- b"
    )


@given(st.text(max_size=300), st.dictionaries(st.sampled_from(["telefono", "sede_url"]), st.text(max_size=30)))
def test_no_text_breaks_a_page(text: str, places: dict[str, str]) -> None:
    made = html(text + " {{telefono}} ({{sede_url}})", places)

    assert "<script" not in made
    assert isinstance(plain(text, places), str)
