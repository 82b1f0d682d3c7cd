"""A clock that jumps two hours ahead and back, in the night in which the clocks of Madrid are put back besides."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from channels.message import Delivery
from tests.faults.burst import fault, sids, twins
from tests.faults.count import Count
from tests.faults.writers import letter, says
from tests.flows.desk_process import DeskProcess
from tests.servers.dovecot import Dovecot
from tests.servers.twilio import Twilio

pytestmark = pytest.mark.slow
ASKEW = Path(__file__).parent / "askew"
MADRID = ZoneInfo("Europe/Madrid")
FAST = timedelta(hours=2)


class Off:
    """How far the desk's clock is from ours, kept where its processes look."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def set(self, by: timedelta) -> None:
        """The clock jumps."""
        anew = self._path.with_suffix(".new")
        anew.write_text(str(by.total_seconds()))
        anew.rename(self._path)


def until_the_clocks_go_back() -> timedelta:
    """How long it is until five minutes before the next hour that Madrid has twice."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = (now + timedelta(hours=n) for n in range(1, 400 * 24))
    twice = next(hour for hour in hours if _offset(hour) < _offset(hour - timedelta(hours=1)))
    return twice - timedelta(minutes=5) - datetime.now(UTC)


def _offset(moment: datetime) -> timedelta:
    return moment.astimezone(MADRID).utcoffset() or timedelta()


def test_a_clock_that_jumps_ahead_and_back_loses_nothing_sends_nothing_twice_and_keeps_nobody_waiting(
    desk: DeskProcess, twilio: Twilio, dovecot: Dovecot, count: Count, tmp_path: Path
) -> None:
    off, right = Off(tmp_path / "off"), until_the_clocks_go_back()
    twilio.clock = lambda: datetime.now(UTC) + right
    off.set(right)
    desk.stop()
    desk.environ |= {"PYTHONPATH": f"{ASKEW}:{desk.environ['PYTHONPATH']}", "CLOCK_OFF": str(tmp_path / "off")}
    desk.start()
    answers = [says(twilio, 1)]
    desk.wait_for(lambda: count.stands() == [Delivery.SENT], "the first answer")
    off.set(right + FAST)
    fault(desk, twilio, silent="after")
    answers.append(says(twilio, 2))
    desk.wait_for(lambda: len(twilio.sent) == 2, "the second answer to be taken in silence")
    twilio.released.set()
    desk.wait_for(lambda: Delivery.UNCERTAIN in count.stands(), "the silence to be noticed")
    answers.append(says(twilio, 3))
    letter(dovecot, 1)
    off.set(right)
    desk.wait_for(lambda: len(count.incoming()) == 4 and count.quiet(), "what came in while it was fast", seconds=60)
    # The hour comes that Madrid has twice.
    off.set(right + timedelta(minutes=10))
    answers.append(says(twilio, 4))
    count.wait_is_over()
    desk.wait_for(
        lambda: len(count.incoming()) == 5 and count.quiet() and Delivery.UNCERTAIN not in count.stands(),
        "everything to be finished",
        seconds=60,
    )

    assert answers == [200] * 4
    assert sids(twilio) <= set(count.kept()) and twins(count.kept().items()) == []
    assert len({sent.to for sent in twilio.sent}) == len(twilio.sent) == 4
