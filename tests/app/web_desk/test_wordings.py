"""The texts of the automatic messages: seen before they are kept, and never without what they must say."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.config import ROOT
from app.desk import rewording, wording
from app.house import House
from app.models.book import TextRow
from app.web.wordings import name, sample
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import post, sign_in

AT = "/ajustes/mensajes/receipt/es"
FILES_NOTHING = "Escribir aquí no es presentar nada en el registro: su plazo sigue contando."
BARE = "{entity}. La consulta {number} está anotada. {understood} La lee una persona {opens}. {ask}\nDatos: {privacy}"
NEW = BARE.replace("\nDatos", f" {FILES_NOTHING} Datos")


@pytest.fixture
def boss(client: FlaskClient, desk: Desk) -> FlaskClient:
    sign_in(client, "carmen@mesa.example")
    return client


def kept(house: House) -> str:
    with house.db.reading() as session:
        return session.scalars(select(TextRow.body).where(TextRow.key == "receipt", TextRow.language == "es")).one()


def test_a_new_wording_is_seen_first_and_then_said(boss: FlaskClient, house: House) -> None:
    before = kept(house)
    seen = post(boss, AT, {"texto": NEW, "accion": "ver"})
    between = kept(house)
    post(boss, AT, {"texto": NEW, "accion": "guardar"})
    house.books._looked = 0.0

    assert f'action="{AT}"' in seen.text and "La consulta C-10427-3 está anotada." in seen.text
    assert (between, kept(house)) == (before, NEW)
    assert house.books.current().text("receipt") == NEW
    assert "cambiado" in boss.get("/ajustes/mensajes").text


def test_what_came_with_the_province_can_be_taken_back(boss: FlaskClient, house: House) -> None:
    before = kept(house)
    post(boss, AT, {"texto": NEW, "accion": "guardar"})
    post(boss, AT, {"accion": "original"})

    assert kept(house) == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "no puede quedar vacío"),
        (NEW.replace(" Datos: {privacy}", ""), "Falta {privacy}"),
        (NEW + " {clave}", "no hay con qué llenar {clave}"),
        (NEW + "x" * 600, "por WhatsApp caben 600"),
        (BARE, f"no es presentar nada. Ponga, por ejemplo: «{FILES_NOTHING}»"),
    ],
)
def test_a_wording_that_lacks_something_is_not_kept_and_nothing_typed_is_lost(
    boss: FlaskClient, house: House, typed: str, told: str
) -> None:
    before = kept(house)
    answer = post(boss, AT, {"texto": typed, "accion": "guardar"})

    assert answer.status_code == 422 and told in answer.text
    assert f"{typed}</textarea>" in answer.text
    assert kept(house) == before


@pytest.mark.parametrize("typed", ["Responda arriba", "Responda\npor encima", "# Responda por encima", "a " * 40])
def test_the_line_above_which_to_answer_stays_one_that_is_known_again(boss: FlaskClient, typed: str) -> None:
    told = post(boss, "/ajustes/mensajes/reply_above/es", {"texto": typed, "accion": "guardar"})
    good = post(boss, "/ajustes/mensajes/reply_above/es", {"texto": "Conteste encima de aquí", "accion": "guardar"})

    assert (told.status_code, good.status_code) == (422, 303) and "en una sola línea" in told.text


def test_the_sentence_that_a_wording_lacks_is_put_in_by_a_button_and_kept_when_it_is_said_otherwise(
    boss: FlaskClient, house: House
) -> None:
    before = kept(house)
    lacking = post(boss, AT, {"texto": BARE, "accion": "ver"})
    mended = post(boss, AT, {"texto": BARE, "accion": "completar"})
    whole, between = BARE.replace("\nDatos", f"\n{FILES_NOTHING}\nDatos"), kept(house)
    post(
        boss,
        AT,
        {"texto": whole.replace(FILES_NOTHING, "Con esto NO ES\npresentar ningún escrito."), "accion": "guardar"},
    )

    assert (lacking.status_code, "Poner la frase que falta" in lacking.text) == (422, True)
    assert f"{whole}</textarea>" in mended.text and "Poner la frase que falta" not in mended.text
    assert (between, "ningún escrito" in kept(house)) == (before, True)


def test_every_message_that_rescues_or_answers_says_that_writing_files_nothing(house: House) -> None:
    books = house.books.current()
    phrases = books.province.more["files_nothing"]
    keys = [
        key for key, _language in books.texts if key.startswith(("answer", "receipt", "rescue", "filing", "foreign"))
    ]
    silent = [key for key in keys if rewording.owed("", books.text(key), phrases) is None]

    assert (silent, len(keys) > 15) == ([], True)


def test_every_wording_has_a_name_reads_whole_and_would_be_kept_as_it_is(boss: FlaskClient, house: House) -> None:
    with house.db.reading() as session:
        rows = rewording.rows(session)
    with boss.application.test_request_context():
        holes = sample(house.books.current())
        unnamed = [row.key for row in rows if name(row.key) == row.key]
        unfilled = [row.key for row in rows if rewording.GAP.search(wording.fill(row.body, holes))]
        phrases = house.books.current().province.more["files_nothing"]
        same = [rewording.checked(row.key, row.body, row.body, holes, phrases) == row.body for row in rows]

    assert (unnamed, unfilled, all(same)) == ([], [], True)
    assert rewording.original(ROOT / "provinces" / "segovia", "receipt", "es") == kept(house)


def test_only_who_coordinates_rewords(rosa: FlaskClient) -> None:
    assert rosa.get(AT).status_code == 403
