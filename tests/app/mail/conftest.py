"""A desk with hands and a real mailbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.factory import open_house
from tests.app.desk.scenes import Desk
from tests.app_fixtures import environ
from tests.servers.dovecot import Dovecot


@pytest.fixture
def office(desk_url: str, tmp_path: Path, dovecot: Dovecot) -> Iterator[Desk]:
    """The desk; mail that lies in the mailbox or in «Sent» is really there."""
    house, _ = open_house(environ(desk_url, tmp_path / "data", IMAP_URL=dovecot.url()))
    yield Desk(house)
    house.db.close()
