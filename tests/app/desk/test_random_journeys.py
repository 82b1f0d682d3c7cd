"""Random journeys over the desk: whatever happens in whatever order, nothing is lost, twice, hidden or rewritten."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import update

from app import clock
from app.desk import seeding
from app.desk.books import Books
from app.factory import open_house
from app.models.arrival import Line, Mode
from tests.app.desk.conftest import Kept
from tests.app.desk.journey import BEGINS, Journey
from tests.app.desk.scenes import Desk
from tests.app_fixtures import environ
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio


@pytest.mark.slow
def test_whatever_happens_nothing_is_lost_or_twice_or_hidden(
    desk_url: str, tmp_path: Path, twilio: Twilio, smtp: Smtp, shelf_of_books: dict[str, Books]
) -> None:
    house, _ = open_house(environ(desk_url, tmp_path / "data", **{**twilio.environ, "SMTP_URL": smtp.url()}))
    with clock.standing_at(BEGINS), house.db.transaction() as session:
        seeding.lines(session, dict(house.channels), mode=Mode.SEND, now=clock.now())
        session.execute(update(Line).values(go_live=BEGINS, mode=Mode.SEND))
    live = Desk(replace(house, books=Kept(house.books.current())))
    told = {"house": live.house, "twilio": twilio, "smtp": smtp, "by": live.user()}
    journey = type("JourneyOfThisDesk", (Journey,), told)
    run_state_machine_as_test(
        journey,
        settings=settings(max_examples=20, stateful_step_count=40, suppress_health_check=list(HealthCheck)),
    )
    house.db.close()
