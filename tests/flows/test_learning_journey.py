"""What technicians put right teaches the desk that runs: by the command, from fewer examples so that it takes less."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app import clock
from app.db import Database
from app.desk import board
from app.desk.books import BookCase
from app.models.people import Role, User
from app.models.ticket import Ticket
from tests.flows.desk_process import ROOT, DeskProcess
from tests.flows.people import Technician
from tests.servers.twilio import Twilio

pytestmark = pytest.mark.slow
# Words that no example has, so that only what was put right can have taught them.
WORDS = ("trasgo zurdo", "boina tuerta", "gaita coja", "trasgo cojo", "boina zurda", "gaita tuerta", "trasgo tuerto")
EVERY = 24


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Both leaves as they are, with one example of twenty-four."""
    for leaf in ("triage", "kb"):
        shutil.copytree(ROOT / leaf, tmp_path / "few" / leaf, ignore=shutil.ignore_patterns("__pycache__", "videos"))
    for file in (tmp_path / "few").glob("*/data/*/*.txt"):
        lines = file.read_text(encoding="utf-8").splitlines()
        kept = [line for place, line in enumerate(lines) if line.startswith("== ") or place % EVERY == 0]
        file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return tmp_path / "few"


def learn(desk: DeskProcess, few: Path, *flags: str) -> tuple[int, str]:
    """The command as an operator gives it; its exit code and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "triage", "train", *flags],
        cwd=desk.folder,
        env={**desk.environ, "PYTHONPATH": os.pathsep.join((str(few), str(ROOT)))},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr + done.stdout


def put_right(desk: DeskProcess, category: str) -> None:
    """A technician gives every ticket this category."""
    db = Database(desk.environ["DATABASE_URL"])
    now, known = clock.now(), BookCase(db, ROOT / "provinces" / "segovia").current()
    with db.transaction() as session:
        user = User(name="Nuria", email="nuria@mesa.example", role=Role.TECHNICIAN, created_at=now)
        session.add(user)
        session.flush()
        for ticket in session.query(Ticket):
            board.change(session, ticket, by=user, now=now, books=known, category=category)
    db.close()


def test_the_running_desk_goes_by_what_it_was_taught_and_a_worse_model_is_refused(
    desk: DeskProcess, twilio: Twilio, technician: Technician, few: Path
) -> None:
    for place, words in enumerate(WORDS):
        twilio.incoming(body=f"pregunto por lo de la {words}", sender=f"+3460011122{place}")
    desk.wait_for(lambda: len(technician.tickets()) == len(WORDS), "all to be filed")
    desk.wait_for(lambda: all(one["category"] for one in technician.tickets()), "all to be sorted")
    put_right(desk, "verificacion-csv")
    refused, why = learn(desk, few)
    kept = list((Path(desk.environ["DATA_DIR"]) / "models").glob("triage-*"))
    taught, told = learn(desk, few, "--force")
    twilio.incoming(body="pregunto por lo de la gaita zurda y la boina coja", sender="+34600111239")
    desk.wait_for(lambda: len(technician.tickets()) == len(WORDS) + 1, "the next to be filed")
    desk.wait_for(lambda: technician.tickets()[0]["category"], "the next to be sorted")

    assert (refused, kept) == (1, [])
    assert "por validación cruzada" in why and "peor que el modelo actual: no se instala" in why
    assert taught == 0 and f"{len(WORDS)} correcciones de técnicos" in told
    assert technician.tickets()[0]["category"] == "verificacion-csv"
