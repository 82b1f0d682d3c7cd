"""A desk that really listens, for a browser: web, jobs and a film, on a free port."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.config import ROOT
from app.desk import books, seeding
from app.house import House
from app.models.arrival import Mode
from app.models.book import ArticleRow, Setting
from app.models.people import Role
from app.schedule import Clock
from tests.app.serving import served
from tests.app.web_outer.people import clerk, worker
from tests.app_fixtures import environ, raised
from tests.servers.process import free_port

FILM = """---
title: Restaurar AutoFirma
number: 901
category: autofirma
video:
  file: restaurar.mp4
  captions: restaurar.vtt
  duration: 8
---
Cuando el navegador no encuentra el programa.

## Pasos
1. Abra AutoFirma y pulse «Herramientas».
2. Elija «Restaurar instalación».
3. Cierre el navegador y vuelva a entrar.

## Qué puede fallar
- No encuentra el menú: su versión es antigua.
"""
CAPTIONS = """WEBVTT

00:00.000 --> 00:02.000
Abra AutoFirma y pulse «Herramientas».

00:03.000 --> 00:05.000
Elija «Restaurar instalación».

00:05.500 --> 00:08.000
Cierre el navegador y vuelva a entrar.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A desk that listens."""

    url: str
    house: House


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The province with a film of its own."""
    folder = tmp_path_factory.mktemp("province") / "segovia"
    shutil.copytree(ROOT / "provinces" / "segovia", folder)
    videos = folder / "videos"
    videos.mkdir(exist_ok=True)
    (videos / "restaurar.vtt").write_text(CAPTIONS, encoding="utf-8")
    picture = ("-f", "lavfi", "-i", "testsrc=size=320x180:rate=5:duration=8", "-pix_fmt", "yuv420p")
    film = videos / "restaurar.mp4"
    subprocess.run(["ffmpeg", "-v", "error", *picture, "-movflags", "+faststart", film], check=True)
    return folder


@pytest.fixture
def demo(seeded_mould: str, desk_url: str, tmp_path: Path, province: Path) -> Iterator[Live]:
    """The demo: the same desk with its jobs at work and stand-ins at the ends of its wires."""
    port = free_port()
    told = environ(desk_url, tmp_path / "data", PROVINCE_DIR=str(province), PORT=str(port), DEMO="1")
    wired = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_URL", "WHATSAPP_FROM", "SMTP_URL", "MAIL_FROM")
    plain = {name: value for name, value in told.items() if name not in {*wired, "PUBLIC_URL"}}
    app = raised(plain)
    home: House = app.extensions["ventanilla"]
    with home.db.transaction() as session:
        seeding.lines(session, dict(home.channels), mode=Mode.SEND, now=clock.now())
        session.merge(Setting(key="quiet_seconds", value=1))
        books.touch(session)
    waker = app.extensions["ventanilla_waker"]
    waker.start(home, [("clock", Clock().step)])
    with served(app, port) as url:
        yield Live(url=url, house=home)
    waker.stop()
    home.db.close()


@pytest.fixture
def live(desk_url: str, tmp_path: Path, province: Path) -> Iterator[Live]:
    """The desk with a technician, a clerk of Cantimpalos and an article with a film."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = raised(environ(desk_url, tmp_path / "data", PUBLIC_URL=url, PROVINCE_DIR=str(province), PORT=str(port)))
    home: House = app.extensions["ventanilla"]
    with home.db.transaction() as session:
        worker(session)
        clerk(session, "40041")
        worker(session, role=Role.ADMIN, email="admin@mesa.example")
        film(session)
    with served(app, port):
        yield Live(url=url, house=home)
    home.db.close()


def film(session: Session) -> None:
    """Put the article with the film on the shelf."""
    session.add(
        ArticleRow(
            slug="restaurar-autofirma",
            language="es",
            number=901,
            title="Restaurar AutoFirma",
            category="autofirma",
            source=FILM,
        )
    )
    books.touch(session)
