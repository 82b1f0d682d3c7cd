"""Town halls in text, with a small province of the test's own."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from triage.books import Books
from triage.enquiry import Enquiry
from triage.policy import decide
from triage.province import read_books

TABLES = {
    "municipalities.csv": """ine,nombre_ine,nombre,alias,poblacion_2024,sede_url,sede_confianza
90001,Aldeaguas,Aldeaguas,,80,https://aldeaguas.sedelectronica.es,alta
90002,"Robledal, El",El Robledal,,900,,
90003,Cabezuelos del Río,Cabezuelos del Río,,120,,
90004,Santa Olalla de Arriba,Santa Olalla de Arriba,,60,,
90005,Santa Olalla de Abajo,Santa Olalla de Abajo,,50,,
90006,Real de la Huelga,Real de la Huelga,La Huelga,3000,,
90007,Montalbo,Montalbo,,30,,
90008,Dueñas de Robledo,Dueñas de Robledo,,40,,
90009,Dueñas de Peralta,Dueñas de Peralta,,40,,
90010,Campo de San Pelayo,Campo de San Pelayo,,40,,
""",
    "entities.csv": """tipo,nombre,municipio,municipio_ine,municipios_integrantes,codigo_bdns,nota
localidad,Fuentelobos,Montalbo,90007,,,
""",
    "gazetteer.csv": """words,kind,ine
Santa Olalla,ambiguous,90004;90005
Calatayud,outside,50
calle Montalbo,street,
""",
    "town_hall_domains.csv": "ine,domain\n90006,huelga.example\n",
}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    folder: Path = tmp_path_factory.mktemp("province")
    for name, table in TABLES.items():
        (folder / name).write_text(table, encoding="utf-8")
    return read_books(folder)


def found(books: Books, text: str, **more: Any) -> tuple[str | None, str]:
    enquiry = Enquiry(channel="whatsapp", received_at=datetime(2026, 3, 2, 9, tzinfo=UTC), text=text, **more)
    told = decide(enquiry, books)
    return told.town_hall, told.town_hall_state


@pytest.mark.parametrize(
    ("text", "ine"),
    [
        ("soy de aldeaguas", "90001"),
        ("soy de Aldea Guas", "90001"),
        ("en la sede del ayto de Haldeaguas no entro", "90001"),
        ("Ayuntamiento de El Robledal", "90002"),
        ("vivo en el robledal y no puedo firmar", "90002"),
        ("vecina de cabesuelos del rio", "90003"),
        ("es para el ayuntamiento de Cabezuelos", "90003"),
        ("es en la huelga", "90006"),
        ("vivo en Fuentelobos", "90007"),
        ("en https://aldeaguas.sedelectronica.es/info me sale un 403", "90001"),
        ("me contestaron desde registro@huelga.example", "90006"),
        ("soy de Santa Olalla, la de abajo", "90005"),
        ("en el ayuntamiento de Santa Olalla de Arriva", "90004"),
        ("soy de duenas de robledo", "90008"),
        ("Ayto de Dueñas de Peralda", "90009"),
        ("llama una señora de Campo de S. Pelayo", "90010"),
        ("en sta. olalla de abajo no va la sede", "90005"),
        ("soy de Aldeaguas, huy no, perdón, de Montalbo", "90007"),
    ],
)
def test_a_village_is_found_however_it_is_written(books: Books, text: str, ine: str) -> None:
    assert found(books, text) == (ine, "given")


def test_a_name_that_two_villages_share_is_asked_about(books: Books) -> None:
    assert found(books, "soy de Santa Olalla") == (None, "ambiguous")


@pytest.mark.parametrize("text", ["en la sede del ayuntamiento de Calatayud", "el Ayuntamiento de Villaquieta me pide"])
def test_a_town_hall_that_is_not_ours_is_said_to_be_outside(books: Books, text: str) -> None:
    assert found(books, text) == (None, "outside")


@pytest.mark.parametrize(
    "text", ["vivo en la calle Montalbo", "soy Juan Montalbo Ruiz", "mi hija vive en Calatayud", "no me deja entrar"]
)
def test_streets_surnames_and_relatives_homes_are_no_town_halls(books: Books, text: str) -> None:
    assert found(books, text) == (None, "none")


def test_the_town_hall_that_forwards_counts_where_the_text_names_none(books: Books) -> None:
    assert found(books, "no me deja firmar", forwarded_by="90002") == ("90002", "given")


def test_a_shared_name_is_settled_by_who_forwards(books: Books) -> None:
    assert found(books, "soy de Santa Olalla", forwarded_by="90004") == ("90004", "given")
