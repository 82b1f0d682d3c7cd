"""A disk on which the database cannot grow: pages are read on, the wire is told, and all goes on when there is room."""

import resource
from pathlib import Path

import pytest
import requests

from tests.faults.count import Count
from tests.faults.writers import letter, says
from tests.flows.desk_process import DeskProcess
from tests.servers.dovecot import Dovecot
from tests.servers.twilio import Twilio

pytestmark = pytest.mark.slow
ROOM = 200_000


def limit(desk: DeskProcess, size: int) -> None:
    """From now on no file of the desk grows beyond this."""
    resource.prlimit(desk.children["serve"].pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_database_that_cannot_grow_turns_the_wire_away_and_loses_nothing_that_it_took(
    desk: DeskProcess, twilio: Twilio, dovecot: Dovecot, count: Count
) -> None:
    path = Path(desk.environ["DATABASE_URL"].removeprefix("sqlite:///"))
    # The log beside it still has room, and the database none.
    limit(desk, desk.log.stat().st_size + ROOM)
    answers = [says(twilio, number) for number in range(60) if path.stat().st_size > ROOM]
    taken = answers.count(200)
    page = requests.get(f"{desk.url}/entrar", timeout=20).status_code
    letter(dovecot, 1)
    limit(desk, resource.RLIM_INFINITY)
    after = says(twilio, 61)
    count.leases_run_out()
    count.wait_is_over()
    desk.wait_for(lambda: len(count.incoming()) >= taken + 2 and count.quiet(), "everything to go on", seconds=90)

    assert set(answers) == {200, 503}
    assert (page, after) == (200, 200)
    assert desk.children["serve"].poll() is None
    assert set(count.kept().values()) == {1}
