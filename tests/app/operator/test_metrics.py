"""What Prometheus is told, by whom it may be asked, and that every alarm watches something that is told."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from flask.testing import FlaskClient
from sqlalchemy import update

from app import clock
from app.desk import backups
from app.desk.gauges import Gauge
from app.factory import create_app
from app.house import House
from app.models.arrival import Arrival, Line
from app.models.book import Lease
from app.models.message import Message
from app.web.metrics import written
from channels.message import Delivery
from tests.app.desk.scenes import CONFUSED, Desk, form
from tests.app_fixtures import environ

ROOT = Path(__file__).resolve().parents[3]
LINE = re.compile(r'([a-z_]+)(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? ([0-9.e+-]+)')


def told(client: FlaskClient, **headers: str) -> dict[str, float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200 and answer.content_type.startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in lines)
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_queues_deliveries_and_lines_are_told(client: FlaskClient, house: House) -> None:
    desk = Desk(house)
    desk.hear(form("SM1", CONFUSED))
    desk.push(form("SM2", "otra cosa", sender="+34600999888"))
    with desk.write() as session:
        past = clock.now() - timedelta(minutes=3)
        session.execute(update(Arrival).where(Arrival.filed_at.is_(None)).values(received_at=past))
        session.execute(update(Message).where(Message.delivery == Delivery.QUEUED).values(due_at=past))
        session.execute(update(Line).where(Line.channel == "email").values(trouble="x", success_at=past))
        backups.made(session, elsewhere=True, now=past)
    found = told(client)

    assert found['ventanilla_queue{kind="file"}'] == 1 and found['ventanilla_queue_oldest_seconds{kind="file"}'] >= 180
    assert found['ventanilla_outbox{channel="whatsapp",state="queued"}'] == 1
    assert found['ventanilla_outbox_oldest_seconds{channel="whatsapp"}'] >= 180
    assert found['ventanilla_line_trouble{channel="email"}'] == 1 and found["ventanilla_backup_age_seconds"] >= 180
    assert found["ventanilla_tickets_open"] == 1 and "ventanilla_scrape_seconds" in found


def test_no_word_or_address_of_anybody_is_told(client: FlaskClient, house: House) -> None:
    Desk(house).hear(form("SM1", "zarigüeya", sender="+34600999888"))

    assert not any(word in client.get("/metrics").text for word in ("zarig", "600999888", "@"))


@pytest.mark.parametrize(
    ("address", "headers"),
    [("10.0.0.7", {}), ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"})],
)
def test_without_a_token_only_this_machine_may_look(client: FlaskClient, address: str, headers: dict[str, str]) -> None:
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})

    assert answer.status_code == 404


def test_with_a_token_whoever_has_it_may_look_and_nobody_else(desk_url: str, tmp_path: Path) -> None:
    app = create_app(environ(desk_url, tmp_path / "data", METRICS_TOKEN="clave-1"))
    client = app.test_client()
    right = told(client, Authorization="Bearer clave-1")
    wrong = [client.get("/metrics", headers=h).status_code for h in ({}, {"Authorization": "Bearer clave"})]
    app.extensions["ventanilla"].db.close()

    assert right and wrong == [404, 404]


def test_labels_are_written_so_that_they_can_be_read_again() -> None:
    assert written([Gauge("a", 1, "A.", (("b", 'x"\\\n'),))]) == '# HELP a A.\n# TYPE a gauge\na{b="x\\"\\\\\\n"} 1\n'


def test_every_alarm_watches_something_that_is_told_and_says_what_to_do(client: FlaskClient, house: House) -> None:
    desk = Desk(house)
    desk.hear(form("SM1", CONFUSED))
    with desk.write() as session:
        session.add(Lease(name="clock", holder="x", until=clock.now()))
        session.execute(update(Line).values(success_at=clock.now()))
        backups.made(session, elsewhere=True, now=clock.now())
    names = {name.partition("{")[0] for name in told(client)}
    rules = [
        rule
        for group in yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"]
        for rule in group["rules"]
    ]
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    watched = {name for rule in rules for name in re.findall(r"ventanilla_[a-z_]+", rule["expr"])}
    assert watched - names <= {"ventanilla_counted_today"} and len(rules) >= 8
    assert [rule["alert"] for rule in rules if f"`{rule['alert']}`" not in guide] == []
