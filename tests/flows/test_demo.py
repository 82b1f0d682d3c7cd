"""The demo as a new user meets it: one command, quick, on this machine only, and nothing lost at the second start."""

import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml
from sqlalchemy import func, select

from app.db import Database
from app.models.ticket import Ticket
from tests.flows.desk_process import ROOT, DeskProcess

pytestmark = pytest.mark.slow


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DeskProcess]:
    """A demo of this test alone, not started yet."""
    yield from made(tmp_path / "demo")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    """A demo that runs, for those who only look at it."""
    for demo in made(tmp_path_factory.mktemp("running") / "demo"):
        start(demo)
        yield demo


def made(folder: Path) -> Iterator[DeskProcess]:
    demo = DeskProcess(folder, {"DEMO": "1"})
    del demo.environ["SECRET_KEY"]
    yield demo
    demo.stop()


def start(demo: DeskProcess) -> str:
    """Start it and wait for its greeting; what it said."""
    demo.log.unlink(missing_ok=True)
    demo.start()
    demo.wait_for(lambda: "Listo." in demo.log.read_text(), "the samples", seconds=60)
    return demo.log.read_text()


def signed_in(demo: DeskProcess, email: str) -> requests.Session:
    """Sign in by the page, as a browser does."""
    browser = requests.Session()
    page = browser.get(f"{demo.url}/entrar", timeout=10)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token, page.text[:500]
    answer = browser.post(
        f"{demo.url}/entrar",
        data={"csrf_token": token[1], "email": email, "password": "ventanilla"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text[:500]
    return browser


def test_a_new_user_signs_in_to_a_week_of_enquiries_and_loses_nothing_by_a_restart(demo: DeskProcess) -> None:
    told = start(demo)
    email = re.search(r"(\S+@\S+)\s+atiende", told)
    assert email
    before = signed_in(demo, email[1]).get(f"{demo.url}/consultas", timeout=10)
    demo.children["serve"].send_signal(signal.SIGINT)
    ended = demo.children.pop("serve").wait(20)
    again = start(demo)
    after = signed_in(demo, email[1]).get(f"{demo.url}/consultas", timeout=10)
    numbers = [set(re.findall(r"C.\d+.\d", page.text)) for page in (before, after)]

    assert ended == 0
    assert len(numbers[0]) > 10
    assert numbers[0] <= numbers[1]
    assert "Primera vez" in told and "Primera vez" not in again


def test_the_demo_listens_on_this_machine_only(running: DeskProcess) -> None:
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}

    for address in others - {"127.0.0.1", "127.0.1.1"}:
        with pytest.raises(OSError):
            socket.create_connection((str(address), running.port), 1)


def test_a_second_desk_on_the_same_data_stops_and_says_so(running: DeskProcess) -> None:
    second = DeskProcess(running.folder / "second", {**running.environ, "PORT": str(running.port + 1)})
    second.begin("serve", "-m", "flask", "serve")
    code = second.children.pop("serve").wait(30)

    assert code == 1
    assert "DATA_DIR: ya hay una Ventanilla en marcha" in second.log.read_text()


def test_somebody_without_telephone_or_mailbox_sees_the_desk_answer_in_the_simulator(running: DeskProcess) -> None:
    browser = requests.Session()
    page = browser.get(f"{running.url}/simulador", timeout=10)

    assert page.status_code == 200
    assert "WhatsApp" in page.text


def test_no_sample_opens_two_enquiries(running: DeskProcess) -> None:
    samples = yaml.safe_load((ROOT / "provinces" / "segovia" / "samples.yaml").read_text(encoding="utf-8"))["samples"]
    db = Database(f"sqlite:///{running.environ['DATA_DIR']}/ventanilla.db")
    with db.reading() as session:
        tickets = session.scalar(select(func.count()).select_from(Ticket))
    db.close()

    assert tickets == len(samples)
