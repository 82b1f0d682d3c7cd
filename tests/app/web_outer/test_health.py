"""What the machines that watch over the desk are told."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import text

from app import clock
from app.desk import arrivals
from app.house import House
from app.models.arrival import ArrivalKind
from tests.app_fixtures import NUMBER


def test_a_living_process_says_so_without_asking_the_database(client: FlaskClient, house: House) -> None:
    house.db.close()

    assert client.get("/healthz").status_code == 200


def test_a_ready_desk_tells_how_it_is(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {
        "database": "ok",
        "migrations": "ok",
        "queue": "ok",
        "mail_age_s": None,
        "oldest_unfiled_s": 0,
    }


def test_a_desk_whose_tables_are_of_another_version_is_not_ready(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json and answer.json["migrations"]) == (503, "behind")


def test_work_that_waits_too_long_is_told_but_the_desk_stays_ready(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        arrivals.store(
            session.connection(),
            [arrivals.pack("SM1", b"Body=hola", house.files)],
            at=("whatsapp", NUMBER),
            kind=ArrivalKind.PUSHED,
            now=clock.now() - timedelta(minutes=5),
        )
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json and (answer.json["queue"], answer.json["oldest_unfiled_s"] >= 300) == ("late", True)
