"""What a deadline looks like as it comes nearer."""

from datetime import UTC, datetime, timedelta

import pytest

from app.house import House
from app.models.ticket import Status, Ticket
from app.web.due_words import due

FRIDAY = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("left", [timedelta(minutes=45), timedelta(hours=3), timedelta(hours=6)])
def test_a_deadline_warns_and_runs_out_only_while_the_desk_is_open(house: House, left: timedelta) -> None:
    hours = house.books.current().hours
    ticket = Ticket(status=Status.OPEN, priority="P3", created_at=FRIDAY, due_at=hours.add(FRIDAY, left))
    moments = [FRIDAY + timedelta(minutes=5 * step) for step in range(12 * 24 * 4)]
    tones = [due(ticket, hours, at).pill.tone for at in moments]
    turns = [at for before, tone, at in zip(tones, tones[1:], moments[1:], strict=False) if before != tone]

    assert list(dict.fromkeys(tones)) in (["calm", "soon", "late"], ["soon", "late"])
    # The very last minute of a day belongs to it.
    assert all(hours.open_at(at - timedelta(minutes=1)) or hours.open_at(at) for at in turns)
