"""Wrong settings: every start stops with one line that names the variable and the cure, and help still helps."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db import Database
from app.errors import ConfigError
from app.factory import create_app
from app.migrate import upgrade
from tests.app_fixtures import environ
from tests.flows.desk_process import ROOT
from tests.servers.process import free_port

pytestmark = pytest.mark.slow

WRONG = [
    ("PUBLIC_URL", "consultas.example.es"),
    ("TZ_DESK", "Europe/Segobia"),
    ("PORT", "ochenta"),
    ("PORT", "99999"),
    ("DATABASE_URL", "mysql://aqui/base"),
    ("DATABASE_URL", "postgresql://ana:clave@aqui:puerto/base"),
    ("REDIS_URL", "redis://127.0.0.1:9/0"),
    ("PROVINCE_DIR", "/ninguna/parte"),
    ("DATA_DIR", "/dev/null/datos"),
    ("FILES_URL", "ftp://aqui"),
    ("LOG_LEVEL", "ALTO"),
    ("RAW_DAYS", "muchos"),
    ("SECRET_KEY", ""),
    ("TWILIO_ACCOUNT_SID", "mi cuenta"),
    ("WHATSAPP_FROM", "el de siempre"),
    ("SMTP_URL", "correo.example.es"),
    ("MAIL_FROM", ""),
]


def run(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Start something with these settings and wait for its end."""
    told = environ(f"sqlite:///{folder}/none.db", folder / "data", **{"PORT": str(free_port()), **settings})
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "FLASK_APP": "app.factory:create_app", **told},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_told_with_its_name_and_the_cure_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    told = environ(f"sqlite:///{tmp_path}/none.db", tmp_path / "data") | {name: value}
    with pytest.raises(ConfigError) as stopped:
        create_app(told)
    said = str(stopped.value)

    assert said.startswith(name)
    assert "\n" not in said and len(said) > len(name) + 30


@pytest.mark.parametrize("command", ["serve", "work", "clock"])
def test_every_process_of_the_desk_stops_at_a_wrong_setting(tmp_path: Path, command: str) -> None:
    done = run(tmp_path, "flask", command, TZ_DESK="Europe/Segobia")

    assert done.returncode == 1
    assert done.stderr.startswith("Error: TZ_DESK") and done.stderr.count("\n") == 1


def test_the_web_server_stops_at_a_wrong_setting_and_does_not_try_for_ever(tmp_path: Path) -> None:
    bind = ("-b", f"127.0.0.1:{free_port()}", "-k", "gthread", "--no-control-socket")
    done = run(tmp_path, "gunicorn", "app.factory:create_app()", *bind, TZ_DESK="Europe/Segobia")
    said = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]

    assert done.returncode != 0
    assert len(said) == 1 and said[0].startswith("Error: TZ_DESK")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("--help",), ("doctor", "--help")])
def test_help_is_given_whatever_the_settings_are(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, "flask", *words, TZ_DESK="Europe/Segobia", SECRET_KEY="")

    assert done.returncode == 0
    assert "Usage:" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_database_that_is_empty_or_away_is_told_in_one_line_with_what_helps(tmp_path: Path) -> None:
    empty = run(tmp_path, "flask", "serve")
    away = run(tmp_path, "flask", "clock", DATABASE_URL="postgresql://ana:secreta@127.0.0.1:9/base")

    assert (empty.returncode, away.returncode) == (1, 1)
    assert "flask init" in empty.stderr and empty.stderr.count("\n") == 1
    assert away.stderr.startswith("Error: DATABASE_URL") and away.stderr.count("\n") == 1
    assert "secreta" not in away.stderr


def test_tables_of_an_older_version_stop_every_process_with_a_line_that_says_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    with closing(Database(url)) as db:
        upgrade(db, "0001")
    bind = ("-b", f"127.0.0.1:{free_port()}", "-k", "gthread", "--no-control-socket")
    started = [run(tmp_path, "flask", command, DATABASE_URL=url) for command in ("serve", "clock")]
    web = run(tmp_path, "gunicorn", "app.factory:create_app()", *bind, DATABASE_URL=url)

    assert [done.returncode for done in started] == [1, 1]
    assert all("flask upgrade" in done.stderr and done.stderr.count("\n") == 1 for done in started)
    assert web.returncode != 0 and "flask upgrade" in web.stderr and "Traceback" not in web.stderr


def test_tables_of_a_newer_version_stop_a_start_and_an_upgrade_and_say_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    with closing(Database(url)) as db:
        upgrade(db)
        with db.transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    stopped = [run(tmp_path, "flask", command, DATABASE_URL=url) for command in ("clock", "upgrade")]

    assert [done.returncode for done in stopped] == [1, 1]
    assert all("versión más nueva" in done.stderr and done.stderr.count("\n") == 1 for done in stopped)


@pytest.mark.parametrize("words", [("init", "--email", "ana@example.com"), ("upgrade",)])
@pytest.mark.parametrize("where", ["postgresql://ana:secreta@127.0.0.1:9/base", "sqlite:////proc/base.db"])
def test_beginning_and_upgrading_say_in_one_line_that_the_database_is_not_there(
    tmp_path: Path, where: str, words: tuple[str, ...]
) -> None:
    done = run(tmp_path, "flask", *words, DATABASE_URL=where)

    assert done.returncode == 1
    assert done.stderr.startswith("Error: DATABASE_URL: ") and done.stderr.count("\n") == 1
    assert "secreta" not in done.stderr
