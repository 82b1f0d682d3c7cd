"""The settings, read once from the environment and typed; a wrong one stops the start with its name and the cure."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# Where the demo must not lead beyond this machine.
WIRES = ("TWILIO_API_URL", "IMAP_URL", "SMTP_URL", "OIDC_ISSUER", "AWS_ENDPOINT_URL", "CLAMD_URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings of the desk; those of a channel are read by its adapter."""

    environ: Mapping[str, str]
    data_dir: Path
    database_url: str
    redis_url: str | None
    files_url: str
    province_dir: Path
    public_url: str
    port: int
    zone: ZoneInfo
    raw_days: int
    trusted_proxies: int
    demo: bool
    secret_keys: tuple[str, ...]
    log_level: str
    metrics_token: str | None = None
    clamd_url: str | None = None

    @property
    def embedded(self) -> bool:
        """One process does everything: no Redis."""
        return self.redis_url is None


def read(environ: Mapping[str, str]) -> Config:
    """Type the environment; raises ConfigError."""
    data_dir = Path(environ.get("DATA_DIR") or ROOT / "var").resolve()
    demo = _flag(environ, "DEMO")
    config = Config(
        environ=environ,
        data_dir=data_dir,
        database_url=_database_url(environ, data_dir),
        redis_url=environ.get("REDIS_URL") or None,
        files_url=environ.get("FILES_URL") or f"file://{data_dir}/files",
        province_dir=Path(environ.get("PROVINCE_DIR") or _first_province()).resolve(),
        public_url=(environ.get("PUBLIC_URL") or f"http://127.0.0.1:{_whole(environ, 'PORT', 8000)}").rstrip("/"),
        port=_whole(environ, "PORT", 8000),
        zone=_zone(environ),
        raw_days=_whole(environ, "RAW_DAYS", 90),
        trusted_proxies=_whole(environ, "TRUSTED_PROXIES", 0),
        demo=demo,
        secret_keys=tuple(key.strip() for key in environ.get("SECRET_KEY", "").split(",") if key.strip()),
        log_level=environ.get("LOG_LEVEL", "WARNING" if demo else "INFO").upper(),
        metrics_token=environ.get("METRICS_TOKEN") or None,
        clamd_url=environ.get("CLAMD_URL") or None,
    )
    _check(config)
    return config


def _first_province() -> Path:
    """Of the shipped provinces the one whose folder comes first by name; `python -m triage` takes the same."""
    provinces = ROOT / "provinces"
    return min(provinces.glob("*/province.toml"), default=provinces / "province.toml").parent


def _check(config: Config) -> None:
    if config.redis_url and config.database_url.startswith("sqlite"):
        raise ConfigError(
            "REDIS_URL: con Redis hace falta PostgreSQL. Ponga DATABASE_URL=postgresql://… o quite REDIS_URL."
        )
    if config.redis_url and urlsplit(config.redis_url).scheme not in {"redis", "rediss", "unix"}:
        raise ConfigError("REDIS_URL: debe empezar por redis:// o rediss://, por ejemplo redis://127.0.0.1:6379/0.")
    if not 0 < config.port < 65536:
        raise ConfigError(f"PORT: debe estar entre 1 y 65535 y es «{config.port}».")
    if config.log_level not in logging.getLevelNamesMapping():
        raise ConfigError(f"LOG_LEVEL: no existe el nivel «{config.log_level}». Use DEBUG, INFO, WARNING o ERROR.")
    if urlsplit(config.public_url).scheme not in {"http", "https"}:
        raise ConfigError("PUBLIC_URL: debe empezar por https:// (o http:// en pruebas).")
    if not (config.province_dir / "province.toml").is_file():
        raise ConfigError(f"PROVINCE_DIR: no hay un province.toml en {config.province_dir}.")
    _check_folder(config.data_dir)
    if config.demo:
        for name in WIRES:
            value = config.environ.get(name, "")
            if value and urlsplit(value).scheme != "unix" and urlsplit(value).hostname not in LOOPBACK:
                raise ConfigError(
                    f"{name}: la demostración solo admite direcciones de esta máquina (127.0.0.1)."
                    " Para un servicio de verdad, empiece con `flask init`."
                )
        if config.environ.get("TWILIO_ACCOUNT_SID") and not config.environ.get("TWILIO_API_URL"):
            raise ConfigError("TWILIO_ACCOUNT_SID: la demostración no habla con Twilio. Quítelo o use `flask init`.")
        if config.files_url.startswith("s3:") and not config.environ.get("AWS_ENDPOINT_URL"):
            raise ConfigError("FILES_URL: la demostración no habla con Amazon. Quítelo o use `flask init`.")


def _check_folder(data_dir: Path) -> None:
    """The nearest folder that is there must be one, and let us write in it."""
    nearest = next(path for path in (data_dir, *data_dir.parents) if path.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise ConfigError(f"DATA_DIR: no se puede escribir en {data_dir}. Ponga una carpeta que se pueda escribir.")


def _database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    url = environ.get("DATABASE_URL") or f"sqlite:///{data_dir}/ventanilla.db"
    # Hosting services still hand out the old scheme, and psycopg 3 wants to be named on SQLAlchemy 2.0.
    for old in ("postgres://", "postgresql://"):
        if url.startswith(old):
            url = "postgresql+psycopg://" + url.removeprefix(old)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError("DATABASE_URL: use postgresql://usuario:clave@servidor/base o sqlite:////ruta/ventanilla.db.")
    try:
        make_url(url)
    except (ArgumentError, ValueError) as error:
        # The address itself holds the password and is not told.
        raise ConfigError(
            "DATABASE_URL: no es una dirección válida. Escríbala como postgresql://usuario:clave@servidor:5432/base."
        ) from error
    return url


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isdecimal():
        raise ConfigError(f"{name}: debe ser un número entero y es «{value}».")
    return int(value)


def _flag(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name) or "0"
    if value not in {"0", "1"}:
        raise ConfigError(f"{name}: debe ser 0 o 1 y es «{value}».")
    return value == "1"


def _zone(environ: Mapping[str, str]) -> ZoneInfo:
    name = environ.get("TZ_DESK") or "Europe/Madrid"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError(f"TZ_DESK: no existe la zona horaria «{name}». Por ejemplo, Europe/Madrid.") from error
