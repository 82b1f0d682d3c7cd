"""An SQLite file that another program holds: pages are read on, and whoever writes waits for their turn."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.faults.count import Count
from tests.faults.writers import letter, says
from tests.flows.desk_process import DeskProcess
from tests.servers.dovecot import Dovecot
from tests.servers.twilio import Twilio

pytestmark = pytest.mark.slow


def test_a_database_that_another_program_holds_for_seconds_makes_everybody_wait_and_nobody_lose(
    desk: DeskProcess, twilio: Twilio, dovecot: Dovecot, count: Count
) -> None:
    path = desk.environ["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        letter(dovecot, 1)
        page = requests.get(f"{desk.url}/entrar", timeout=20).status_code
        ready = requests.get(f"{desk.url}/readyz", timeout=20).status_code
        answered = ThreadPoolExecutor(1).submit(says, twilio, 1)
        time.sleep(3)
        waited = not answered.done()
        other.execute("ROLLBACK")
    other.close()
    desk.wait_for(lambda: len(count.incoming()) == 2 and count.quiet(), "everything to go on", seconds=60)

    assert (page, ready, waited, answered.result(20)) == (200, 200, True, 200)
    assert desk.children["serve"].poll() is None
