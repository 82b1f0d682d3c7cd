"""A folder of files that takes nothing: what needs no room comes in, the rest waits and is whole afterwards."""

from pathlib import Path

import pytest

from tests.faults.count import Count
from tests.faults.writers import letter
from tests.flows.desk_process import DeskProcess
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import Smtp

pytestmark = pytest.mark.slow


def test_a_disk_without_room_keeps_small_mails_coming_and_the_large_ones_waiting(
    desk: DeskProcess, dovecot: Dovecot, smtp: Smtp, count: Count
) -> None:
    folder = Path(desk.environ["DATA_DIR"]) / "files"
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Root may write anywhere; not even root writes into a folder that is a file.
    folder.write_bytes(b"")
    letter(dovecot, 1, attachment=300_000)
    letter(dovecot, 2, attachment=2_000)
    letter(dovecot, 3)
    desk.wait_for(lambda: len(count.incoming()) == 1, "the mail that needs no room")
    desk.wait_for(lambda: count.waiting_for_room() == 1, "the one that does to wait")
    trouble = count.troubles("email")
    folder.unlink()
    count.wait_is_over()
    desk.wait_for(lambda: len(count.incoming()) == 3 and count.quiet(), "the disk to have room again", seconds=60)

    assert trouble and "disco" in trouble
    assert [one.size for one in count.files()] and all(one.sha256 for one in count.files())
    assert {message.kind.value for message in count.incoming()} == {"message"}
    assert len(smtp.received) == 3
