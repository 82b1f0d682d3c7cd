"""The wire between a worker and the database is cut, and neither end hears of it: the worker comes back by itself."""

import pytest

from app.models.message import Message
from channels.message import Delivery
from tests.faults.burst import fault, sids, twins
from tests.faults.count import Count
from tests.faults.test_killed import COMMANDS
from tests.faults.writers import letter, says
from tests.flows.desk_process import DeskProcess
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.twilio import Twilio
from tests.servers.wire import PORT, Wire, wired

pytestmark = pytest.mark.slow


def begin_behind(desk: DeskProcess, wire: Wire, postgres: Postgres) -> None:
    """The worker reaches the database by this wire alone; everybody else as before."""
    direct = desk.environ["DATABASE_URL"]
    desk.kill("worker")
    desk.environ["DATABASE_URL"] = direct.replace(f"host={postgres.folder}", f"host={wire.address}&port={PORT}")
    desk.begin("worker", *COMMANDS["worker"])
    desk.environ["DATABASE_URL"] = direct


def state(count: Count, number: int) -> Message:
    return count.outgoing()[number]


def test_a_worker_whose_wire_to_the_database_was_cut_loses_nothing_and_sends_nothing_twice(
    desk: DeskProcess, postgres: Postgres, twilio: Twilio, dovecot: Dovecot, count: Count
) -> None:
    with wired(postgres.folder / ".s.PGSQL.5432") as wire:
        begin_behind(desk, wire, postgres)
        answers = [says(twilio, 1)]
        desk.wait_for(lambda: count.stands() == [Delivery.SENT], "the worker to work by its wire", seconds=60)
        fault(desk, twilio, silent="after")
        answers.append(says(twilio, 2))
        desk.wait_for(lambda: len(twilio.sent) == 2, "the second answer to be on its way")
        wire.cut()
        twilio.released.set()
        answers += [says(twilio, 3), says(twilio, 4)]
        letter(dovecot, 1)
        before = desk.log.read_text().count("OperationalError")
        desk.wait_for(
            lambda: desk.log.read_text().count("OperationalError") > before, "the worker to give up", seconds=90
        )
        meanwhile = state(count, 1).delivery
        wire.mend()
        count.leases_run_out()
        desk.wait_for(lambda: state(count, 1).delivery is Delivery.UNCERTAIN, "the dead try to be noticed", seconds=90)
        count.wait_is_over()
        desk.wait_for(lambda: len(count.incoming()) == 5 and count.quiet(), "everything to be finished", seconds=120)
        desk.wait_for(lambda: state(count, 1).delivery is Delivery.SENT, "the wire to be asked", seconds=60)
        desk.kill("worker")

    assert answers == [200] * 4
    assert meanwhile is Delivery.SENDING
    assert sids(twilio) <= set(count.kept()) and twins(count.kept().items()) == []
    assert len({sent.to for sent in twilio.sent}) == len(twilio.sent) == 4
