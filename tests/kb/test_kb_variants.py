"""An article that says something else for the sedes of one supplier."""

import pytest

from kb.article import read, write
from kb.passages import passages

SAMPLE = """---
title: Presentar un escrito
number: 7
category: registro-instancia
---
Sirve en cualquier sede.

## Pasos
1. Busque el trámite.
2. Firme.

## Pasos {Sedes Unidas}
1. Pulse «Catálogo».
2. Firme.

## En {{sede_url}}
Mire la hora.

## Dónde está el botón {Sedes Unidas}
- A la derecha: púlselo.
"""


@pytest.mark.parametrize(
    ("supplier", "first", "headings"),
    [
        (None, "Busque el trámite.", ["Pasos", "En {{sede_url}}"]),
        ("Otra casa", "Busque el trámite.", ["Pasos", "En {{sede_url}}"]),
        ("sedes unidas", "Pulse «Catálogo».", ["Pasos", "En {{sede_url}}", "Dónde está el botón"]),
    ],
)
def test_a_sede_of_the_supplier_is_told_its_own_and_everybody_else_the_general(
    supplier: str | None, first: str, headings: list[str]
) -> None:
    told = read(SAMPLE, slug="uno", language="es").on_sede_of(supplier)

    assert (told.steps[0], [section.heading for section in told.sections]) == (first, headings)
    assert told.intro == "Sirve en cualquier sede." and told.suppliers == ()


def test_without_a_word_on_the_sede_an_article_speaks_in_general_wherever_its_variants_stand() -> None:
    turned = SAMPLE.replace("## Pasos {Sedes Unidas}", "## X").replace("## Pasos\n", "## Pasos {Sedes Unidas}\n")
    article = read(turned.replace("## X", "## Pasos"), slug="uno", language="es")

    assert article.steps[0] == "Pulse «Catálogo»."
    assert article.suppliers == ("Sedes Unidas",)


def test_variants_are_written_back_as_they_were() -> None:
    article = read(SAMPLE, slug="uno", language="es")

    assert read(write(article), slug="uno", language="es") == article


def test_what_only_a_variant_says_is_found_too() -> None:
    told = [passage.text for passage in passages(read(SAMPLE, slug="uno", language="es"))]

    assert {"Busque el trámite.", "Pulse «Catálogo».", "A la derecha: púlselo."} <= set(told)
    assert told.count("Firme.") == 1
