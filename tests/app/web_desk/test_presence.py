"""Colleagues see who has a ticket open, and nothing of it half a minute later."""

from datetime import timedelta

from flask.testing import FlaskClient

from app import clock
from app.desk import presence
from app.desk.numbers import number
from app.desk.presence import Eyes
from app.house import House
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import post, sign_in


def test_whoever_looks_is_shown_to_the_others(rosa: FlaskClient, other: FlaskClient, desk: Desk) -> None:
    path = f"/consultas/{number(desk.talk.id)}"
    sign_in(other, "tomas@mesa.example")
    before = rosa.get(path + "/vivo")
    post(other, path + "/presencia", {})
    changed = rosa.get(path + "/vivo", headers={"If-None-Match": before.headers["ETag"]})
    queue = rosa.get("/consultas/vivo?vista=abiertas").text
    own = other.get(path).text
    post(other, path + "/presencia", {"escribe": "1"})
    writing = rosa.get(path).text
    post(other, path + "/presencia", {"fuera": "1"})

    assert changed.status_code == 200
    assert "Tomás lo está viendo" in changed.text and "Tomás lo está viendo" in queue
    assert "lo está viendo" not in own
    assert "Tomás está escribiendo" in writing
    assert rosa.get(path + "/vivo").headers["ETag"] == before.headers["ETag"]


def test_presence_ends_by_itself(desk: Desk, house: House) -> None:
    now = clock.now()
    with house.db.transaction() as session:
        for moment in (now, now + timedelta(seconds=5)):
            presence.look(session, desk.talk, by=desk.who["tomas"], writing=False, now=moment)
    with house.db.reading() as session:
        found = [
            presence.others(session, [desk.talk.id], user=desk.who["rosa"], now=now + timedelta(seconds=seconds))
            for seconds in (34, 36)
        ]

    assert found == [{desk.talk.id: [Eyes("Tomás Yubero", False)]}, {}]
