"""The legal frame with the entity's data."""

import pytest
from flask.testing import FlaskClient

from app.house import House
from app.web.public import week_in_words


@pytest.mark.parametrize("path", ["/privacidad", "/datos", "/aviso-legal", "/accesibilidad"])
def test_a_legal_page_carries_the_entitys_name(client: FlaskClient, house: House, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert house.books.current().province.entity in answer.text


def test_data_that_the_entity_has_not_given_are_named_as_missing(client: FlaskClient) -> None:
    assert "dato pendiente de la entidad" in client.get("/aviso-legal").text


def test_privacy_says_for_how_long_the_original_is_kept(client: FlaskClient) -> None:
    assert "90 días" in client.get("/privacidad").text


def test_public_pages_keep_no_cookie_of_somebody_who_only_reads(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/").headers


def test_the_week_is_said_in_runs_of_equal_days(house: House) -> None:
    assert week_in_words(house.books.current().hours.week) == "De lunes a viernes, de 8:00 a 15:00, excepto festivos."
