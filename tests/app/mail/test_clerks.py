"""Town halls that write by themselves: who is not in the register yet, and the citizen whose name a clerk retyped."""

import pytest
from flask.testing import FlaskClient

from app.desk import forwarder_register, retyped_citizen
from app.desk.numbers import number
from app.house import House
from app.models.people import ContactKind
from tests.app.desk.scenes import Desk, forward, mail
from tests.app.web_outer.people import sign_in, token_of, worker

HALLS = {1: "Cantimpalos", 2: "Coca", 3: "Santa María la Real de Nieva", 4: "Ituero y Lama"}


@pytest.fixture
def rosa(client: FlaskClient, house: House) -> FlaskClient:
    with house.db.transaction() as session:
        worker(session)
    sign_in(client)
    return client


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)


@pytest.mark.parametrize(
    ("address", "hall"),
    [
        ("secretaria@ayto-coca.example", 2),
        ("aytocantimpalos@correo.example", 1),
        ("registro@cantimpalos.example", 1),
        ("ayuntamiento@santamarialarealdenieva.example", 3),
        ("ayuntamiento.ituero-lama@correo.example", None),
        ("ana.coca@correo.example", None),
        ("info@cocacola.example", None),
        ("ayto-otro@correo.example", None),
    ],
)
def test_an_address_looks_like_a_town_hall_s_by_its_name_and_a_word_for_the_house(
    address: str, hall: int | None
) -> None:
    assert forwarder_register.likely(address, HALLS) == hall


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Llama una vecina, doña Eva Sanz Gil. Su teléfono es 600 11 22 33.", "Eva Sanz Gil (600 11 22 33)"),
        ("Ha venido D. Luis de la Hoz y no le llega el recibo", "Luis de la Hoz"),
        ("Un señor pregunta por la tasa, tel. 600112233\n\nUn saludo\nMarta Ruiz\n921 00 00 00", "600 11 22 33"),
        ("No me deja firmar el decreto\n\nSaludos\nDoña Marta Ruiz\nTel. 600 99 88 77", None),
        ("El expediente 600112233/2026 no se abre. Llámenos al 921 59 60 01", None),
    ],
)  # fmt: skip
def test_a_citizen_is_found_in_what_a_clerk_typed_and_not_in_her_signature(text: str, person: str | None) -> None:
    found = retyped_citizen.person(text, own="921 59 60 01", region="ES")

    assert (found and found.replace(" ", "")) == (person and person.replace(" ", ""))


def test_an_unknown_town_hall_is_proposed_for_the_register_and_entered_by_one_click(
    rosa: FlaskClient, desk: Desk
) -> None:
    desk.hear(forward(sender="Secretaría <aytocantimpalos@correo.example>"))
    page = f"/consultas/{number(desk.ticket().id)}"
    before = rosa.get(page).text
    hall = next(part.split('"')[0] for part in before.split('value="registro:') if " selected>Cantimpalos" in part[:40])
    rosa.post(f"{page}/acto", data={"acto": f"registro:{hall}", "csrf_token": token_of(rosa, page)})
    after = rosa.get(page).text

    assert "aytocantimpalos@correo.example no está en el registro" in before
    assert "no está en el registro" not in after
    assert "al registro de Cantimpalos" in after
    assert (desk.ticket().proposed_forward or {})["town_hall_id"] == int(hall)
    assert {one.kind for one in desk.contacts()} == {ContactKind.STAFF}


def test_an_entered_address_still_needs_our_own_server_s_stamp(desk: Desk) -> None:
    desk.register("aytocantimpalos@correo.example")
    desk.hear(forward(sender="Secretaría <aytocantimpalos@correo.example>"))

    assert desk.ticket().forwarder_address is None
    assert desk.ticket().proposed_forward is not None


def test_whom_a_clerk_writes_for_is_proposed_and_noted_by_one_click(rosa: FlaskClient, desk: Desk) -> None:
    desk.register("secretaria@pueblo.example")
    desk.hear(mail("Ha venido D. Luis de la Hoz, 600 11 22 33, y no puede firmar", sender="secretaria@pueblo.example"))
    page = f"/consultas/{number(desk.ticket().id)}"
    before = rosa.get(page).text
    told = before.split('type="hidden" name="en_nombre_de" value="')[1].split('"')[0]
    rosa.post(f"{page}/acto", data={"acto": "poner-nombre", "en_nombre_de": told, "csrf_token": token_of(rosa, page)})

    assert "Parece que pregunta en nombre de Luis de la Hoz" in before
    assert desk.ticket().on_behalf_of == told
    assert desk.ticket().subject
    assert "Parece que pregunta" not in rosa.get(page).text
