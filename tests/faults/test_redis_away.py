"""A Redis that stops, forgets and comes back: hooks answer, rows wait, and all of them are finished."""

import time

import pytest

from tests.faults.count import Count
from tests.faults.writers import letter, says
from tests.flows.desk_process import DeskProcess
from tests.servers.dovecot import Dovecot
from tests.servers.redis import RedisServer
from tests.servers.twilio import Twilio

pytestmark = pytest.mark.slow


def test_redis_may_stop_be_emptied_and_come_back_and_every_row_is_finished(
    redis_server: RedisServer, desk: DeskProcess, twilio: Twilio, dovecot: Dovecot, count: Count
) -> None:
    answers = [says(twilio, 1)]
    redis_server.stop()
    began = time.monotonic()
    answers += [says(twilio, number) for number in (2, 3)]
    took = time.monotonic() - began
    letter(dovecot, 1)
    time.sleep(2)
    redis_server.start()
    answers.append(says(twilio, 4))
    redis_server.empty()
    answers.append(says(twilio, 5))
    redis_server.stop()
    redis_server.start()
    desk.wait_for(lambda: len(count.incoming()) == 6 and count.quiet(), "every row to be finished", seconds=120)

    assert answers == [200] * 5
    assert took < 10
    assert all(child.poll() is None for child in desk.children.values())
