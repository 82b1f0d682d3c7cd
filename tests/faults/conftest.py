"""The desks that the faults break: the whole desk of the journeys, its people, and what counts in and out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.count import Count
from tests.flows.conftest import desk, technician
from tests.flows.desk_process import DeskProcess
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio

__all__ = ["count", "desk", "technician"]


ONE_WAY = {
    "test_postgresql_away.py": "postgresql",
    "test_redis_away.py": "postgresql",
    "test_wire_cut.py": "postgresql",
    "test_sqlite_full.py": "sqlite",
    "test_sqlite_locked.py": "sqlite",
}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What only one of the two ways of running has can break in that one only."""
    way = ONE_WAY.get(collection_path.name)
    return True if way is not None and way != config.getoption("--db") else None


@pytest.fixture
def count(desk: DeskProcess, twilio: Twilio, smtp: Smtp) -> Iterator[Count]:
    """What this desk holds against what its wires saw; its last word is that nothing went out twice."""
    counting = Count(desk, twilio, smtp)
    yield counting
    counting.check_out()
    counting.close()
