"""Articles as files: read, refused with a sentence, written back without loss."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.article import CATEGORIES, Article, ArticleError, Video, read, write

SAMPLE = """---
title: Abrir el buzón de la sede
number: 7
category: notificaciones
audience: [personas, empresas]
reviewed: 2026-11-23
questions: [cómo abro el buzón, "el buzon: no se abre"]
words: [buzón, casillero]
errors: ["Error: buzón no disponible"]
sources: [https://ejemplo.es/ayuda]
check: []
related: [otro-articulo]
video:
  file: buzon.mp4
  captions: buzon.vtt
  poster: buzon.jpg
  duration: 61
---
Para ver lo que le ha mandado {{ayuntamiento}}.

## Pasos
1. Entre en la sede.
2. Pulse «Buzón»
   y espere.

Otra cosa.

## Qué puede fallar
- «Buzón no disponible»: espere una hora.
- El botón no sale: cambie de navegador.
"""


def test_an_article_is_read_whole() -> None:
    article = read(SAMPLE, slug="abrir-buzon", language="es")

    assert (article.title, article.number, article.reviewed) == ("Abrir el buzón de la sede", 7, date(2026, 11, 23))
    assert article.video == Video(file="buzon.mp4", captions="buzon.vtt", poster="buzon.jpg", duration=61)
    assert article.intro == "Para ver lo que le ha mandado {{ayuntamiento}}."
    assert article.steps == ("Entre en la sede.", "Pulse «Buzón» y espere.")
    assert [section.heading for section in article.sections] == ["Pasos", "Qué puede fallar"]


def test_an_article_without_headings_has_no_sections_and_may_have_steps() -> None:
    text = SAMPLE.split("---\n")[1]
    article = read(f"---\n{text}---\n1. Solo un paso.\n", slug="uno", language="es")

    assert article.sections == ()
    assert article.steps == ("Solo un paso.",)


TEXTS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=60)
LISTS = st.lists(TEXTS, max_size=4).map(tuple)


@given(
    title=TEXTS.map(str.strip).filter(bool),
    number=st.integers(1, 9999),
    category=st.sampled_from(CATEGORIES),
    reviewed=st.none() | st.dates(min_value=date(1900, 1, 1)),
    questions=LISTS,
    errors=LISTS,
    body=TEXTS.map(str.strip).filter(lambda body: not body.startswith("---")),
    video=st.none() | st.builds(Video, file=st.just("a.mp4"), duration=st.none() | st.integers(1, 900)),
)
def test_what_is_written_is_read_back_without_loss(**facts: Any) -> None:
    article = Article(slug="uno", language="es", **facts)

    assert read(write(article), slug="uno", language="es") == article


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("number: 7", "number: siete", 3, "número entero"),
        ("title: Abrir el buzón de la sede\n", "", 1, "falta «title»"),
        ("category: notificaciones", "category: cartas", 4, "«cartas» no es un valor posible"),
        ("audience: [personas, empresas]", "audience: personas", 5, "tiene que ser una lista"),
        ("reviewed: 2026-11-23", "reviewed: ayer", 6, "una fecha"),
        ("  duration: 61", "  duracion: 61", 17, "no se conoce el dato «duracion»"),
        ("words: [buzón, casillero]", "words: [buzón, casillero", 9, "no se entienden"),
    ],
)
def test_a_wrong_fact_is_refused_with_its_line_and_a_reason(old: str, new: str, line: str, words: str) -> None:
    with pytest.raises(ArticleError) as refusal:
        read(SAMPLE.replace(old, new), slug="abrir-buzon", language="es")

    assert str(refusal.value).startswith(f"Línea {line}: ")
    assert words in str(refusal.value)


@given(st.text(max_size=300))
def test_rubbish_is_refused_by_an_article_error_and_nothing_else(text: str) -> None:
    for rubbish in (text, f"---\n{text}\n---\n", SAMPLE.replace("buzon.mp4", text)):
        try:
            read(rubbish, slug="uno", language="es")
        except ArticleError as refusal:
            assert str(refusal).startswith("Línea ")


def test_a_changed_article_differs_in_its_file() -> None:
    article = read(SAMPLE, slug="abrir-buzon", language="es")

    assert "number: 8" in write(replace(article, number=8))
