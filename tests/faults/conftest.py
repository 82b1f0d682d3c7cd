"""The desks that the faults break: the whole desk of the journeys, its people, and what counts in and out."""

from collections.abc import Iterator

import pytest

from tests.faults.count import Count
from tests.flows.conftest import desk, technician
from tests.flows.desk_process import DeskProcess
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio

__all__ = ["count", "desk", "technician"]


@pytest.fixture
def count(desk: DeskProcess, twilio: Twilio, smtp: Smtp) -> Iterator[Count]:
    """What this desk holds against what its wires saw; its last word is that nothing went out twice."""
    counting = Count(desk, twilio, smtp)
    yield counting
    counting.check_out()
    counting.close()
