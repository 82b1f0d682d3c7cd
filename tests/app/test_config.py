"""Settings: typed, and a wrong one is named with its cure."""

from pathlib import Path

import pytest

from app.config import read
from app.errors import ConfigError


def settings(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path), **more}


def test_without_settings_everything_lies_in_the_data_folder(tmp_path: Path) -> None:
    config = read(settings(tmp_path))

    assert config.database_url == f"sqlite:///{tmp_path}/ventanilla.db"
    assert config.embedded and not config.demo


def test_the_demo_does_not_wash_its_greeting_away_with_log_lines(tmp_path: Path) -> None:
    told = settings(tmp_path, DEMO="1")

    assert read(told).log_level == "WARNING"
    assert read({**told, "LOG_LEVEL": "info"}).log_level == "INFO"


@pytest.mark.parametrize(
    "wrong",
    [
        {"PORT": "ocho mil"},
        {"RAW_DAYS": "-1"},
        {"DEMO": "yes"},
        {"TZ_DESK": "Europe/Cantimpalos"},
        {"DATABASE_URL": "mysql://x"},
        {"PUBLIC_URL": "consultas.example.es"},
        {"PROVINCE_DIR": "/nowhere"},
        {"REDIS_URL": "redis://127.0.0.1/0"},
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, wrong: dict[str, str]) -> None:
    (name,) = wrong

    with pytest.raises(ConfigError, match=f"^{name}: "):
        read(settings(tmp_path, **wrong))


@pytest.mark.parametrize(
    "beyond",
    [
        {"IMAP_URL": "imaps://a:b@imap.example.es/INBOX"},
        {"SMTP_URL": "smtp://a:b@smtp.example.es"},
        {"TWILIO_API_URL": "https://api.twilio.com"},
        {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32},
        {"OIDC_ISSUER": "https://identidad.example.es"},
        {"AWS_ENDPOINT_URL": "https://s3.example.es"},
        {"FILES_URL": "s3://almacen"},
        {"CLAMD_URL": "tcp://10.0.0.7:3310"},
    ],
)
def test_the_demo_talks_to_nobody_beyond_this_machine(tmp_path: Path, beyond: dict[str, str]) -> None:
    (name,) = beyond

    with pytest.raises(ConfigError, match=f"^{name}: "):
        read(settings(tmp_path, DEMO="1", **beyond))


def test_a_postgresql_address_of_any_spelling_uses_the_driver_that_is_here(tmp_path: Path) -> None:
    urls = {
        read(settings(tmp_path, DATABASE_URL=f"{scheme}://u:p@h/d")).database_url
        for scheme in ("postgres", "postgresql")
    }

    assert urls == {"postgresql+psycopg://u:p@h/d"}
