"""Another province: two languages, other hours, other places, and not a word of the first one."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app import clock, config, jobs
from app.db import Database
from app.delivery import packed
from app.desk import replies, seeding
from app.factory import open_house
from app.house import House
from app.migrate import upgrade
from app.models.arrival import ArrivalKind, Mode
from app.models.message import Direction, Message
from app.models.ticket import Ticket
from channels.channel import Pushed
from tests.app.desk.scenes import Desk, mail
from tests.app_fixtures import environ

PROVINCE = Path(__file__).parent / "samples" / "province"
TUESDAY = datetime(2026, 11, 24, 20, 0, tzinfo=ZoneInfo("Atlantic/Canary"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A desk of the invented province."""
    url = f"sqlite:///{tmp_path}/other.db"
    db = Database(url)
    upgrade(db)
    db.close()
    told = environ(url, tmp_path / "data", PROVINCE_DIR=str(PROVINCE), TZ_DESK="Atlantic/Canary")
    home, _ = open_house(told)
    with home.db.transaction() as session, clock.standing_at(TUESDAY):
        seeding.seed(session, PROVINCE, tmp_path / "no-articles")
        seeding.lines(session, dict(home.channels), mode=Mode.SEND, now=clock.now())
    yield home
    home.db.close()
    shutil.rmtree(tmp_path / "data", ignore_errors=True)


def answered(house: House, words: str) -> str:
    """What the desk says to these words by WhatsApp, on a Tuesday evening."""
    form = {
        "MessageSid": "SM" + "1" * 32,
        "From": "whatsapp:+351910000001",
        "To": "whatsapp:+34910000000",
        "Body": words,
    }
    with clock.standing_at(TUESDAY):
        line = house.channels["whatsapp"].line
        thing = Pushed(wire_key=form["MessageSid"], raw=urlencode(form).encode())
        jobs.take_in(house, "whatsapp", line, [thing], ArrivalKind.PUSHED)
        jobs.file(house)
    with clock.standing_at(TUESDAY.replace(minute=5)):
        jobs.sort(house)
    with house.db.reading() as session:
        said = session.scalars(select(Message.text).where(Message.direction == Direction.OUT)).all()
    assert len(said) == 1, said
    return said[0]


def test_somebody_is_answered_in_their_language_with_the_desk_s_own_hours(house: House) -> None:
    told = answered(house, "Bo día, non sei como se fai, a sede do meu concello queda en branco ao entrar e non abre")

    assert "Deputación da Ribeira Alta" in told
    assert "Resposta automática" in told
    assert "09:00" in told


def test_a_persons_mail_stands_in_the_words_of_who_asked_and_the_answer_is_read_without_them(
    house: House,
) -> None:
    desk = Desk(house)
    with clock.standing_at(TUESDAY):
        desk.hear(mail("Bo día, non sei como se fai, a sede do meu concello queda en branco ao entrar e non abre"))
        one, by, books = desk.ticket(), desk.user(), house.books.current()
        with desk.write() as session:
            ticket = session.get_one(Ticket, one.id)
            said = replies.reply(session, ticket, text="Probe outra vez.", by=by, now=clock.now(), books=books)
        sent = packed(house, said.id)
        quoted = "\n".join(f"> {line}" for line in sent.text.splitlines())
        for number, back in enumerate((f"Xa vai.\n\n{sent.text}", f"Grazas.\n\n{quoted}")):
            desk.hear(mail(back, message_id=f"<{number}@x.example>", In_Reply_To=sent.message_id or ""))

    assert sent.text.startswith("## Escriba a súa resposta por riba desta raia ##\n\nProbe outra vez.")
    assert "\n\nVostede escribiu:\n> Bo día" in sent.text and sent.language == "gl"
    assert [heard.reply for heard in desk.messages(Direction.IN)][1:] == ["Xa vai.", "Grazas."]


def test_no_word_of_the_first_province_is_said_in_another(house: House) -> None:
    told = answered(house, "No sé cómo entrar en la sede de mi ayuntamiento, se queda en blanco")
    first = config.ROOT / "provinces" / "segovia" / "province.toml"
    name = next(
        line.split('"')[1] for line in first.read_text(encoding="utf-8").splitlines() if line.startswith("name")
    )

    assert name not in told and "921" not in told
